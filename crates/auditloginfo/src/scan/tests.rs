use super::*;
use crate::section::{Collect, Sections};
use test_support::{TempDir, temp_dir};

/// A log in a folder of its own.
struct Log {
    path: PathBuf,
    _folder: TempDir,
}

impl Log {
    fn new(bytes: &[u8]) -> Log {
        let folder = temp_dir();
        let path = folder.path().join("audit.log");
        fs::write(&path, bytes).expect("a log");
        Log { path, _folder: folder }
    }

    fn scan(&self, chunks: u64) -> Found {
        let size = fs::metadata(&self.path).expect("the log").len();
        let chunking = Chunking::with_chunks(chunks, size);
        read(std::slice::from_ref(&self.path), &original_sections(), chunking)
    }
}

const CALL: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=0 success=yes exit=3 \
                    items=0 pid=9 auid=70 uid=0 euid=0 key=(null)";

/// The same call in another event.
fn second_call() -> String {
    CALL.replace("1.000:1", "1.000:2")
}

fn calls(found: &Found, auid: u32) -> u64 {
    found.tally.counts(auid).map_or(0, |counts| counts.calls.total())
}

fn original_sections() -> Query {
    let collect = Collect { sections: Sections::ORIGINAL, ..Collect::default() };
    Query { collect, ..Query::default() }
}

#[test]
fn the_line_of_the_first_damaged_record_does_not_depend_on_the_chunks() {
    let damaged = "type=SYSCALL msg=audit(1.000): arch=c000003e";
    let second = second_call();
    let log = Log::new(format!("{CALL}\n\n{second}\n{damaged}\n{damaged}\n").as_bytes());
    for chunks in 1..8 {
        let found = log.scan(chunks);
        assert_eq!((calls(&found, 70), found.damaged), (2, 2));
        let (_, line, error) = found.first_damage.expect("damage");
        assert_eq!((line, error.expected), (4, "audit(SECONDS.MILLIS:SERIAL):"));
    }
}

#[test]
fn what_is_found_in_lines_of_every_kind_does_not_depend_on_the_chunks() {
    let json = CALL.replace('"', "\\\"");
    let end = "type=EOE msg=audit(1.000:1):";
    let lines = [
        CALL.to_owned(),
        format!("{CALL} {CALL}"),
        format!("{end} {CALL}"),
        format!("{end} {end} {CALL} x=audit(9.000:9): y"),
        format!("{CALL}\r"),
        format!("Nov 22 13:14:51 lab kernel: {CALL}"),
        format!("Nov 22 13:14:51 lab eve: {CALL}"),
        format!("behind other text {CALL}"),
        format!("{{\"message\":\"{json}\\n{json}\"}}"),
        format!("{{\"user\":\"{json}\"}}"),
        format!("{{\"event\":{{\"original\":[\"{json}\",\"{json}\"]}}}}"),
        format!("{{\"event\":{{\"original\":[\"{json}\",?]}}}}"),
        "Nov 22 13:14:51 lab audit[9]: SYSCALL arch=c000003e".to_owned(),
        format!("{{\"message\":\"{json}\"}} x"),
        "type=SYSCALL msg=audit(1.000): x".to_owned(),
        String::new(),
    ];
    test_support::random_cases(20, |random| {
        let count = random.usize(1..40);
        let line = |serial| {
            let line = &lines[random.usize(..lines.len())];
            line.replace("audit(1.000:1)", &format!("audit(1.000:{serial})")) + "\n"
        };
        let text: String = (0..count).map(line).collect();
        let log = Log::new(text.as_bytes());
        let facts = |found: &Found| {
            let untrusted: Vec<_> =
                found.untrusted.origins().map(|(origin, count)| (origin.clone(), count)).collect();
            let place = found.first_damage.as_ref().map(|(_, line, _)| *line);
            (
                calls(found, 70),
                found.doubled,
                found.damaged,
                place,
                found.untrusted.total(),
                untrusted,
                (found.unnumbered, found.not_audit_logs.len()),
            )
        };
        let whole = facts(&log.scan(1));
        for chunks in 2..20 {
            assert_eq!(facts(&log.scan(chunks)), whole, "{chunks} chunks of\n{text}");
        }
    });
    let counts = lines.map(|line| {
        let found = Log::new((line + "\n").as_bytes()).scan(1);
        (calls(&found, 70) + found.doubled, found.damaged, found.untrusted.total())
    });
    assert_eq!(
        counts,
        [
            (1, 0, 0),
            (2, 0, 0),
            (1, 0, 0),
            (1, 1, 0),
            (1, 0, 0),
            (1, 0, 0),
            (0, 0, 1),
            (0, 0, 1),
            (2, 0, 0),
            (0, 0, 1),
            (2, 0, 0),
            (0, 0, 1),
            (0, 0, 0),
            (0, 1, 0),
            (0, 1, 0),
            (0, 0, 0),
        ]
    );
}

#[test]
fn a_log_truncated_inside_a_record_counts_only_what_is_certain() {
    let whole = format!("{CALL}\n{}", second_call());
    let auid = CALL.find("auid=70").expect("the field") + "auid=70".len();
    for end in 0..=CALL.len() {
        let log = Log::new(whole.get(..CALL.len() + 1 + end).expect("ASCII").as_bytes());
        let found = log.scan(1);
        let second = u64::from(end > auid);
        assert_eq!(calls(&found, 70), 1 + second, "truncated after {end} bytes of the second");
        assert_eq!(calls(&found, 7), 0);
        // Until its type is complete, the line is no record.
        let is_damaged = end >= "type=SYSCALL".len() && second == 0;
        assert_eq!(found.damaged > 0, is_damaged, "after {end}");
    }
}

#[test]
fn a_line_that_is_too_long_is_one_damaged_record() {
    let many = "x".repeat(5 * LINE_MAX);
    let second = second_call();
    let log = Log::new(format!("{CALL}\n{CALL}{many}\n{second}\n").as_bytes());
    let found = log.scan(1);
    assert_eq!((calls(&found, 70), found.damaged), (2, 1));
    let (_, line, error) = found.first_damage.expect("damage");
    assert_eq!((line, error.at), (2, LINE_MAX));
    let json = format!("{{\"message\":\"{}\"}}\n", "x".repeat(limits::JSON_LINE_MAX));
    let (_, _, error) = Log::new(json.as_bytes()).scan(1).first_damage.expect("damage");
    assert_eq!(error.at, limits::JSON_LINE_MAX);
}

/// A tar archive with one file.
fn tar(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    for (at, field) in [(0, &b"audit.log"[..]), (100, b"0000644\0"), (257, b"ustar")] {
        bytes.splice(at..at + field.len(), field.iter().copied());
    }
    [&bytes, text.as_bytes()].concat()
}

#[test]
fn nothing_in_an_archive_is_read_and_no_user_can_make_a_log_look_like_one() {
    let archive = tar(&format!("{CALL}\n"));
    for chunks in [1, 3] {
        let found = Log::new(&archive).scan(chunks);
        let kinds: Vec<_> = found.not_audit_logs.iter().map(|(_, kind)| *kind).collect();
        assert_eq!((calls(&found, 70), kinds), (0, vec![FileKind::Archive]));
    }
    // A user may have chosen the text at these places, but cannot write a NUL.
    let mut log = format!("{:400}\n{CALL}\n", "type=CWD msg=audit(1.000:1): cwd=\"/\"");
    log.replace_range(100..108, "0000644 ");
    log.replace_range(257..262, "ustar");
    assert_eq!(calls(&Log::new(log.as_bytes()).scan(1), 70), 1);
}

#[test]
fn a_file_without_a_record_is_no_audit_log_unless_it_is_empty() {
    let garbage: Vec<u8> =
        (0..100_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(Log::new(&garbage).scan(3).not_audit_logs.len(), 1);
    assert_eq!(Log::new(b"").scan(3).not_audit_logs.len(), 0);
}

/// Writes a file compressed with gzip.
fn write_gzip(path: &Path, text: &str) {
    let mut bytes = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast());
    encoder.read_to_end(&mut bytes).expect("no error");
    fs::write(path, bytes).expect("a log");
}

#[test]
fn compressed_logs_that_are_read_side_by_side_are_one_log() {
    let folder = temp_dir();
    let call = CALL.replace("syscall=0", "syscall=2").replace("items=0", "items=1");
    let path = "type=PATH msg=audit(1.000:1): item=0 name=\"/motd\" nametype=NORMAL";
    let texts = ["x\n", &format!("{call}\n"), "", &format!("{path}\nEOE\n"), "type=SYSCALL\n"];
    let logs: Vec<_> = (0..texts.len()).map(|n| folder.path().join(format!("{n}.gz"))).collect();
    logs.iter().zip(texts).for_each(|(log, text)| write_gzip(log, text));
    for threads in 1..5 {
        let chunking = Chunking { threads, max_chunk: 1 << 24 };
        let found = read(&logs, &original_sections(), chunking);
        let counts = found.tally.counts(70).expect("a user");
        assert_eq!((counts.calls.total(), counts.files.total(), found.incomplete), (1, 1, 0));
        assert_eq!(found.not_audit_logs, [(logs[0].clone(), FileKind::Other)]);
        assert_eq!(found.empty_logs, [logs[2].clone()]);
        let damage = found.first_damage.expect("damage");
        assert_eq!((damage.0, damage.1, found.damaged), (logs[4].clone(), 1, 1));
    }
}

#[test]
fn a_log_that_cannot_be_read_does_not_stop_the_others() {
    let log = Log::new(format!("{CALL}\n").as_bytes());
    let logs = ["/nonexistent/log".into(), std::env::temp_dir(), log.path.clone()];
    let found = read(&logs, &original_sections(), Chunking::default());
    assert_eq!(found.unreadable.len(), 2);
    assert_eq!(calls(&found, 70), 1);
}
