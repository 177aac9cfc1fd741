//! The message that says why a report is empty: what was asked for, and what the logs hold instead.

use super::overview::local_time;
use super::{Layout, Scope};
use crate::contents::NAMES_MAX;
use crate::filter::{FieldFilter, Filter};
use crate::found::Found;
use crate::login_user::LoginUser;
use crate::section::Section;
use crate::tally::{Counts, EventTime, Tally};
use std::io::Write;
use sysparse::audit::AUID_UNSET;
use toolkit::escape::escape_control;
use toolkit::messages::Messages;

/// How many login users, hosts or record types a message lists.
const LIST_MAX: usize = 8;

/// What the report lacks.
#[derive(Debug, PartialEq, Eq)]
pub enum Absence {
    /// Everything: no login user has an entry.
    Everything,
    /// The entries of these login users.
    Users(Vec<LoginUser>),
}

impl Absence {
    /// What the report lacks; `None` if it lacks nothing, or if it is a profile, which has a message
    /// of its own.
    #[must_use]
    pub fn find(tally: &Tally, layout: &Layout) -> Option<Absence> {
        if layout.format.is_profile() {
            return None;
        }
        let users = layout.users(tally);
        let is_absent =
            |counts: Option<&Counts>| !counts.is_some_and(|counts| has_entry(counts, layout));
        match layout.scope {
            Scope::Users(_) => {
                let absent = users.iter().filter(|(_, counts)| is_absent(*counts));
                let absent: Vec<_> = absent.map(|(user, _)| *user).collect();
                (!absent.is_empty()).then_some(Absence::Users(absent))
            }
            _ => users.iter().all(|(_, counts)| is_absent(*counts)).then_some(Absence::Everything),
        }
    }

    /// Reports what the report lacks and what the logs hold. `held` is what they hold without any
    /// filter; `None` if they cannot be read twice. `read_span` reads what they hold in the time span and of
    /// the hosts that were asked for.
    pub fn report(
        &self,
        filter: &Filter,
        held: Option<&Found>,
        read_span: impl FnOnce() -> Found,
        layout: &Layout,
        messages: &mut Messages<impl Write>,
    ) {
        let asked_for = if layout.scope == Scope::Overview { String::new() } else { kinds(layout) };
        let mistake = filter.mistake().map(|text| format!("; {text}")).unwrap_or_default();
        let Some(held) = held else {
            return messages.warn(format_args!(
                "{}{asked_for}{}{mistake}; the input cannot be read twice, so what else it holds is unknown",
                self.subject(),
                condition(filter)
            ));
        };
        let is_held = match self {
            Absence::Everything => true,
            Absence::Users(users) => users.iter().any(|auid| held.tally.counts(*auid).is_some()),
        };
        let may_have_others = layout.sections().all(needs_calls);
        let span = (filter.has_condition() && may_have_others).then(read_span);
        let meant = span.as_ref().unwrap_or(held);
        let (commands, denials) = if may_have_others { self.count_others(meant) } else { (0, 0) };
        let hint = hint(commands, denials);
        let is_in_span = !has_span(filter) || !hint.is_empty();
        if is_held && is_in_span && lacks_calls(held, layout) {
            return messages
                .warn(format_args!("no SYSCALL record, only {}{hint}{mistake}", types(held)));
        }
        let kinds = if is_held { asked_for } else { String::new() };
        let condition = if is_held { condition(filter) } else { String::new() };
        let others = others(commands, denials);
        let (missing, contents) = (self.subject(), contents(held, filter));
        messages
            .warn(format_args!("{missing}{kinds}{condition}{mistake}{others}{hint}; {contents}"));
    }

    /// How many commands given to sudo and denials the login users without an entry have.
    fn count_others(&self, held: &Found) -> (u64, u64) {
        let is_meant = |user: &LoginUser| match self {
            Absence::Everything => true,
            Absence::Users(users) => users.contains(user),
        };
        let users = held.tally.users();
        let meant = users.iter().filter(|(user, _)| is_meant(user));
        meant.fold((0, 0), |(commands, denials), (_, counts)| {
            (commands + counts.sudo.total(), denials + counts.denials.total())
        })
    }

    fn subject(&self) -> String {
        match self {
            Absence::Everything => "no event".to_owned(),
            Absence::Users(users) => {
                format!(
                    "no event of AUID {}",
                    list(users.iter().map(|auid| auid_text(*auid)), "or")
                )
            }
        }
    }
}

/// Whether the counts have an entry in a section of the report.
fn has_entry(counts: &Counts, layout: &Layout) -> bool {
    let has_names = |section: Section| match section {
        Section::Calls => counts.calls.total() > 0,
        Section::Commands => counts.commands.total() > 0,
        Section::Privileged => counts.privileged.total() > 0,
        Section::Files => counts.files.total() > 0,
        Section::Programs => counts.programs.total() > 0,
        Section::Changes => counts.changes.total() > 0,
        Section::Addresses => counts.addresses.total() > 0,
        Section::Sudo => counts.sudo.total() > 0,
        Section::Errors => counts.errors.total() > 0,
        Section::Denials => counts.denials.total() > 0,
    };
    if layout.each {
        return counts.listed > 0;
    }
    layout.scope == Scope::Overview || layout.sections().any(has_names)
}

/// The options that show what was not asked for.
fn hint(commands: u64, denials: u64) -> &'static str {
    match (commands > 0, denials > 0) {
        (true, true) => ": see --sudo and --denials",
        (true, false) => ": see --sudo",
        (false, true) => ": see --denials",
        (false, false) => "",
    }
}

/// Whether the filter selects a time span or hosts.
fn has_span(filter: &Filter) -> bool {
    let is_node = |field: &FieldFilter| matches!(field, FieldFilter::Node(_));
    filter.start.is_some() || filter.end.is_some() || filter.fields.iter().any(is_node)
}

/// `, but 2 commands given to sudo and 1 denial`
fn others(commands: u64, denials: u64) -> String {
    let plural = |count| if count == 1 { "" } else { "s" };
    let commands =
        (commands > 0).then(|| format!("{commands} command{} given to sudo", plural(commands)));
    let denials = (denials > 0).then(|| format!("{denials} denial{}", plural(denials)));
    let others = list(commands.into_iter().chain(denials), "and");
    if others.is_empty() { others } else { format!(", but {others}") }
}

/// Whether the sections need system calls and the logs hold none.
fn lacks_calls(held: &Found, layout: &Layout) -> bool {
    let types = &held.tally.contents.types;
    let has_calls = [&b"SYSCALL"[..], b"1300", b"URINGOP", b"1336"]
        .iter()
        .any(|name| types.contains_key(*name));
    !has_calls && !types.is_empty() && layout.sections().all(needs_calls)
}

fn needs_calls(section: Section) -> bool {
    !matches!(section, Section::Denials | Section::Sudo)
}

/// ` in the time span that matches the filters`
fn condition(filter: &Filter) -> String {
    let span =
        if filter.start.is_some() || filter.end.is_some() { " in the time span" } else { "" };
    let has_filter = filter.success.is_some() || !filter.fields.is_empty();
    format!("{span}{}", if has_filter { " that matches the filters" } else { "" })
}

/// ` with a syscall, command or file`
fn kinds(layout: &Layout) -> String {
    let kinds = layout.sections().map(|section| match section {
        Section::Sudo => "command given to sudo".to_owned(),
        Section::Privileged => "command run as root".to_owned(),
        other => other.kind().to_owned(),
    });
    let kinds = list(kinds, "or");
    format!(" with {} {kinds}", if kinds.starts_with(['a', 'e']) { "an" } else { "a" })
}

/// `the logs hold 0, 1500 and unset, from 2026-11-22 13:14 to 18:02`
fn contents(held: &Found, filter: &Filter) -> String {
    let users = held.tally.users();
    if users.is_empty() {
        return format!("the logs hold only {}", types(held));
    }
    let spans = users.iter().filter_map(|(_, counts)| counts.span);
    let span = spans.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)));
    let users = list(users.iter().map(|(user, _)| auid_text(*user)), "and");
    let by_node = filter.fields.iter().any(|field| matches!(field, FieldFilter::Node(_)));
    let nodes = if by_node { nodes(held) } else { String::new() };
    format!("the logs hold {users}{nodes}{}", span.map(span_text).unwrap_or_default())
}

/// ` of the hosts a and b`
fn nodes(held: &Found) -> String {
    let nodes = &held.tally.contents.nodes;
    if nodes.is_empty() {
        return ", without the names of hosts".to_owned();
    }
    let list = list(nodes.iter().map(|node| escape_control(node)), "and");
    // No more are kept than that.
    let others = if nodes.len() == NAMES_MAX { ", and perhaps others" } else { "" };
    format!(", of {list}{others}")
}

/// `USER_CMD (12) and USER_LOGIN (3)`, the most frequent first.
fn types(held: &Found) -> String {
    let mut types: Vec<_> = held.tally.contents.types.iter().collect();
    types.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    if types.is_empty() {
        return "damaged records".to_owned();
    }
    list(types.iter().map(|(name, count)| format!("{} ({count})", escape_control(name))), "and")
}

/// `, from 2026-11-22 13:14 to 18:02`, in local time; the day is not repeated.
fn span_text((first, last): (EventTime, EventTime)) -> String {
    let [first_day, last_day] = [first, last].map(|time| local_time(time, "%Y-%m-%d"));
    let [first_time, last_time] = [first, last].map(|time| local_time(time, "%H:%M"));
    match (first_day == last_day, first_time == last_time) {
        (true, true) => format!(", at {first_day} {first_time}"),
        (true, false) => format!(", from {first_day} {first_time} to {last_time}"),
        _ => format!(", from {first_day} {first_time} to {last_day} {last_time}"),
    }
}

fn auid_text(user: LoginUser) -> String {
    if user == LoginUser::Id(AUID_UNSET) { "unset".to_owned() } else { user.to_string() }
}

/// `a, b and c`, or `a, b and 9 more`.
fn list(items: impl Iterator<Item = String>, word: &str) -> String {
    let mut items: Vec<_> = items.collect();
    if items.len() > LIST_MAX {
        let more = items.split_off(LIST_MAX - 1).len();
        items.push(format!("{more} more"));
    }
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {word} {last}", items.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_text_and_end() {
        let numbers = |count: usize| list((1..=count).map(|number| number.to_string()), "and");
        assert_eq!(numbers(1), "1");
        assert_eq!(numbers(2), "1 and 2");
        assert_eq!(numbers(8), "1, 2, 3, 4, 5, 6, 7 and 8");
        assert_eq!(numbers(100), "1, 2, 3, 4, 5, 6, 7 and 93 more");
    }
}
