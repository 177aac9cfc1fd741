//! The command `mpathstat`; see the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    toolkit::finish::main("mpathstat", |out, messages| {
        mpathstat::run(std::env::args_os().skip(1), out, messages)
    })
}
