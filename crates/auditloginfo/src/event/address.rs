//! Socket addresses.

use super::EventAssembler;
use super::event_id::{EventId, Owner};
use super::open_event::OpenEvent;
use super::sink::Sink;
use super::waiting_calls::WaitingCall;
use crate::login_user::LoginUser;
use crate::socket_call;
use crate::syscall_names::Syscall;
use sysparse::ParseError;
use sysparse::audit::{self, Record, Value};
use sysparse::text::Text;

/// The size of the family, the first part of each socket address, in bytes.
const FAMILY_SIZE: usize = 2;

impl EventAssembler<'_> {
    /// Adds a call that no records depend on except a socket address. Returns whether it waits for that
    /// outside of the open events.
    pub(super) fn add_waiting(
        &mut self,
        id: EventId,
        user: Option<LoginUser>,
        call: Syscall,
        record: &audit::SyscallRecord<'_>,
    ) -> bool {
        if self.open.contains(id) {
            return false;
        }
        let name = socket_call::address_call(call, record);
        let (Some(user), Some(name)) = (user, name) else { return true };
        let order = call.arch.byte_order();
        self.waiting.add(id, WaitingCall { user, name, order, place: self.open.place() });
        true
    }

    /// Counts the socket address of an event of the next chunk whose call waits for it.
    pub(super) fn claim_address(&mut self, event: &mut OpenEvent, sink: &mut Sink) {
        if !event.has_pending_address() || self.open.contains(event.id) {
            return;
        }
        let Some(call) = self.waiting.take(event.id, event.span.first) else { return };
        if let Some(address) = event.take_address() {
            let owner = Owner { user: call.user, id: &event.id };
            sink.add_address(owner, call.name, (&address, call.order));
        }
    }

    /// Adds the socket address of a call. One that comes when the event is complete is doubled, but
    /// says nothing that counts.
    pub(super) fn add_address(
        &mut self,
        record: &Record<'_>,
        sink: &mut Sink,
    ) -> Result<(), ParseError> {
        let saddr = record.field(b"saddr").map(Value::text);
        let Some(saddr @ Text::Hex(_)) = saddr.filter(|saddr| saddr.len() >= FAMILY_SIZE) else {
            return Err(ParseError { expected: "saddr= and an address", at: record.line.len() });
        };
        let id = self.id(record);
        let place = self.open.place();
        if !self.open.contains(id) {
            if let Some(call) = self.waiting.take(id, place) {
                let address: Vec<_> = saddr.bytes().collect();
                let owner = Owner { user: call.user, id: &id };
                sink.add_address(owner, call.name, (&address, call.order));
                return Ok(());
            }
        }
        if let Some(event) = self.open.enter_if(id, || !self.seen.has(id, place)) {
            event.add_address(saddr, sink);
            self.complete_current(sink);
        }
        Ok(())
    }
}
