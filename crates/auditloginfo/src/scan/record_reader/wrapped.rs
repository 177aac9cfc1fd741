//! Records in strings of JSON and in entries of the journal.

use super::super::journal::{self, Field};
use super::super::json;
use super::super::limits::LINE_MAX;
use super::super::newlines::split_line;
use super::{LINE_TOO_LONG, RecordReader};
use crate::file_kind;
use crate::trust::Origin;
use std::io::{self, BufRead};
use sysparse::ParseError;
use sysparse::audit::{self, Place};
use sysparse::syslog::Header;

/// The error for a journal entry without the time or the number of its event.
const NO_STAMP: ParseError = ParseError {
    expected: "an entry with _AUDIT_TYPE, _AUDIT_ID and _SOURCE_REALTIME_TIMESTAMP",
    at: 0,
};

/// The error for an entry at whose end the log is cut.
const CUT_ENTRY: ParseError = ParseError { expected: "the rest of the journal entry", at: 0 };

impl RecordReader<'_, '_> {
    /// Reads an object: an entry of the journal, or the first of its strings that holds records.
    pub(super) fn read_json(&mut self, line: &[u8]) {
        let read = json::read(line, self.tags, &mut self.entry, &mut self.provenance);
        let strings = match read {
            Ok(strings) => strings,
            Err(error) if audit::mentions_record(line) => return self.stats.add_damaged(error),
            Err(_) => return,
        };
        let is_entry = !self.entry.get(Field::Transport).is_empty();
        match self.provenance.refusal() {
            None => {}
            Some(Origin::Tag(_)) if is_entry => {}
            Some(origin) => return self.refuse(origin, line),
        }
        if is_entry {
            return self.read_entry();
        }
        let mut text = std::mem::take(&mut self.text);
        let mut is_read = false;
        for strings in strings.iter() {
            for string in strings {
                text.clear();
                json::unescape(string, &mut text);
                is_read |= self.read_text(&text);
            }
            if is_read {
                break;
            }
        }
        self.text = text;
        if !is_read {
            self.count_untrusted(Origin::Json, line);
            self.stats.events_in_json += u64::from(file_kind::is_event_in_json(line));
        }
    }

    /// Counts an object whose message is no record, if it holds one. The journal writes a message that is no
    /// text as an array of bytes.
    fn refuse(&mut self, origin: Origin, line: &[u8]) {
        let texts = [line, self.entry.get(Field::Message)];
        if texts.into_iter().any(audit::mentions_record) {
            self.stats.untrusted.add(origin);
        }
    }

    /// Reads the lines of a string up to the first that holds no record, or that ends inside quotes:
    /// whoever chose that text may have chosen the newline and what follows it. Returns whether a
    /// record was found, even one that does not count.
    fn read_text(&mut self, text: &[u8]) -> bool {
        let untrusted = self.stats.untrusted.total();
        let mut has_records = false;
        let mut rest = text;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let ends_in_quotes = self.read_string_line(line);
            has_records |= ends_in_quotes.is_some();
            if after.is_empty() {
                break;
            }
            let goes_on =
                ends_in_quotes.map_or(is_separator(line), |ends_in_quotes| !ends_in_quotes);
            if !goes_on {
                self.count_untrusted(Origin::Text, after);
                break;
            }
            rest = after;
        }
        has_records || self.stats.untrusted.total() > untrusted
    }

    /// Reads the records of a line of a string. Returns whether the last one ends inside quotes, if there is
    /// any. The host of the object is theirs, unless the line names another one.
    fn read_string_line(&mut self, line: &[u8]) -> Option<bool> {
        let header = self.header(line)?;
        let mut with_node = std::mem::take(&mut self.line);
        with_node.clear();
        self.entry.write_node(&mut with_node);
        let has_host = with_node.is_empty() || header.record().is_ok_and(|it| it.node().is_some());
        with_node.extend_from_slice(header.text());
        let found = match audit::place(&with_node) {
            Place::Here(header) if !has_host => self.read_records_of(line, header).ends_in_quotes(),
            _ => self.read_records_of(line, header).ends_in_quotes(),
        };
        self.line = with_node;
        Some(found)
    }

    pub(super) fn read_entries(&mut self, mut reader: impl BufRead) -> io::Result<()> {
        let mut name = Vec::new();
        while journal::read_export(&mut reader, &mut name, &mut self.entry, &mut self.stats.lines)?
        {
            self.read_entry();
            if self.sink.is_listing() && !self.print_listed() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the record of a journal entry.
    fn read_entry(&mut self) {
        let message = self.entry.get(Field::Message);
        match self.entry.get(Field::Transport) {
            _ if self.entry.is_cut => self.stats.add_damaged(CUT_ENTRY),
            b"audit" | b"kernel" if self.entry.lacks_message => self.stats.cut_entries += 1,
            b"audit" | b"kernel" if message.len() > LINE_MAX => {
                self.stats.add_damaged(LINE_TOO_LONG);
            }
            b"audit" => self.read_audit_entry(),
            b"kernel" => self.read_kernel_entry(),
            transport if audit::mentions_record(message) => {
                self.stats.untrusted.add(Origin::Transport(transport.to_vec()));
            }
            b"driver" => self.count_loss(b"systemd-journald"),
            _ => {}
        }
    }

    /// Counts what the message of an entry says about missing records, after that tag.
    fn count_loss(&mut self, tag: &[u8]) {
        let message = self.entry.get(Field::Message);
        let header = Header { host: None, tag, message };
        if let Some(loss) = audit::loss(message, Some(header)) {
            self.stats.losses.add(loss);
        }
    }

    fn read_audit_entry(&mut self) {
        let mut line = std::mem::take(&mut self.text);
        line.clear();
        match self.entry.write_record(&mut line).and_then(|()| audit::plain_header(&line)) {
            Some(header) => self.read_record(header),
            None => self.stats.add_damaged(NO_STAMP),
        }
        self.text = line;
    }

    /// Reads a message of the kernel, which is a record only if it begins as one.
    fn read_kernel_entry(&mut self) {
        let mut line = std::mem::take(&mut self.text);
        line.clear();
        self.entry.write_node(&mut line);
        line.extend_from_slice(self.entry.get(Field::Message));
        if let Place::Here(header) = audit::place(&line) {
            self.read_record(header);
        } else {
            self.count_untrusted(Origin::Transport(b"kernel".to_vec()), &line);
            self.count_loss(b"kernel");
        }
        self.text = line;
    }
}

/// Whether a line may stand between records: an empty one, or those of ausearch.
fn is_separator(line: &[u8]) -> bool {
    line.trim_ascii().is_empty() || line.starts_with(b"----") || line.starts_with(b"time->")
}
