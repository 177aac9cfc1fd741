//! Worker threads that read the chunks of one file, and the merge of their results in order.

use super::chunks::ChunkQueue;
use super::record_reader::{ChunkStats, read_chunk};
use crate::event::EventAssembler;
use crate::filter::Query;
use crate::tally::Tally;
use foldhash::fast::RandomState;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Reads all chunks of the queue in parallel, merges their events into `assembler` and counts in
/// `tally`. Returns the statistics of the chunks in order.
pub(super) fn read_chunks<'a>(
    queue: &ChunkQueue<'_>,
    query: &'a Query,
    node_seed: &RandomState,
    assembler: &mut EventAssembler<'a>,
    tally: &mut Tally,
) -> Vec<ChunkStats> {
    let merge = OrderedMerge { assembler, tally, merged: Vec::new(), waiting: BTreeMap::new() };
    let workers = Workers { queue, query, node_seed, merge: Mutex::new(merge) };
    thread::scope(|scope| {
        for _ in 1..queue.threads() {
            scope.spawn(|| workers.run());
        }
        workers.run();
    });
    workers.merge.into_inner().unwrap_or_else(PoisonError::into_inner).merged
}

/// What the worker threads share.
struct Workers<'w, 'a> {
    queue: &'w ChunkQueue<'w>,
    query: &'a Query,
    node_seed: &'w RandomState,
    merge: Mutex<OrderedMerge<'w, 'a>>,
}

impl<'w, 'a> Workers<'w, 'a> {
    /// Reads chunks until none is left: the work of one thread.
    fn run(&self) {
        let mut tally = Tally::default();
        let mut buffer = Vec::new();
        while let Some((number, chunk)) = self.queue.next() {
            let mut assembler = EventAssembler::new(self.query, self.node_seed.clone(), true);
            let stats = read_chunk(chunk, &mut buffer, &mut assembler, &mut tally);
            self.merge().add(number, stats, assembler);
        }
        self.merge().tally.merge(tally);
    }

    fn merge(&self) -> MutexGuard<'_, OrderedMerge<'w, 'a>> {
        self.merge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Merges the open events of each chunk with those of the chunks before it, in the order of the
/// chunks.
struct OrderedMerge<'w, 'a> {
    assembler: &'w mut EventAssembler<'a>,
    tally: &'w mut Tally,
    /// The statistics of the chunks that are merged.
    merged: Vec<ChunkStats>,
    /// Chunks by number that wait for a chunk before them.
    waiting: BTreeMap<usize, (ChunkStats, EventAssembler<'a>)>,
}

impl<'a> OrderedMerge<'_, 'a> {
    fn add(&mut self, number: usize, stats: ChunkStats, assembler: EventAssembler<'a>) {
        self.waiting.insert(number, (stats, assembler));
        while let Some((stats, assembler)) = self.waiting.remove(&self.merged.len()) {
            self.assembler.merge(assembler, self.tally);
            self.merged.push(stats);
        }
    }
}
