//! One event whose items are listed one by one.

use super::event_id::EventId;
use super::rare_state::PackedBytes;
use crate::item::sudo;
use crate::login_user::LoginUser;
use crate::section::Section;
use sysparse::audit::{Record, RecordType, Stamp, Value};

/// The size of an event without its record and its items, about, in bytes.
const EVENT_SIZE: usize = 320;

/// An event and its items.
#[derive(Debug)]
pub struct ListedEvent {
    pub(super) id: EventId,
    /// The place of its first record.
    pub(super) first: u64,
    /// The place of the latest record after which items can still come.
    pub(super) latest: u64,
    pub(super) user: LoginUser,
    /// The type of the record that says who acted.
    pub(super) kind: RecordType,
    /// The node of that record, and its fields.
    pub(super) record: Vec<u8>,
    pub(super) node_length: usize,
    pub(super) cwd: Vec<u8>,
    /// Whether what `io_uring` did for the call succeeded.
    pub(super) uring_success: Option<bool>,
    /// Each item after the number of its section.
    pub(super) items: PackedBytes,
}

impl ListedEvent {
    pub(super) fn new(id: EventId, place: u64) -> ListedEvent {
        ListedEvent {
            id,
            first: place,
            latest: place,
            user: LoginUser::Unknown,
            kind: RecordType::Detail,
            record: Vec::new(),
            node_length: 0,
            cwd: Vec::new(),
            uring_success: None,
            items: PackedBytes::default(),
        }
    }

    /// Its time and serial number.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.id.stamp()
    }

    /// The login user.
    #[must_use]
    pub fn user(&self) -> LoginUser {
        self.user
    }

    /// The host that wrote it, if the log names one.
    #[must_use]
    pub fn node(&self) -> Option<&[u8]> {
        self.record.get(..self.node_length).filter(|node| !node.is_empty())
    }

    /// The record that says who acted: the SYSCALL record if there is one.
    fn record(&self) -> Record<'_> {
        let body = self.record.get(self.node_length..).unwrap_or_default();
        Record { kind: self.kind, event: b"", body, line: body }
    }

    /// The fields of the record that says who acted, with the names that auditd added.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.record().body
    }

    /// A field of the record that says who acted, or of the message of sudo.
    #[must_use]
    pub fn field<const N: usize>(&self, name: &[u8; N]) -> Option<Value<'_>> {
        let record = self.record();
        let is_sudo = self.kind == RecordType::UserCmd;
        record.field(name).or_else(|| sudo::field(&record, name).filter(|_| is_sudo))
    }

    /// The working directory, if the log has it.
    #[must_use]
    pub fn cwd(&self) -> Option<Vec<u8>> {
        if !self.cwd.is_empty() {
            return Some(self.cwd.clone());
        }
        let is_sudo = self.kind == RecordType::UserCmd;
        let cwd = self.field(b"cwd").filter(|_| is_sudo)?;
        Some(cwd.text().bytes().collect())
    }

    /// Whether the call, or sudo, succeeded; `None` if the log does not say or the call never returned.
    #[must_use]
    pub fn success(&self) -> Option<bool> {
        match self.kind {
            _ if self.uring_success.is_some() => self.uring_success,
            RecordType::UserCmd => sudo::succeeded(&self.record()),
            RecordType::Syscall | RecordType::Uringop => match self.field(b"success")?.raw() {
                b"yes" => Some(true),
                b"no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The items, by section. What a call changed stays in the order of its records.
    #[must_use]
    pub fn items(&self) -> Vec<(Section, &[u8])> {
        let read = |item| {
            let (section, item): (&u8, &[u8]) = <[u8]>::split_first(item)?;
            Some((*Section::ALL.get(usize::from(*section))?, item))
        };
        let mut items: Vec<_> = self.items.iter().filter_map(read).collect();
        items.sort_by_key(|(section, item)| {
            (*section as u8, if *section == Section::Changes { &[] } else { *item })
        });
        items
    }

    /// Which of two records says more about who acted.
    fn rank(kind: RecordType, user: LoginUser) -> (bool, bool) {
        (kind == RecordType::Syscall, user != LoginUser::Unknown)
    }

    pub(super) fn set_record(&mut self, user: LoginUser, record: &Record<'_>) {
        if self.kind != RecordType::Detail
            && Self::rank(record.kind, user) <= Self::rank(self.kind, self.user)
        {
            return;
        }
        (self.kind, self.user) = (record.kind, user);
        let node = record.node().unwrap_or_default();
        self.node_length = node.len();
        self.record.clear();
        self.record.extend_from_slice(node);
        self.record.extend_from_slice(record.body);
    }

    /// Adds another part of the same event, from a later chunk.
    pub(super) fn merge(&mut self, other: ListedEvent) {
        self.first = self.first.min(other.first);
        self.latest = self.latest.max(other.latest);
        if Self::rank(other.kind, other.user) > Self::rank(self.kind, self.user)
            || self.kind == RecordType::Detail
        {
            (self.kind, self.user) = (other.kind, other.user);
            (self.record, self.node_length) = (other.record, other.node_length);
        }
        if self.cwd.is_empty() {
            self.cwd = other.cwd;
        }
        self.uring_success = self.uring_success.or(other.uring_success);
        self.items.append(&other.items);
    }

    /// The same event in a log in which `offset` records precede the chunk.
    pub(super) fn shift(mut self, offset: u64) -> ListedEvent {
        (self.first, self.latest) = (self.first + offset, self.latest + offset);
        self
    }

    pub(super) fn size(&self) -> usize {
        EVENT_SIZE + self.record.len() + self.cwd.len() + self.items.size()
    }
}
