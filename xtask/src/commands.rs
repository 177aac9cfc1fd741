//! The commands of the workspace. A new one is a line in [`all`] and a dependency in `Cargo.toml`.

use toolkit::cli::{Command, Manual, OptionSpec};

/// What is told about a command, whatever its arguments are.
pub(crate) struct Documented {
    /// What the manual says beside the options.
    pub(crate) manual: Manual,
    /// The options by group.
    pub(crate) groups: Vec<(&'static str, Vec<&'static OptionSpec>)>,
}

/// Every command.
pub(crate) fn all() -> Vec<Documented> {
    vec![
        Documented::new(&auditloginfo::args::COMMAND),
        Documented::new(&mpathstat::args::COMMAND),
        Documented::new(&tapestat::args::COMMAND),
    ]
}

impl Documented {
    /// What is told about `command`.
    pub(crate) fn new<A>(command: &Command<A>) -> Documented {
        Documented { manual: command.about, groups: command.option_specs() }
    }

    /// The command's name.
    pub(crate) fn name(&self) -> &'static str {
        self.manual.name
    }

    /// Every option, in the order of the manual.
    pub(crate) fn options(&self) -> impl Iterator<Item = &'static OptionSpec> + '_ {
        self.groups.iter().flat_map(|(_, options)| options.iter().copied())
    }
}

#[cfg(test)]
mod hail;
#[cfg(test)]
pub(crate) use hail::hail;
