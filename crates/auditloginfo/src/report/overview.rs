//! The overview: one line for each login user.

use super::machine::auid_field;
use super::{Format, Layout};
use crate::login_user::LoginUser;
use crate::tally::{Counts, EventTime, Tally};
use chrono::{DateTime, Local};
use nix::unistd::{Uid, User};
use std::io::{self, Write};
use sysparse::audit::AUID_UNSET;
use tabwriter::TabWriter;
use toolkit::escape::Escape;
use toolkit::records::{self, Value};

/// The columns: headings in text, keys in JSON.
pub(super) const COLUMNS: [&str; 9] =
    ["auid", "user", "events", "calls", "commands", "files", "as_root", "first", "last"];

pub(super) fn write(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    match layout.format {
        Format::Text => write_text(tally, layout, out),
        Format::Tsv => {
            layout.write_heading(&COLUMNS, out)?;
            write_rows(tally, layout, RFC_3339, |row| {
                records::tsv(&row.values(), layout.escape(), layout.line_end(), out)
            })
        }
        Format::Jsonl => write_rows(tally, layout, RFC_3339, |row| {
            records::json(&row.fields(), out)?;
            out.write_all(&[layout.line_end()])
        }),
        _ => write_document(tally, layout, out),
    }
}

/// One line of the overview.
struct Row {
    auid: Value<'static>,
    user: Vec<u8>,
    counts: [u64; 5],
    first: String,
    last: String,
}

impl Row {
    fn new(auid: Value<'static>, counts: &Counts, user: Vec<u8>, format: &str) -> Row {
        let time =
            |time: Option<EventTime>| time.map(|time| local_time(time, format)).unwrap_or_default();
        let calls = counts.calls.total();
        let (commands, files) = (counts.commands.total(), counts.files.total());
        Row {
            auid,
            user,
            counts: [counts.events, calls, commands, files, counts.as_root],
            first: time(counts.span.map(|(first, _)| first)),
            last: time(counts.span.map(|(_, last)| last)),
        }
    }

    fn values(&self) -> [Value<'_>; 9] {
        let [events, calls, commands, files, as_root] = self.counts.map(Value::Number);
        let user = Value::Text(&self.user);
        let [first, last] = [&self.first, &self.last].map(|text| Value::Text(text.as_bytes()));
        [self.auid, user, events, calls, commands, files, as_root, first, last]
    }

    fn fields(&self) -> Vec<(&'static str, Value<'_>)> {
        COLUMNS.into_iter().zip(self.values()).collect()
    }
}

fn write_rows(
    tally: &Tally,
    layout: &Layout,
    time_format: &str,
    mut write: impl FnMut(Row) -> io::Result<()>,
) -> io::Result<()> {
    let mut row = |(number, (user, counts))| {
        let asks_host = layout.is_own && number < HOST_NAMES_MAX;
        let (auid, name) = (auid_field(user, layout.format), user_name(user, tally, asks_host));
        write(Row::new(auid, counts, name, time_format))
    };
    tally.users().into_iter().enumerate().try_for_each(&mut row)
}

/// Aligns the columns. Lines have no trailing blanks.
fn write_text(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    let mut table = TabWriter::new(Vec::new()).minwidth(0).padding(2);
    let headings = COLUMNS.map(|heading| heading.to_uppercase().replace('_', "-"));
    writeln!(table, "{}", headings.join("\t"))?;
    write_rows(tally, layout, LOCAL, |mut row| {
        let mut user = Vec::new();
        layout.escape().write(&row.user, &mut user)?;
        row.user = user;
        // What is left to escape are the tabs and newlines of a name that is printed as it is.
        records::tsv(&row.values(), Escape::Raw, b'\n', &mut table)
    })?;
    let bytes = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    for line in sysparse::text::lines(&bytes) {
        out.write_all(line)?;
        out.write_all(&[layout.line_end()])?;
    }
    Ok(())
}

fn write_document(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{\"auditloginfo\":{\"users\":[")?;
    let mut separator: &[u8] = b"\n\t";
    write_rows(tally, layout, RFC_3339, |row| {
        out.write_all(std::mem::replace(&mut separator, b",\n\t"))?;
        records::json(&row.fields(), out)
    })?;
    out.write_all(b"\n]}}\n")
}

/// The number of login users whose names this host is asked for, at most: a directory service can take
/// long to answer. The others are shown by their numbers.
pub(super) const HOST_NAMES_MAX: usize = 1_000;

/// The name of the user in the logs, or on this host if it may be asked; otherwise the number. On every
/// host, 0 is root.
fn user_name(user: LoginUser, tally: &Tally, asks_host: bool) -> Vec<u8> {
    let LoginUser::Id(auid) = user else { return LoginUser::UNKNOWN.into() };
    let logged = tally.name(auid).map(<[u8]>::to_vec);
    logged.unwrap_or_else(|| match auid {
        AUID_UNSET => b"unset".to_vec(),
        0 => b"root".to_vec(),
        _ => {
            let user = asks_host.then(|| host_name(auid)).flatten();
            user.unwrap_or_else(|| auid.to_string()).into_bytes()
        }
    })
}

/// The name of the user on this host.
pub(super) fn host_name(auid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(auid)).ok().flatten().map(|user| user.name)
}

/// Times in text: `2026-11-22 13:14:51`, in the local time zone.
const LOCAL: &str = "%Y-%m-%d %H:%M:%S";

/// Times for programs, with the time zone: `2026-11-22T13:14:51+00:00`.
const RFC_3339: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// Formats a time in the local time zone.
pub(super) fn local_time(time: EventTime, format: &str) -> String {
    let seconds = i64::try_from(time.seconds()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).map_or_else(
        || time.seconds().to_string(),
        |time| time.with_timezone(&Local).format(format).to_string(),
    )
}
