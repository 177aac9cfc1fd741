//! Logs compressed with gzip, which threads decompress and read side by side, one log each.
//!
//! To decompress a log takes several times as long as to read it, and only one thread can do it. So a
//! log is one chunk: its open events are merged with those of the logs before and after it.

use super::chunks::{Chunking, CountingReader};
use super::record_reader::Unreadable;
use super::workers::Queue;
use super::{HeadReader, open};
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use toolkit::input::Source;

/// The logs that are not read yet.
pub(super) struct GzipQueue<'a> {
    logs: &'a [PathBuf],
    next: AtomicUsize,
    chunking: Chunking,
    bytes_read: &'a AtomicU64,
    /// The beginning of each log that was read.
    heads: Vec<Mutex<Vec<u8>>>,
}

impl<'a> GzipQueue<'a> {
    pub(super) fn new(logs: &'a [PathBuf], chunking: Chunking, bytes_read: &'a AtomicU64) -> Self {
        let heads = logs.iter().map(|_| Mutex::default()).collect();
        GzipQueue { logs, next: AtomicUsize::new(0), chunking, bytes_read, heads }
    }

    /// The beginning of each log.
    pub(super) fn into_heads(self) -> impl Iterator<Item = Vec<u8>> {
        self.heads.into_iter().map(|head| head.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Queue for GzipQueue<'_> {
    const HAS_WHOLE_LOGS: bool = true;

    fn next(&self) -> Option<(usize, impl Read)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (log, head) = (self.logs.get(number)?, self.heads.get(number)?);
        let stream: Box<dyn Read + Send> = match open(log) {
            Ok(Source::Stream(stream)) => stream,
            // The log was replaced since it was found to be compressed.
            Ok(Source::File(file)) => Box::new(file),
            Err(error) => Box::new(Unreadable(Some(error))),
        };
        let reader = HeadReader { inner: stream, head };
        Some((number, CountingReader::new(reader, self.bytes_read)))
    }

    fn threads(&self) -> usize {
        self.logs.len().min(self.chunking.threads).max(1)
    }
}
