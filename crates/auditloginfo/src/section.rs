//! The sections of a report, and what to collect from each event for them.
//!
//! ```
//! use auditloginfo::section::{Collect, Section, Sections};
//!
//! let collect = Collect { sections: Sections::EMPTY.with(Section::Files), ..Collect::default() };
//! assert!(collect.needs_dependent_records());
//! assert!(!collect.needs_standalone_records());
//! ```

use sysparse::audit::RecordType;

/// A section of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// System calls made.
    Calls,
    /// Commands executed.
    Commands,
    /// Files opened.
    Files,
    /// Programs that made calls.
    Programs,
    /// Files changed.
    Changes,
    /// Socket addresses used.
    Addresses,
    /// Commands given to sudo(8).
    Sudo,
    /// Commands executed as root by other login users.
    Privileged,
    /// Errors that calls returned.
    Errors,
    /// Accesses that SELinux, AppArmor, Smack, IPE, seccomp, Landlock or fanotify denied.
    Denials,
}

impl Section {
    /// All sections in the order of a report.
    pub const ALL: [Section; 10] = [
        Section::Calls,
        Section::Commands,
        Section::Files,
        Section::Programs,
        Section::Changes,
        Section::Addresses,
        Section::Sudo,
        Section::Privileged,
        Section::Errors,
        Section::Denials,
    ];

    /// The kind of an item of the section, in tsv and jsonl.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Section::Calls => "syscall",
            Section::Commands => "command",
            Section::Files => "file",
            Section::Programs => "program",
            Section::Changes => "change",
            Section::Addresses => "address",
            Section::Sudo => "sudo",
            Section::Privileged => "privileged",
            Section::Errors => "error",
            Section::Denials => "denial",
        }
    }

    /// The key of the section in a JSON document.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Section::Calls => "syscalls",
            Section::Commands => "commands",
            Section::Files => "files",
            Section::Programs => "programs",
            Section::Changes => "changes",
            Section::Addresses => "addresses",
            Section::Sudo => "sudo",
            Section::Privileged => "privileged",
            Section::Errors => "errors",
            Section::Denials => "denials",
        }
    }

    /// Whether the items of the section are commands with arguments.
    #[must_use]
    pub fn has_arguments(self) -> bool {
        matches!(self, Section::Commands | Section::Privileged)
    }
}

/// A set of sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sections(u16);

impl Sections {
    /// The empty set.
    pub const EMPTY: Sections = Sections(0);

    /// The sections of the original command.
    pub const ORIGINAL: Sections =
        Sections::EMPTY.with(Section::Calls).with(Section::Commands).with(Section::Files);

    /// All sections.
    pub const ALL: Sections = Sections((1 << Section::ALL.len()) - 1);

    /// The set with one more section.
    #[must_use]
    pub const fn with(self, section: Section) -> Sections {
        Sections(self.0 | 1 << section as u8)
    }

    /// Whether the section is in the set.
    #[must_use]
    pub const fn has(self, section: Section) -> bool {
        self.0 & 1 << section as u8 != 0
    }
}

/// What to collect from each event.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each one is an option of its own")]
pub struct Collect {
    /// The sections to count items for.
    pub sections: Sections,
    /// Whether relative file names are joined with the working directory.
    pub absolute: bool,
    /// Whether files are listed by how they were opened.
    pub modes: bool,
    /// Whether only calls that failed are counted, so that changes are those that failed.
    pub failed: bool,
    /// Whether events of every type are counted, with their times and the effective user.
    pub overview: bool,
    /// Whether record types and hosts are counted.
    pub contents: bool,
    /// Whether calls count that a seccomp filter let through and logged.
    pub logged_calls: bool,
    /// Whether it is for a profile of AppArmor: denials count by the rules that allow them, and what is
    /// executed counts as a change.
    pub apparmor: bool,
    /// Whether files count as a profile names them: a directory with a slash at its end, and a file
    /// without a name by its directory.
    pub profile_names: bool,
    /// Whether the address families of new sockets are collected.
    pub socket_families: bool,
    /// Whether items are listed one by one instead of counted.
    pub each: bool,
}

impl Collect {
    /// Whether records are read that depend on the SYSCALL record of their event.
    #[must_use]
    pub fn needs_dependent_records(self) -> bool {
        let sections = [Section::Commands, Section::Files, Section::Privileged, Section::Errors];
        sections.iter().any(|section| self.sections.has(*section)) || self.needs_effects()
    }

    /// Whether a call on which no records depend is needed for more than its count.
    #[must_use]
    pub fn needs_single_calls(self) -> bool {
        let sections = [Section::Addresses, Section::Errors];
        let has_section = sections.iter().any(|section| self.sections.has(*section));
        has_section || self.each || self.needs_standalone_records()
    }

    /// Whether it counts what calls changed, or their socket addresses.
    #[must_use]
    #[inline]
    pub fn needs_effects(self) -> bool {
        self.sections.has(Section::Changes) || self.sections.has(Section::Addresses)
    }

    /// Whether it depends on the flags with which a file is opened.
    #[must_use]
    pub fn needs_flags(self) -> bool {
        self.modes || self.sections.has(Section::Changes)
    }

    /// Whether records are read that can be events of their own. An event is then not over when
    /// its call is complete.
    #[must_use]
    pub fn needs_standalone_records(self) -> bool {
        self.overview || self.sections.has(Section::Denials)
    }

    /// Whether more is read from a SYSCALL record than the call, its result and its login user.
    #[must_use]
    #[inline]
    pub fn needs_call_details(self) -> bool {
        let sections = [Section::Privileged, Section::Errors, Section::Changes];
        self.absolute || self.modes || sections.iter().any(|section| self.sections.has(*section))
    }

    /// Whether records of that type are read.
    #[must_use]
    pub fn needs_type(self, record_type: RecordType) -> bool {
        match record_type {
            RecordType::Syscall => true,
            RecordType::Detail => false,
            RecordType::Path | RecordType::Execve | RecordType::Uringop => {
                self.needs_dependent_records()
            }
            RecordType::Cwd => self.absolute || self.each,
            RecordType::Openat2 => self.needs_flags(),
            RecordType::Sockaddr => self.sections.has(Section::Addresses),
            RecordType::UserCmd => {
                self.needs_standalone_records() || self.sections.has(Section::Sudo)
            }
            RecordType::Seccomp => self.logged_calls || self.needs_standalone_records(),
            RecordType::Avc
            | RecordType::UserAvc
            | RecordType::ApparmorAllowed
            | RecordType::ApparmorDenied
            | RecordType::Landlock
            | RecordType::Ipe
            | RecordType::SelinuxErr
            | RecordType::Fanotify
            | RecordType::Other => self.needs_standalone_records(),
        }
    }
}
