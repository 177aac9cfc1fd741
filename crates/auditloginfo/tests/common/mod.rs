//! What the tests of the whole command share.

#![allow(dead_code, reason = "each test uses some of it")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder for the files of one test, gone when the test is done.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("auditloginfo-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a temporary file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A real log, an excerpt.
pub(crate) fn sample(name: &str) -> PathBuf {
    file("testdata/samples/auditloginfo").join(name)
}

/// A command in the C locale, with nothing on its standard input.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// Our command as it was built.
pub(crate) fn ours() -> Command {
    command(env!("CARGO_BIN_EXE_auditloginfo"))
}

/// What a command printed; it must have ended well and told nothing.
pub(crate) fn printed(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("it runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{command:?}: {}", told(&output));
    output.stdout
}

/// What a command told on standard error.
pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether a command can be run here and ends well; if not, says that a test is skipped.
pub(crate) fn has(command: &mut Command) -> bool {
    let output = command.output();
    let has = output.is_ok_and(|output| output.status.success());
    if !has {
        let _ = writeln!(std::io::stderr(), "skipped: {command:?} does not work here");
    }
    has
}
