//! Kernel headers of all architectures: Debian's package linux-libc-dev, downloaded and unpacked.

use crate::debian;
use crate::error::Error;
use std::fs;
use std::path::PathBuf;

/// The suite with the newest kernel.
const SUITE: &str = "unstable";

/// The unpacked package.
pub(super) struct Headers(pub(super) PathBuf);

impl Headers {
    /// Downloads the package.
    pub(super) fn download() -> Result<Headers, Error> {
        debian::unpack("kernel-headers", SUITE, &["linux-libc-dev"]).map(Headers)
    }

    /// The text of the file at a path in the package.
    pub(super) fn text(&self, path: &str) -> Result<String, Error> {
        let path = self.0.join(path);
        fs::read_to_string(&path).map_err(Error::file(path))
    }
}
