//! Where the records of an event are counted.

use super::call_context::CallContext;
use super::event_id::{EventId, Owner};
use super::listed_events::{EventPrinter, ListedEvents};
use super::rare_state::PackedBytes;
use crate::enriched;
use crate::found::AffectedEvents;
use crate::item::command::{self, Arguments};
use crate::item::file::{self, Base, UNNAMED};
use crate::item::{address, denial, sudo};
use crate::login_user::LoginUser;
use crate::section::{Collect, Section};
use crate::socket_call;
use crate::syscall_names::{self, Syscall};
use crate::tally::{EventTime, Tally};
use sysparse::audit::{self, Record};
use sysparse::sockaddr::ByteOrder;
use sysparse::text::Text;

/// Counts what is collected, or lists it one by one.
pub struct Sink {
    pub(crate) collect: Collect,
    /// The counts.
    pub tally: Tally,
    /// The events whose items are listed one by one, if that was asked for.
    pub(super) listed: Option<Box<ListedEvents>>,
    /// Whether the name of a file counts as it is in its record.
    counts_plain_names: bool,
    /// Whether more is counted for a call than the call itself and its event.
    has_rare_details: bool,
    /// A buffer for names.
    buffer: Vec<u8>,
}

impl Sink {
    /// A sink with an empty tally.
    #[must_use]
    pub fn new(collect: Collect) -> Sink {
        Sink {
            collect,
            tally: Tally::default(),
            listed: collect.each.then(Box::default),
            has_rare_details: collect.socket_families || collect.sections.has(Section::Programs),
            counts_plain_names: !collect.modes && !collect.each,
            buffer: Vec::new(),
        }
    }

    /// Sets where items are listed one by one. Without it they are kept for [`EventAssembler::add_part`].
    ///
    /// [`EventAssembler::add_part`]: super::EventAssembler::add_part
    pub fn set_printer(&mut self, printer: Box<dyn EventPrinter>) {
        if let Some(listed) = &mut self.listed {
            listed.set_printer(printer);
        }
    }

    /// Whether items are listed one by one.
    #[must_use]
    #[inline]
    pub fn is_listing(&self) -> bool {
        self.listed.is_some()
    }

    /// Events of which something was listed apart from the rest, so far.
    #[must_use]
    pub fn listed_in_parts(&self) -> AffectedEvents {
        self.listed.as_ref().map(|listed| listed.in_parts()).unwrap_or_default()
    }

    /// Whether there is nobody to read what is listed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.listed.as_ref().is_some_and(|listed| listed.is_closed())
    }

    #[inline]
    pub(super) fn has(&self, section: Section) -> bool {
        self.collect.sections.has(section)
    }

    /// Counts the call of a SYSCALL record.
    #[inline]
    pub(super) fn add_call(
        &mut self,
        user: LoginUser,
        call: Syscall,
        record: &Record<'_>,
        parsed: &audit::SyscallRecord<'_>,
    ) {
        let counts = self.tally.counts_mut(user);
        counts.calls.add(call);
        if self.collect.overview {
            counts.add_event(EventTime::parse(record.event));
            counts.as_root += u64::from(parsed.euid() == Some(0));
            self.add_name(user, record);
        }
        if self.has_rare_details {
            self.add_rare_details(user, call, parsed);
        }
    }

    /// Counts the program that made a call, and the family of the socket that it created.
    #[inline(never)]
    fn add_rare_details(
        &mut self,
        user: LoginUser,
        call: Syscall,
        parsed: &audit::SyscallRecord<'_>,
    ) {
        if self.has(Section::Programs) && self.listed.is_none() {
            self.add_program(Owner { user, id: &EventId::default() }, parsed);
        }
        if self.collect.socket_families && socket_call::creates_socket(call) {
            // The register holds an int; the upper half is not defined.
            let family = parsed.argument(0).map(|number| (number & 0xffff_ffff) as u32);
            self.tally.counts_mut(user).socket_families.add(family);
        }
    }

    /// Counts a call that a SECCOMP record holds, which has no arguments.
    pub(super) fn add_logged_call(&mut self, user: LoginUser, call: Syscall) {
        let counts = self.tally.counts_mut(user);
        counts.calls.add(call);
        if socket_call::creates_socket(call) {
            counts.socket_families.add(None);
        }
    }

    /// Lists the call of a SYSCALL record at `place`, and the program that made it.
    #[inline(never)]
    pub(super) fn list_call(
        &mut self,
        owner: Owner<'_>,
        call: Syscall,
        (place, record): (u64, &Record<'_>),
        parsed: &audit::SyscallRecord<'_>,
    ) {
        let Some(listed) = &mut self.listed else { return };
        listed.begin(owner, place, record);
        if self.has(Section::Calls) {
            self.buffer.clear();
            self.buffer.extend_from_slice(call.name().as_bytes());
            self.buffer.push(0);
            self.buffer.extend_from_slice(call.arch_name().as_bytes());
            self.count_buffer(owner, Section::Calls);
        }
        if self.has(Section::Programs) {
            self.add_program(owner, parsed);
        }
    }

    /// Begins to list the event of another record that can say who acted, with the working directory if
    /// that came before.
    pub(super) fn list_standalone(
        &mut self,
        owner: Owner<'_>,
        (place, cwd): (u64, Option<&[u8]>),
        record: &Record<'_>,
    ) {
        if let Some(listed) = &mut self.listed {
            listed.begin(owner, place, record);
            if let Some(cwd) = cwd {
                listed.set_cwd(*owner.id, |own| own.extend_from_slice(cwd));
            }
        }
    }

    /// Counts the program that made a call; for a thread of the kernel, which has none, this is
    /// `(null)`.
    #[inline(never)]
    fn add_program(&mut self, owner: Owner<'_>, call: &audit::SyscallRecord<'_>) {
        let Some(exe) = call.exe() else { return };
        if let (Text::Plain(exe), None) = (exe.text(), &self.listed) {
            return self.tally.counts_mut(owner.user).programs.add(exe);
        }
        self.buffer.clear();
        exe.text().append_to(&mut self.buffer);
        self.count_buffer(owner, Section::Programs);
    }

    /// Counts the command that a `USER_CMD` record says was given to sudo. Returns false if the end of
    /// that record is missing.
    pub(super) fn add_sudo(&mut self, owner: Owner<'_>, place: u64, record: &Record<'_>) -> bool {
        if !self.has(Section::Sudo) || !sudo::write(record, &mut self.buffer) {
            return true;
        }
        self.list_standalone(owner, (place, None), record);
        self.count_buffer(owner, Section::Sudo);
        sudo::succeeded(record).is_some()
    }

    /// Counts a file that a call changed in that way. A file without a name has that of its descriptor.
    pub(super) fn add_change(
        &mut self,
        owner: Owner<'_>,
        effect: &str,
        (name, base, is_directory): (Text<'_>, Base<'_>, bool),
    ) {
        file::write(name, base, &mut self.buffer);
        if is_directory {
            file::end_with_slash(&mut self.buffer);
        }
        self.buffer.push(0);
        self.buffer.extend_from_slice(effect.as_bytes());
        self.count_buffer(owner, Section::Changes);
    }

    /// Counts the socket address of the call of that name.
    pub(super) fn add_address(
        &mut self,
        owner: Owner<'_>,
        call: &str,
        (bytes, order): (&[u8], ByteOrder),
    ) {
        address::write(bytes, order, &mut self.buffer);
        self.buffer.push(0);
        self.buffer.extend_from_slice(call.as_bytes());
        self.count_buffer(owner, Section::Addresses);
    }

    /// Adds the login user's name, if the record has it and the report may show it.
    #[inline]
    pub(super) fn add_name(&mut self, user: LoginUser, record: &Record<'_>) {
        let LoginUser::Id(auid) = user else { return };
        if let Some(name) = enriched::login_name(record.line).filter(|_| self.collect.overview) {
            self.tally.add_name(auid, record.stamp(), name);
        }
    }

    /// Counts the name in the buffer, or lists it.
    #[inline]
    fn count_buffer(&mut self, owner: Owner<'_>, section: Section) {
        let counts = self.tally.counts_mut(owner.user);
        if let Some(listed) = &mut self.listed {
            counts.listed += 1;
            listed.add(owner, section, &self.buffer);
        } else if let Some(names) = counts.names_mut(section) {
            names.add(&self.buffer);
        }
    }

    /// Counts the command of a record that holds all of it. Returns whether it does, also for an
    /// event that does not count.
    pub(super) fn add_whole_command(
        &mut self,
        (id, context): (&EventId, &CallContext),
        record: &Record<'_>,
        exe: &[u8],
    ) -> bool {
        let is_whole = command::write_if_whole(record, exe, &mut self.buffer);
        if let Some(user) = context.user.filter(|_| is_whole) {
            self.count_command(Owner { user, id }, context);
        }
        is_whole
    }

    /// Counts a command of several records. Returns whether none of its arguments is missing.
    pub(super) fn add_command(
        &mut self,
        (id, context): (&EventId, &CallContext),
        arguments: &Arguments,
        exe: &[u8],
    ) -> bool {
        let Some(user) = context.user.filter(|_| !arguments.is_empty()) else { return true };
        let is_whole = arguments.write(exe, &mut self.buffer);
        self.count_command(Owner { user, id }, context);
        is_whole
    }

    fn count_command(&mut self, owner: Owner<'_>, context: &CallContext) {
        if self.has(Section::Commands) {
            self.count_buffer(owner, Section::Commands);
        }
        if context.is_privileged {
            self.count_buffer(owner, Section::Privileged);
        }
    }

    /// Counts a file that was opened with `flags`, if they are known. `is_directory` matters for a
    /// profile only.
    pub(super) fn add_file(
        &mut self,
        owner: Owner<'_>,
        context: &CallContext,
        (name, base, is_directory): (Text<'_>, Base<'_>, bool),
        flags: Option<u64>,
    ) {
        if !self.has(Section::Files) {
            return;
        }
        if let (Text::Plain(name), Base::AsRecorded, true) = (name, base, self.counts_plain_names) {
            return self.tally.counts_mut(owner.user).files.add(name);
        }
        let arch = context.call.arch;
        file::write(name, base, &mut self.buffer);
        let is_unnamed =
            self.collect.profile_names && flags.is_some_and(|flags| arch.creates_unnamed(flags));
        if is_directory || is_unnamed {
            file::end_with_slash(&mut self.buffer);
        }
        if self.collect.modes {
            self.buffer.push(0);
            if let Some(flags) = flags {
                arch.append_mode(flags, &mut self.buffer);
            }
            if is_unnamed {
                self.buffer.push(UNNAMED);
            }
        }
        self.count_buffer(owner, Section::Files);
    }

    /// Writes the name of a file to the buffer, and returns it.
    pub(super) fn write_name(&mut self, (name, base): (Text<'_>, Base<'_>)) -> &[u8] {
        file::write(name, base, &mut self.buffer);
        &self.buffer
    }

    /// Counts an error under the name in the buffer.
    pub(super) fn count_error(&mut self, owner: Owner<'_>, call: Syscall, error: i64) {
        self.buffer.push(0);
        self.buffer.extend_from_slice(syscall_names::error_name(call.arch, error).as_bytes());
        self.count_buffer(owner, Section::Errors);
    }

    /// Counts an error under the name of the call.
    pub(super) fn add_call_error(&mut self, owner: Owner<'_>, call: Syscall, error: i64) {
        self.write_name((Text::Plain(call.name().as_bytes()), Base::AsRecorded));
        self.count_error(owner, call, error);
    }

    /// Describes the denial in a record; `None` if the record holds none or denials are not collected.
    pub(super) fn describe_denial(&mut self, record: &Record<'_>) -> Option<&[u8]> {
        let write = if self.collect.apparmor { denial::rule::write } else { denial::write };
        let is_denial = self.has(Section::Denials) && write(record, &mut self.buffer);
        is_denial.then_some(&self.buffer)
    }

    /// Counts the denial in a record, if it holds one, for the login user of the call.
    pub(super) fn add_late_denial(
        &mut self,
        id: &EventId,
        user: Option<LoginUser>,
        record: &Record<'_>,
    ) {
        if let Some(user) = user.filter(|_| self.describe_denial(record).is_some()) {
            self.count_buffer(Owner { user, id }, Section::Denials);
        }
    }

    pub(super) fn add_denials(&mut self, owner: Owner<'_>, denials: &PackedBytes) {
        for denial in denials.iter() {
            self.buffer.clear();
            self.buffer.extend_from_slice(denial);
            self.count_buffer(owner, Section::Denials);
        }
    }
}
