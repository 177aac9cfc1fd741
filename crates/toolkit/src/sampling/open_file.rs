//! Files that stay open from one sample to the next.

use super::tree::Tree;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A file below the root that is read for each sample. It is opened when it is read for the first
/// time, after an error, and in each tree of a saved system.
#[derive(Debug)]
pub struct OpenFile {
    path: PathBuf,
    /// The file, and the number of the tree in which it is.
    open: Option<(File, u64)>,
}

impl OpenFile {
    /// The file at `path` below the root, which is not opened yet.
    pub fn new(path: impl Into<PathBuf>) -> OpenFile {
        OpenFile { path: path.into(), open: None }
    }

    /// The path below the root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads files into a buffer that is reused.
#[derive(Debug)]
pub(super) struct Reader {
    /// The descriptors below this one may stay open.
    first_spare: i32,
    buffer: Vec<u8>,
}

impl Reader {
    pub(super) fn new() -> Reader {
        Reader { first_spare: first_spare_descriptor(), buffer: vec![0; ATTRIBUTE_MAX] }
    }

    /// The whole of a file of any size.
    pub(super) fn read_file(&mut self, file: &mut OpenFile, tree: &Tree) -> io::Result<&[u8]> {
        self.read_by(file, tree, |file, buffer| {
            let mut length = 0;
            loop {
                if length == buffer.len() {
                    grow(buffer)?;
                }
                match pread(file, buffer, length)? {
                    0 => return Ok(length),
                    count => length += count,
                }
            }
        })
    }

    /// The whole of an attribute, which the kernel returns in one piece of at most a page.
    pub(super) fn read_attribute(&mut self, file: &mut OpenFile, tree: &Tree) -> io::Result<&[u8]> {
        self.read_by(file, tree, |file, buffer| pread(file, buffer, 0))
    }

    /// Reads `file` by `read`, which fills the buffer and returns the number of bytes in it.
    fn read_by(
        &mut self,
        file: &mut OpenFile,
        tree: &Tree,
        read: impl FnOnce(&File, &mut Vec<u8>) -> io::Result<usize>,
    ) -> io::Result<&[u8]> {
        let open = match file.open.take() {
            Some((open, number)) if number == tree.number => open,
            _ => tree.open(&file.path)?,
        };
        let length = read(&open, &mut self.buffer)?;
        if open.as_raw_fd() < self.first_spare {
            file.open = Some((open, tree.number));
        }
        Ok(self.buffer.get(..length).unwrap_or_default())
    }
}

/// The size of the largest sysfs attribute: one page, and the largest pages in use have 64 KiB.
pub(super) const ATTRIBUTE_MAX: usize = 1 << 16;

/// The size of the largest file that is read.
const FILE_MAX: usize = 64 << 20;

/// Descriptors that are left free for files that do not stay open, such as folders and
/// `/etc/localtime`.
const SPARE_DESCRIPTORS: i32 = 32;

fn pread(file: &File, buffer: &mut [u8], from: usize) -> io::Result<usize> {
    loop {
        match file.read_at(buffer.get_mut(from..).unwrap_or_default(), from as u64) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn grow(buffer: &mut Vec<u8>) -> io::Result<()> {
    if buffer.len() >= FILE_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 64 MiB"));
    }
    buffer.resize(buffer.len() * 2, 0);
    Ok(())
}

/// The first of the spare descriptors, after the limit was raised as far as this process may: the
/// usual limit of 1024 is too low for a few hundred devices with ten files each.
fn first_spare_descriptor() -> i32 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return 0;
    };
    let is_raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    let limit = i32::try_from(if is_raised { hard } else { soft }).unwrap_or(i32::MAX);
    limit.saturating_sub(SPARE_DESCRIPTORS)
}
