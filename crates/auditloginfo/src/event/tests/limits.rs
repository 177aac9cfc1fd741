//! What is kept of a log, and its limits.

use super::*;

const WINDOW: usize = REORDER_WINDOW as usize;

/// A record that is needed for nothing.
const OTHER: &str = "type=PROCTITLE msg=audit(2.000:99): proctitle=\"x\"";

/// A PATH record with a name of that many bytes. As its call has not come, it is pending.
fn path(serial: u64, item: u64, length: usize) -> String {
    let name = "a".repeat(length);
    format!("type=PATH msg=audit(1.000:{serial:05}): item={item} name=\"{name}\" nametype=NORMAL")
}

fn read<'q>(query: &'q Query, lines: &[String], sink: &mut Sink) -> EventAssembler<'q> {
    let mut assembler = EventAssembler::new(query, RandomState::default());
    lines.iter().for_each(|line| add(&mut assembler, line, sink));
    assembler
}

#[test]
fn the_next_log_is_read_in_one_chunk_when_more_than_half_of_the_limit_is_pending() {
    let query = files(false);
    let pending = |lines: &[String]| {
        let assembler = read(&query, lines, &mut Sink::new(query.collect));
        (assembler.open.pending_bytes(), assembler.is_half_full())
    };
    let mut lines: Vec<_> = (0..83).map(|n| path(n, 0, 50_000)).collect();
    let (size, is_half_full) = pending(&lines);
    assert!(!is_half_full);
    for (excess, wanted) in [(0, false), (1, true), (1_000, true)] {
        let rest = PENDING_MAX / 2 + excess - size;
        let (small, _) = pending(&[path(99, 0, 0)]);
        lines.push(path(99, 0, rest - small));
        assert_eq!(pending(&lines), (PENDING_MAX / 2 + excess, wanted));
        lines.pop();
    }
}
