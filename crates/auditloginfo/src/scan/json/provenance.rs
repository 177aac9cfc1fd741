//! What an object says about the message in it: under which tag syslog had it, by which transport the
//! journal got it, and which host wrote it.
//!
//! ```text
//! {"MESSAGE":"x","SYSLOG_IDENTIFIER":"sshd","_TRANSPORT":"syslog"}                           journalctl
//! {"message":"x","syslog_identifier":"sshd","_transport":"syslog"}                           Fluent Bit
//! {"message":"x","log":{"syslog":{"identifier":"sshd"}},"systemd":{"transport":"syslog"}}    Filebeat
//! {"message":"x","log.syslog.identifier":"sshd","systemd.transport":"syslog"}
//! {"message":"x","process":{"name":"sshd"},"event":{"dataset":"system.auth"}}                its module `system`
//! ```
//!
//! Sources: systemd.journal-fields(7), the property names of rsyslog and syslog-ng, the Elastic Common
//! Schema. Any user can write a message of syslog or of the journal, so a key that may name its tag or its
//! transport is taken for one, in any case, and in objects inside the object.

use super::unescape;
use crate::trust::{Origin, TrustedTags};
use sysparse::json::{self, Piece, Text, Value};

/// How many objects may be inside each other.
const DEPTH_MAX: usize = 4;

/// The longest key that is looked at.
const KEY_MAX: usize = 64;

/// How much of a tag or a transport is kept.
const NAME_MAX: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub(in crate::scan) struct Provenance {
    has_tag: bool,
    /// The first tag after which no record counts.
    untrusted_tag: Option<Vec<u8>>,
    /// The name of a process after which no record counts, if it should be a tag.
    untrusted_process: Option<Vec<u8>>,
    /// The first transport whose records do not count, or one whose records do.
    transport: Option<Vec<u8>>,
    is_journal: bool,
    source: Source,
    /// The host, with the rank of its key.
    host: Option<(u8, Vec<u8>)>,
}

/// Where a message came from, as far as other members tell; of several sources, the last one here wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    #[default]
    Unknown,
    /// A log of auditd, by its name or the shipper's module for it.
    Audit,
    Syslog,
}

impl Provenance {
    /// Adds a member of the object.
    pub(super) fn add(&mut self, name: Text<'_>, value: Value<'_>, tags: &TrustedTags) {
        self.add_member(&Key::new(name), &Key::default(), value, 1, tags);
    }

    /// Why the message of the object is no record, whatever it is.
    pub(in crate::scan) fn refusal(&self) -> Option<Origin> {
        let transport = self.transport.as_deref().or(self.is_journal.then_some(b""));
        if let Some(transport) = transport.filter(|transport| !is_trusted(transport)) {
            return Some(Origin::Transport(transport.to_vec()));
        }
        // Where the message is a line of syslog, process.name is its tag; where it is a record, process.name
        // is the program in that record.
        let may_be_tag = !self.has_tag && self.source != Source::Audit;
        let process = self.untrusted_process.as_ref().filter(|_| may_be_tag);
        self.untrusted_tag.as_ref().or(process).cloned().map(Origin::Tag)
    }

    /// The host that wrote the message.
    pub(super) fn host(&self) -> Option<&[u8]> {
        self.host.as_ref().map(|(_, host)| host.as_slice())
    }

    fn add_member(
        &mut self,
        key: &Key,
        parent: &Key,
        value: Value<'_>,
        depth: usize,
        tags: &TrustedTags,
    ) {
        let name = key.parts().next().unwrap_or_default();
        let mut parents = key.parts().skip(1);
        let above = parents.next().or(parent.parts().next()).unwrap_or_default();
        let object = matches!(value, Value::Object(_)).then_some(name);
        self.is_journal |=
            is_journal_field(name) || parents.chain(object).chain([above]).any(is_of_journal);
        if above == b"syslog" || name.starts_with(b"syslog") {
            self.source = Source::Syslog;
        }
        match value {
            Value::Object(object) if depth < DEPTH_MAX => {
                // What is no JSON in an object inside the object is no business of this reader.
                for (name, value) in json::members(object).map_while(Result::ok) {
                    self.add_member(&Key::new(name), key, value, depth + 1, tags);
                }
            }
            Value::Null | Value::Object(_) => {}
            value => self.add_value(above, name, value, tags),
        }
    }

    fn add_value(&mut self, above: &[u8], name: &[u8], value: Value<'_>, tags: &TrustedTags) {
        if let (Some(rank), Value::Text(_)) = (host_rank(above, name), value) {
            self.add_host(rank, text(value));
        }
        if name == b"_transport" || name == b"transport" && is_of_journal(above) {
            self.add_transport(text(value));
        } else if name == b"transport" {
            // A user can send a field TRANSPORT, and log shippers remove the underscores of the others.
            let transport = text(value);
            if matches!(transport.as_slice(), b"syslog" | b"journal" | b"stdout" | b"driver") {
                self.add_transport(transport);
            }
        } else if is_tag(above, name) {
            self.has_tag = true;
            if let Some(tag) = untrusted(value, tags) {
                self.untrusted_tag.get_or_insert(tag);
            }
        } else if above == b"process" && name == b"name" {
            self.untrusted_process = untrusted(value, tags);
        } else if matches!((above, name), (b"", b"source_type") | (b"input", b"type")) {
            self.is_journal |= matches!(value, Value::Text(text) if text.is(b"journald"));
        } else if names_source(above, name) && text(value).windows(5).any(|word| word == b"audit") {
            self.source = self.source.max(Source::Audit);
        }
    }

    fn add_host(&mut self, rank: u8, host: Vec<u8>) {
        let is_better = self.host.as_ref().is_none_or(|(other, _)| rank < *other);
        if is_better && !matches!(host.as_slice(), b"" | b"-") {
            self.host = Some((rank, host));
        }
    }

    fn add_transport(&mut self, transport: Vec<u8>) {
        if self.transport.as_deref().is_none_or(is_trusted) {
            self.transport = Some(transport);
        }
    }
}

/// Whether only the kernel gives entries of the journal that transport.
fn is_trusted(transport: &[u8]) -> bool {
    matches!(transport, b"audit" | b"kernel")
}

/// Whether only fields of the journal are under this key.
fn is_of_journal(key: &[u8]) -> bool {
    matches!(key, b"journald" | b"_journald" | b"systemd")
}

/// Whether only the journal has such a field, with or without the underscores at its beginning.
fn is_journal_field(name: &[u8]) -> bool {
    const STARTS: [&[u8]; 5] = [b"_systemd_", b"systemd_", b"_kernel_", b"_udev_", b"_audit_"];
    matches!(
        name,
        b"__cursor"
            | b"__realtime_timestamp"
            | b"__monotonic_timestamp"
            | b"__seqnum"
            | b"__seqnum_id"
            | b"_boot_id"
            | b"boot_id"
            | b"_machine_id"
            | b"_hostname"
            | b"_runtime_scope"
            | b"_source_realtime_timestamp"
            | b"source_realtime_timestamp"
            | b"_source_monotonic_timestamp"
            | b"_source_boottime_timestamp"
            | b"_pid"
            | b"_uid"
            | b"_gid"
            | b"_comm"
            | b"_exe"
            | b"_cmdline"
            | b"_cap_effective"
            | b"cap_effective"
            | b"_selinux_context"
            | b"_stream_id"
            | b"_line_break"
            | b"_namespace"
    ) || STARTS.iter().any(|start| name.starts_with(start))
}

/// Whether readers of syslog keep the tag of a message under the key `name`, in an object under the key
/// `above` if that is not empty.
fn is_tag(above: &[u8], name: &[u8]) -> bool {
    let start = name.iter().position(|byte| !b"_@".contains(byte)).unwrap_or_default();
    match name.get(start..).unwrap_or_default() {
        b"syslogtag" | b"syslog_tag" | b"programname" | b"program_name" | b"appname"
        | b"app_name" | b"applicationname" | b"application_name" | b"syslogidentifier"
        | b"syslog_identifier" | b"syslog_program" | b"syslog_appname" | b"syslog_app_name"
        | b"legacy_msghdr" => true,
        b"program" => matches!(above, b"" | b"process" | b"syslog"),
        b"ident" | b"tag" => matches!(above, b"" | b"syslog"),
        b"identifier" => above == b"syslog",
        b"processname" | b"sourcename" => above.is_empty(),
        _ => false,
    }
}

/// Whether the value of a key is the file that was read, or the shipper's module for such files.
fn names_source(above: &[u8], name: &[u8]) -> bool {
    match above {
        b"event" | b"data_stream" => matches!(name, b"module" | b"dataset"),
        b"fileset" => matches!(name, b"module" | b"name"),
        b"file" => name == b"path",
        b"log" | b"service" | b"" => matches!(name, b"path" | b"source" | b"type" | b"file"),
        _ => false,
    }
}

/// Whether a key names the host that wrote the message, and how surely: the lower, the better. What read
/// messages of syslog from the network may name itself as `host.name`.
fn host_rank(above: &[u8], name: &[u8]) -> Option<u8> {
    Some(match (above, name) {
        (b"", b"_hostname") => 0,
        (b"syslog", b"hostname") => 1,
        (b"", b"hostname" | b"sysloghost" | b"syslog_hostname" | b"logsource") => 2,
        (b"", b"host") => 3,
        (b"host", b"name") => 4,
        (b"host", b"hostname") => 5,
        (b"", b"computer" | b"fromhost") => 6,
        (b"agent" | b"beat", b"hostname") => 7,
        _ => return None,
    })
}

/// The name of the program in a tag such as `sshd[12]:`, unless records count after it. An empty tag is one
/// that any user can write, too.
fn untrusted(tag: Value<'_>, tags: &TrustedTags) -> Option<Vec<u8>> {
    let mut name = text(tag);
    if matches!(tag, Value::Text(_)) {
        let end = name.iter().position(|byte| b"[:".contains(byte)).unwrap_or(name.len());
        name.truncate(end);
    }
    (!tags.contains(&name)).then_some(name)
}

/// The string without its escapes, or what else stands there; its first bytes if it is long.
fn text(value: Value<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    match value {
        Value::Text(text) => unescape(text, &mut bytes),
        Value::Word(other) | Value::Array(other) | Value::Object(other) => {
            bytes.extend_from_slice(other.get(..NAME_MAX).unwrap_or(other));
        }
        Value::Null => {}
    }
    bytes.truncate(NAME_MAX);
    bytes
}

/// A key in lower case, with an underscore for each dash; empty if it is long.
struct Key {
    bytes: [u8; KEY_MAX],
    length: usize,
}

impl Default for Key {
    fn default() -> Key {
        Key { bytes: [0; KEY_MAX], length: 0 }
    }
}

impl Key {
    fn new(name: Text<'_>) -> Key {
        let mut key = Key::default();
        for piece in name.pieces() {
            let mut buffer = [0; 4];
            let piece = match piece {
                Piece::Bytes(bytes) => bytes,
                Piece::Char(char) => char.encode_utf8(&mut buffer).as_bytes(),
            };
            let end = key.length + piece.len();
            let Some(place) = key.bytes.get_mut(key.length..end) else { return Key::default() };
            for (byte, new) in place.iter_mut().zip(piece) {
                *byte = if *new == b'-' { b'_' } else { new.to_ascii_lowercase() };
            }
            key.length = end;
        }
        key
    }

    /// The parts of a key such as `log.syslog.identifier`, the last one first.
    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let key = self.bytes.get(..self.length).unwrap_or_default();
        key.split(|byte| *byte == b'.').rev()
    }
}
