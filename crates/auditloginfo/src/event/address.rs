//! Socket addresses.

use super::EventAssembler;
use super::sink::Sink;
use sysparse::ParseError;
use sysparse::audit::{Record, Value};
use sysparse::text::Text;

/// The size of the family, the first part of each socket address, in bytes.
const FAMILY_SIZE: usize = 2;

impl EventAssembler<'_> {
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
        if let Some(event) = self.open.enter_if(id, || !self.seen.has(id, place)) {
            event.add_address(saddr, sink);
            self.complete_current(sink);
        }
        Ok(())
    }
}
