//! What the tests of the whole command share.

#![allow(dead_code, reason = "each test file uses only some of the functions")]

use std::path::PathBuf;
use std::process::Command;

/// An excerpt of a recorded log.
pub(crate) fn sample(name: &str) -> PathBuf {
    test_support::repository("testdata/samples/auditloginfo").join(name)
}

/// The command under test.
pub(crate) fn auditloginfo() -> Command {
    test_support::command(env!("CARGO_BIN_EXE_auditloginfo"))
}
