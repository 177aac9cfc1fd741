//! Options: one const table a command, read by the parser, `--help`, the man page and completions.
//!
//! ```
//! use toolkit::cli::{Command, Group, Manual, Opt, both, parse};
//!
//! #[derive(Default)]
//! struct Args { loud: bool }
//!
//! const COMMAND: Command<Args> = Command {
//!     about: Manual { name: "hail", summary: "say hello", synopsis: &["[options]"], ..Manual::EMPTY },
//!     groups: &[Group { title: "Options", options: &[
//!         Opt::flag(both('l', "loud"), "in capitals", "", |args| args.loud = true),
//!     ] }],
//!     operand: |_, word| Err(format!("unexpected operand {word:?}")),
//!     check: |_| Ok(()),
//! };
//!
//! let args = parse(&COMMAND, ["-l"].map(Into::into), &mut std::io::stdout()).unwrap();
//! assert!(args.is_some_and(|args| args.loud));
//! ```

mod help;

use crate::finish::Error;
use lexopt::{Arg, Parser};
use std::ffi::{OsStr, OsString};
use std::io::Write;

/// A command: what it is for, its options by group, and what an operand does to `A`, its arguments.
pub struct Command<A: 'static> {
    /// What the manual says beside the options.
    pub about: Manual,
    /// The options in the order of the manual.
    pub groups: &'static [Group<A>],
    /// Takes an operand; the error is a clause that names the operand and what is wrong with it.
    pub operand: fn(&mut A, &OsStr) -> Result<(), String>,
    /// Whether all that was given goes together; the error is a clause about what does not.
    pub check: fn(&A) -> Result<(), String>,
}

/// Options that belong together.
pub struct Group<A: 'static> {
    /// The heading in `--help` and in the man page.
    pub title: &'static str,
    /// The options under it.
    pub options: &'static [Opt<A>],
}

/// An option: what is told about it and what it does.
pub struct Opt<A: 'static> {
    /// What is told about it.
    pub about: About,
    /// What it does.
    pub action: Action<A>,
}

/// What an option does to the arguments.
#[derive(Clone, Copy)]
pub enum Action<A> {
    /// Takes no value.
    Flag(fn(&mut A)),
    /// Takes a value; the error is a clause that says what would be right.
    Value(fn(&mut A, &OsStr) -> Result<(), String>),
    /// Prints the help and ends.
    Help,
    /// Prints the version and ends.
    Version,
}

/// What is told about an option.
#[derive(Clone, Copy)]
pub struct About {
    /// `x` for `-x`.
    pub short: Option<char>,
    /// `name` for `--name`.
    pub long: Option<&'static str>,
    /// The name of its value, in capitals; empty if it takes none.
    pub value: &'static str,
    /// What may stand for the value, for completions.
    pub hint: Hint,
    /// One line of `--help`, without capital and full stop.
    pub help: &'static str,
    /// The man page's paragraph; empty: the help line is enough. See [`Manual`] for its marks.
    pub doc: &'static str,
}

/// What completions offer as a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    None,
    /// File names.
    File,
    /// Names of users.
    User,
    /// These words.
    Words(&'static [&'static str]),
}

/// The parts of a manual page that are not options.
///
/// Text is plain; what stands between backticks is set bold, and a paragraph that begins with four
/// blanks is set as it is.
#[derive(Clone, Copy)]
pub struct Manual {
    /// The command's name.
    pub name: &'static str,
    /// What it does, without capital and full stop.
    pub summary: &'static str,
    /// What may follow the name, a line a form.
    pub synopsis: &'static [&'static str],
    /// What completions offer as an operand.
    pub operand: Hint,
    /// The paragraphs of DESCRIPTION.
    pub description: &'static [&'static str],
    /// Further sections after the options: title and paragraphs.
    pub sections: &'static [(&'static str, &'static [&'static str])],
    /// Worked examples: a sentence, and the fixture folder that holds the command and its output.
    pub examples: &'static [(&'static str, &'static str)],
    /// Other pages, such as `ausearch(8)`.
    pub see_also: &'static [&'static str],
}

impl Manual {
    /// A page without text, to be filled by struct update.
    pub const EMPTY: Manual = Manual {
        name: "",
        summary: "",
        synopsis: &[],
        operand: Hint::None,
        description: &[],
        sections: &[],
        examples: &[],
        see_also: &[],
    };
}

impl About {
    const EMPTY: About =
        About { short: None, long: None, value: "", hint: Hint::None, help: "", doc: "" };

    /// The option with a value.
    #[must_use]
    pub const fn takes(self, value: &'static str, hint: Hint) -> About {
        About { value, hint, ..self }
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
pub const fn short(letter: char) -> About {
    About { short: Some(letter), ..About::EMPTY }
}

/// The option `--name`, without a word about it.
#[must_use]
pub const fn long(name: &'static str) -> About {
    About { long: Some(name), ..About::EMPTY }
}

/// The option `-x` that is `--name` too, without a word about it.
#[must_use]
pub const fn both(letter: char, name: &'static str) -> About {
    About { long: Some(name), ..short(letter) }
}

impl<A> Opt<A> {
    /// `--help`, the same in every command.
    pub const HELP: Opt<A> =
        Opt { about: About { help: "print this help", ..long("help") }, action: Action::Help };
    /// `--version`, the same in every command.
    pub const VERSION: Opt<A> = Opt {
        about: About { help: "print the version", ..long("version") },
        action: Action::Version,
    };

    /// An option that takes no value; `help` and `doc` are those of [`About`].
    #[must_use]
    pub const fn flag(
        names: About,
        help: &'static str,
        doc: &'static str,
        set: fn(&mut A),
    ) -> Opt<A> {
        Opt { about: About { help, doc, ..names }, action: Action::Flag(set) }
    }

    /// An option that takes a value, see [`About::takes`]; `help` and `doc` are those of [`About`].
    #[must_use]
    pub const fn value(
        names: About,
        help: &'static str,
        doc: &'static str,
        set: fn(&mut A, &OsStr) -> Result<(), String>,
    ) -> Opt<A> {
        Opt { about: About { help, doc, ..names }, action: Action::Value(set) }
    }
}

impl<A> Command<A> {
    /// Every option in the order of the manual.
    pub fn options(&self) -> impl Iterator<Item = &'static Opt<A>> + use<A> {
        self.groups.iter().flat_map(|group| group.options)
    }

    /// What is told about the options, by group, whatever they do.
    #[must_use]
    pub fn abouts(&self) -> Vec<(&'static str, Vec<&'static About>)> {
        let abouts =
            |group: &'static Group<A>| group.options.iter().map(|opt| &opt.about).collect();
        self.groups.iter().map(|group| (group.title, abouts(group))).collect()
    }

    fn find(&self, arg: &Arg<'_>) -> Option<&'static Opt<A>> {
        self.options().find(|opt| match arg {
            Arg::Short(letter) => opt.about.short == Some(*letter),
            Arg::Long(name) => opt.about.long == Some(*name),
            Arg::Value(_) => false,
        })
    }
}

/// A command line that is wrong, told so that it can be mended.
#[derive(Debug, thiserror::Error)]
#[error("{problem}\nTry '{command} --help'.")]
pub struct Usage {
    command: &'static str,
    problem: String,
}

/// Reads a command line, without the command's own name; gives nothing if it asks for no more than a
/// text, which is written to `out`.
///
/// # Errors
/// An unknown option, a missing or unwanted value, a value or operand that the command refuses; those
/// of `out`.
pub fn parse<A: Default>(
    command: &Command<A>,
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
) -> Result<Option<A>, Error> {
    let mut args = A::default();
    let mut parser = Parser::from_args(words);
    let fail = |problem: String| Usage { command: command.about.name, problem };
    while let Some(arg) = parser.next().map_err(|error| fail(error.to_string()))? {
        if let Arg::Value(word) = arg {
            (command.operand)(&mut args, &word).map_err(fail)?;
            continue;
        }
        let Some(opt) = command.find(&arg) else {
            return Err(fail(unknown(&arg)).into());
        };
        match opt.action {
            Action::Flag(set) => set(&mut args),
            Action::Value(set) => {
                let value = parser.value().map_err(|error| fail(error.to_string()))?;
                set(&mut args, &value).map_err(|why| {
                    fail(format!("{} {}: {why}", opt.about.name(), value.to_string_lossy()))
                })?;
            }
            Action::Help => return print(&command.help(), out),
            Action::Version => return print(&command.version(), out),
        }
    }
    (command.check)(&args).map_err(fail)?;
    Ok(Some(args))
}

/// Writes a text in place of a run.
fn print<A>(text: &str, out: &mut impl Write) -> Result<Option<A>, Error> {
    out.write_all(text.as_bytes())?;
    Ok(None)
}

/// The complaint about an option that the table does not have.
fn unknown(arg: &Arg<'_>) -> String {
    match arg {
        Arg::Short(letter) => format!("unknown option -{letter}"),
        Arg::Long(name) => format!("unknown option --{name}"),
        Arg::Value(word) => format!("unexpected operand {}", word.to_string_lossy()),
    }
}

/// Reads a value that is one of a few words.
///
/// # Errors
/// Any other word; the clause lists those that there are.
pub fn choice<T: Copy>(choices: &[(&str, T)], value: &OsStr) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| value == OsStr::new(word));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// Reads a value that is a decimal number.
///
/// # Errors
/// Not a number, or one that does not fit.
pub fn number<T: std::str::FromStr>(value: &OsStr) -> Result<T, String> {
    let text = value.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| "expected a number".to_owned())
}

#[cfg(test)]
mod tests;
