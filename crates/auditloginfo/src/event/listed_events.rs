//! Events whose items are listed one by one, until it is known in which order the events began.
//!
//! An item is known as soon as its record has come, but who acted is in the SYSCALL record and where
//! in the CWD record, and an event that began before can still be open. So the items are kept by
//! event. An event is printed when no record can belong to it any more, nor to any event that began
//! before it: its place in the output does not depend on how the records of events are mixed. What is
//! kept has a limit; beyond it events are printed early.

use super::event_id::{EventId, Owner};
use super::rare_state::PackedBytes;
use super::span::REORDER_WINDOW;
use crate::item::sudo;
use crate::login_user::LoginUser;
use crate::section::Section;
use crate::tally::Seeded;
use sysparse::audit::{Record, RecordType, Stamp, Value};

/// The size of everything that is kept, in bytes, at most. Beyond it all events are printed.
const KEPT_MAX: usize = 16 << 20;

/// The size of an event without its record and its items, about, in bytes.
const EVENT_SIZE: usize = 320;

/// The number of records from one search for events that can be printed to the next.
const RELEASE_PERIOD: u64 = REORDER_WINDOW / 4;

/// Prints events in the order in which they began.
pub trait EventPrinter: Send {
    /// Prints the items of an event.
    fn print(&mut self, event: &ListedEvent);

    /// Passes on what is printed. Returns false if there is nobody to read more.
    fn flush(&mut self) -> bool;
}

/// An event and its items.
#[derive(Debug)]
pub struct ListedEvent {
    id: EventId,
    /// The place of its first record.
    first: u64,
    /// The place of the latest record after which items can still come.
    latest: u64,
    user: LoginUser,
    /// The type of the record that says who acted.
    kind: RecordType,
    /// The node of that record, and its fields.
    record: Vec<u8>,
    node_length: usize,
    cwd: Vec<u8>,
    /// Whether what `io_uring` did for the call succeeded.
    uring_success: Option<bool>,
    /// Each item after the number of its section.
    items: PackedBytes,
}

impl ListedEvent {
    fn new(id: EventId, place: u64) -> ListedEvent {
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
            RecordType::UserCmd => Some(sudo::succeeded(&self.record())),
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

    fn set_record(&mut self, user: LoginUser, record: &Record<'_>) {
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
    fn merge(&mut self, other: ListedEvent) {
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
    fn shift(mut self, offset: u64) -> ListedEvent {
        (self.first, self.latest) = (self.first + offset, self.latest + offset);
        self
    }

    fn size(&self) -> usize {
        EVENT_SIZE + self.record.len() + self.cwd.len() + self.items.size()
    }
}

/// The latest events and their items.
#[derive(Default)]
pub(super) struct ListedEvents {
    /// The event of the latest record, apart from the others: most events have no item, and never get
    /// into the table.
    current: Option<ListedEvent>,
    others: Seeded<EventId, Box<ListedEvent>>,
    /// Events whose id came again when nothing could belong to them any more.
    expired: Vec<ListedEvent>,
    /// The size of the others, and of those that are expired, in bytes.
    bytes: usize,
    /// The place from which events may be printed.
    release_place: u64,
    /// The place before which events were printed.
    printed: u64,
    /// Prints the events; `None` in a chunk, which is merged first.
    printer: Option<Box<dyn EventPrinter>>,
    is_closed: bool,
}

impl ListedEvents {
    pub(super) fn set_printer(&mut self, printer: Box<dyn EventPrinter>) {
        self.printer = Some(printer);
    }

    /// Whether there is nobody to read more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Begins an event with the record at `place`, or adds this record to it.
    pub(super) fn begin(&mut self, owner: Owner<'_>, place: u64, record: &Record<'_>) {
        let event = self.enter(*owner.id, place);
        let event = if event.latest + REORDER_WINDOW < place {
            self.expire_current();
            self.enter(*owner.id, place)
        } else {
            event
        };
        event.first = event.first.min(place);
        event.set_record(owner.user, record);
    }

    /// Adds an item.
    pub(super) fn add(&mut self, owner: Owner<'_>, section: Section, item: &[u8]) {
        let place = self.printed;
        let event = self.enter(*owner.id, place);
        if event.kind == RecordType::Detail {
            event.user = owner.user;
        }
        event.items.push_parts(&[section as u8], item);
    }

    /// Sets the working directory. Returns false if the event is not known.
    pub(super) fn set_cwd(&mut self, id: EventId, cwd: impl FnOnce(&mut Vec<u8>)) -> bool {
        let is_current = self.current.as_ref().is_some_and(|event| event.id == id);
        if !is_current && !self.others.contains_key(&id) {
            return false;
        }
        let event = self.enter(id, 0);
        if event.cwd.is_empty() {
            cwd(&mut event.cwd);
        }
        true
    }

    /// Sets whether what `io_uring` did for a call succeeded; the success of the call says only that it
    /// was asked to.
    pub(super) fn set_uring_success(&mut self, owner: Owner<'_>, success: bool) {
        let place = self.printed;
        self.enter(*owner.id, place).uring_success = Some(success);
    }

    /// Ends an event whose latest record is at `place`. If it has no item, it is forgotten, unless late
    /// denials count: see [`RecentCalls`](super::recent_calls::RecentCalls).
    pub(super) fn end(&mut self, id: EventId, place: u64, keeps_empty: bool) {
        let is_current = self.current.as_ref().is_some_and(|event| event.id == id);
        if !is_current && !self.others.contains_key(&id) {
            return;
        }
        let event = self.enter(id, place);
        event.latest = event.latest.max(place);
        if !keeps_empty && event.items.is_empty() {
            self.current = None;
        }
    }

    /// Makes an event the current one.
    fn enter(&mut self, id: EventId, place: u64) -> &mut ListedEvent {
        if self.current.as_ref().is_none_or(|event| event.id != id) {
            self.leave_current();
            let known = self.others.remove(&id).map(|event| *event);
            self.bytes -= known.as_ref().map_or(0, ListedEvent::size);
            self.current = known;
        }
        self.current.get_or_insert_with(|| ListedEvent::new(id, place))
    }

    fn leave_current(&mut self) {
        if let Some(event) = self.current.take() {
            self.bytes += event.size();
            self.others.insert(event.id, Box::new(event));
        }
    }

    fn expire_current(&mut self) {
        if let Some(event) = self.current.take() {
            self.bytes += event.size();
            self.expired.push(event);
        }
    }

    /// Whether events may have to be printed when so many records have come.
    pub(super) fn is_due(&self, place: u64) -> bool {
        self.printer.is_some() && (place >= self.release_place || self.bytes > KEPT_MAX)
    }

    /// Prints the events to which no record after `place` can belong, and that began before each of the
    /// others. The open events began at `open` or later.
    pub(super) fn release(&mut self, place: u64, open: Option<u64>) {
        self.release_place = place + RELEASE_PERIOD;
        self.leave_current();
        let growing = self.others.values().filter(|event| event.latest + REORDER_WINDOW >= place);
        let growing = growing.map(|event| event.first);
        let end = growing.chain(open).min().unwrap_or(u64::MAX);
        self.print_before(end.min(place));
        if self.bytes > KEPT_MAX {
            self.print_before(u64::MAX);
        }
    }

    /// Prints the events that began before `end`.
    fn print_before(&mut self, end: u64) {
        let Some(printer) = &mut self.printer else { return };
        let mut events = Vec::new();
        let mut take = |event: &mut ListedEvent| {
            let is_kept = event.first >= end;
            if !is_kept {
                self.bytes -= event.size();
                events.push(std::mem::replace(event, ListedEvent::new(event.id, 0)));
            }
            is_kept
        };
        self.others.retain(|_, event| take(event));
        self.expired.retain_mut(take);
        events.sort_unstable_by_key(|event| (event.first, event.stamp().serial));
        for event in events.iter().filter(|event| !event.items.is_empty()) {
            printer.print(event);
        }
        self.printed = self.printed.max(end);
        self.is_closed |= !printer.flush();
    }

    /// Prints what is left at the end of the input.
    pub(super) fn finish(&mut self) {
        self.leave_current();
        self.print_before(u64::MAX);
    }

    /// Whether these events and those of the next chunk can be kept together.
    pub(super) fn fits(&self, next: &ListedEvents) -> bool {
        self.bytes + next.bytes <= KEPT_MAX
    }

    /// Adds the events of the next chunk, which `offset` records precede. `open` returns where an event
    /// began that is open in this chunk, and its working directory.
    pub(super) fn merge<'e>(
        &mut self,
        mut next: ListedEvents,
        offset: u64,
        open: impl Fn(EventId) -> Option<(u64, &'e [u8])>,
    ) {
        next.leave_current();
        self.bytes += next.expired.iter().map(ListedEvent::size).sum::<usize>();
        self.expired.extend(next.expired.into_iter().map(|event| event.shift(offset)));
        for (id, event) in next.others {
            let mut event = event.shift(offset);
            if let Some((first, cwd)) = open(id) {
                event.first = event.first.min(first);
                if event.cwd.is_empty() {
                    event.cwd.extend_from_slice(cwd);
                }
            }
            let first = event.first;
            let own = self.enter(id, first);
            if own.latest + REORDER_WINDOW < first {
                self.expire_current();
                *self.enter(id, first) = event;
            } else if own.kind == RecordType::Detail && own.items.is_empty() {
                *own = event;
            } else {
                own.merge(event);
            }
        }
    }
}
