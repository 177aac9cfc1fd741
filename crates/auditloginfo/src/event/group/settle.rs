//! The end of an event: what is counted when nothing more will be known.

use super::Group;
use crate::event::counter::Counter;
use crate::event::facts::Facts;
use crate::event::more::More;
use crate::syscall_names::Purpose;
use sysparse::audit::RecordType;

impl Group {
    /// Counts what is still held, for nothing more will be known; true if nothing was missing.
    pub(in crate::event) fn settle(mut self, counter: &mut Counter<'_>) -> bool {
        self.more().closing = true;
        let Some(facts) = self.facts else { return self.settle_others(counter) };
        let Some(auid) = facts.counted else { return true };
        self.resume(counter);
        let has_all = self.has_all(&facts);
        let More { denials, held, failures, .. } = self.more();
        counter.denials(auid, denials);
        if let Some(error) = facts.error.filter(|_| *failures == 0) {
            counter.failed_call(auid, &facts, error);
        }
        let commands = held.records().filter(|record| record.kind == RecordType::Execve);
        let has_command = counter.joined_command(auid, &facts, commands);
        !counter.detail.needs_parts() || has_command && has_all
    }

    /// The same, where no SYSCALL record came.
    fn settle_others(&mut self, counter: &mut Counter<'_>) -> bool {
        let stamp = self.id.stamp();
        let More { other, denials, held, .. } = self.more();
        if let Some(auid) = *other {
            counter.tally.of(auid).event(stamp);
            counter.denials(auid, denials);
        }
        held.len() == 0
    }

    /// Whether as many records came as the call's own record promises.
    fn has_all(&self, facts: &Facts) -> bool {
        match facts.purpose {
            Purpose::Open(_) => self.paths >= facts.paths,
            Purpose::Run => self.commands > 0 || facts.success != Some(true),
            Purpose::Uring | Purpose::Other => true,
        }
    }
}
