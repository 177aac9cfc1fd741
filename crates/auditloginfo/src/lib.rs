//! Reports from Linux audit logs what a login user did: system calls made, commands executed and
//! files opened, each with its count.
//!
//! One run is one straight line. The command line becomes [`args::Args`]. [`scan`] finds the records
//! in the logs, [`event`] assembles them into events, [`filter`] selects events, [`tally`] counts,
//! and [`report`] prints.

#![forbid(unsafe_code)]
#![allow(
    clippy::inline_always,
    reason = "the functions between a line and its count: docs/performance.md has what this gains"
)]

pub mod args;
mod call_class;
mod change;
pub mod contents;
mod enriched;
pub mod error;
pub mod event;
pub mod file_kind;
pub mod filter;
pub mod found;
mod item;
mod journal_text;
pub mod login_user;
pub mod logs;
mod manual;
pub mod report;
pub mod scan;
pub mod section;
mod socket_call;
pub mod syscall_names;
pub mod tally;
mod times;
pub mod trust;

use args::{Args, COMMAND, host_user};
use error::Error;
use found::Found;
use report::{EachPrinter, Layout};
use scan::Chunking;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use tally::Tally;
use toolkit::cli;
use toolkit::escape::escape_control;

use toolkit::messages::Messages;

/// The exit status for a command line that is wrong.
const USAGE: u8 = 2;

/// Everything that the logs hold, read without a filter when it is first asked for; `None` if they cannot
/// be read twice.
type LazyContents<'a> = LazyCell<Option<Found>, Box<dyn FnOnce() -> Option<Found> + 'a>>;

/// Reports the names of users that nothing knows. Returns whether there are any. `tally` is what was
/// counted: if that is nothing, no record that passed the other filters had the name of an effective user,
/// and `is_effective_user` says whether any record has.
fn report_unknown_users(
    args: &Args,
    tally: &Tally,
    sees_all_names: bool,
    is_effective_user: impl Fn(&[u8]) -> bool,
    messages: &mut Messages<impl Write>,
) -> bool {
    let mut foreign: Vec<_> = args.foreign_user_names().iter().collect();
    foreign.retain(|name| tally.users().is_empty() && !is_effective_user(name));
    for name in &foreign {
        messages.warn(format_args!(
            "no event of the effective user {}: this host does not know the name, and no event that \
             matches the other filters has it; give the number",
            escape_control(name)
        ));
    }
    for name in args.unresolved_user_names() {
        let reason = if sees_all_names {
            "neither the logs nor this host know the name"
        } else {
            "this host does not know the name, and no event that matches the filters has it"
        };
        messages.warn(format_args!("no user {}: {reason}; give the number", escape_control(name)));
    }
    !foreign.is_empty() || args.has_user_names()
}

/// Resolves the names of login users: by the names in `tally`, by those of events that did not count, and
/// only then by the users of this host. Returns whether all names in the logs were seen.
fn resolve(
    args: &mut Args,
    tally: &Tally,
    contents: &LazyContents<'_>,
    messages: &mut Messages<impl Write>,
) -> bool {
    resolve_by_logs(args, tally, messages);
    let mut sees_all_names = true;
    if args.has_user_names() && args.query().filter.has_condition() {
        match &**contents {
            Some(contents) => resolve_by_logs(args, &contents.tally, messages),
            None => sees_all_names = false,
        }
    }
    args.resolve_user_names(|name| {
        let users = host_user(name);
        for user in users.iter().filter(|_| !sees_all_names) {
            messages.warn(format_args!(
                "{} is AUID {user} by this host, because no event that matches the filters has the name; \
                 if the logs are of another host, give the number",
                escape_control(name)
            ));
        }
        users
    });
    sees_all_names
}

/// How many names of one login user a message lists.
const LISTED_NAMES_MAX: usize = 8;

/// Resolves the names of login users by those in the logs. Where one of these users has several names,
/// as on several hosts, this is reported.
fn resolve_by_logs(args: &mut Args, tally: &Tally, messages: &mut Messages<impl Write>) {
    let mut found = BTreeSet::new();
    args.resolve_user_names(|name| {
        let users: Vec<_> = tally.users_named(name).collect();
        found.extend(&users);
        users
    });
    for auid in found {
        let names: Vec<_> = tally.names(auid).take(LISTED_NAMES_MAX).map(escape_control).collect();
        if names.len() > 1 {
            messages.warn(format_args!(
                "the logs give AUID {auid} the names {}; the report covers all of them; --node selects a host",
                names.join(" and ")
            ));
        }
    }
}

/// Blocks of output that wait to be written, at most.
const WAITING_BLOCKS: usize = 2;

/// Lists the items of the logs one by one while they are read.
fn list(
    logs: &[PathBuf],
    args: &mut Args,
    layout: &Layout,
    contents: &LazyContents<'_>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<Found, Error> {
    // The names of users are known at the end of the logs, too late for their events.
    if args.has_user_names() {
        if let Some(contents) = &**contents {
            resolve_by_logs(args, &contents.tally, messages);
            args.resolve_user_names(host_user);
            if args.has_user_names() {
                return Ok(Found::default());
            }
        }
    }
    let query = args.query_by_name(host_user);
    let (sender, blocks) = mpsc::sync_channel(WAITING_BLOCKS);
    let printer = Box::new(EachPrinter::new(layout, sender));
    thread::scope(|scope| {
        let read = || scan::list(logs, &query, Chunking::default(), printer);
        let reader = thread::Builder::new().spawn_scoped(scope, read).map_err(Error::Thread)?;
        for block in blocks {
            out.write_all(&block)?;
        }
        reader.join().map_err(|_| io::Error::other("the thread that reads the logs failed").into())
    })
}

/// Whether the logs can be read twice: files can. What cannot be read at all makes no difference.
fn can_be_reread(logs: &[PathBuf]) -> bool {
    let is_missing = |log: &PathBuf| log.as_os_str() != "-" && !log.exists();
    logs.iter().all(|log| log.is_file() || log.is_dir() || is_missing(log))
}

/// Runs the command with `words`, the arguments after its name. Returns the exit status: 2 if nothing
/// knows the name of a user that was given; 1 if some input could not be read or is not an audit log,
/// or if there is no profile to print; else 0.
///
/// # Errors
/// The command line is invalid, or the report cannot be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let Some(mut args) = cli::parse(&COMMAND, words)?.args_or_print(out)? else { return Ok(0) };
    let logs = args.logs().resolve();
    let chunking = scan::Chunking::default();
    logs.notes.iter().for_each(|note| messages.warn(note));
    let is_own = logs.paths.iter().all(|log| logs::is_in_place(log));
    if is_own {
        args.resolve_user_names(host_user);
    }
    let query = args.query();
    let layout = Layout { is_own, ..args.layout() };
    let read_contents = || scan::read(&logs.paths, &query.contents(), chunking);
    let contents: LazyContents<'_> =
        LazyCell::new(Box::new(|| can_be_reread(&logs.paths).then(read_contents)));
    let mut found = if layout.each {
        list(&logs.paths, &mut args, &layout, &contents, out, messages)?
    } else {
        scan::read(&logs.paths, &query, chunking)
    };
    found.has_several_logs = logs.paths.len() > 1;
    let sees_all_names = resolve(&mut args, &found.tally, &contents, messages);
    let layout = Layout { is_own, ..args.layout() };
    if !layout.each {
        report::write(&found.tally, &layout, out)?;
    }
    out.flush()?;
    report::report_diagnostics(&found, &layout, messages);
    if let Some(absence) =
        report::Absence::find(&found.tally, &layout).filter(|_| found.has_records)
    {
        let read_span = || scan::read(&logs.paths, &query.contents_of_span(), chunking);
        absence.report(&query.filter, contents.as_ref(), read_span, &layout, messages);
    }
    let is_effective_user = |name: &[u8]| {
        let read = || scan::read(&logs.paths, &query.effective_user(name), chunking);
        can_be_reread(&logs.paths) && !read().tally.users().is_empty()
    };
    if report_unknown_users(&args, &found.tally, sees_all_names, is_effective_user, messages) {
        return Ok(USAGE);
    }
    let is_incomplete = logs.notes.iter().any(logs::Note::is_failure)
        || !found.unreadable.is_empty()
        || !found.not_audit_logs.is_empty()
        || report::lacks_profile(&found.tally, &layout);
    Ok(u8::from(is_incomplete))
}
