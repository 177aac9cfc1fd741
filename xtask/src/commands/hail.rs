//! A command to try the makers of pages and completions on: it has an option of every kind, and
//! texts with every character that means something to roff or to a shell.

use super::Documented;
use toolkit::cli::{About, Command, Group, Hint, Manual, Opt, both, long, short};

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
    check: |()| Ok(()),
};

const HOW: &[Opt<()>] = &[
    Opt::flag(both('l', "loud"), "it's [very]: loud, \"$HOME\" `x` \\", "", |()| ()),
    Opt::flag(short('0'), "end", "", |()| ()),
    value(
        both('g', "greeting").takes("GREETING", Hint::Words(&["moin", "hello", "servus"])),
        "begin with it",
        "Begin with `GREETING`. 'Hello' if it's not given; C:\\> is \"odd\". .dots - and ~.",
    ),
];

const WHOM: &[Opt<()>] = &[
    value(long("user").takes("USER", Hint::User), "a user", ""),
    value(both('f', "from").takes("FILE", Hint::File), "names from FILE", ""),
    value(both('t', "times").takes("N", Hint::None), "so often", ""),
    Opt::HELP,
    Opt::VERSION,
];

const fn value(names: About, help: &'static str, doc: &'static str) -> Opt<()> {
    Opt::value(names, help, doc, |(), _| Ok(()))
}
