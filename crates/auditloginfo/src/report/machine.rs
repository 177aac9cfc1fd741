//! The report for programs: `tsv` and `jsonl` with one item per line, or one JSON document.

use super::{Format, Item, Layout};
use crate::login_user::LoginUser;
use crate::section::Section;
use crate::tally::{Counts, Tally};
use std::io::{self, Write};
use toolkit::records::{self, Value};

/// The columns of tab-separated values.
pub(super) const COLUMNS: [&str; 5] = ["auid", "kind", "count", "name", "detail"];

/// Writes one item per line: login user id, kind, count, name, detail.
pub(super) fn write_lines(tally: &Tally, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    layout.write_heading(&COLUMNS, out)?;
    for (user, counts) in layout.users(tally) {
        for section in layout.sections() {
            for item in layout.items(section, counts) {
                write_line(user, section, &item, layout, out)?;
            }
        }
    }
    Ok(())
}

fn write_line(
    user: LoginUser,
    section: Section,
    item: &Item<'_>,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    let argv = if section.has_arguments() { item.argv() } else { Vec::new() };
    let (key, name) = name_field(section, item, &argv);
    let detail = Value::Text(&item.detail);
    let values = [
        ("auid", auid_field(user, layout.format)),
        ("kind", Value::Text(section.kind().as_bytes())),
        ("count", Value::Number(item.count)),
        (key, name),
        ("detail", detail),
    ];
    if layout.format == Format::Tsv {
        return records::tsv(
            &values.map(|(_, value)| value),
            layout.escape(),
            layout.line_end(),
            out,
        );
    }
    let has_detail = !item.detail.is_empty();
    records::json(values.get(..4 + usize::from(has_detail)).unwrap_or(&values), out)?;
    out.write_all(&[layout.line_end()])
}

/// The login user id: unknown is `unknown` in tsv and `null` in JSON.
pub(super) fn auid_field(user: LoginUser, format: Format) -> Value<'static> {
    match user {
        LoginUser::Id(auid) => Value::Number(auid.into()),
        LoginUser::Unknown if matches!(format, Format::Text | Format::Tsv) => {
            Value::Text(LoginUser::UNKNOWN.as_bytes())
        }
        LoginUser::Unknown => Value::Null,
    }
}

/// The key and the value of an item's name: the arguments of a command, else a text.
pub(super) fn name_field<'a>(
    section: Section,
    item: &'a Item<'_>,
    argv: &'a [&'a [u8]],
) -> (&'static str, Value<'a>) {
    if section.has_arguments() {
        ("argv", Value::List(argv))
    } else {
        ("name", Value::Text(&item.name))
    }
}

/// Writes one document: `{"auditloginfo":{"reports":[{"auid":7005,"syscalls":[{"count":...`.
pub(super) fn write_document(
    tally: &Tally,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"{\"auditloginfo\":{\"reports\":[")?;
    for (index, (user, counts)) in layout.users(tally).into_iter().enumerate() {
        let auid = user.id().map_or_else(|| "null".to_owned(), |auid| auid.to_string());
        write!(out, "{}\n\t{{\"auid\":{auid}", if index > 0 { "," } else { "" })?;
        for section in layout.sections() {
            write!(out, ",\n\t\"{}\":[", section.key())?;
            write_objects(section, counts, layout, out)?;
            out.write_all(b"]")?;
        }
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]}}\n")
}

fn write_objects(
    section: Section,
    counts: Option<&Counts>,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    for (index, item) in layout.items(section, counts).iter().enumerate() {
        out.write_all(if index > 0 { b",\n\t\t" } else { b"\n\t\t" })?;
        let argv = item.argv();
        let values = [
            ("count", Value::Number(item.count)),
            name_field(section, item, &argv),
            ("detail", Value::Text(&item.detail)),
        ];
        let has_detail = !item.detail.is_empty();
        records::json(values.get(..2 + usize::from(has_detail)).unwrap_or(&values), out)?;
    }
    Ok(())
}
