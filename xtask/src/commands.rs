//! The commands of the workspace. To add one, add a line to [`all`] and a dependency to
//! `Cargo.toml`.

use toolkit::cli::{Command, Manual, OptionSpec};

/// The documentation of a command, without the type of its arguments.
pub(crate) struct CommandDocs {
    /// The parts of the manual page except for the options.
    pub(crate) manual: Manual,
    /// The options by group.
    pub(crate) groups: Vec<(&'static str, Vec<&'static OptionSpec>)>,
}

/// Every command.
pub(crate) fn all() -> Vec<CommandDocs> {
    vec![
        CommandDocs::new(&auditloginfo::args::COMMAND),
        CommandDocs::new(&mpathstat::args::COMMAND),
        CommandDocs::new(&tapestat::args::COMMAND),
    ]
}

impl CommandDocs {
    /// The documentation of `command`.
    pub(crate) fn new<A>(command: &Command<A>) -> CommandDocs {
        CommandDocs { manual: command.about, groups: command.option_specs() }
    }

    /// The command's name.
    pub(crate) fn name(&self) -> &'static str {
        self.manual.name
    }

    /// Every option, in the order of the manual page.
    pub(crate) fn options(&self) -> impl Iterator<Item = &'static OptionSpec> + '_ {
        self.groups.iter().flat_map(|(_, options)| options.iter().copied())
    }
}

#[cfg(test)]
mod sample_command;
#[cfg(test)]
pub(crate) use sample_command::sample_command;
