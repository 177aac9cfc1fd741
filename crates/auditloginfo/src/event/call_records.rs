//! What the assembler does with SYSCALL records.

use super::EventAssembler;
use super::call_context::CallContext;
use super::event_id::{EventId, Owner};
use super::seen_calls::fingerprint;
use super::sink::Sink;
use super::span::Span;
use crate::call_class::CallClass;
use crate::change::Descriptors;
use crate::login_user::LoginUser;
use crate::section::Section;
use crate::socket_call;
use crate::syscall_names::{Arch, Syscall};
use sysparse::ParseError;
use sysparse::audit::{self, Record};

impl EventAssembler<'_> {
    /// Counts a call, and opens its event if other records depend on it.
    #[inline]
    pub(super) fn add_syscall(
        &mut self,
        record: &Record<'_>,
        sink: &mut Sink,
    ) -> Result<(), ParseError> {
        let parsed = audit::SyscallRecord::parse(record)?;
        let call = Syscall { arch: Arch::new(parsed.arch), number: parsed.number };
        let user = self.counted_user(record, &parsed);
        let class = self.classes.get(call);
        // An execve has EXECVE records and an io_uring_enter URINGOP records even without a PATH.
        let has_records = parsed.items > 0 || class.is_open_without_path();
        let has_dependents = has_records && self.needs.dependents;
        let is_needed = user.is_some()
            || has_dependents
            || self.recent.is_some()
            || has_address(call, class, sink);
        if !is_needed {
            if sink.is_listing() {
                self.unlisted = self.id(record);
            }
            return Ok(());
        }
        let id = self.id(record);
        // Of two equal records one can count and one not, if only one holds the name in the filter.
        let fingerprint = fingerprint(record.body) ^ parsed.auid ^ u32::from(user.is_none()) << 31;
        if let Some(id) = id.without_node() {
            self.note_call_of_host(id);
        }
        if self.seen.add(id, fingerprint, self.open.place()) {
            self.add_doubled_call(user, record, sink);
            return Ok(());
        }
        if let Some(user) = user {
            sink.add_call(user, call, record, &parsed);
        }
        if !has_dependents && !self.needs.single_calls {
            return Ok(());
        }
        // Not one value for both branches: it would be written to the stack, and reading it from there
        // at once makes the processor wait.
        let context = || CallContext::new(&parsed, call, class, user, fingerprint);
        if self.needs.single_calls {
            self.add_needed_call(context(), has_dependents, (record, &parsed), sink);
        } else {
            self.open_call(id, context(), (record, &parsed), sink);
        }
        Ok(())
    }

    /// Takes the name in a SYSCALL record that the log holds twice: the first one may be one that the
    /// kernel wrote, and this one one that auditd enriched.
    #[cold]
    #[inline(never)]
    fn add_doubled_call(&mut self, user: Option<LoginUser>, record: &Record<'_>, sink: &mut Sink) {
        self.doubled += 1;
        if let Some(user) = user.filter(|_| sink.collect.overview) {
            sink.add_name(user, record);
        }
    }

    /// The login user of a call, if the call counts.
    #[inline(always)]
    fn counted_user(
        &self,
        record: &Record<'_>,
        parsed: &audit::SyscallRecord<'_>,
    ) -> Option<LoginUser> {
        let user = LoginUser::Id(parsed.auid);
        let counts = match self.only_user {
            Some(only_user) => user == only_user,
            None => self.filter.includes_call(record, parsed),
        };
        counts.then_some(user)
    }

    /// Adds a call that is needed for more than its count and for records that depend on it: its items
    /// are listed, or its address, its error or denials count.
    #[inline(never)]
    fn add_needed_call(
        &mut self,
        mut context: CallContext,
        has_dependents: bool,
        (record, parsed): (&Record<'_>, &audit::SyscallRecord<'_>),
        sink: &mut Sink,
    ) {
        let id = self.id(record);
        let CallContext { user, call, class, .. } = context;
        let has_address = has_address(call, class, sink);
        if let (Some(user), true) = (user, sink.is_listing()) {
            let has_items = has_dependents || has_address;
            self.list_call(Owner { user, id: &id }, call, (record, has_items), parsed, sink);
        }
        let waits = has_address && !has_dependents && self.add_waiting(id, user, call, parsed);
        if has_address && !waits {
            context.expect_address(parsed);
        } else if !has_dependents {
            let has_error = context.success == Some(false) && sink.has(Section::Errors);
            if !has_error && self.add_single_record_call(id, user) {
                if !waits {
                    self.end_listed(id, self.open.place(), sink);
                }
                return;
            }
        }
        self.open_call(id, context, (record, parsed), sink);
    }

    /// Adds a call on which other records depend to its event.
    #[inline(always)]
    fn open_call(
        &mut self,
        id: EventId,
        context: CallContext,
        (record, parsed): (&Record<'_>, &audit::SyscallRecord<'_>),
        sink: &mut Sink,
    ) {
        let event = self.open.enter(id);
        if let Some(context) = event.set_context(context) {
            if context.user.is_some() && sink.collect.needs_call_details() {
                context.add_details(parsed, sink.collect);
            }
            let changes = context.change.is_some().then(|| context.call.name());
            let executes = context.class == CallClass::Execute && context.success == Some(true);
            let executes = executes && context.user.is_some();
            if let Some(name) = changes {
                event.set_descriptors(Descriptors::for_call(&name, parsed));
            }
            if let Some(exe) = executes.then(|| record.field(b"exe")).flatten() {
                event.set_exe(exe);
            }
            event.replay_pending(sink);
        }
        self.complete_current(sink);
    }

    /// Completes a call that no other records depend on. Returns false if its event is open because
    /// a standalone record came before.
    fn add_single_record_call(&mut self, id: EventId, user: Option<LoginUser>) -> bool {
        let Some(recent) = &mut self.recent else { return true };
        let is_open = self.open.contains(id);
        if !is_open {
            recent.add(id, user, Span::start(self.open.place()));
        }
        !is_open
    }
}

/// Whether the event of a call can hold a socket address that counts.
#[inline]
fn has_address(call: Syscall, class: CallClass, sink: &Sink) -> bool {
    sink.has(Section::Addresses) && socket_call::may_have_address(call, class)
}
