//! The command `tapestat`; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    toolkit::finish::main("tapestat", |out, messages| {
        tapestat::run(std::env::args_os().skip(1), out, messages)
    })
}
