//! Options: one const table a command, read by the parser, `--help`, the man page and completions.
//!
//! ```
//! use toolkit::cli::{Command, OptionGroup, Manual, Opt, both, parse};
//!
//! #[derive(Default)]
//! struct Args { loud: bool }
//!
//! const COMMAND: Command<Args> = Command {
//!     about: Manual { name: "hail", summary: "say hello", synopsis: &["[options]"], ..Manual::EMPTY },
//!     groups: &[OptionGroup { title: "Options", options: &[
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
mod opt;

pub use opt::{Action, Opt, OptionSpec, ValueHint, both, long, short};

use crate::exit::Error;
use lexopt::{Arg, Parser};
use std::ffi::{OsStr, OsString};
use std::io::Write;

/// A command: what it is for, its options by group, and what an operand does to `A`, its arguments.
pub struct Command<A: 'static> {
    /// What the manual says beside the options.
    pub about: Manual,
    /// The options in the order of the manual.
    pub groups: &'static [OptionGroup<A>],
    /// Takes an operand; the error is a clause that names the operand and what is wrong with it.
    pub operand: fn(&mut A, &OsStr) -> Result<(), String>,
    /// Whether all that was given goes together; the error is a clause about what does not.
    pub check: fn(&A) -> Result<(), String>,
}

/// Options that belong together.
pub struct OptionGroup<A: 'static> {
    /// The heading in `--help` and in the man page.
    pub title: &'static str,
    /// The options under it.
    pub options: &'static [Opt<A>],
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
    pub operand: ValueHint,
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
        operand: ValueHint::None,
        description: &[],
        sections: &[],
        examples: &[],
        see_also: &[],
    };
}

impl<A> Command<A> {
    /// Every option in the order of the manual.
    pub fn options(&self) -> impl Iterator<Item = &'static Opt<A>> + use<A> {
        self.groups.iter().flat_map(|group| group.options)
    }

    /// What is told about the options, by group, whatever they do.
    #[must_use]
    pub fn option_specs(&self) -> Vec<(&'static str, Vec<&'static OptionSpec>)> {
        let option_specs =
            |group: &'static OptionGroup<A>| group.options.iter().map(|opt| &opt.about).collect();
        self.groups.iter().map(|group| (group.title, option_specs(group))).collect()
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
            Action::Print(text) => {
                out.write_all(text(command).as_bytes())?;
                return Ok(None);
            }
        }
    }
    (command.check)(&args).map_err(fail)?;
    Ok(Some(args))
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
