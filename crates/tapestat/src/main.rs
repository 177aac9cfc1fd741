//! The command `tapestat`; see the library of the same name.

use std::process::ExitCode;
use toolkit::finish;

fn main() -> ExitCode {
    finish::main("tapestat", tapestat::status, tapestat::run)
}
