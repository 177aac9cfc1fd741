//! What a call did: the files that it changed and its socket address.
//!
//! How a file changed depends on all PATH records of the event, and on the numbers that give their
//! order, so they are counted together when all have come. The address of a call counts as soon as
//! its SYSCALL record has come. What `io_uring` did is known at the end of the event.

use super::super::call_context::{AddressState, CallContext};
use super::super::event_id::Owner;
use super::super::rare_state::{PackedBytes, RareState};
use super::super::sink::Sink;
use super::OpenEvent;
use crate::call_class::{CallClass, OpenCall, OpenFlags};
use crate::change::{Change, Descriptors, EXECUTED, SeveralOperations};
use crate::item::file::Base;
use crate::section::Collect;
use crate::socket_call;
use sysparse::audit::{Path, Record, RecordType};
use sysparse::text::Text;

impl OpenEvent {
    /// Sets the descriptors of a call that changes files.
    pub(in crate::event) fn set_descriptors(&mut self, descriptors: Descriptors) {
        if descriptors != Descriptors::default() {
            self.rare().descriptors = descriptors;
        }
    }

    /// Sets what a URINGOP record says in case that the event has no SYSCALL record.
    pub(in crate::event) fn set_operation(
        &mut self,
        operation: CallContext,
        record: &Record<'_>,
        sink: &mut Sink,
    ) {
        if let Some(user) = operation.user {
            sink.list_standalone(
                Owner { user, id: &self.id },
                (self.span.first, self.cwd()),
                record,
            );
        }
        self.rare().operation.get_or_insert(operation);
    }

    /// The working directory, as far as it is needed.
    pub(in crate::event) fn cwd(&self) -> Option<&[u8]> {
        self.rare.as_ref()?.cwd.as_deref()
    }

    /// Whether the call may have changed the file of a PATH record.
    pub(super) fn may_change(&self, path: Path<'_>) -> bool {
        let Some(context) = &self.context else { return !path.is_parent() };
        if context.user.is_none() {
            return false;
        }
        match context.change {
            Some(change) => change.may_change(path.nametype()),
            None => context.class == CallClass::IoUring && !path.is_parent(),
        }
    }

    /// Counts the files that the call changed once everything is known that they depend on.
    pub(super) fn count_changes(&mut self, sink: &mut Sink) {
        let (Some(context), Some(rare)) = (&self.context, &mut self.rare) else { return };
        if rare.changes.is_empty() || !rare.is_ending && self.paths < context.paths {
            return;
        }
        if context.class == CallClass::IoUring && !rare.is_ending {
            return;
        }
        let changes = Changes::of_call(context, rare, !sink.collect.failed);
        let (Some(user), Some(changes)) = (context.user, changes) else {
            rare.changes = PackedBytes::default();
            return;
        };
        let cwd = rare.cwd.as_deref();
        let lacks_cwd = sink.collect.absolute && cwd.is_none();
        let flags = context.flags.or(rare.flags);
        let lacks_flags = context.has_flags_in_record() && flags.is_none();
        if !rare.is_ending && (lacks_cwd || lacks_flags) {
            return;
        }
        let records = std::mem::take(&mut rare.changes);
        let mut paths: Vec<_> = records.iter().filter_map(read_path).collect();
        paths.sort_by_key(|path| path.item);
        let has_all_paths = paths.len() as u64 == context.paths;
        let effects = changes.effects(
            (&paths, has_all_paths),
            truncates(context, flags),
            sink.collect.failed,
        );
        // A profile allows a symbolic link like any other file that is created.
        let is_symlink =
            sink.collect.profile_names && matches!(changes, Changes::One(Change::Symlink));
        for (path, effect) in paths.iter().zip(effects) {
            let Some(effect) = effect else { continue };
            if effect == EXECUTED && !is_script(*path, &self.exe) {
                continue;
            }
            let effect = if is_symlink { "created" } else { effect };
            let bases = NameBases { descriptors: rare.descriptors, cwd: cwd.unwrap_or_default() };
            bases.count(*path, effect, sink, Owner { user, id: &self.id });
        }
    }

    /// Leaves out the files of which another `io_uring` operation of the event than the one that opens a
    /// file says what was done to them.
    pub(super) fn leave_out_unopened(&mut self) {
        let Some(rare) = self.rare.as_mut().filter(|rare| rare.uring_opens) else { return };
        let records = std::mem::take(&mut rare.paths);
        let operations: Vec<_> = rare.operations().map(|(name, _)| name).collect();
        let paths: Vec<_> = records.iter().filter_map(read_path).collect();
        let several = SeveralOperations::new(&operations, &paths);
        let is_opened =
            |body: &&[u8]| read_path(body).is_some_and(|path| several.may_have_opened(&path));
        records.iter().filter(is_opened).for_each(|body| rare.paths.push(body));
    }

    /// Whether a SOCKADDR record has come.
    pub(super) fn has_address(&self) -> bool {
        let is_counted = |context: CallContext| context.address == AddressState::Counted;
        self.context.is_some_and(is_counted) || self.has_pending_address()
    }

    /// Whether a socket address is not counted yet.
    pub(in crate::event) fn has_pending_address(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.address.is_some())
    }

    /// Takes the socket address that is not counted yet.
    pub(in crate::event) fn take_address(&mut self) -> Option<Box<[u8]>> {
        self.rare.as_mut()?.address.take()
    }

    /// Adds the socket address of a SOCKADDR record. The kernel writes one for an event, so a second
    /// one is doubled.
    pub(in crate::event) fn add_address(&mut self, saddr: Text<'_>, sink: &mut Sink) {
        let is_awaited =
            self.context.is_none_or(|context| context.address == AddressState::Awaited);
        if is_awaited && !self.has_address() {
            self.rare().address = Some(saddr.bytes().collect());
            self.count_address(sink);
        }
    }

    /// Counts the socket address once it is known which call has it.
    pub(super) fn count_address(&mut self, sink: &mut Sink) {
        let (Some(context), Some(rare)) = (&mut self.context, &mut self.rare) else { return };
        if rare.address.is_none() || context.class == CallClass::IoUring && !rare.is_ending {
            return;
        }
        let Some(address) = rare.address.take() else { return };
        if context.address != AddressState::Awaited {
            return;
        }
        context.address = AddressState::Counted;
        let is_socket_call = |name| socket_call::has_address(name).then_some(name);
        let operation = rare.find_operation(is_socket_call).map(|(name, _)| name.into());
        let name = operation.unwrap_or_else(|| context.address_call());
        if let Some(user) = context.user {
            sink.add_address(
                Owner { user, id: &self.id },
                &name,
                (&address, context.call.arch.byte_order()),
            );
        }
    }
}

/// What an event changes.
enum Changes {
    One(Change),
    /// What several `io_uring` operations change: the calls that do the same as those that count.
    Several(Vec<&'static str>),
}

impl Changes {
    /// Those of a call, if it succeeded or failed as wanted.
    fn of_call(context: &CallContext, rare: &RareState, success: bool) -> Option<Changes> {
        if context.class != CallClass::IoUring {
            return context.change.filter(|_| context.success == Some(success)).map(Changes::One);
        }
        let all = || rare.operations().filter(|(name, _)| Change::for_call(name).is_some());
        let wanted = all().filter(|(_, succeeded)| *succeeded == success);
        let names: Vec<_> = wanted.map(|(name, _)| name).collect();
        if all().count() > 1 {
            return (!names.is_empty()).then_some(Changes::Several(names));
        }
        names.first().and_then(|name| Change::for_call(name)).map(Changes::One)
    }

    /// How each of the files changed, or was to change if that failed.
    fn effects(
        &self,
        (paths, has_all_paths): (&[Path<'_>], bool),
        truncates: bool,
        failed: bool,
    ) -> Vec<Option<&'static str>> {
        let roles = |change: &Change| {
            let roles: Vec<_> = paths.iter().map(Path::nametype).collect();
            let are_unknown = has_all_paths && roles.iter().all(|role| role.is_empty());
            if are_unknown { change.roles_by_order(paths.len()) } else { roles }
        };
        match self {
            Changes::One(change) if failed => change.attempts(&roles(change), truncates),
            Changes::One(change) => change.effects(&roles(change), truncates),
            Changes::Several(names) => {
                let several = SeveralOperations::new(names, paths);
                let effect = |path| {
                    if failed {
                        several.attempt(path, truncates)
                    } else {
                        several.effect(path, truncates)
                    }
                };
                paths.iter().map(effect).collect()
            }
        }
    }
}

/// Whether an open with these flags truncates the file; creat(2) does.
fn truncates(context: &CallContext, flags: Option<u64>) -> bool {
    let is_creat = |call: OpenCall| call.flags == OpenFlags::Creat;
    context.class.open_call().is_some_and(is_creat)
        || flags.is_some_and(|flags| context.call.arch.truncates(flags))
}

/// A PATH record that waited.
fn read_path(body: &[u8]) -> Option<Path<'_>> {
    Path::parse(&Record { kind: RecordType::Path, event: b"", body, line: body }).ok()
}

/// Whether the file that was executed is not the program that then ran, but a script for it.
fn is_script(path: Path<'_>, exe: &[u8]) -> bool {
    let name: Vec<_> = path.name.text().bytes().collect();
    let last = |name: &[u8]| name.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec);
    !path.name.is_null() && !name.is_empty() && !exe.is_empty() && last(&name) != last(exe)
}

/// Where the names of a call start.
#[derive(Clone, Copy)]
struct NameBases<'a> {
    descriptors: Descriptors,
    cwd: &'a [u8],
}

impl NameBases<'_> {
    /// Counts a file that changed. One without a name is shown by its descriptor, or as unknown in the
    /// kernel's way: `(null)`.
    fn count(self, path: Path<'_>, effect: &str, sink: &mut Sink, owner: Owner<'_>) {
        let descriptor = self.descriptors.get(effect);
        if path.name.is_null() || path.name.text().is_empty() {
            let name = descriptor.map(|descriptor| format!("[fd {descriptor}]"));
            let name = Text::Plain(name.as_ref().map_or(b"(null)", |name| name.as_bytes()));
            return sink.add_change(owner, effect, (name, Base::AsRecorded, false));
        }
        let base = self.base(descriptor, sink.collect);
        let is_directory = sink.collect.profile_names && path.is_directory();
        sink.add_change(owner, effect, (path.name.text(), base, is_directory));
    }

    fn base(&self, descriptor: Option<i32>, collect: Collect) -> Base<'_> {
        match descriptor.filter(|_| !self.descriptors.is_file) {
            _ if !collect.absolute || self.descriptors.is_queue => Base::AsRecorded,
            Some(descriptor) => Base::Descriptor(descriptor),
            None => Base::WorkingDirectory(self.cwd),
        }
    }
}
