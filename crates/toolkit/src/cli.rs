//! Options: one constant table per command, from which the parser, `--help`, the man page and the
//! completions are made.
//!
//! ```
//! use toolkit::cli::{Command, Manual, Opt, OptionGroup, Request, both, parse};
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
//! let request = parse(&COMMAND, ["-l"].map(Into::into))?;
//! assert!(matches!(request, Request::Run(args) if args.loud));
//! # Ok::<(), toolkit::cli::Usage>(())
//! ```

mod help;
mod option;

pub use option::{Action, Opt, OptionSpec, ValueHint, both, long, short};

use crate::escape::escape_control;
use lexopt::{Arg, Parser};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

/// A command with the arguments `A`.
pub struct Command<A: 'static> {
    /// The parts of its man page that are not options.
    pub about: Manual,
    /// Its options, in the order of the man page.
    pub groups: &'static [OptionGroup<A>],
    /// Takes an operand. The error is a clause that names the operand and what is wrong with it.
    pub operand: fn(&mut A, &OsStr) -> Result<(), String>,
    /// Checks the arguments as a whole. The error is a clause that says which of them conflict.
    pub check: fn(&A) -> Result<(), String>,
}

/// Options that belong together.
pub struct OptionGroup<A: 'static> {
    /// The heading in `--help` and in the man page.
    pub title: &'static str,
    /// The options below it.
    pub options: &'static [Opt<A>],
}

/// The parts of a man page that are not options.
///
/// Text between backticks is set in bold. A paragraph that begins with four spaces is set as it is.
#[derive(Clone, Copy)]
pub struct Manual {
    /// The name of the command.
    pub name: &'static str,
    /// What it does, without capital and full stop.
    pub summary: &'static str,
    /// What can follow the name, one form per line.
    pub synopsis: &'static [&'static str],
    /// What completions offer as an operand.
    pub operand: ValueHint,
    /// The paragraphs of DESCRIPTION.
    pub description: &'static [&'static str],
    /// Sections after the options: title and paragraphs.
    pub sections: &'static [(&'static str, &'static [&'static str])],
    /// Examples: a sentence, and the fixture folder that holds the command line and its output.
    pub examples: &'static [(&'static str, &'static str)],
    /// Other pages, such as `ausearch(8)`.
    pub see_also: &'static [&'static str],
}

impl Manual {
    /// A page without text, for struct update syntax.
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
    /// All options, in the order of the man page.
    pub fn options(&self) -> impl Iterator<Item = &'static Opt<A>> + use<A> {
        self.groups.iter().flat_map(|group| group.options)
    }

    /// The names and texts of all options, by group.
    #[must_use]
    pub fn option_specs(&self) -> Vec<(&'static str, Vec<&'static OptionSpec>)> {
        let option_specs =
            |group: &'static OptionGroup<A>| group.options.iter().map(|opt| &opt.about).collect();
        self.groups.iter().map(|group| (group.title, option_specs(group))).collect()
    }

    /// The option that `arg` names: a letter, a long name or the beginning of one only.
    fn find(&self, arg: &Arg<'_>) -> Result<&'static Opt<A>, String> {
        let name = match arg {
            Arg::Short(letter) => {
                let found = self.options().find(|opt| opt.about.short == Some(*letter));
                return found.ok_or_else(|| format!("unknown option -{letter}"));
            }
            Arg::Long(name) => *name,
            Arg::Value(word) => {
                return Err(format!("unexpected operand {}", word.to_string_lossy()));
            }
        };
        let begins = |opt: &&Opt<A>| opt.about.long.is_some_and(|long| long.starts_with(name));
        let candidates: Vec<_> = self.options().filter(begins).collect();
        let exact = candidates.iter().find(|opt| opt.about.long == Some(name));
        match (exact, &candidates[..]) {
            (Some(opt), _) | (None, [opt]) => Ok(opt),
            (None, []) => Err(self.unknown_long(name)),
            (None, several) => {
                let names: Vec<_> = several.iter().map(|opt| opt.about.name()).collect();
                Err(format!("option --{name} is ambiguous: {}", names.join(", ")))
            }
        }
    }

    /// Names the option that an unknown one resembles, if there is one.
    fn unknown_long(&self, name: &str) -> String {
        let distance = |long: &str| strsim::damerau_levenshtein(long, name);
        let names = self.options().filter_map(|opt| opt.about.long);
        let nearest = names.min_by_key(|long| distance(long));
        match nearest.filter(|long| distance(long) <= 1 + long.len() / 5) {
            Some(long) => format!("unknown option --{name}; did you mean --{long}?"),
            None => format!("unknown option --{name}"),
        }
    }
}

/// What is wrong with a command line, and where to find help.
#[derive(Debug, thiserror::Error)]
#[error("{problem}\nTry '{command} --help'.")]
pub struct Usage {
    command: &'static str,
    problem: String,
}

impl Usage {
    /// What is wrong with a command line, as a clause that names the word. Control bytes in it are
    /// escaped.
    #[must_use]
    pub fn new<A>(command: &Command<A>, problem: &str) -> Usage {
        Usage { command: command.about.name, problem: escape_control(problem.as_bytes()) }
    }
}

/// What a command line asks for.
#[derive(Debug)]
pub enum Request<A> {
    /// To run with these arguments.
    Run(A),
    /// To print this text, and nothing else.
    Print(String),
}

impl<A> Request<A> {
    /// The arguments; `None` if a text is asked for, which is written to `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn args_or_print(self, out: &mut impl Write) -> io::Result<Option<A>> {
        match self {
            Request::Run(args) => Ok(Some(args)),
            Request::Print(text) => out.write_all(text.as_bytes()).map(|()| None),
        }
    }
}

/// Parses a command line, without the name of the command.
///
/// # Errors
/// An unknown option, a missing or unexpected value, a value or operand that the command refuses,
/// arguments that conflict.
pub fn parse<A: Default>(
    command: &Command<A>,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Request<A>, Usage> {
    let mut args = A::default();
    let mut parser = Parser::from_args(words);
    let fail = |problem: String| Usage::new(command, &problem);
    while let Some(arg) = parser.next().map_err(|error| fail(error.to_string()))? {
        if let Arg::Value(word) = arg {
            (command.operand)(&mut args, &word).map_err(fail)?;
            continue;
        }
        let opt = command.find(&arg).map_err(fail)?;
        match opt.action {
            Action::Flag(set) => set(&mut args),
            Action::Value(set) => {
                let value = parser.value().map_err(|error| fail(error.to_string()))?;
                set(&mut args, &value).map_err(|why| {
                    let shown = value.to_string_lossy();
                    let shown = if shown.is_empty() { "''" } else { &shown };
                    fail(format!("{} {shown}: {why}", opt.about.name()))
                })?;
            }
            Action::Help => return Ok(Request::Print(command.help())),
            Action::Version => return Ok(Request::Print(command.version())),
            Action::Text(text) => return Ok(Request::Print(text())),
        }
    }
    (command.check)(&args).map_err(fail)?;
    Ok(Request::Run(args))
}

/// Parses a value that is one of a few words, in any case.
///
/// # Errors
/// Any other word. The clause lists the valid ones.
pub fn choice<T: Copy>(choices: &[(&str, T)], value: &OsStr) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| value.eq_ignore_ascii_case(word));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// Parses a value that is a decimal number.
///
/// # Errors
/// Not a number, or one that does not fit.
pub fn number<T: std::str::FromStr>(value: &OsStr) -> Result<T, String> {
    let text = value.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| "expected a number".to_owned())
}

#[cfg(test)]
mod tests;
