//! Records that can be events of their own.

use super::EventAssembler;
use super::event_id::{EventId, Owner};
use super::rare_state::Claim;
use super::recent_calls::RecentCall;
use super::sink::Sink;
use sysparse::audit::{Record, RecordType};

impl EventAssembler<'_> {
    /// Adds a record that is an event of its own unless a SYSCALL record belongs to the same event.
    pub(super) fn add_standalone(&mut self, record: &Record<'_>, sink: &mut Sink) {
        let id = self.id(record);
        let (user, counts) = self.filter.standalone_user(record);
        let is_refusal = !matches!(record.kind, RecordType::Other | RecordType::UserCmd);
        // One that does not count is not what another one doubles, which may hold the name in the filter.
        if (counts || is_refusal) && self.is_doubled_standalone(id, record) {
            self.doubled += 1;
            // The first one may not be enriched.
            if counts {
                sink.add_name(user, record);
            }
            return;
        }
        if counts && record.kind == RecordType::UserCmd {
            let first = self.open.get(id).map_or(self.open.place(), |event| event.span.first);
            let is_whole = sink.add_sudo(Owner { user, id: &id }, first, record);
            self.incomplete += u64::from(!is_whole);
        }
        if self.recent.is_none() {
            return;
        }
        if let Some(call) = self.find_recent(id) {
            return sink.add_late_denial(&id, call.user, record);
        }
        if counts {
            sink.add_name(user, record);
        }
        let claim = Claim { user, counts, is_refusal };
        self.open.enter(id).add_standalone(record, claim, sink);
        self.complete_current(sink);
    }

    /// The complete call of the same event, if the event is not open.
    pub(super) fn find_recent(&self, id: EventId) -> Option<RecentCall> {
        let recent = self.recent.as_ref().filter(|_| !self.open.contains(id))?;
        recent.find(id, self.open.place())
    }
}
