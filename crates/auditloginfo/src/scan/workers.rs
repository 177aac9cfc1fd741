//! Worker threads that read the chunks of one file, and the merge of their results in order.

use super::record_reader::{ChunkStats, read_chunk, read_log};
use crate::event::{EventAssembler, Sink};
use crate::filter::Query;
use foldhash::fast::RandomState;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The number of chunks that wait for a chunk before them, at most beside those that are being read.
const WAITING_MAX: usize = 1;

/// Reads all chunks of the queue in parallel, merges their events into `assembler` and counts in
/// `sink`. Returns the statistics of the chunks in order, or `None` if chunks conflict.
pub(super) fn read_chunks<'a, Q: Queue>(
    queue: &Q,
    query: &'a Query,
    node_seed: &RandomState,
    assembler: &mut EventAssembler<'a>,
    sink: &mut Sink,
) -> Option<Vec<ChunkStats>> {
    let merge = OrderedMerge {
        assembler,
        sink,
        merged: Vec::new(),
        waiting: BTreeMap::new(),
        has_conflict: false,
    };
    let workers =
        Workers { queue, query, node_seed, merge: Mutex::new(merge), merged: Condvar::new() };
    thread::scope(|scope| {
        for _ in 1..queue.threads() {
            // If there is no thread to be had, those that run read all chunks.
            let _ = thread::Builder::new().spawn_scoped(scope, || workers.run());
        }
        workers.run();
    });
    let merge = workers.merge.into_inner().unwrap_or_else(PoisonError::into_inner);
    (!merge.has_conflict).then_some(merge.merged)
}

/// What the threads take their work from.
pub(super) trait Queue: Sync {
    /// Whether each chunk is a log of its own.
    const HAS_WHOLE_LOGS: bool;

    /// The next chunk with its number, from 0.
    fn next(&self) -> Option<(usize, impl Read)>;

    /// The number of threads that the chunks occupy, at least one.
    fn threads(&self) -> usize;
}

/// What the worker threads share.
struct Workers<'w, 'a, Q> {
    queue: &'w Q,
    query: &'a Query,
    node_seed: &'w RandomState,
    merge: Mutex<OrderedMerge<'w, 'a>>,
    /// Signals that chunks were merged.
    merged: Condvar,
}

impl<'w, 'a, Q: Queue> Workers<'w, 'a, Q> {
    /// Reads chunks until none is left: the work of one thread.
    fn run(&self) {
        let mut sink = Sink::new(self.query.collect);
        let mut buffer = Vec::new();
        while let Some((number, chunk)) = self.queue.next() {
            let mut assembler = EventAssembler::for_next_chunk(self.query, self.node_seed.clone());
            let tags = &self.query.tags;
            let read = if Q::HAS_WHOLE_LOGS { read_log } else { read_chunk };
            let stats = read(chunk, &mut buffer, tags, &mut assembler, &mut sink);
            let mut merge = self.merge();
            merge.add(number, stats, assembler);
            self.merged.notify_all();
            // The chunk that the others wait for is in the hands of another worker.
            let is_ahead = |merge: &mut OrderedMerge<'_, '_>| {
                merge.waiting.len() >= WAITING_MAX && !merge.has_conflict
            };
            let merge =
                self.merged.wait_while(merge, is_ahead).unwrap_or_else(PoisonError::into_inner);
            if merge.has_conflict {
                return;
            }
        }
        self.merge().sink.tally.merge(sink.tally);
    }

    fn merge(&self) -> MutexGuard<'_, OrderedMerge<'w, 'a>> {
        self.merge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Merges the open events of each chunk with those of the chunks before it, in the order of the
/// chunks.
struct OrderedMerge<'w, 'a> {
    assembler: &'w mut EventAssembler<'a>,
    sink: &'w mut Sink,
    /// The statistics of the chunks that are merged.
    merged: Vec<ChunkStats>,
    /// Chunks by number that wait for a chunk before them.
    waiting: BTreeMap<usize, (ChunkStats, EventAssembler<'a>)>,
    /// Whether two chunks conflict. Nothing more is merged then.
    has_conflict: bool,
}

impl<'a> OrderedMerge<'_, 'a> {
    fn add(&mut self, number: usize, stats: ChunkStats, assembler: EventAssembler<'a>) {
        self.waiting.insert(number, (stats, assembler));
        while let Some((stats, assembler)) = self.waiting.remove(&self.merged.len()) {
            self.has_conflict |= self.assembler.conflicts_with(&assembler);
            if self.has_conflict {
                return;
            }
            self.assembler.merge(assembler, self.sink);
            self.merged.push(stats);
        }
    }
}
