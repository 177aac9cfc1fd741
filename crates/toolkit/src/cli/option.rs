//! An option: its names, its texts and what it does.

use std::ffi::OsStr;

/// An option of a command with the arguments `A`.
pub struct Opt<A: 'static> {
    /// Its names and texts.
    pub about: OptionSpec,
    /// What it does.
    pub action: Action<A>,
}

/// What an option does to the arguments.
#[derive(Clone, Copy)]
pub enum Action<A: 'static> {
    /// Takes no value.
    Flag(fn(&mut A)),
    /// Takes a value. The error is a clause that says which values are valid.
    Value(fn(&mut A, &OsStr) -> Result<(), String>),
    /// Asks for the text of `--help`.
    Help,
    /// Asks for the text of `--version`.
    Version,
    /// Asks for a text of the command's own.
    Text(fn() -> String),
}

/// The names and texts of an option.
#[derive(Clone, Copy)]
pub struct OptionSpec {
    /// `x` for `-x`.
    pub short: Option<char>,
    /// `name` for `--name`.
    pub long: Option<&'static str>,
    /// The name of its value, in capitals; empty if it takes none.
    pub value: &'static str,
    /// What completions offer as its value.
    pub hint: ValueHint,
    /// One line of `--help`, without capital and full stop.
    pub help: &'static str,
    /// The paragraph of the man page, or empty if the line of `--help` is enough. For its markup
    /// see [`Manual`](super::Manual).
    pub doc: &'static str,
}

/// What completions offer as a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ValueHint {
    /// Nothing.
    None,
    /// File names.
    File,
    /// Folders.
    Folder,
    /// User names, and these words.
    User(&'static [&'static str]),
    /// These words.
    Words(&'static [&'static str]),
    /// Any of these words, with commas between them and each at most once.
    List(&'static [&'static str]),
    /// The lines that a shell command prints, in the syntax that bash, zsh and fish share. As operands,
    /// each is offered once.
    Output(&'static str),
}

impl OptionSpec {
    const EMPTY: OptionSpec =
        OptionSpec { short: None, long: None, value: "", hint: ValueHint::None, help: "", doc: "" };

    /// The option with a value.
    #[must_use]
    pub const fn takes(self, value: &'static str, hint: ValueHint) -> OptionSpec {
        OptionSpec { value, hint, ..self }
    }

    /// The option as a user types it: `--long` if it has a long name, otherwise `-s`.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.long, self.short) {
            (Some(long), _) => format!("--{long}"),
            (None, Some(short)) => format!("-{short}"),
            (None, None) => String::new(),
        }
    }
}

/// The option `-x`, without texts.
#[must_use]
pub const fn short(letter: char) -> OptionSpec {
    OptionSpec { short: Some(letter), ..OptionSpec::EMPTY }
}

/// The option `--name`, without texts.
#[must_use]
pub const fn long(name: &'static str) -> OptionSpec {
    OptionSpec { long: Some(name), ..OptionSpec::EMPTY }
}

/// The option `-x`, also called `--name`, without texts.
#[must_use]
pub const fn both(letter: char, name: &'static str) -> OptionSpec {
    OptionSpec { long: Some(name), ..short(letter) }
}

impl<A> Opt<A> {
    /// `--help`, the same in every command.
    pub const HELP: Opt<A> =
        Opt { about: OptionSpec { help: "print this help", ..long("help") }, action: Action::Help };
    /// `-h`, `--help`, for a command in which `-h` has no other meaning.
    pub const SHORT_HELP: Opt<A> = Opt {
        about: OptionSpec { help: "print this help", ..both('h', "help") },
        action: Action::Help,
    };
    /// `--version`, the same in every command.
    pub const VERSION: Opt<A> = Opt {
        about: OptionSpec { help: "print the version", ..long("version") },
        action: Action::Version,
    };

    /// An option without a value. For `help` and `doc` see [`OptionSpec`].
    #[must_use]
    pub const fn flag(
        names: OptionSpec,
        help: &'static str,
        doc: &'static str,
        set: fn(&mut A),
    ) -> Opt<A> {
        Opt { about: OptionSpec { help, doc, ..names }, action: Action::Flag(set) }
    }

    /// An option with a value, see [`OptionSpec::takes`]. For `help` and `doc` see [`OptionSpec`].
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
