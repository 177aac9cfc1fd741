//! Where the records of an event are counted.

use super::facts::Facts;
use super::file::{self, Place};
use super::{command, denial};
use crate::section::{Detail, Section};
use crate::syscall_names;
use crate::tally::{Counts, Names, Tally};
use sysparse::audit::Record;
use sysparse::text::Text;

/// What is counted, and where.
pub(super) struct Counter<'a> {
    pub(super) detail: Detail,
    pub(super) tally: &'a mut Tally,
    /// A buffer for names, used again and again.
    pub(super) scratch: &'a mut Vec<u8>,
}

impl Counter<'_> {
    fn has(&self, section: Section) -> bool {
        self.detail.sections.has(section)
    }

    /// Counts what is in the buffer among the names that `among` picks.
    fn add(&mut self, auid: u32, among: impl FnOnce(&mut Counts) -> &mut Names) {
        among(self.tally.of(auid)).add(self.scratch);
    }

    /// Counts the command of one record, if the record holds all of it. That is asked of commands
    /// that do not count too: their event is complete only then.
    pub(super) fn whole_command(&mut self, facts: &Facts, record: &Record<'_>) -> bool {
        let is_whole = command::whole(record, self.scratch);
        if let Some(auid) = facts.counted.filter(|_| is_whole) {
            self.command(auid, facts);
        }
        is_whole
    }

    /// Counts the command of several records; false if a part of it is missing.
    pub(super) fn joined_command<'r>(
        &mut self,
        auid: u32,
        facts: &Facts,
        records: impl Iterator<Item = Record<'r>>,
    ) -> bool {
        let is_whole = command::joined(records, self.scratch);
        if is_whole.is_some() {
            self.command(auid, facts);
        }
        is_whole != Some(false)
    }

    /// Counts the command of several records, if they are sure to hold all of it.
    pub(super) fn whole_joined<'r>(
        &mut self,
        facts: &Facts,
        records: impl Iterator<Item = Record<'r>> + Clone,
    ) -> bool {
        let is_all = command::is_all(records.clone());
        if let Some(auid) = facts.counted.filter(|_| is_all) {
            self.joined_command(auid, facts, records);
        }
        is_all
    }

    fn command(&mut self, auid: u32, facts: &Facts) {
        if self.has(Section::Commands) {
            self.add(auid, |counts| &mut counts.commands);
        }
        if facts.is_privileged {
            self.add(auid, |counts| &mut counts.privileged);
        }
    }

    /// Counts a file that was opened with `flags`, as far as they are known.
    pub(super) fn file(
        &mut self,
        auid: u32,
        facts: &Facts,
        (name, place): (Text<'_>, Place<'_>),
        flags: Option<u64>,
    ) {
        if !self.has(Section::Files) {
            return;
        }
        if let (Text::Plain(name), Place::AsWritten, false) = (name, place, self.detail.modes) {
            return self.tally.of(auid).files.add(name);
        }
        file::put(name, place, self.scratch);
        if self.detail.modes {
            self.scratch.push(0);
            if let Some(flags) = flags {
                facts.call.arch.append_mode(flags, self.scratch);
            }
        }
        self.add(auid, |counts| &mut counts.files);
    }

    /// Counts a call that failed on a file.
    pub(super) fn failure(
        &mut self,
        auid: u32,
        facts: &Facts,
        error: i64,
        (name, place): (Text<'_>, Place<'_>),
    ) {
        file::put(name, place, self.scratch);
        self.scratch.push(0);
        self.scratch
            .extend_from_slice(syscall_names::error_name(facts.call.arch, error).as_bytes());
        self.add(auid, |counts| &mut counts.errors);
    }

    /// Counts a call that failed, but on no file: under its own name.
    pub(super) fn failed_call(&mut self, auid: u32, facts: &Facts, error: i64) {
        let name = facts.call.name();
        self.failure(auid, facts, error, (Text::Plain(name.as_bytes()), Place::AsWritten));
    }

    /// Puts what a record tells of a refusal into the buffer; false if it tells of none, or if
    /// nobody asks.
    pub(super) fn denial_in(&mut self, record: &Record<'_>) -> bool {
        self.has(Section::Denials) && denial::put(record, self.scratch)
    }

    /// Counts what a record tells of a refusal for whoever made the call.
    pub(super) fn denied(&mut self, auid: Option<u32>, record: &Record<'_>) {
        if let Some(auid) = auid.filter(|_| self.denial_in(record)) {
            self.tally.of(auid).denials.add(self.scratch);
        }
    }

    pub(super) fn denials(&mut self, auid: u32, denials: &[Box<[u8]>]) {
        for denial in denials {
            self.tally.of(auid).denials.add(denial);
        }
    }
}
