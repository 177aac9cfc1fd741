//! A command for the tests of the generators: it has an option of every kind, and texts with every
//! character that is special in roff or in a shell.

use super::CommandDocs;
use toolkit::cli::{Command, Manual, Opt, OptionGroup, OptionSpec, ValueHint, both, long, short};

/// The documentation of the command `hail`.
pub(crate) fn sample_command() -> CommandDocs {
    CommandDocs::new(&COMMAND)
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
    value(long("user").takes("USER", ValueHint::User(&["anybody", "nemo"])), "a user", ""),
    value(long("into").takes("DIR", ValueHint::Folder), "a folder", ""),
    value(long("parts").takes("LIST", ValueHint::List(&["eyes", "hand", "head"])), "with", ""),
    value(both('f', "from").takes("FILE", ValueHint::File), "names from FILE", ""),
    value(both('t', "times").takes("N", ValueHint::None), "so often", ""),
    Opt::HELP,
    Opt::VERSION,
];

const fn value(names: OptionSpec, help: &'static str, doc: &'static str) -> Opt<()> {
    Opt::value(names, help, doc, |(), _| Ok(()))
}
