//! One open event: what is known of it, and the records that wait for more to be known.

mod doubled;
mod effects;

use super::call_context::{AddressState, CallContext};
use super::event_id::{EventId, Owner};
use super::rare_state::{Claim, RareState};
use super::sink::Sink;
use super::span::Span;
use crate::call_class::CallClass;
use crate::item::command::Arguments;
use crate::item::file::{self, Base};
use crate::login_user::LoginUser;
use crate::section::{Collect, Section};
use crate::tally::EventTime;
use sysparse::audit::{Path, Record, RecordType, Value};

/// An event whose records are still coming.
///
/// A record is counted as soon as everything is known that it depends on; until then a copy is
/// pending. The counts are the same in whatever order the records come.
#[derive(Debug, Default)]
pub(super) struct OpenEvent {
    pub(super) id: EventId,
    pub(super) span: Span,
    /// From the SYSCALL record, once it has come.
    context: Option<CallContext>,
    /// The number of PATH records so far.
    paths: u64,
    /// One bit for each of the first 64 of them that has come.
    items: u64,
    /// The number of EXECVE records so far.
    commands: u64,
    /// Whether the whole command is counted.
    is_command_counted: bool,
    /// The executable of a successful execve(2) that counts; empty if it is not known.
    exe: Vec<u8>,
    rare: Option<Box<RareState>>,
}

impl OpenEvent {
    pub(super) fn new(id: EventId, span: Span) -> OpenEvent {
        OpenEvent { id, span, ..OpenEvent::default() }
    }

    /// Turns this value into a new event. To assign each field costs less than to move a new value
    /// here.
    #[inline]
    pub(super) fn reset(&mut self, id: EventId, span: Span) {
        self.id = id;
        self.span = span;
        self.context = None;
        self.paths = 0;
        self.items = 0;
        self.commands = 0;
        self.is_command_counted = false;
        self.exe.clear();
        self.rare = None;
    }

    /// The login user for whom the call counts.
    pub(super) fn user(&self) -> Option<LoginUser> {
        self.context.and_then(|context| context.user)
    }

    /// The fingerprint of the SYSCALL record, if it has come.
    pub(super) fn fingerprint(&self) -> Option<u32> {
        Some(self.context?.fingerprint)
    }

    /// Whether no record has come that depends on a SYSCALL record, nor that record itself; a socket
    /// address may have.
    pub(super) fn has_only_standalone(&self) -> bool {
        self.context.is_none() && self.paths == 0 && self.commands == 0
    }

    /// Whether all records of a call have come and are counted.
    #[inline]
    pub(super) fn is_complete(&self) -> bool {
        let Some(context) = &self.context else { return false };
        self.paths == context.paths
            && context.address != AddressState::Awaited
            && self.has_nothing_open(context.class)
    }

    /// Whether nothing but PATH records can be missing.
    #[inline]
    fn has_nothing_open(&self, class: CallClass) -> bool {
        let lacks_command = class == CallClass::Execute && self.commands == 0;
        // More URINGOP records may come, or an EXECVE record.
        let is_open_ended = matches!(class, CallClass::IoUring | CallClass::Unknown);
        let has_pending = |rare: &RareState| rare.has_pending() || rare.has_pending_effects();
        let has_pending = self.rare.as_deref().is_some_and(has_pending);
        !lacks_command && !is_open_ended && !has_pending
    }

    /// The size of the pending records and denials in bytes.
    pub(super) fn pending_bytes(&self) -> usize {
        self.exe.len() + self.rare.as_ref().map_or(0, |rare| rare.pending_bytes())
    }

    fn rare(&mut self) -> &mut RareState {
        self.rare.get_or_insert_default()
    }

    /// Sets what the SYSCALL record says, and returns it to be completed.
    #[inline]
    pub(super) fn set_context(&mut self, context: CallContext) -> Option<&mut CallContext> {
        if self.context.is_some() && !self.begins_again(context) {
            return None;
        }
        Some(self.context.insert(context))
    }

    /// Counts what came before the SYSCALL record.
    #[inline]
    pub(super) fn replay_pending(&mut self, sink: &mut Sink) {
        if self.rare.is_some() {
            self.replay(sink);
        }
    }

    /// Adds a PATH record. Returns false if it is doubled: the kernel numbers those of an event.
    #[inline]
    pub(super) fn add_path(
        &mut self,
        record: &Record<'_>,
        path: Path<'_>,
        sink: &mut Sink,
    ) -> bool {
        let item = path.item.filter(|item| *item < 64).map_or(0, |item| 1 << item);
        if self.items & item != 0 {
            return false;
        }
        self.items |= item;
        self.paths += 1;
        if !self.count_path(path, sink) {
            self.rare().paths.push(record.body);
        }
        if sink.has(Section::Changes) && self.may_change(path) {
            self.rare().changes.push(record.body);
        }
        if self.rare.is_some() {
            self.count_joined_command(sink);
            self.count_changes(sink);
        }
        true
    }

    /// Adds an EXECVE record. Returns false if it is doubled. Records after those that hold the whole
    /// command say nothing new, and an open(2) has none.
    pub(super) fn add_command(&mut self, record: &Record<'_>, sink: &mut Sink) -> bool {
        self.commands += 1;
        if self.is_command_counted {
            return false;
        }
        if self.context.is_some_and(|context| !context.may_execute()) {
            return true;
        }
        if let Some(context) = self.context.filter(|_| self.commands == 1) {
            self.is_command_counted =
                sink.add_whole_command((&self.id, &context), record, &self.exe);
        }
        if !self.is_command_counted {
            let keeps_bytes = self.context.is_none_or(|context| context.user.is_some());
            return self.rare().arguments.add(record, keeps_bytes);
        }
        true
    }

    /// Adds a record that tells how other records are meant.
    pub(super) fn add_context(&mut self, record: &Record<'_>, sink: &mut Sink) {
        if self.rare().add_context(record) {
            self.replay(sink);
        }
    }

    /// Adds a record that can be an event of its own. If it is, it counts as `claim` says.
    pub(super) fn add_standalone(&mut self, record: &Record<'_>, claim: Claim, sink: &mut Sink) {
        self.rare().add_claim(claim);
        if let Some(denial) = sink.describe_denial(record) {
            self.rare().denials.push(denial);
            if claim.counts {
                let owner = Owner { user: claim.user, id: &self.id };
                sink.list_standalone(owner, (self.span.first, self.cwd()), record);
            }
        }
    }

    /// Sets the executable of a successful execve(2).
    pub(super) fn set_exe(&mut self, exe: Value<'_>) {
        if self.exe.is_empty() && !exe.is_null() {
            exe.text().append_to(&mut self.exe);
        }
    }

    /// Adds another part of the same event.
    pub(super) fn merge(&mut self, other: OpenEvent, sink: &mut Sink) {
        self.span.latest = self.span.latest.max(other.span.latest);
        self.context = self.context.or(other.context);
        self.paths += other.paths;
        self.items |= other.items;
        self.commands += other.commands;
        self.is_command_counted |= other.is_command_counted;
        if self.exe.is_empty() {
            self.exe = other.exe;
        }
        if let Some(rare) = other.rare {
            self.rare().merge(*rare);
        }
        self.replay(sink);
    }

    /// Tries again to count the pending records.
    fn replay(&mut self, sink: &mut Sink) {
        if self.context.is_none() {
            return;
        }
        self.count_joined_command(sink);
        self.count_changes(sink);
        self.count_address(sink);
        let paths = std::mem::take(&mut self.rare().paths);
        for body in paths.iter() {
            let record = Record { kind: RecordType::Path, event: b"", body, line: body };
            let path = Path::parse(&record);
            if !path.is_ok_and(|path| self.count_path(path, sink)) {
                self.rare().paths.push(body);
            }
        }
    }

    /// Counts a command of several records when the last PATH record suggests that all of it has come:
    /// it can be megabytes long.
    fn count_joined_command(&mut self, sink: &mut Sink) {
        let (Some(context), Some(rare)) = (&self.context, &mut self.rare) else { return };
        if self.is_command_counted || !context.may_execute() {
            rare.arguments = Arguments::default();
        } else if self.paths >= context.paths && rare.arguments.is_whole() {
            sink.add_command((&self.id, context), &rare.arguments, &self.exe);
            rare.arguments = Arguments::default();
            self.is_command_counted = true;
        }
    }

    /// Counts the file of a PATH record. Returns whether the record is dealt with.
    #[inline(always)]
    fn count_path(&mut self, path: Path<'_>, sink: &mut Sink) -> bool {
        let Some(context) = &self.context else { return false };
        let Some(user) = context.user else { return true };
        let Some(opens) = self.opens_file(context) else { return false };
        if !opens && context.error.is_none() {
            return true;
        }
        let Some(name) = file::opened_name(path) else { return true };
        // Kernels before 3.13 do not say which file is a parent.
        if path.item == Some(0) && context.paths > 1 && is_parent_by_place(path) {
            return true;
        }
        let Some((base, flags)) = self.base_and_flags(context, sink.collect) else { return false };
        if opens {
            let is_directory = sink.collect.profile_names && path.is_directory();
            let owner = Owner { user, id: &self.id };
            sink.add_file(owner, context, (name, base, is_directory), flags);
        }
        if let Some(error) = context.error {
            let (call, id) = (context.call, self.id);
            let name = sink.write_name((name, base));
            if self.rare().add_failure(name) {
                sink.count_error(Owner { user, id: &id }, call, error);
            }
        }
        true
    }

    /// Whether the call opens a file; `None` if a URINGOP record may still tell. Of several operations
    /// one may open a file and another one remove it.
    #[inline]
    fn opens_file(&self, context: &CallContext) -> Option<bool> {
        match context.class {
            CallClass::Open(_) => Some(true),
            CallClass::Execute | CallClass::Unknown | CallClass::Other => Some(false),
            CallClass::IoUring => {
                let rare = self.rare.as_deref();
                rare.filter(|rare| rare.is_ending).map(|rare| rare.uring_opens)
            }
        }
    }

    /// Where the names of the call start and how it opens files, as far as that is collected; `None`
    /// if a record may still tell.
    #[inline]
    fn base_and_flags(
        &self,
        context: &CallContext,
        collect: Collect,
    ) -> Option<(Base<'_>, Option<u64>)> {
        let rare = self.rare.as_deref();
        let flags = context.flags.or(rare.and_then(|rare| rare.flags));
        let cwd = rare.and_then(|rare| rare.cwd.as_deref());
        let needs_cwd = collect.absolute && context.dirfd.is_none();
        let needs_flags = collect.modes && context.has_flags_in_record();
        let lacks_record = needs_cwd && cwd.is_none() || needs_flags && flags.is_none();
        if lacks_record && !rare.is_some_and(|rare| rare.is_ending) {
            return None;
        }
        let base = match context.dirfd {
            _ if needs_cwd => Base::WorkingDirectory(cwd.unwrap_or_default()),
            Some(descriptor) => Base::Descriptor(descriptor),
            None => Base::AsRecorded,
        };
        Some((base, flags))
    }

    /// Whether a complete event has something left to count.
    #[inline]
    pub(super) fn has_uncounted(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| !rare.denials.is_empty())
            || self.context.is_some_and(|context| context.error.is_some())
    }

    /// Ends the event: counts what is left. Returns whether no record is missing.
    pub(super) fn end(&mut self, sink: &mut Sink) -> bool {
        let operation = self.rare().operation.filter(|_| self.context.is_none());
        self.rare().is_ending = true;
        if let Some(user) = operation.and_then(|operation| operation.user) {
            self.context = operation;
            let time = EventTime::from_stamp(self.id.stamp());
            sink.tally.counts_mut(user).add_event(time);
        }
        match self.context {
            Some(context) => self.end_call(&context, sink),
            None => self.end_standalone(sink),
        }
    }

    fn end_call(&mut self, context: &CallContext, sink: &mut Sink) -> bool {
        let Some(user) = context.user else { return true };
        if context.class == CallClass::IoUring {
            self.leave_out_unopened();
        }
        self.replay(sink);
        let has_all = self.has_all_records(context);
        let rare = self.rare.get_or_insert_default();
        let owner = Owner { user, id: &self.id };
        if let (Some(listed), Some((_, success))) = (&mut sink.listed, rare.find_operation(Some)) {
            listed.set_uring_success(owner, success);
        }
        sink.add_denials(owner, &rare.denials);
        if let Some(error) = context.error.filter(|_| rare.failures.is_empty()) {
            sink.add_call_error(owner, context.call, error);
        }
        let has_arguments = sink.add_command((owner.id, context), &rare.arguments, &self.exe);
        !sink.collect.needs_dependent_records() || has_arguments && has_all
    }

    /// Ends an event without a SYSCALL record.
    fn end_standalone(&mut self, sink: &mut Sink) -> bool {
        let time = EventTime::from_stamp(self.id.stamp());
        let id = self.id;
        let rare = self.rare();
        let lacks_call = rare.has_pending() && rare.operation.is_none();
        if let Some(claim) = rare.claim.filter(|claim| claim.is_event(lacks_call)) {
            sink.tally.counts_mut(claim.user).add_event(time);
            sink.add_denials(Owner { user: claim.user, id: &id }, &rare.denials);
        }
        !lacks_call
    }

    /// Whether as many records have come as the SYSCALL record announces.
    fn has_all_records(&self, context: &CallContext) -> bool {
        // The kernel counts the directory of a message queue and does not write its record.
        let is_queue = self.rare.as_ref().is_some_and(|rare| rare.descriptors.is_queue);
        match context.class {
            _ if is_queue => true,
            _ if context.change.is_some() => self.paths >= context.paths,
            CallClass::Open(_) => self.paths >= context.paths,
            CallClass::Execute => self.commands > 0 || context.success != Some(true),
            CallClass::IoUring | CallClass::Unknown | CallClass::Other => true,
        }
    }

    /// Counts the denials of standalone records for the call to which they belong.
    pub(super) fn claim_denials(self, user: Option<LoginUser>, sink: &mut Sink) {
        if let (Some(user), Some(rare)) = (user, self.rare) {
            sink.add_denials(Owner { user, id: &self.id }, &rare.denials);
        }
    }
}

/// Whether the first of several files is the directory of the others: a kernel before 3.13 writes no role.
#[cold]
#[inline(never)]
fn is_parent_by_place(path: Path<'_>) -> bool {
    path.nametype().is_empty() && path.is_directory()
}
