//! Why a subcommand failed.

use std::io;
use std::path::PathBuf;

/// What failed, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line is wrong.
    #[error(
        "usage: cargo xtask man [--check] | completions [--check] | test [--bless | --against originals] [FILTER] | \
         tidy | corpus DIR | fuzz [--seconds N] [TARGET...] | bench [COMMAND [--beside BINARY]] | dist | \
         lab [--only CHECK]... [--keep] [--commands FOLDER] | syscalls [--check]"
    )]
    Usage,
    /// A file or folder cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system call.
        cause: io::Error,
    },
    /// A program cannot be started.
    #[error("{program}: {cause}")]
    Program {
        /// Its name.
        program: String,
        /// The error of the system call.
        cause: io::Error,
    },
    /// A program failed, or a file has the wrong contents.
    #[error("{0}")]
    Invalid(String),
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Write(#[from] io::Error),
}

impl Error {
    /// Converts an error of the file or folder at `path`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        |cause| Error::File { path, cause }
    }

    /// Converts an error of starting `program`.
    pub(crate) fn program(program: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let program = program.into();
        |cause| Error::Program { program, cause }
    }
}
