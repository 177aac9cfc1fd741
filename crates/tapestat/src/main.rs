//! The command `tapestat`; see the library of the same name.

use std::process::ExitCode;
use toolkit::exit;

fn main() -> ExitCode {
    exit::main("tapestat", tapestat::run)
}
