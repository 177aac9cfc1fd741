//! Records that depend on the SYSCALL record of their event.

use super::EventAssembler;
use super::call_context::CallContext;
use super::sink::Sink;
use sysparse::ParseError;
use sysparse::audit::{Path, Record, RecordType};

impl EventAssembler<'_> {
    #[inline]
    pub(super) fn add_path(
        &mut self,
        record: &Record<'_>,
        sink: &mut Sink,
    ) -> Result<(), ParseError> {
        let path = Path::parse(record)?;
        let id = self.id(record);
        let place = self.open.place();
        let event = self.open.enter_if(id, || !self.seen.has(id, place));
        if event.is_some_and(|event| event.add_path(record, path, sink)) {
            self.complete_current(sink);
        } else {
            self.doubled += 1;
        }
        Ok(())
    }

    pub(super) fn add_command(
        &mut self,
        record: &Record<'_>,
        sink: &mut Sink,
    ) -> Result<(), ParseError> {
        if record.arguments().next().is_none() {
            return Err(ParseError { expected: "argc= or an argument", at: record.line.len() });
        }
        let id = self.id(record);
        let place = self.open.place();
        let event = self.open.enter_if(id, || !self.seen.has(id, place));
        if event.is_some_and(|event| event.add_command(record, sink)) {
            self.complete_current(sink);
        } else {
            self.doubled += 1;
        }
        Ok(())
    }

    /// Adds a record that tells how other records of its event are meant. One that comes when the
    /// event is complete is doubled, but says nothing that counts.
    pub(super) fn add_context(&mut self, record: &Record<'_>, sink: &mut Sink) {
        let id = self.id(record);
        let place = self.open.place();
        let Some(event) = self.open.enter_if(id, || !self.seen.has(id, place)) else { return };
        if record.kind == RecordType::Uringop {
            let operation = CallContext::for_operation(record, self.filter, sink.collect);
            event.set_operation(operation, record, sink);
        }
        event.add_context(record, sink);
        self.complete_current(sink);
    }
}
