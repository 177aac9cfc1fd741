//! `--each`: the items of a log one by one, as sentences or as records.
//!
//! ```text
//! 2026-11-22 13:14:51.420 mira as root in /home/mira: executed cat /etc/shadow
//! ```
//!
//! The name of an item comes last in its line, since users choose it.

use super::machine::{auid_field, name_field};
use super::overview::{HOST_NAMES_MAX, host_name};
use super::{Format, Item, Layout, split_detail};
use crate::enriched;
use crate::event::{EventPrinter, ListedEvent};
use crate::login_user::LoginUser;
use crate::section::Section;
use chrono::{DateTime, Local};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::mpsc::SyncSender;
use sysparse::audit::{AUID_UNSET, Stamp, Value as Field};
use toolkit::records::{self, Value};

/// The columns of tab-separated values.
pub(super) const COLUMNS: [&str; 13] = [
    "time", "node", "auid", "euid", "session", "pid", "ppid", "exe", "cwd", "success", "kind",
    "name", "detail",
];

/// Prints the items of events to blocks of bytes, which another thread writes.
pub struct EachPrinter {
    layout: Layout,
    block: Vec<u8>,
    blocks: SyncSender<Vec<u8>>,
    clock: Clock,
    /// Names of users on this host.
    host_names: HashMap<u32, Option<String>>,
    /// The number of items of each section that are printed for each login user, if it is limited.
    printed: HashMap<(LoginUser, u8), usize>,
}

/// The size from which a block is passed on, in bytes.
const BLOCK_SIZE: usize = 1 << 16;

impl EachPrinter {
    /// A printer that sends its blocks to `blocks`. The first one is the heading, if there is one.
    #[must_use]
    pub fn new(layout: &Layout, blocks: SyncSender<Vec<u8>>) -> EachPrinter {
        let mut block = Vec::new();
        // Writing to a vector does not fail.
        let _ = layout.write_heading(&COLUMNS, &mut block);
        EachPrinter {
            layout: layout.clone(),
            block,
            blocks,
            clock: Clock::default(),
            host_names: HashMap::new(),
            printed: HashMap::new(),
        }
    }

    /// Whether one more item of that section is to be printed.
    fn counts(&mut self, user: LoginUser, section: Section) -> bool {
        let Some(top) = self.layout.top else { return true };
        let printed = self.printed.entry((user, section as u8)).or_default();
        *printed += 1;
        *printed <= top
    }

    fn print_item(&mut self, event: &ListedEvent, (section, item): (Section, &[u8])) {
        let has_detail = !section.has_arguments() && section != Section::Programs;
        let (name, detail) = if has_detail { split_detail(item) } else { (item, &[][..]) };
        let item = Item { count: 1, name: Cow::Borrowed(name), detail: Cow::Borrowed(detail) };
        let mut block = std::mem::take(&mut self.block);
        // Writing to a vector does not fail.
        let _ = match self.layout.format {
            Format::Text => self.write_sentence(event, section, &item, &mut block),
            _ => self.write_record(event, section, &item, &mut block),
        };
        self.block = block;
    }

    fn write_record(
        &mut self,
        event: &ListedEvent,
        section: Section,
        item: &Item<'_>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let number = |field: Option<Field<'_>>| field.and_then(Field::id).map(u64::from);
        let number = |field| number(field).map_or(Value::Null, Value::Number);
        let decoded = |field: Option<Field<'_>>| Some(field?.text().bytes().collect::<Vec<_>>());
        let exe = event.field(b"exe").filter(|exe| !exe.is_null());
        let (exe, cwd) = (decoded(exe), event.cwd());
        let argv = if section.has_arguments() { item.argv() } else { Vec::new() };
        let (key, name) = name_field(section, item, &argv);
        let success = event.success().map(|success| if success { "yes" } else { "no" });
        let time = self.clock.time(event.stamp(), RFC_3339);
        let values = [
            Value::Text(time.as_bytes()),
            text(event.node()),
            auid_field(event.user(), self.layout.format),
            number(event.field(b"euid")),
            number(event.field(b"ses")),
            number(event.field(b"pid")),
            number(event.field(b"ppid")),
            text(exe.as_deref()),
            text(cwd.as_deref()),
            text(success.map(str::as_bytes)),
            Value::Text(section.kind().as_bytes()),
            name,
            Value::Text(&item.detail),
        ];
        if self.layout.format == Format::Tsv {
            return records::tsv(&values, self.layout.escape(), self.layout.line_end(), out);
        }
        let keys = COLUMNS.map(|column| if column == "name" { key } else { column });
        let fields: Vec<_> = keys.into_iter().zip(values).collect();
        let shown = fields.len() - usize::from(item.detail.is_empty());
        records::json(fields.get(..shown).unwrap_or(&fields), out)?;
        out.write_all(&[self.layout.line_end()])
    }

    /// `2026-11-22 13:14:51.420 mira as root in /home/mira with /usr/bin/cat: opened /etc/shadow`
    fn write_sentence(
        &mut self,
        event: &ListedEvent,
        section: Section,
        item: &Item<'_>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let escape = self.layout.escape();
        out.write_all(self.clock.time(event.stamp(), LOCAL).as_bytes())?;
        if let Some(node) = event.node() {
            out.write_all(b" ")?;
            escape.write(node, out)?;
        }
        let euid = event.field(b"euid").and_then(Field::id);
        let user = self.user_name(event.user().id(), event, b"AUID=\"");
        out.write_all(b" ")?;
        escape.write(&user, out)?;
        if euid.is_some() && euid != event.user().id() {
            out.write_all(b" as ")?;
            escape.write(&self.user_name(euid, event, b"EUID=\""), out)?;
        }
        if let Some(cwd) = event.cwd() {
            out.write_all(b" in ")?;
            escape.write(&cwd, out)?;
        }
        let is_own_program = matches!(
            section,
            Section::Commands | Section::Privileged | Section::Programs | Section::Sudo
        );
        let exe = event.field(b"exe").filter(|exe| !exe.is_null() && !is_own_program);
        if let Some(exe) = exe {
            out.write_all(b" with ")?;
            escape.write(&exe.text().bytes().collect::<Vec<_>>(), out)?;
        }
        out.write_all(b": ")?;
        self.write_phrase(event, section, item, out)?;
        out.write_all(&[self.layout.line_end()])
    }

    /// `executed cat /etc/shadow`
    fn write_phrase(
        &self,
        event: &ListedEvent,
        section: Section,
        item: &Item<'_>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let escape = self.layout.escape();
        let has_failed = event.success() == Some(false);
        let (done, failed) = phrase(section, &item.detail);
        out.write_all(if has_failed { failed } else { done }.as_bytes())?;
        out.write_all(b" ")?;
        let has_mode = section == Section::Files && !item.detail.is_empty();
        match section {
            Section::Errors | Section::Denials | Section::Addresses => {
                escape.write(&item.detail, out)?;
                let link: &[u8] = match section {
                    Section::Errors => b" for ",
                    Section::Denials => b": ",
                    _ => b" with ",
                };
                out.write_all(link)?;
            }
            _ if has_mode => {
                escape.write(&item.detail, out)?;
                out.write_all(b" ")?;
            }
            _ => {}
        }
        if section.has_arguments() {
            for (index, argument) in item.argv().into_iter().enumerate() {
                out.write_all(if index > 0 { b" " } else { b"" })?;
                escape.write(argument, out)?;
            }
            return Ok(());
        }
        escape.write(&item.name, out)
    }

    /// The name of a user: as auditd wrote it in the record, or, if the log is this host's, as this host
    /// knows it; else the number.
    fn user_name(&mut self, id: Option<u32>, event: &ListedEvent, key: &[u8]) -> Vec<u8> {
        let Some(id) = id else { return LoginUser::UNKNOWN.into() };
        if let Some(name) = enriched::name(event.body(), key) {
            return name.to_vec();
        }
        match id {
            AUID_UNSET => return b"unset".to_vec(),
            0 => return b"root".to_vec(),
            _ => {}
        }
        let may_ask = self.layout.is_own
            && (self.host_names.len() < HOST_NAMES_MAX || self.host_names.contains_key(&id));
        let name = may_ask
            .then(|| self.host_names.entry(id).or_insert_with(|| host_name(id)).clone())
            .flatten();
        name.unwrap_or_else(|| id.to_string()).into_bytes()
    }
}

fn text(text: Option<&[u8]>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

impl EventPrinter for EachPrinter {
    fn print(&mut self, event: &ListedEvent) {
        for (section, item) in event.items() {
            if self.counts(event.user(), section) {
                self.print_item(event, (section, item));
            }
        }
        if self.block.len() >= BLOCK_SIZE {
            self.flush();
        }
    }

    fn flush(&mut self) -> bool {
        // An empty block also shows whether there is a reader.
        self.blocks.send(std::mem::take(&mut self.block)).is_ok()
    }
}

/// What is said of an item before its name, if it succeeded and if it failed.
fn phrase(section: Section, detail: &[u8]) -> (&'static str, &'static str) {
    match section {
        Section::Calls => ("called", "failed to call"),
        Section::Commands => ("executed", "failed to execute"),
        Section::Files => ("opened", "failed to open"),
        Section::Programs => ("made a call with", "made a call that failed with"),
        Section::Changes => change_phrase(detail),
        Section::Addresses => ("called", "failed to"),
        Section::Sudo => ("gave sudo the command", "was refused by sudo:"),
        Section::Privileged => ("executed as root", "failed to execute as root"),
        Section::Errors => ("got", "got"),
        Section::Denials => ("was denied by", "was denied by"),
    }
}

fn change_phrase(effect: &[u8]) -> (&'static str, &'static str) {
    match effect {
        b"created" => ("created", "failed to create"),
        b"removed" => ("removed", "failed to remove"),
        b"moved-from" => ("moved from", "failed to move from"),
        b"moved-to" => ("moved to", "failed to move to"),
        b"truncated" => ("truncated", "failed to truncate"),
        b"linked" => ("linked", "failed to link"),
        b"mounted" => ("mounted", "failed to mount"),
        b"unmounted" => ("unmounted", "failed to unmount"),
        b"mode" => ("changed the mode of", "failed to change the mode of"),
        b"owner" => ("changed the owner of", "failed to change the owner of"),
        b"attributes" => ("changed attributes of", "failed to change attributes of"),
        _ => ("changed", "failed to change"),
    }
}

/// Times in text: `2026-11-22 13:14:51.420`, in the local time zone. `.` stands for the milliseconds.
const LOCAL: (&str, &str) = ("%Y-%m-%d %H:%M:%S", "");

/// Times for programs: `2026-11-22T13:14:51.420+00:00`.
const RFC_3339: (&str, &str) = ("%Y-%m-%dT%H:%M:%S", "%:z");

/// Writes times. Many events happen in the same second.
#[derive(Default)]
struct Clock {
    second: Option<u64>,
    /// What precedes the milliseconds, and what follows them.
    text: (String, String),
}

impl Clock {
    fn time(&mut self, stamp: Stamp, (before, after): (&str, &str)) -> String {
        if self.second.replace(stamp.seconds) != Some(stamp.seconds) {
            let seconds = i64::try_from(stamp.seconds).unwrap_or(i64::MAX);
            let time = DateTime::from_timestamp(seconds, 0).map(|time| time.with_timezone(&Local));
            self.text = time.map_or_else(
                || (stamp.seconds.to_string(), String::new()),
                |time| (time.format(before).to_string(), time.format(after).to_string()),
            );
        }
        format!("{}.{:03}{}", self.text.0, stamp.millis, self.text.1)
    }
}
