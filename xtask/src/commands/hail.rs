//! A command to try the makers of pages and completions on: it has an option of every kind, and
//! texts with every character that means something to roff or to a shell.

use super::Documented;
use toolkit::cli::{About, Action, Command, Group, Hint, Manual, Opt};

/// The command.
pub(crate) fn hail() -> Documented {
    Documented::new(&COMMAND)
}

const COMMAND: Command<()> = Command {
    about: Manual {
        name: "hail",
        summary: "say hello - politely",
        synopsis: &["[options] [FILE...]", "--sweep"],
        operand: Hint::File,
        description: &["`hail` says hello.", "    .hail \\\n    'again"],
        sections: &[("EXIT STATUS", &["0, or 1 after `hail -x`."])],
        examples: &[("Say it:", "plain")],
        see_also: &["wave(1)", "nod(1)"],
    },
    groups: &[Group { title: "How", options: HOW }, Group { title: "Whom", options: WHOM }],
    operand: |(), _| Ok(()),
};

const HOW: &[Opt<()>] = &[
    flag(about(Some('l'), Some("loud"), "it's [very]: loud, \"$HOME\" `x` \\")),
    flag(about(Some('0'), None, "end")),
    value(GREETING, "GREETING", Hint::Words(&["moin", "hello", "servus"])),
];

const GREETING: About = About {
    doc: "Begin with `GREETING`. 'Hello' if it's not given; C:\\> is \"odd\". .dots - and ~.",
    ..about(Some('g'), Some("greeting"), "begin with it")
};

const WHOM: &[Opt<()>] = &[
    value(about(None, Some("user"), "a user"), "USER", Hint::User),
    value(about(Some('f'), Some("from"), "names from FILE"), "FILE", Hint::File),
    value(about(Some('t'), Some("times"), "so often"), "N", Hint::None),
    Opt::HELP,
    Opt::VERSION,
];

const fn about(short: Option<char>, long: Option<&'static str>, help: &'static str) -> About {
    About { short, long, help, ..About::EMPTY }
}

const fn flag(about: About) -> Opt<()> {
    Opt { about, action: Action::Flag(|()| ()) }
}

const fn value(about: About, value: &'static str, hint: Hint) -> Opt<()> {
    Opt { about: About { value, hint, ..about }, action: Action::Value(|(), _| Ok(())) }
}
