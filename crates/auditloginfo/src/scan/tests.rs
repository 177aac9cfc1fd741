use super::*;
use crate::section::{Collect, Sections};
use std::fs;

/// A file of its own for one test.
pub(super) struct Log(pub(super) PathBuf);

impl Log {
    pub(super) fn new(name: &str, bytes: &[u8]) -> Log {
        let path = std::env::temp_dir().join(format!("auditloginfo-{}-{name}", std::process::id()));
        fs::write(&path, bytes).expect("a temporary file");
        Log(path)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const CALL: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=0 success=yes exit=3 \
                    items=0 pid=9 auid=70 uid=0 euid=0 key=(null)";

fn calls(found: &Found, auid: u32) -> u64 {
    found.tally.counts(auid).map_or(0, |counts| counts.calls.total())
}

fn everything() -> Query {
    let collect = Collect { sections: Sections::ORIGINAL, ..Collect::default() };
    Query { collect, ..Query::default() }
}

fn scan(log: &Log, pieces: u64) -> Found {
    let length = fs::metadata(&log.0).expect("the file").len();
    read(std::slice::from_ref(&log.0), &everything(), Cut::in_pieces(pieces, length))
}

#[test]
fn the_line_of_the_first_damage_is_told_wherever_the_cuts_are() {
    let damaged = "type=SYSCALL msg=audit(1.000): arch=c000003e";
    let log = Log::new("damage", format!("{CALL}\n\n{CALL}\n{damaged}\n{damaged}\n").as_bytes());
    for pieces in 1..8 {
        let found = scan(&log, pieces);
        assert_eq!((calls(&found, 70), found.damaged), (2, 2));
        let (_, line, malformed) = found.first_damage.expect("damage");
        assert_eq!((line, malformed.expected), (4, "audit(SECONDS.MILLIS:SERIAL):"));
    }
}

#[test]
fn a_log_cut_inside_a_record_counts_what_is_sure() {
    let whole = format!("{CALL}\n{CALL}");
    let auid = CALL.find("auid=70").expect("the field") + "auid=70".len();
    for end in 0..=CALL.len() {
        let log = Log::new("cut", whole.get(..CALL.len() + 1 + end).expect("ASCII").as_bytes());
        let found = scan(&log, 1);
        let second = u64::from(end > auid);
        assert_eq!(calls(&found, 70), 1 + second, "cut after {end} bytes of the second");
        assert_eq!(calls(&found, 7), 0);
        // Before its type is whole nobody can tell that the record would have mattered.
        let is_damaged = end >= "type=SYSCALL".len() && second == 0;
        assert_eq!(found.damaged > 0, is_damaged, "after {end}");
    }
}

#[test]
fn a_line_too_long_is_one_damaged_record() {
    let many = "x".repeat(5 * LINE_MAX);
    let log = Log::new("long", format!("{CALL}\n{CALL}{many}\n{CALL}\n").as_bytes());
    let found = scan(&log, 1);
    assert_eq!((calls(&found, 70), found.damaged), (2, 1));
    assert_eq!(found.first_damage.expect("damage").1, 2);
}

#[test]
fn a_log_without_a_record_is_strange_and_an_empty_one_is_not() {
    let garbage: Vec<u8> =
        (0..100_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(scan(&Log::new("garbage", &garbage), 3).not_audit_logs.len(), 1);
    assert_eq!(scan(&Log::new("empty", b""), 3).not_audit_logs.len(), 0);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let log = Log::new("rest", format!("{CALL}\n").as_bytes());
    let logs = ["/nonexistent/log".into(), std::env::temp_dir(), log.0.clone()];
    let found = read(&logs, &everything(), Cut::default());
    assert_eq!(found.unreadable.len(), 2);
    assert_eq!(calls(&found, 70), 1);
}
