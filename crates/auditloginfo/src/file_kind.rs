//! What a file is that is not an audit log, by its first bytes, and what to do with it.
//!
//! ```
//! use auditloginfo::file_kind::FileKind;
//!
//! let listing = b"type=SYSCALL msg=audit(23.11.2026 02:13:20.100:100) : arch=x86_64\n";
//! assert_eq!(FileKind::detect(listing), FileKind::Interpreted);
//! assert!(FileKind::Interpreted.to_string().contains("ausearch --raw"));
//! ```

use crate::journal_text;
use memchr::memmem;
use sysparse::{audit, syslog, text};
use thiserror::Error;

/// How much of a file is enough to know its kind, in bytes.
pub const HEAD_MAX: usize = 1 << 16;

/// What a file is that holds no audit record. Its text is what to do, for a message after the name of the
/// file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FileKind {
    /// Compressed by another program than gzip: its name, and the command that decompresses.
    #[error("compressed with {0}; decompress it: {1} LOG | auditloginfo -")]
    Compressed(&'static str, &'static str),
    /// Compressed twice.
    #[error("compressed with gzip more than once; decompress it: gzip -dc LOG | auditloginfo -")]
    GzipInGzip,
    /// An archive of files.
    #[error("an archive; extract the logs from it")]
    Archive,
    /// Text in UTF-16.
    #[error("text in UTF-16; convert it: iconv -f UTF-16 -t UTF-8 LOG | auditloginfo -")]
    Utf16,
    /// An executable program or a library.
    #[error("a program (ELF), not an audit log; give a log of auditd")]
    Elf,
    /// A file of systemd-journald.
    #[error(
        "a file of the systemd journal; export it: journalctl --file LOG -o export --all _TRANSPORT=audit \
         | auditloginfo -"
    )]
    JournalFile,
    /// Anything else that is not text.
    #[error("a binary file, not an audit log; give a log of auditd")]
    Binary,
    /// The output of `ausearch -i`, in the date format of any locale.
    #[error("this is ausearch -i output; use ausearch --raw")]
    Interpreted,
    /// The output of `ausearch --format csv`.
    #[error("this is ausearch --format csv output; use ausearch --raw")]
    Csv,
    /// The output of `ausearch --format text`.
    #[error("this is ausearch --format text output; use ausearch --raw")]
    Prose,
    /// A table of aureport.
    #[error(
        "this is aureport output, which holds no records; give the log itself, or the output of ausearch \
         --raw"
    )]
    Table,
    /// The output of journalctl for people, which has no serial numbers.
    #[error("this is journalctl output without the serial numbers of events; use {JOURNAL_EXPORT}")]
    Journal,
    /// The output of journalctl with fields, in a format that is not read or without an audit record.
    #[error("no audit record can be read in this journalctl output; use {JOURNAL_EXPORT}")]
    JournalFields,
    /// The JSON that laurel writes.
    #[error("this is JSON of laurel, which is not read; give a log of auditd")]
    Laurel,
    /// The JSON that go-audit writes.
    #[error("this is JSON of go-audit, which is not read; give a log of auditd")]
    GoAudit,
    /// JSON of another program.
    #[error(
        "JSON without an audit record in it; give a log of auditd, or the output of ausearch --raw"
    )]
    Json,
    /// Records in whose values the quotes are escaped or doubled.
    #[error(
        "the quotes in its records are escaped or doubled, as in JSON or CSV, so that names would be \
         misread; extract the records with a program that reads this format, such as jq -r"
    )]
    EscapedQuotes,
    /// A log whose records all stand where anybody can write them.
    #[error("no audit record in a trusted place")]
    Untrusted,
    /// Unknown.
    #[error("no audit record found; give a log of auditd or the output of ausearch --raw")]
    Other,
}

/// The first bytes of binary files.
const MAGIC: [(&[u8], FileKind); 17] = [
    (b"\xfd7zXZ\0", FileKind::Compressed("xz", "xz -dc")),
    (b"\x28\xb5\x2f\xfd", FileKind::Compressed("zstd", "zstd -dc")),
    (b"\x22\xb5\x2f\xfd", FileKind::Compressed("zstd", "zstd -dc")),
    (b"BZh", FileKind::Compressed("bzip2", "bzip2 -dc")),
    (b"\x04\x22\x4d\x18", FileKind::Compressed("lz4", "lz4 -dc")),
    (b"\x02\x21\x4c\x18", FileKind::Compressed("lz4", "lz4 -dc")),
    (b"\x5d\0\0", FileKind::Compressed("lzma", "xz -dc")),
    (b"LZIP", FileKind::Compressed("lzip", "lzip -dc")),
    (b"\x89LZO\0", FileKind::Compressed("lzop", "lzop -dc")),
    (b"\x1f\x9d", FileKind::Compressed("compress", "gzip -dc")),
    (b"\x1f\x8b", FileKind::GzipInGzip),
    (b"PK\x03\x04", FileKind::Archive),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Archive),
    (b"\x7fELF", FileKind::Elf),
    (b"LPKSHHRH", FileKind::JournalFile),
    (b"\xff\xfe", FileKind::Utf16),
    (b"\xfe\xff", FileKind::Utf16),
];

/// What prints the records of the journal in a form that is read.
pub(crate) const JOURNAL_EXPORT: &str = "journalctl -o export --all _TRANSPORT=audit";

impl FileKind {
    /// Finds out what a file is of which no record could be read. `head` is its beginning, at most
    /// [`HEAD_MAX`] bytes.
    #[must_use]
    pub fn detect(head: &[u8]) -> FileKind {
        let binary = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
        binary.map_or_else(|| by_contents(head), |(_, kind)| *kind)
    }
}

/// Whether a file is an archive, by its first 512 bytes. It may hold logs that are not compressed, whose
/// lines must not be taken for its own.
#[must_use]
pub(crate) fn is_archive(head: &[u8]) -> bool {
    let is_magic =
        |(magic, kind): &(&[u8], FileKind)| *kind == FileKind::Archive && head.starts_with(magic);
    MAGIC.iter().any(is_magic) || is_tar(head)
}

/// The header of a tar archive. No log has the NUL after the mode of the first file; users may choose the
/// rest of the text.
fn is_tar(head: &[u8]) -> bool {
    let mode = head.get(100..108).and_then(|mode| mode.strip_suffix(b"\0"));
    let is_octal = |byte: &u8| matches!(byte, b'0'..=b'7' | b' ');
    mode.is_some_and(|mode| mode.iter().all(is_octal))
        && head.get(257..).is_some_and(|rest| rest.starts_with(b"ustar"))
}

/// Whether a program that wraps records, such as one that writes JSON or CSV, escaped or doubled the quotes
/// in them. Only lines of auditd are looked at: of others, users may have written some.
#[must_use]
pub(crate) fn has_escaped_quotes(head: &[u8]) -> bool {
    let mut records = text::lines(head).filter_map(|line| audit::plain_header(line)?.record().ok());
    records.any(|record| record.check_quotes().is_err())
}

/// A test of one line.
type Test = fn(&[u8]) -> bool;

fn by_contents(head: &[u8]) -> FileKind {
    if is_tar(head) {
        return FileKind::Archive;
    }
    if is_utf16_without_mark(head) {
        return FileKind::Utf16;
    }
    if has_escaped_quotes(head) {
        return FileKind::EscapedQuotes;
    }
    let lines = || text::lines(head).map(<[u8]>::trim_ascii);
    let has = |is_such: Test| lines().any(is_such);
    // The first record decides: raw records may be damaged, or hold text of any form.
    let first = lines().find(|line| memmem::find(line, b"msg=audit(").is_some());
    if first.is_some_and(is_interpreted) {
        return FileKind::Interpreted;
    }
    let kinds: [(Test, FileKind); 8] = [
        (is_laurel, FileKind::Laurel),
        (is_go_audit, FileKind::GoAudit),
        (is_csv_heading, FileKind::Csv),
        (is_table_heading, FileKind::Table),
        (is_journal, FileKind::Journal),
        (is_prose, FileKind::Prose),
        (has_journal_field, FileKind::JournalFields),
        (is_json, FileKind::Json),
    ];
    let found = kinds.iter().find(|(is_such, _)| has(*is_such)).map(|(_, kind)| *kind);
    let is_binary = memchr::memchr(0, head).is_some()
        || std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
    found.unwrap_or(if is_binary { FileKind::Binary } else { FileKind::Other })
}

/// Whether every second byte is NUL, as in ASCII text in UTF-16.
fn is_utf16_without_mark(head: &[u8]) -> bool {
    let pairs = head.chunks_exact(2).take(64);
    let is_ascii = |byte: &u8| byte.is_ascii() && *byte != 0;
    let (mut little, mut big, mut all) = (0, 0, 0);
    for pair in pairs {
        all += 1;
        little += u32::from(matches!(pair, [byte, 0] if is_ascii(byte)));
        big += u32::from(matches!(pair, [0, byte] if is_ascii(byte)));
    }
    all >= 4 && (little == all || big == all)
}

/// `type=SYSCALL msg=audit(23.11.2026 02:13:20.100:100) : `: what stands in the place of seconds,
/// milliseconds and the serial number is a date and a time. Their digits and separators depend on the
/// locale.
fn is_interpreted(line: &[u8]) -> bool {
    let Some(at) = memmem::find(line, b"msg=audit(") else { return false };
    let stamp = line.get(at + b"msg=audit(".len()..).unwrap_or_default();
    let end = memchr::memchr(b')', stamp);
    let stamp = end.and_then(|end| stamp.get(..end)).unwrap_or_default();
    let is_raw = |byte: &u8| byte.is_ascii_digit() || b".:".contains(byte);
    let has_type = line.starts_with(b"type=") || line.starts_with(b"node=");
    has_type && memchr::memchr(b':', stamp).is_some() && !stamp.iter().all(is_raw)
}

/// Whether a text is an event as laurel or go-audit writes it.
#[must_use]
pub(crate) fn is_event_in_json(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"{") && (is_laurel(text) || is_go_audit(text))
}

/// The line, or the message after its header of syslog, if it begins as an object of JSON; else nothing.
fn object(line: &[u8]) -> &[u8] {
    let begins = |text: &&[u8]| text.starts_with(b"{");
    let message = || syslog::header(line).map(|header| header.message);
    Some(line).filter(begins).or_else(message).filter(begins).unwrap_or_default()
}

/// `{"ID":"1626611363.720:348501","SYSCALL":{"arch":...`
fn is_laurel(line: &[u8]) -> bool {
    let line = object(line);
    let has = |key: &[u8]| memmem::find(line, key).is_some();
    has(b"\"ID\":") && (has(b"\":{") || has(b"\": {") || has(b"\":[{"))
}

/// `{"sequence":1226433,"timestamp":"1459376866.885","messages":[{"type":1300,"data":...`
fn is_go_audit(line: &[u8]) -> bool {
    let line = object(line);
    let has = |key: &[u8]| memmem::find(line, key).is_some();
    has(b"\"sequence\":") && has(b"\"messages\":")
}

/// `NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION,...`
fn is_csv_heading(line: &[u8]) -> bool {
    line.starts_with(b"NODE,EVENT,DATE,") || memmem::find(line, b",SERIAL_NUM,").is_some()
}

/// `Syscall Summary Report`, or the line of `=` below it.
fn is_table_heading(line: &[u8]) -> bool {
    let is_rule = line.len() >= 10 && line.iter().all(|byte| *byte == b'=');
    is_rule || line.ends_with(b" Report") && line.len() < 60
}

/// `Nov 22 13:14:51 lab audit[1953]: SYSCALL arch=c000003e syscall=257 ...`
fn is_journal(line: &[u8]) -> bool {
    journal_text::is_record(line, syslog::header(line))
}

/// `_TRANSPORT=audit`, or `"_TRANSPORT" : "audit"` in a line or an object of JSON.
fn has_journal_field(line: &[u8]) -> bool {
    line.starts_with(b"_TRANSPORT=") || memmem::find(line, b"\"_TRANSPORT\"").is_some()
}

/// `At 13:14:51 22.11.2026 mira, acting as root, successfully opened-file /etc/motd using /usr/bin/cat`
fn is_prose(line: &[u8]) -> bool {
    let is_start = [&b"At "[..], b"On "].iter().any(|start| line.starts_with(start));
    let marks: [&[u8]; 4] = [b", acting as ", b" successfully ", b" unsuccessfully ", b" using "];
    is_start && marks.iter().any(|mark| memmem::find(line, mark).is_some())
}

/// The start of an object or of a list of objects.
fn is_json(line: &[u8]) -> bool {
    [&b"{\""[..], b"{ \"", b"[{"].iter().any(|start| line.starts_with(start)) || line == b"{"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_ausearch_is_recognized_in_every_locale() {
        for stamp in [
            "2026-11-23 02:13:20.100:100",
            "11/23/2026 02:13:20.100:100",
            "11/23/26 02:13:20.100:100",
            "23.11.2026 02:13:20.100:100",
            "2026年11月23日 02時13分20秒.100:100",
            "11/23/2026 02:13:20 PM.100:100",
        ] {
            for line in [
                format!("----\ntype=SYSCALL msg=audit({stamp}) : arch=x86_64 \n"),
                format!("node=lab type=AVC msg=audit({stamp}): avc:  denied \r\n"),
            ] {
                assert_eq!(FileKind::detect(line.as_bytes()), FileKind::Interpreted, "{line}");
            }
        }
    }

    #[test]
    fn a_raw_log_with_damage_is_not_taken_for_the_output_of_ausearch() {
        for line in [
            "type=SYSCALL msg=audit(1795352885.009): arch=c000003e",
            "type=SYSCALL msg=audit(1795352885.009:1): a msg=audit(yesterday) :",
            "type=SYSCALL msg=audit(1795352885",
        ] {
            assert_eq!(FileKind::detect(line.as_bytes()), FileKind::Other, "{line}");
        }
    }

    #[test]
    fn other_files_are_recognized() {
        let heading = "NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION,SUBJ_PRIME\n";
        let table = "\nSyscall Summary Report\n==========================\ntotal  syscall\n";
        let prose = "At 13:14:51 22.11.2026 mira, acting as root, successfully executed /bin/ls\n";
        let journal = "Nov 22 13:14:51 lab audit[1953]: SYSCALL arch=c000003e syscall=257\n";
        let laurel = "{\"ID\":\"1795352885.720:3\",\"SYSCALL\":{\"arch\":\"0xc000003e\"}}\n";
        let go_audit = "{\"sequence\":1,\"timestamp\":\"1795352885.8\",\"messages\":[]}\n";
        let relayed = "Nov 22 13:14:51 lab laurel[3]: ".to_owned() + laurel;
        let sent = "<132>2026-11-22T13:14:51Z lab go-audit[7]: ".to_owned() + go_audit;
        let utf16: Vec<u8> = journal.bytes().flat_map(|byte| [byte, 0]).collect();
        for (head, kind) in [
            (heading.as_bytes(), FileKind::Csv),
            (table.as_bytes(), FileKind::Table),
            (prose.as_bytes(), FileKind::Prose),
            (journal.as_bytes(), FileKind::Journal),
            (laurel.as_bytes(), FileKind::Laurel),
            (go_audit.as_bytes(), FileKind::GoAudit),
            (relayed.as_bytes(), FileKind::Laurel),
            (sent.as_bytes(), FileKind::GoAudit),
            (b"{\"a\":1}", FileKind::Json),
            (b"SYSCALL arch=c000003e syscall=257\n", FileKind::Journal),
            (b"{\n\t\"_TRANSPORT\" : \"audit\",\n", FileKind::JournalFields),
            (b"data: {\"_TRANSPORT\":\"audit\"}\n", FileKind::JournalFields),
            (
                b"Sun 2026-11-22 13:14:51.1 UTC [s=1]\n    _TRANSPORT=audit\n",
                FileKind::JournalFields,
            ),
            (&utf16, FileKind::Utf16),
            (b"\xff\xfet\0", FileKind::Utf16),
            (b"\x7fELF\x02\x01", FileKind::Elf),
            (b"\xfd7zXZ\0\0", FileKind::Compressed("xz", "xz -dc")),
            (b"a\0b", FileKind::Binary),
            (b"a\xffb", FileKind::Binary),
            (b"some text\n", FileKind::Other),
            (b"", FileKind::Other),
        ] {
            assert_eq!(FileKind::detect(head), kind, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn quotes_that_users_may_have_written_do_not_make_a_log_unreadable() {
        let cwd = "msg=audit(1.000:1): cwd=\\\"/root\\\"";
        for (line, wanted) in [
            (format!("type=CWD {cwd}"), true),
            (format!("type=EOE msg=audit(1.000:1):\nnode=a type=CWD {cwd}"), true),
            (format!("Nov 22 13:14:51 lab kernel: type=CWD {cwd}"), false),
            ("type=USER_LOGIN msg=audit(1.000:1): msg='acct=\\\"a\\\"'".to_owned(), false),
            ("type=CWD msg=audit(1.000:1): cwd=\"\"".to_owned(), false),
        ] {
            assert_eq!(has_escaped_quotes(line.as_bytes()), wanted, "{line}");
        }
    }

    #[test]
    fn no_random_head_panics() {
        test_support::random_cases(200, |random| {
            let head: Vec<u8> = (0..random.usize(..400)).map(|_| random.u8(..)).collect();
            let _ = FileKind::detect(&head).to_string();
        });
    }
}
