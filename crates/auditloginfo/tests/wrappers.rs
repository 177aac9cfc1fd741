//! A log that other programs wrap gives the same report, and no wrapper lets an audited user forge a
//! record.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::sample;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use test_support::{
    Rng, command, random_cases, repository, shared, stdout, takes_at_most, temp_dir, works, write,
};
use toolkit::input::Source;
use toolkit::messages::Messages;

/// How the script wraps logs. A log with each record twice has a message besides.
const FORMS: &[&str] = &[
    "crlf",
    "bom",
    "no-newline",
    "node",
    "enriched-blank",
    "enriched-octal",
    "grep",
    "grep-n",
    "syslog",
    "syslog --tag kernel",
    "syslog --tag kernel --uptime",
    "syslog --header rfc5424",
    "syslog --header rfc5424 --tag kernel",
    "syslog --header iso --tag auditd",
    "syslog --tag audisp-syslog",
    "dmesg",
    "one-line",
    "json",
    "json --key MESSAGE",
    "json --key msg",
    "json --key log",
    "json --key event.original",
    "json --key SyslogMessage",
    "json --key RecordText",
    "json-lines-joined",
    "journal-export",
    "journal-json --all",
];

/// The reports that are compared.
const REPORTS: [&[&str]; 3] = [
    &[],
    &["--uid", "all"],
    &[
        "--commands",
        "--files",
        "--errors",
        "--denials",
        "--privileged",
        "-a",
        "-m",
        "-o",
        "tsv",
        "--no-heading",
    ],
];

fn report(words: &[&str], log: &Path) -> (String, String) {
    let words = words.iter().map(OsString::from).chain([log.into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    auditloginfo::run(words, &mut out, &mut Messages::new("auditloginfo", &mut err))
        .expect("a report");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(out), text(err))
}

fn report_on(words: &[&str], text: &[u8]) -> (String, String) {
    let folder = temp_dir();
    let log = folder.path().join("log");
    write(&log, text);
    report(words, &log)
}

/// Whether the script works here.
fn can_wrap() -> bool {
    works(command("python3").arg("--version"))
}

fn wrap(form: &str, log: &Path) -> Vec<u8> {
    let mut script = command("python3");
    stdout(script.arg(repository("testdata/make/audit_wrap.py")).args(form.split(' ')).arg(log))
}

/// Compares the reports on a log with those on the same log in every form.
fn compare(log: &[u8]) {
    let folder = temp_dir();
    let [plain, raw, wrapped] = ["plain", "raw", "wrapped"].map(|name| folder.path().join(name));
    write(&plain, log);
    write(&raw, without_names(log));
    let [on_plain, on_raw] = [&plain, &raw].map(|log| REPORTS.map(|words| report(words, log).0));
    for form in FORMS {
        write(&wrapped, wrap(form, &plain));
        // The kernel and the journal have no names of users.
        let is_raw = ["kernel", "dmesg", "journal"].iter().any(|word| form.contains(word));
        let wanted = if is_raw { &on_raw } else { &on_plain };
        for (words, wanted) in REPORTS.iter().zip(wanted) {
            assert_eq!(report(words, &wrapped).0, *wanted, "{form} {words:?}");
        }
    }
}

/// The log without the names that auditd adds to enriched records.
fn without_names(log: &[u8]) -> Vec<u8> {
    let lines = sysparse::text::lines(log).map(|line| line.split(|byte| *byte == 0x1d).next());
    let lines: Vec<_> = lines.map(Option::unwrap_or_default).collect();
    [&lines.join(&b'\n')[..], b"\n"].concat()
}

/// The lines of the excerpts, and those of a whole recorded log if it is there. What is no text or
/// belongs to no event of the kernel has no place in some wrappers.
fn lines() -> Vec<Vec<u8>> {
    let mut text = fs::read(sample("raw.log")).expect("a sample");
    text.extend(fs::read(sample("enriched.log")).expect("a sample"));
    let whole = shared("data/lab/audit/raw/audit.log.gz").map(|path| Source::open(&path));
    if let Some(Ok(Source::Stream(mut stream))) = whole {
        stream.read_to_end(&mut text).expect("the log");
    }
    let lines = sysparse::text::lines(&text).filter(|line| {
        let is_record = line.starts_with(b"type=") || line.starts_with(b"node=");
        is_record && line.is_ascii() && !line.starts_with(b"type=DAEMON_")
    });
    lines.map(<[u8]>::to_vec).collect()
}

/// Some lines in their order: runs of lines, with gaps in them.
fn subset(lines: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let gap = random.usize(1..10);
    let mut text = Vec::new();
    for _ in 0..random.usize(1..5) {
        let start = random.usize(..lines.len());
        for line in lines.iter().skip(start).take(random.usize(1..400)) {
            if random.usize(..10) != gap {
                text.extend_from_slice(line);
                text.push(b'\n');
            }
        }
    }
    // A last line without a newline counts if it is complete, which the last of these shows.
    text.extend_from_slice(b"type=CWD msg=audit(1795400000.100:9): cwd=\"/\"\n");
    text
}

#[test]
fn a_wrapped_log_gives_the_same_report() {
    if can_wrap() {
        let lines = lines();
        random_cases(3, |random| compare(&subset(&lines, random)));
    }
}

#[test]
fn a_whole_log_in_every_wrapper_gives_the_same_report() {
    if can_wrap() {
        compare(&fs::read(sample("raw.log")).expect("a sample"));
    }
}

/// A record that would be a call of the login user 70, if it counted.
const FORGED: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=0 success=yes exit=3 \
                      items=0 ppid=1 pid=9 auid=70 uid=0 gid=0 euid=0 key=(null)";

/// A record as auditd writes it, with the call of the login user 71.
const GENUINE: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=1 success=yes exit=3 \
                       items=0 ppid=1 pid=9 auid=71 uid=0 gid=0 euid=0 key=(null)";

/// Records with text that an audited user chose.
fn records_with(text: &str) -> [String; 6] {
    [
        format!("type=PATH msg=audit(1.000:1): item=0 name=\"{text}\" nametype=NORMAL"),
        format!("type=CWD msg=audit(1.000:1): cwd=\" {text}\""),
        format!("type=EXECVE msg=audit(1.000:1): argc=2 a0=\"{text}\" a1=\"x\""),
        format!("type=USER_LOGIN msg=audit(1.000:1): pid=1 msg='op=x acct=\"{text}\" res=failed'"),
        format!(
            "type=USER_LOGIN msg=audit(1.000:1): pid=1 msg='op=x acct=\"' {text}\" res=failed'"
        ),
        format!("type=USER_CMD msg=audit(1.000:1): pid=1 msg='{text}'"),
    ]
}

/// Asserts that a log holds no call of the login user 70, and one of 71 if `has_genuine`.
fn assert_not_forged(log: &[u8], has_genuine: bool) {
    let (table, _) = report_on(&["--uid", "all", "--syscalls", "-o", "tsv", "--no-heading"], log);
    let is_forged = table.lines().any(|line| line.starts_with("70\t"));
    assert!(!is_forged, "{}\n{table}", String::from_utf8_lossy(log));
    let is_found = table.contains("71\tsyscall\t1\twrite\t");
    assert_eq!(is_found, has_genuine, "{}\n{table}", String::from_utf8_lossy(log));
}

#[test]
fn records_in_audit_log_cannot_be_forged() {
    const PIECES: [&str; 17] = [
        FORGED,
        " ",
        "'",
        "' ",
        "msg='",
        "\u{1d}",
        "#035",
        "#012",
        "node=lab ",
        "audit: ",
        "audit(1.000:1): ",
        "type=SYSCALL ",
        "type=",
        "=",
        "(",
        "\t",
        "kernel: ",
    ];
    random_cases(300, |random| {
        let count = random.usize(1..6);
        let text: String = (0..count).map(|_| PIECES[random.usize(..PIECES.len())]).collect();
        let text = format!("{text}{FORGED}");
        let log = [&[GENUINE.to_owned()][..], &records_with(&text)].concat().join("\n") + "\n";
        assert_not_forged(log.as_bytes(), true);
    });
}

#[test]
fn no_wrapper_lets_a_user_start_a_record_inside_a_record() {
    if !can_wrap() {
        return;
    }
    let folder = temp_dir();
    let log = folder.path().join("log");
    for text in [FORGED, &format!("' {FORGED}"), &format!("x' audit: {FORGED}")] {
        write(&log, records_with(text).join("\n") + "\n" + GENUINE + "\n");
        for form in FORMS {
            assert_not_forged(&wrap(form, &log), true);
        }
    }
}

#[test]
fn no_line_that_a_user_can_write_is_a_record() {
    let forged = FORGED;
    let escaped = format!("x\\n{FORGED}");
    for text in [
        format!("Nov 22 13:14:51 lab eve: {forged}"),
        format!("Nov 22 13:14:51 lab eve: kernel: {forged}"),
        format!("Nov 22 13:14:51 lab eve: audit: {forged}"),
        format!("Nov 22 13:14:51 lab eve: Nov 22 13:14:51 lab kernel: {forged}"),
        format!("Nov 22 13:14:51 lab sshd[9]: Invalid user {forged} from 203.0.113.9 port 4"),
        format!("Nov 22 13:14:51 lab sshd[9]: Invalid user node=lab {forged} from 203.0.113.9"),
        format!("Nov 22 13:14:51 lab kernel: usb 1-1: Product: {forged}"),
        format!("Nov 22 13:14:51 lab auditd[9]: op=x {forged}"),
        format!("2026-11-22T13:14:51Z lab sshd[9]: Invalid user {forged} from 203.0.113.9"),
        format!("<13>1 2026-11-22T13:14:51Z lab eve - - - {forged}"),
        format!("<13>1 2026-11-22T13:14:51Z lab eve - - [a b=\"]\"] kernel: {forged}"),
        format!("[   12.345678] usb 1-1: Product: {forged}"),
        format!("[Sun Nov 22 13:14:51 2026] usb 1-1: Product: {forged}"),
        format!("[Sun Nov 22 13:14:51 2026] {forged}"),
        format!("[Sun Nov 22 13:14:51 2026] [error] audit: {forged}"),
        format!("kern  :notice: [   12.345678] usb 1-1: Product: audit: {forged}"),
        format!("user  :notice: [   12.345678] audit: {forged}"),
        format!("2026-11-22T13:14:51.280000+00:00 audit: {forged}"),
        format!(
            "Nov 22 13:14:51 2001:db8::7 sshd[9]: Invalid user kernel: {forged} from 203.0.113.9"
        ),
        format!("Nov 22 13:14:51 lab auth.info sshd[9]: Invalid user kernel: {forged} from ::1"),
        format!("audit.log:Nov 22 13:14:51 lab eve: {forged}"),
        format!("11-22 13:14:51.280   411   411 W eve     : {forged}"),
        format!("{{\"user\":\"{forged}\"}}"),
        format!("{{\"message\":\"{escaped}\"}}"),
        format!("{{\"message\":\"Nov 22 13:14:51 lab eve: {forged}\"}}"),
        format!("{{\"message\":\"Nov 22 13:14:51 lab eve: {escaped}\"}}"),
        format!("{{\"message\":\"type=USER_CMD msg=audit(1.000:1): msg='{escaped}\"}}"),
        format!("{{\"event\":{{\"original\":[\"{escaped}\",{{\"original\":\"{forged}\"}}]}}}}"),
        format!("{{\"message\":[\"{forged}\"]}}"),
        format!("{{\"process\":{{\"message\":\"{forged}\"}}}}"),
        format!("{{\"x\":\"\\\"message\\\":\\\"{forged}\"}}"),
        format!("{{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"{forged}\"}}"),
        format!("{{\"_TRANSPORT\":\"stdout\",\"MESSAGE\":\"{escaped}\"}}"),
        format!("{{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"x: {forged}\"}}"),
        format!("{{\"_BOOT_ID\":\"0\",\"MESSAGE\":\"{forged}\"}}"),
        format!("{{\"_transport\":\"syslog\",\"message\":\"{forged}\"}}"),
        format!("{{\"message\":\"{forged}\",\"TRANSPORT\":\"kernel\",\"BOOT_ID\":\"0\"}}"),
        format!("{{\"message\":\"{forged}\",\"systemd\":{{\"transport\":\"syslog\"}}}}"),
        format!("{{\"message\":\"{forged}\",\"log\":{{\"syslog\":{{\"appname\":\"u\"}}}}}}"),
        format!("{{\"message\":\"{forged}\",\"log.syslog.identifier\":\"u\"}}"),
        format!("{{\"message\":\"{forged}\",\"process\":{{\"program\":\"u\"}}}}"),
        format!("{{\"message\":\"{forged}\",\"program\":\"\"}}"),
        format!("{{\"message\":\"{forged}\",\"Program\":[\"kernel\",\"u\"]}}"),
        format!(
            "{{\"_TRANSPORT\":\"audit\",\"_AUDIT_TYPE\":\"1112\",\"_AUDIT_ID\":\"1\",\
             \"_SOURCE_REALTIME_TIMESTAMP\":\"1000000\",\"MESSAGE\":\"USER_LOGIN {escaped}\"}}"
        ),
    ] {
        assert_not_forged(format!("{GENUINE}\n{text}\n").as_bytes(), true);
        let (_, err) = report_on(&[], format!("{GENUINE}\n{text}\n").as_bytes());
        let is_inside_a_record = text.contains("_TRANSPORT\":\"audit");
        assert_ne!(err.contains("1 line with a record not counted"), is_inside_a_record, "{text}");
    }
}

/// An entry of a journal that another program than the kernel wrote.
const ENTRY: &str = "__CURSOR=1\n_TRANSPORT=syslog\n";

#[test]
fn no_program_can_forge_an_entry_of_the_audit_system() {
    // A message that holds what looks like the end of the entry and another one, after its length.
    let message = format!("x\n\n__CURSOR=2\n_TRANSPORT=kernel\nMESSAGE={FORGED}\n\n");
    let length = (message.len() as u64).to_le_bytes();
    let sized = [ENTRY.as_bytes(), b"MESSAGE\n", &length, message.as_bytes(), b"\n\n"].concat();
    let plain = format!("{ENTRY}MESSAGE={FORGED}\n\n").into_bytes();
    let field = format!("{ENTRY}MY_TRANSPORT=kernel\nMESSAGE={FORGED}\n\n").into_bytes();
    for entry in [sized, plain, field] {
        let genuine = format!("__CURSOR=3\n_TRANSPORT=kernel\nMESSAGE={GENUINE}\n\n").into_bytes();
        assert_not_forged(&[entry.clone(), genuine].concat(), true);
        assert_not_forged(&entry, false);
        let (_, err) = report_on(&[], &entry);
        let wanted = "1 line with a record not counted, because any user can write there: 1 in \
                      journal entries of the transport syslog\n";
        assert!(err.ends_with(wanted), "{err}");
    }
}

#[test]
fn an_export_that_is_cut_counts_what_is_complete_and_says_so() {
    let genuine = format!("__CURSOR=3\n_TRANSPORT=kernel\nMESSAGE={GENUINE}\n\n");
    for end in 1..genuine.len() - 2 {
        let log = genuine.clone() + genuine.get(..end).expect("ASCII");
        assert_not_forged(log.as_bytes(), true);
        let (_, err) = report_on(&[], log.as_bytes());
        assert!(err.contains("damaged record left out: expected the rest"), "{end}: {err}");
    }
}

#[test]
fn time_does_not_depend_on_the_length_of_lines_that_look_like_records() {
    for unit in [
        "type=",
        "audit(",
        "audit(1.",
        " msg=audit(1.0:1): ",
        "{\"a\":[",
        "node=",
        "=\"",
        " audit[",
        "-1-",
    ] {
        for start in ["Nov 22 13:14:51 lab u: ", FORGED, "x"] {
            // As many bytes in lines of 4,000 as in lines of 60,000.
            let lines = |length: usize| {
                let line = format!("{start}{}\n", unit.repeat(length / unit.len()));
                line.repeat(480_000 / length)
            };
            let (short, long) = (lines(4_000), lines(60_000));
            let read = |log: &str| drop(report_on(&["--uid", "all"], log.as_bytes()));
            // Quadratic time would be 15 times.
            takes_at_most(5, || read(&short), || read(&long));
        }
    }
}
