//! The command `auditloginfo`; see the library of the same name.

use std::process::ExitCode;
use toolkit::exit;

fn main() -> ExitCode {
    exit::main("auditloginfo", auditloginfo::run)
}
