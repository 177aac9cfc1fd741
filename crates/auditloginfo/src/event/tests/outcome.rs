//! The outcome of a run, in a form that can be compared.

use super::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What counts for each login user.
    pub(super) counts: BTreeMap<String, u64>,
    /// The serial number of each event that is listed, in the order of the list, and what is listed.
    pub(super) list: Vec<(u64, String)>,
    pub(super) incomplete: u64,
    pub(super) doubled: u64,
    pub(super) has_possibly_doubled: bool,
    /// The number of the events that ended early, and the serial number of the first.
    pub(super) ended_early: (u64, u64),
    /// The same for the events that were listed in parts.
    pub(super) in_parts: (u64, u64),
}

/// Reads lines in chunks of the given numbers of lines; the last chunk is all that is left. `None` if
/// the chunks conflict.
pub(super) fn read_in_chunks(query: &Query, lines: &[&str], chunks: &[usize]) -> Option<Outcome> {
    Some(Run::new(query).read_chunks(lines, chunks)?.finish(lines))
}

/// Reads a log in one chunk, and the next one in chunks. `None` if anything conflicts.
pub(super) fn read_two_logs(
    query: &Query,
    lines: &[&str],
    first: usize,
    chunks: &[usize],
) -> Option<Outcome> {
    let (first, second) = lines.split_at(first.min(lines.len()));
    let mut run = Run::new(query).read_chunks(first, &[first.len()])?;
    let next = Run { assembler: run.next_chunk(), ..Run::with_seed(query, run.seed.clone()) };
    let next = next.read_chunks(second, &[&[0], chunks].concat())?;
    if run.assembler.conflicts_with(&next.assembler) {
        return None;
    }
    run.assembler.merge(next.assembler, &mut run.sink);
    run.sink.tally.merge(next.sink.tally);
    Some(run.finish(lines))
}

/// Reads lines in one chunk.
pub(super) fn read_whole(query: &Query, lines: &[&str]) -> Outcome {
    read_in_chunks(query, lines, &[lines.len()]).expect("nothing to conflict with")
}

/// What reads a log.
struct Run<'q> {
    query: &'q Query,
    seed: RandomState,
    assembler: EventAssembler<'q>,
    sink: Sink,
    printer: Printer,
}

impl<'q> Run<'q> {
    fn new(query: &'q Query) -> Run<'q> {
        Run::with_seed(query, RandomState::default())
    }

    fn with_seed(query: &'q Query, seed: RandomState) -> Run<'q> {
        let assembler = EventAssembler::new(query, seed.clone());
        let (mut sink, printer) = (Sink::new(query.collect), Printer::default());
        sink.set_printer(Box::new(printer.clone()));
        Run { query, seed, assembler, sink, printer }
    }

    fn next_chunk(&self) -> EventAssembler<'q> {
        EventAssembler::for_next_chunk(self.query, self.seed.clone())
    }

    fn read_chunks(mut self, lines: &[&str], chunks: &[usize]) -> Option<Run<'q>> {
        let (first, mut rest) = lines.split_at(chunks.first().copied().unwrap_or(0));
        for line in first {
            add(&mut self.assembler, line, &mut self.sink);
            self.assembler.print_listed(&mut self.sink);
        }
        for length in chunks.iter().skip(1).chain([&usize::MAX]) {
            let (chunk, left) = rest.split_at((*length).min(rest.len()));
            rest = left;
            let (mut next, mut part) = (self.next_chunk(), Sink::new(self.query.collect));
            for line in chunk {
                add(&mut next, line, &mut part);
                next.print_listed(&mut part);
            }
            let has_room = self.assembler.has_room(&part, &self.sink);
            if !has_room || self.assembler.conflicts_with(&next) {
                return None;
            }
            self.assembler.add_part(part, &mut self.sink);
            self.assembler.merge(next, &mut self.sink);
            self.assembler.print_listed(&mut self.sink);
        }
        Some(self)
    }

    fn finish(self, lines: &[&str]) -> Outcome {
        let (whole, mut sink) = (self.assembler, self.sink);
        assert_eq!(whole.place(), lines.len() as u64);
        let has_possibly_doubled = whole.has_possibly_doubled();
        let (doubled, ended_early) = (whole.doubled(), affected(whole.ended_early()));
        let incomplete = whole.flush(&mut sink);
        let list = self.printer.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let in_parts = affected(sink.listed_in_parts());
        let counts = counts(&mut sink.tally);
        Outcome { counts, list, incomplete, doubled, has_possibly_doubled, ended_early, in_parts }
    }
}

fn affected(events: crate::found::AffectedEvents) -> (u64, u64) {
    (events.count, events.first.map_or(0, |stamp| stamp.serial))
}

/// What a tally holds, without what is zero.
fn counts(tally: &mut Tally) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for (name, count) in &tally.contents.types {
        found.insert(format!("type {}", text(name)), *count);
    }
    found.extend(tally.contents.nodes.iter().map(|node| (format!("node {}", text(node)), 1)));
    let users: Vec<_> = tally.users().into_iter().map(|(user, _)| user).collect();
    for user in users {
        let name = user.id().and_then(|auid| tally.name(auid)).map(<[u8]>::to_vec);
        let counts = tally.counts_mut(user);
        let mut add = |what: String, count: u64| {
            if count > 0 {
                assert_eq!(found.insert(format!("{user:?} {what}"), count), None);
            }
        };
        add("events".into(), counts.events);
        add("as root".into(), counts.as_root);
        add("listed".into(), counts.listed);
        add("families missing".into(), counts.socket_families.missing);
        for family in counts.socket_families.iter() {
            add(format!("family {family}"), 1);
        }
        for (call, count) in counts.calls.iter() {
            add(format!("call {}", call.name()), count);
        }
        if let Some((first, last)) = counts.span {
            add("first".into(), first.seconds());
            add("last".into(), last.seconds());
        }
        if let Some(name) = name {
            add(format!("name {}", text(&name)), 1);
        }
        for section in Section::ALL {
            for (name, count) in counts.names_mut(section).map_or(vec![], |names| sorted(names)) {
                add(format!("{} {name}", section.kind()), count);
            }
        }
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', "|")
}

/// Keeps what is printed.
#[derive(Clone, Default)]
pub(in crate::event) struct Printer(pub(in crate::event) Arc<Mutex<Vec<(u64, String)>>>);

impl EventPrinter for Printer {
    fn print(&mut self, event: &ListedEvent) {
        let node = text(event.node().unwrap_or(b"-"));
        let cwd = text(&event.cwd().unwrap_or(b"-".to_vec()));
        let pid = event.field(b"pid").map_or("-".to_owned(), |pid| text(pid.raw()));
        let user = match event.user().id() {
            Some(auid) => auid.to_string(),
            None => "?".to_owned(),
        };
        let mut line = format!("{node} {user} pid {pid} in {cwd} {:?}", event.success());
        for (section, item) in event.items() {
            line += &["; ", section.kind(), " ", &text(item)].concat();
        }
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.push((event.stamp().serial, line));
    }

    fn flush(&mut self) -> bool {
        true
    }
}

/// The lines as they are passed on.
pub(super) fn borrow(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}
