//! What the assembler does for items that are listed one by one.

use super::EventAssembler;
use super::event_id::{EventId, Owner};
use super::open_event::OpenEvent;
use super::sink::Sink;
use crate::item::file;
use crate::section::Section;
use crate::syscall_names::Syscall;
use sysparse::audit::{self, Record};

impl EventAssembler<'_> {
    /// Lists a call that counts, and begins to list its event. `has_items` tells whether records that
    /// depend on it can come.
    #[inline(never)]
    pub(super) fn list_call(
        &self,
        owner: Owner<'_>,
        call: Syscall,
        (record, has_items): (&Record<'_>, bool),
        parsed: &audit::SyscallRecord<'_>,
        sink: &mut Sink,
    ) {
        let sections = [Section::Calls, Section::Programs, Section::Errors, Section::Denials];
        if !has_items && !sections.iter().any(|section| sink.has(*section)) {
            return;
        }
        let open = self.open.get(*owner.id);
        let first = open.map_or(self.open.place(), |event| event.span.first);
        sink.list_call(owner, call, (first, record), parsed);
        if let (Some(cwd), Some(listed)) = (open.and_then(OpenEvent::cwd), &mut sink.listed) {
            listed.set_cwd(*owner.id, |own| own.extend_from_slice(cwd));
        }
    }

    /// Adds a record that is needed only if it is the first one of its event, for the order of the list.
    pub(super) fn add_first_place(&mut self, record: &Record<'_>, sink: &mut Sink) {
        let Some(listed) = &mut sink.listed else { return };
        let (id, place) = (self.id(record), self.open.place());
        if id != self.unlisted && !self.open.contains(id) && !self.seen.has(id, place) {
            listed.add_first_place(id, place);
        }
    }

    /// Adds the working directory of an event that is listed. If its call has not come, it is kept with
    /// the event.
    pub(super) fn add_listed_cwd(&mut self, record: &Record<'_>, sink: &mut Sink) {
        let id = self.id(record);
        let cwd = file::working_directory(record);
        let append = |own: &mut Vec<u8>| cwd.into_iter().for_each(|cwd| cwd.append_to(own));
        let is_listed = sink.listed.as_mut().is_some_and(|listed| listed.set_cwd(id, append));
        if !is_listed || sink.collect.absolute {
            self.add_context(record, sink);
        }
    }

    /// Ends the list of an event that is complete.
    #[inline(never)]
    pub(super) fn end_listed(&self, id: EventId, latest: u64, sink: &mut Sink) {
        if let Some(listed) = &mut sink.listed {
            listed.end(id, latest, self.recent.is_some());
        }
    }

    /// Prints the events to which no record can belong any more.
    pub fn print_listed(&self, sink: &mut Sink) {
        let place = self.open.place();
        if let Some(listed) = sink.listed.as_mut().filter(|listed| listed.is_due(place)) {
            listed.release(place, self.open.iter().map(|event| event.span.first).min());
        }
    }

    /// Whether what is listed and what `part`, the sink of the next chunk, lists can be kept together.
    #[must_use]
    pub fn has_room(&self, part: &Sink, sink: &Sink) -> bool {
        match (&sink.listed, &part.listed) {
            (Some(own), Some(next)) => own.fits(next),
            _ => true,
        }
    }

    /// Adds the sink of the next chunk, before that chunk is merged.
    pub fn add_part(&self, part: Sink, sink: &mut Sink) {
        sink.tally.merge(part.tally);
        if let (Some(own), Some(next)) = (&mut sink.listed, part.listed) {
            let open = |id| {
                let event = self.open.get(id)?;
                Some((event.span.first, event.cwd().unwrap_or_default()))
            };
            own.merge(*next, self.open.place(), open);
        }
    }
}
