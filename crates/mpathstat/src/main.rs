//! The command `mpathstat`; see the library of the same name.

use std::process::ExitCode;
use toolkit::exit::{self, Error};

fn main() -> ExitCode {
    exit::main("mpathstat", Error::status, mpathstat::run)
}
