//! A command to try the makers of pages and completions on: it has an option of every kind, and
//! texts with every character that means something to roff or to a shell.

use super::Documented;
use toolkit::cli::{Command, Manual, Opt, OptionGroup, OptionSpec, ValueHint, both, long, short};

/// The command.
pub(crate) fn hail() -> Documented {
    Documented::new(&COMMAND)
}

const COMMAND: Command<()> = Command {
    about: Manual {
        name: "hail",
        summary: "say hello - politely",
        synopsis: &["[options] [FILE...]", "--sweep"],
        operand: ValueHint::File,
        description: &["`hail` says hello.", "    .hail \\\n    'again"],
        sections: &[("EXIT STATUS", &["0, or 1 after `hail -x`."])],
        examples: &[("Say it:", "plain")],
        see_also: &["wave(1)", "nod(1)"],
    },
    groups: &[
        OptionGroup { title: "How", options: HOW },
        OptionGroup { title: "Whom", options: WHOM },
    ],
    operand: |(), _| Ok(()),
    check: |()| Ok(()),
};

const HOW: &[Opt<()>] = &[
    Opt::flag(both('l', "loud"), "it's [very]: loud, \"$HOME\" `x` \\", "", |()| ()),
    Opt::flag(short('0'), "end", "", |()| ()),
    value(
        both('g', "greeting").takes("GREETING", ValueHint::Words(&["moin", "hello", "servus"])),
        "begin with it",
        "Begin with `GREETING`. 'Hello' if it's not given; C:\\> is \"odd\". .dots - and ~.",
    ),
];

const WHOM: &[Opt<()>] = &[
    value(long("user").takes("USER", ValueHint::User), "a user", ""),
    value(both('f', "from").takes("FILE", ValueHint::File), "names from FILE", ""),
    value(both('t', "times").takes("N", ValueHint::None), "so often", ""),
    Opt::HELP,
    Opt::VERSION,
];

const fn value(names: OptionSpec, help: &'static str, doc: &'static str) -> Opt<()> {
    Opt::value(names, help, doc, |(), _| Ok(()))
}
