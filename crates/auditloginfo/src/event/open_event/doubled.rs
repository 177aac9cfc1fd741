//! Records that an open event has already.

use super::OpenEvent;
use crate::event::call_context::CallContext;
use crate::item::command::Arguments;

impl OpenEvent {
    /// Whether the event begins with its second SYSCALL record: one that counts, after one that does
    /// not. Otherwise that says nothing new.
    #[cold]
    #[inline(never)]
    pub(super) fn begins_again(&mut self, second: CallContext) -> bool {
        let begins = self.user().is_none() && second.user.is_some();
        if begins {
            let mut rare = self.rare.take();
            if let Some(rare) = &mut rare {
                rare.arguments = Arguments::default();
            }
            self.reset(self.id, self.span);
            self.rare = rare;
        }
        begins
    }

    /// Whether a record of another part of the same event may double one of this part.
    pub(in crate::event) fn conflicts_with(&self, other: &OpenEvent) -> bool {
        let has_command = |event: &OpenEvent| event.commands > 0;
        let is_whole = self.is_command_counted || other.is_command_counted;
        self.fingerprint().is_some() && self.fingerprint() == other.fingerprint()
            || self.items & other.items != 0
            || has_command(self) && has_command(other) && (is_whole || self.shares_arguments(other))
            || self.has_address() && other.has_address()
    }

    fn shares_arguments(&self, other: &OpenEvent) -> bool {
        match (&self.rare, &other.rare) {
            (Some(own), Some(others)) => own.arguments.overlaps(&others.arguments),
            _ => false,
        }
    }
}
