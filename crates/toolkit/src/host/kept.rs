//! Files that stay open from one sample to the next.

use super::{Error, Host};
use nix::fcntl::OFlag;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A file below the root that is read again and again. It is opened when it is first read, and again
/// after an error and in another tree of a saved machine.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    open: Option<(File, u32)>,
}

impl Kept {
    /// The file at `path` below the root, not opened yet.
    pub fn new(path: impl Into<PathBuf>) -> Kept {
        Kept { path: path.into(), open: None }
    }

    /// The path below the root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Whether devices came or went, told by the kernel's own count of such events.
#[derive(Debug)]
pub struct Uevents {
    seqnum: Kept,
    last: Vec<u8>,
}

impl Default for Uevents {
    fn default() -> Uevents {
        Uevents { seqnum: Kept::new("sys/kernel/uevent_seqnum"), last: Vec::new() }
    }
}

impl Uevents {
    /// Whether a device may have come or gone since this was last asked. The first answer is yes;
    /// so is every answer on a saved machine, and where the count cannot be read.
    pub fn changed(&mut self, host: &mut Host) -> bool {
        let saved = host.is_saved();
        let now = host.attribute(&mut self.seqnum).unwrap_or_default();
        if !saved && !now.is_empty() && now == self.last {
            return false;
        }
        self.last.clear();
        self.last.extend_from_slice(now);
        true
    }
}

impl Host {
    /// The whole of a file below the root.
    ///
    /// # Errors
    /// It cannot be opened or read, or is larger than 64 MiB.
    pub fn read(&mut self, below: impl AsRef<Path>) -> Result<&[u8], Error> {
        self.read_again(&mut Kept::new(below.as_ref()))
    }

    /// The whole of a file that is kept open, of any size, as it is now.
    ///
    /// # Errors
    /// It cannot be opened or read, or is larger than 64 MiB. It is opened anew the next time.
    pub fn read_again(&mut self, kept: &mut Kept) -> Result<&[u8], Error> {
        self.with(kept, |file, buffer| {
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

    /// An attribute of sysfs that is kept open, as it is now, with one system call: the kernel gives
    /// all of it, at most a page, in one piece.
    ///
    /// # Errors
    /// It cannot be opened or read; `ENODEV` if its device went. It is opened anew the next time.
    pub fn attribute(&mut self, kept: &mut Kept) -> Result<&[u8], Error> {
        self.with(kept, |file, buffer| pread(file, buffer, 0))
    }

    /// Reads `kept` by `read`, which fills the buffer and gives the number of bytes in it.
    fn with(
        &mut self,
        kept: &mut Kept,
        read: impl FnOnce(&File, &mut Vec<u8>) -> io::Result<usize>,
    ) -> Result<&[u8], Error> {
        let tree = self.number.unwrap_or(0);
        let open = match kept.open.take() {
            Some((file, of)) if of == tree => Ok(file),
            _ => open(&self.tree.join(&kept.path)),
        };
        let length = open.and_then(|file| {
            let length = read(&file, &mut self.buffer)?;
            if file.as_raw_fd() < self.kept_below {
                kept.open = Some((file, tree));
            }
            Ok(length)
        });
        let length =
            length.map_err(|cause| Error::Read { path: self.tree.join(&kept.path), cause })?;
        Ok(self.buffer.get(..length).unwrap_or_default())
    }
}

/// What an attribute of sysfs can hold: a page, and pages of 64 KiB are the largest in use.
pub(super) const ATTRIBUTE_MAX: usize = 1 << 16;

/// What is kept of a file at most.
const FILE_MAX: usize = 64 << 20;

/// Descriptors left free for files that are not kept: folders, `/etc/localtime`.
const SPARE_DESCRIPTORS: i32 = 32;

/// Opens a file; a pipe that found its way into a saved tree cannot hold up the run.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)
}

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

/// The descriptors below which a file may stay open, after asking for as many as this process can
/// get: a few hundred devices with ten files each are more than the usual 1024.
pub(super) fn descriptors() -> i32 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return 0;
    };
    let raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    let limit = i32::try_from(if raised { hard } else { soft }).unwrap_or(i32::MAX);
    limit.saturating_sub(SPARE_DESCRIPTORS)
}
