//! The command `auditloginfo`; see the library of the same name.

use std::process::ExitCode;
use toolkit::finish::{self, Error};

fn main() -> ExitCode {
    finish::main("auditloginfo", Error::status, auditloginfo::run)
}
