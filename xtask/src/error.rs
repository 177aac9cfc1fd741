//! Why a subcommand could not do its work.

use std::io;
use std::path::PathBuf;

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line is wrong.
    #[error(
        "usage: cargo xtask man [--check] | completions [--check] | test [--bless] [FILTER] | \
         tidy | bench [COMMAND] | dist | syscalls [--check]"
    )]
    Usage,
    /// A file or folder cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A program cannot be started.
    #[error("{program}: {cause}")]
    Program {
        /// Its name.
        program: String,
        /// What the system says.
        cause: io::Error,
    },
    /// Something that the work needs is not as it should be.
    #[error("{0}")]
    Unfit(String),
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Write(#[from] io::Error),
}

impl Error {
    /// An error of the file at `path`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        |cause| Error::File { path, cause }
    }

    /// An error of starting `program`.
    pub(crate) fn program(program: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let program = program.into();
        |cause| Error::Program { program, cause }
    }
}
