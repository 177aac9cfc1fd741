//! The sections of a report, and how closely their items are looked at.

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
    /// Commands executed as root by somebody who is not.
    Privileged,
    /// Calls that failed, by error.
    Errors,
    /// What access controls refused.
    Denials,
}

impl Section {
    /// Every section in the order of a report.
    pub const ALL: [Section; 6] = [
        Section::Calls,
        Section::Commands,
        Section::Files,
        Section::Privileged,
        Section::Errors,
        Section::Denials,
    ];
}

impl Section {
    /// What one item of the section is called in machine output.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Section::Calls => "syscall",
            Section::Commands => "command",
            Section::Files => "file",
            Section::Privileged => "privileged",
            Section::Errors => "error",
            Section::Denials => "denial",
        }
    }

    /// What the section is called in a JSON document.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Section::Calls => "syscalls",
            Section::Commands => "commands",
            Section::Files => "files",
            Section::Privileged => "privileged",
            Section::Errors => "errors",
            Section::Denials => "denials",
        }
    }

    /// Whether its items are commands, with arguments.
    #[must_use]
    pub fn has_arguments(self) -> bool {
        matches!(self, Section::Commands | Section::Privileged)
    }
}

/// A set of sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sections(u8);

impl Sections {
    /// The sections of the original command.
    pub const ORIGINAL: Sections =
        Sections::EMPTY.with(Section::Calls).with(Section::Commands).with(Section::Files);

    /// No section.
    pub const EMPTY: Sections = Sections(0);

    /// These sections and one more.
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

/// What is counted, and how closely.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// The sections to count for.
    pub sections: Sections,
    /// Relative file names are joined with the working directory.
    pub absolute: bool,
    /// Files are told apart by how they were opened.
    pub modes: bool,
    /// Events of every type count, with their times and what ran as root.
    pub overview: bool,
}

impl Detail {
    /// Whether any record but that of the call itself is of use.
    #[must_use]
    pub fn needs_parts(&self) -> bool {
        [Section::Commands, Section::Files, Section::Privileged, Section::Errors]
            .iter()
            .any(|section| self.sections.has(*section))
    }

    /// Whether more is read of a call than who made it and which one it is.
    #[must_use]
    #[inline]
    pub fn is_close(&self) -> bool {
        let closer = [Section::Privileged, Section::Errors];
        self.absolute || self.modes || closer.iter().any(|section| self.sections.has(*section))
    }

    /// The types of which records are of use, each as the bit of its number in [`RecordType`].
    #[must_use]
    pub fn useful(&self) -> u32 {
        let reads = |kind: &RecordType| match kind {
            RecordType::Syscall => true,
            RecordType::Detail => false,
            RecordType::Path | RecordType::Execve | RecordType::Uringop => self.needs_parts(),
            RecordType::Cwd => self.absolute,
            RecordType::Openat2 => self.modes,
            RecordType::Seccomp
            | RecordType::Avc
            | RecordType::UserAvc
            | RecordType::Landlock
            | RecordType::Other => self.needs_others(),
        };
        RecordType::ALL.into_iter().filter(reads).fold(0, |bits, kind| bits | 1 << kind as u32)
    }

    /// Whether records that are no part of a call are of use, so that an event is not over with its
    /// call.
    #[must_use]
    pub fn needs_others(&self) -> bool {
        self.overview || self.sections.has(Section::Denials)
    }
}
