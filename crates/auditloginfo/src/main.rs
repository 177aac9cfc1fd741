//! The command `auditloginfo`; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    toolkit::finish::main("auditloginfo", |out, messages| {
        auditloginfo::run(std::env::args_os().skip(1), out, messages)
    })
}
