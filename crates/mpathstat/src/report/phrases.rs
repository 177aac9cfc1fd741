//! Changes, marks and usable paths in words.

use crate::rates::Mark;
use crate::topology::{Change, Endpoints, Map};
use toolkit::escape::escape_control;

/// A change: `mpathb: path sdd offline (3/4 running)`.
pub(super) fn change_clause(change: &Change) -> String {
    let subject = match &change.path {
        Some(path) => format!("path {}", escape_control(path)),
        None => "map".to_owned(),
    };
    let (map, kind) =
        (escape_control(&change.map), escape_control(change.kind.to_string().as_bytes()));
    format!("{map}: {subject} {kind} ({}/{} running)", change.usable, change.paths)
}

/// On how many paths an array does not want I/O: ` (2 standby)`; empty if there is none.
pub(super) fn passive_paths(map: &Map) -> String {
    let states = map.passive();
    let states = states.iter().map(|(state, count)| format!("{count} {}", escape_control(state)));
    let states = states.collect::<Vec<_>>().join(", ");
    if states.is_empty() { states } else { format!(" ({states})") }
}

/// What is wrong, with the place of a path after the first: `await 12.50 x sda (host2, 0x500a)`.
pub(super) fn mark_phrases(marks: &[Mark], place: Option<&Endpoints>) -> String {
    let mut phrases: Vec<_> = marks.iter().map(phrase).collect();
    if let (Some(first), Some(place)) = (phrases.first_mut(), place) {
        first.push_str(&place_of_path(place));
    }
    phrases.join(", ")
}

fn phrase(mark: &Mark) -> String {
    match mark {
        Mark::State(state) => escape_control(state),
        Mark::Stuck(None) => "stuck".to_owned(),
        Mark::Stuck(Some(count)) => format!("stuck {count:.0} in flight"),
        Mark::NoPath(None | Some(0.0)) => "no path".to_owned(),
        Mark::NoPath(Some(count)) => format!("no path, {count:.0} queued"),
        Mark::Suspended => "suspended".to_owned(),
        Mark::Bypass => "not through the map".to_owned(),
        Mark::Await { times, sibling } => format!("await {times:.2} x {}", escape_control(sibling)),
        Mark::Share { times, sibling } => format!("share {times:.2} x {}", escape_control(sibling)),
        Mark::Errors(rate) => format!("errors {rate:.2}/s"),
        Mark::Timeouts(rate) => format!("timeouts {rate:.2}/s"),
        Mark::Retries(rate) => format!("retries {rate:.2}/s"),
        Mark::Failovers(rate) => format!("failovers {rate:.2}/s"),
    }
}

/// The host and the target of a path, as far as they are known: ` (host2, 0x500a0980c0ffee0)`.
fn place_of_path(endpoints: &Endpoints) -> String {
    let Endpoints { host, target, .. } = endpoints;
    let mut names = vec![host, target];
    names.dedup();
    names.retain(|name| !name.is_empty() && name.as_slice() != b"-");
    let names: Vec<_> = names.into_iter().map(|name| escape_control(name)).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}
