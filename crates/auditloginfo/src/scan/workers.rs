//! Worker threads that read the chunks of one file, and the merge of their results in order.

use super::record_reader::{ChunkStats, read_chunk, read_log};
use crate::event::{EventAssembler, Sink};
use crate::filter::Query;
use foldhash::fast::RandomState;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many chunks may wait for a chunk before them, besides those that are being read.
const WAITING_MAX: usize = 1;

/// Reads all chunks of the queue in parallel, merges their events into `assembler` and counts in
/// `sink`. Returns the statistics of the chunks in order, and whether the chunk after them conflicts
/// with them. What counts then depends on the sink: items that are listed one by one are those of the
/// chunks that were merged.
pub(super) fn read_chunks<'a, Q: Queue>(
    queue: &Q,
    query: &'a Query,
    node_seed: &RandomState,
    assembler: &mut EventAssembler<'a>,
    sink: &mut Sink,
) -> (Vec<ChunkStats>, bool) {
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
            // If the system refuses a thread, those that run read all chunks.
            let _ = thread::Builder::new().spawn_scoped(scope, || workers.run());
        }
        workers.run();
    });
    let merge = workers.merge.into_inner().unwrap_or_else(PoisonError::into_inner);
    (merge.merged, merge.has_conflict)
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
            // Counts can be added up in any order, items cannot.
            let lists = self.query.collect.each;
            let part = lists.then(|| std::mem::replace(&mut sink, Sink::new(self.query.collect)));
            let mut merge = self.merge();
            merge.add(number, Part { stats, assembler, sink: part });
            self.merged.notify_all();
            // The chunk that the others wait for is in the hands of another worker.
            let is_ahead = |merge: &mut OrderedMerge<'_, '_>| {
                merge.waiting.len() >= WAITING_MAX && !merge.is_stopped()
            };
            let merge =
                self.merged.wait_while(merge, is_ahead).unwrap_or_else(PoisonError::into_inner);
            if merge.is_stopped() {
                return;
            }
        }
        self.merge().sink.tally.merge(sink.tally);
    }

    fn merge(&self) -> MutexGuard<'_, OrderedMerge<'w, 'a>> {
        self.merge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was read in one chunk.
struct Part<'a> {
    stats: ChunkStats,
    assembler: EventAssembler<'a>,
    /// What counts in this chunk, if the order of the chunks matters.
    sink: Option<Sink>,
}

/// Merges the open events of each chunk with those of the chunks before it, in the order of the
/// chunks.
struct OrderedMerge<'w, 'a> {
    assembler: &'w mut EventAssembler<'a>,
    sink: &'w mut Sink,
    /// The statistics of the chunks that are merged.
    merged: Vec<ChunkStats>,
    /// Chunks by number that wait for a chunk before them.
    waiting: BTreeMap<usize, Part<'a>>,
    /// Whether two chunks conflict. Nothing more is merged then.
    has_conflict: bool,
}

impl<'a> OrderedMerge<'_, 'a> {
    fn add(&mut self, number: usize, part: Part<'a>) {
        self.waiting.insert(number, part);
        while let Some(part) = self.waiting.remove(&self.merged.len()) {
            let has_room =
                part.sink.as_ref().is_none_or(|next| self.assembler.has_room(next, self.sink));
            self.has_conflict |= !has_room || self.assembler.conflicts_with(&part.assembler);
            if self.is_stopped() {
                return;
            }
            if let Some(next) = part.sink {
                self.assembler.add_part(next, self.sink);
            }
            self.assembler.merge(part.assembler, self.sink);
            self.assembler.print_listed(self.sink);
            self.merged.push(part.stats);
        }
    }

    /// Whether nothing more is merged: chunks conflict, or there is nobody to read what is listed.
    fn is_stopped(&self) -> bool {
        self.has_conflict || self.sink.is_closed()
    }
}
