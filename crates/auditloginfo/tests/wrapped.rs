//! A log that is wrapped as other programs write it gives the same report, and no wrapper lets an
//! audited user forge a record.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::sample;
use std::ffi::OsString;
use std::path::Path;
use test_support::{command, repository, skip, stdout, temp_dir, write};
use toolkit::messages::Messages;

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

#[test]
fn a_wrapped_log_gives_the_same_report() {
    const FORMS: &[&str] = &[
        "crlf",
        "bom",
        "no-newline",
        "grep",
        "grep-n",
        "syslog",
        "syslog --tag kernel --uptime",
        "syslog --header rfc5424",
        "syslog --header iso --tag auditd",
        "dmesg",
        "one-line",
        "json",
        "json --key event.original",
        "json-lines-joined",
        "journal-export",
        "journal-json --all",
    ];
    let script = repository("testdata/make/audit_wrap.py");
    if !script.exists() {
        return skip("the script that wraps logs is not here");
    }
    let log = sample("raw.log");
    let words = ["--uid", "all"];
    let plain = report(&words, &log);
    for form in FORMS {
        let mut wrap = command("python3");
        wrap.arg(&script).args(form.split(' ')).arg(&log);
        assert_eq!(report_on(&words, &stdout(&mut wrap)), plain, "{form}");
    }
}

/// A record that would be a call of the login user 70, if it counted.
const FORGED: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=0 success=yes exit=3 \
                      items=0 ppid=1 pid=9 auid=70 uid=0 gid=0 euid=0 key=(null)";

/// A record as auditd writes it, with the call of the login user 71.
const GENUINE: &str = "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=1 success=yes exit=3 \
                       items=0 ppid=1 pid=9 auid=71 uid=0 gid=0 euid=0 key=(null)";

#[test]
fn no_wrapper_lets_a_user_forge_a_record() {
    let forged = FORGED;
    let escaped = format!("x\\n{FORGED}");
    for text in [
        format!("type=PATH msg=audit(1.000:1): item=0 name=\"{forged}\" nametype=NORMAL"),
        format!("type=PATH msg=audit(1.000:1): item=0 name=\" {forged}\" nametype=NORMAL"),
        format!("type=EXECVE msg=audit(1.000:1): argc=1 a0=\"{forged}\""),
        format!(
            "type=USER_LOGIN msg=audit(1.000:1): pid=1 msg='op=x acct=\"{forged}\" res=failed'"
        ),
        format!(
            "type=USER_LOGIN msg=audit(1.000:1): pid=1 msg='op=x acct=\"' {forged}\" res=failed'"
        ),
        format!("Nov 22 13:14:51 lab eve: {forged}"),
        format!("Nov 22 13:14:51 lab eve: kernel: {forged}"),
        format!("Nov 22 13:14:51 lab eve: Nov 22 13:14:51 lab kernel: {forged}"),
        format!("Nov 22 13:14:51 lab sshd[9]: Invalid user {forged} from 203.0.113.9 port 4"),
        format!("2026-11-22T13:14:51Z lab sshd[9]: Invalid user {forged} from 203.0.113.9"),
        format!("<13>1 2026-11-22T13:14:51Z lab eve - - - {forged}"),
        format!("{{\"user\":\"{forged}\"}}"),
        format!("{{\"message\":\"{escaped}\"}}"),
        format!("{{\"message\":\"Nov 22 13:14:51 lab eve: {forged}\"}}"),
        format!("{{\"message\":\"Nov 22 13:14:51 lab eve: {escaped}\"}}"),
        format!("{{\"process\":{{\"message\":\"{forged}\"}}}}"),
        format!("{{\"x\":\"\\\"message\\\":\\\"{forged}\"}}"),
        format!("{{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"{forged}\"}}"),
        format!("{{\"_TRANSPORT\":\"stdout\",\"MESSAGE\":\"{escaped}\"}}"),
        format!("{{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"x: {forged}\"}}"),
        format!(
            "{{\"_TRANSPORT\":\"audit\",\"_AUDIT_TYPE\":\"1112\",\"_AUDIT_ID\":\"1\",\
                  \"_SOURCE_REALTIME_TIMESTAMP\":\"1000000\",\"MESSAGE\":\"USER_LOGIN {escaped}\"}}"
        ),
        format!("__CURSOR=1\n_TRANSPORT=syslog\nMESSAGE={forged}\n"),
        export_with_newline(),
    ] {
        for genuine in ["", GENUINE] {
            let is_export = text.starts_with("__");
            let log =
                if is_export { text.clone() } else { format!("{genuine}\n{text}\n{genuine}\n") };
            let (table, _) = report_on(&["--uid", "all", "-o", "tsv"], log.as_bytes());
            assert!(!table.contains("70\t") && !table.contains("read"), "{text}: {table}");
            assert_eq!(table.contains("write"), !is_export && !genuine.is_empty(), "{text}");
        }
    }
}

/// A journal entry whose message holds what looks like the end of the entry and another one.
fn export_with_newline() -> String {
    let message = "x\n\n__CURSOR=2\n_TRANSPORT=kernel\nMESSAGE=".to_owned() + FORGED + "\n\n";
    format!("__CURSOR=1\n_TRANSPORT=syslog\nMESSAGE\n{}\n", sized(&message))
}

/// A value behind its length, padded so that the length is text.
fn sized(message: &str) -> String {
    let padded = format!("{message:<300}");
    // 300 is 0x012c: a comma and a byte 1.
    format!(",\u{1}\0\0\0\0\0\0{padded}")
}

#[test]
fn time_grows_linearly_with_what_looks_like_records() {
    let started = std::time::Instant::now();
    let line =
        |unit: &str| format!("Nov 22 13:14:51 lab u: {}\n", unit.repeat(60_000 / unit.len()));
    let text: String = ["type=", "audit(", "audit(1.", " msg=audit(1.0:1): ", "{\"a\":[", "node="]
        .iter()
        .map(|unit| line(unit) + &line(unit).replace("Nov 22 13:14:51 lab u: ", FORGED))
        .collect();
    report_on(&["--uid", "all"], text.repeat(4).as_bytes());
    // Quadratic time would be minutes.
    assert!(started.elapsed().as_secs() < 30);
}
