//! The command `mpathstat`; see the library of the same name.

use std::process::ExitCode;
use toolkit::finish::{self, Error};

fn main() -> ExitCode {
    finish::main("mpathstat", Error::status, mpathstat::run)
}
