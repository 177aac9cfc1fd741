//! Puts together what two chunks of a log hold.

use super::EventAssembler;
use super::open_event::OpenEvent;
use super::recent_calls::RecentCalls;
use super::sink::Sink;

impl EventAssembler<'_> {
    /// Merges the events of the next chunk that may have begun in this one or may continue in the
    /// chunk after it. The two must not conflict.
    pub fn merge(&mut self, next: EventAssembler<'_>, sink: &mut Sink) {
        let offset = self.open.place();
        let end = offset + next.open.place();
        self.merge_possibly_doubled(&next);
        self.incomplete += next.incomplete;
        self.ended_early.merge(next.ended_early);
        self.doubled += next.doubled;
        if let Some(recent) = &next.recent {
            self.claim_standalone(recent, offset, sink);
        }
        self.seen.merge(&next.seen, offset);
        let mut events = next.early;
        events.extend(next.open.into_events());
        events.sort_unstable_by_key(|event| event.span.first);
        for event in events {
            self.merge_event(event, offset, sink);
        }
        if let (Some(recent), Some(next)) = (&mut self.recent, &next.recent) {
            recent.merge(next, offset);
        }
        self.standalone.merge(&next.standalone, offset);
        self.waiting.merge(&next.waiting, offset);
        self.open.move_to(end);
        self.evict(sink);
    }

    /// Counts the denials of open events whose call is complete in the next chunk.
    fn claim_standalone(&mut self, next: &RecentCalls, offset: u64, sink: &mut Sink) {
        for (id, call) in next.find_early(self.open.ids()) {
            if let Some(event) = self.open.take_standalone(id, call.place + offset) {
                event.claim_denials(call.user, sink);
            }
        }
    }

    /// Merges an event of the next chunk with the open event of the same id or with its recent call.
    fn merge_event(&mut self, mut event: OpenEvent, offset: u64, sink: &mut Sink) {
        event.span = event.span.shift(offset);
        self.open.move_to(event.span.first);
        self.claim_address(&mut event, sink);
        if let (Some(cwd), Some(listed)) = (event.cwd(), &mut sink.listed) {
            listed.set_cwd(event.id, |own| own.extend_from_slice(cwd));
        }
        let call = self.find_recent(event.id).filter(|_| event.has_only_standalone());
        if let Some(call) = call {
            return event.claim_denials(call.user, sink);
        }
        self.open.enter(event.id).merge(event, sink);
        self.complete_current(sink);
    }
}
