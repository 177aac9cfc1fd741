//! An option: its names, what is told about it, and what it does.

use super::Command;
use std::ffi::OsStr;

/// An option: what is told about it and what it does.
pub struct Opt<A: 'static> {
    /// What is told about it.
    pub about: OptionSpec,
    /// What it does.
    pub action: Action<A>,
}

/// What an option does to the arguments.
#[derive(Clone, Copy)]
pub enum Action<A: 'static> {
    /// Takes no value.
    Flag(fn(&mut A)),
    /// Takes a value; the error is a clause that says what would be right.
    Value(fn(&mut A, &OsStr) -> Result<(), String>),
    /// Prints a text about the command and ends.
    Print(fn(&Command<A>) -> String),
}

/// What is told about an option.
#[derive(Clone, Copy)]
pub struct OptionSpec {
    /// `x` for `-x`.
    pub short: Option<char>,
    /// `name` for `--name`.
    pub long: Option<&'static str>,
    /// The name of its value, in capitals; empty if it takes none.
    pub value: &'static str,
    /// What may stand for the value, for completions.
    pub hint: ValueHint,
    /// One line of `--help`, without capital and full stop.
    pub help: &'static str,
    /// The man page's paragraph; empty: the help line is enough. See
    /// [`Manual`](super::Manual) for its marks.
    pub doc: &'static str,
}

/// What completions offer as a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ValueHint {
    /// Nothing.
    None,
    /// File names.
    File,
    /// Names of users.
    User,
    /// These words.
    Words(&'static [&'static str]),
}

impl OptionSpec {
    /// An option without a name.
    const EMPTY: OptionSpec =
        OptionSpec { short: None, long: None, value: "", hint: ValueHint::None, help: "", doc: "" };

    /// The option with a value.
    #[must_use]
    pub const fn takes(self, value: &'static str, hint: ValueHint) -> OptionSpec {
        OptionSpec { value, hint, ..self }
    }

    /// The option as a user types it: `--long` if it has one, else `-s`.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.long, self.short) {
            (Some(long), _) => format!("--{long}"),
            (None, Some(short)) => format!("-{short}"),
            (None, None) => String::new(),
        }
    }
}

/// The option `-x`, without a word about it.
#[must_use]
pub const fn short(letter: char) -> OptionSpec {
    OptionSpec { short: Some(letter), ..OptionSpec::EMPTY }
}

/// The option `--name`, without a word about it.
#[must_use]
pub const fn long(name: &'static str) -> OptionSpec {
    OptionSpec { long: Some(name), ..OptionSpec::EMPTY }
}

/// The option `-x` that is `--name` too, without a word about it.
#[must_use]
pub const fn both(letter: char, name: &'static str) -> OptionSpec {
    OptionSpec { long: Some(name), ..short(letter) }
}

impl<A> Opt<A> {
    /// `--help`, the same in every command.
    pub const HELP: Opt<A> = Opt {
        about: OptionSpec { help: "print this help", ..long("help") },
        action: Action::Print(Command::help),
    };
    /// `--version`, the same in every command.
    pub const VERSION: Opt<A> = Opt {
        about: OptionSpec { help: "print the version", ..long("version") },
        action: Action::Print(Command::version),
    };

    /// An option that takes no value; `help` and `doc` are those of [`OptionSpec`].
    #[must_use]
    pub const fn flag(
        names: OptionSpec,
        help: &'static str,
        doc: &'static str,
        set: fn(&mut A),
    ) -> Opt<A> {
        Opt { about: OptionSpec { help, doc, ..names }, action: Action::Flag(set) }
    }

    /// An option that takes a value, see [`OptionSpec::takes`]; `help` and `doc` are those of [`OptionSpec`].
    #[must_use]
    pub const fn value(
        names: OptionSpec,
        help: &'static str,
        doc: &'static str,
        set: fn(&mut A, &OsStr) -> Result<(), String>,
    ) -> Opt<A> {
        Opt { about: OptionSpec { help, doc, ..names }, action: Action::Value(set) }
    }
}
