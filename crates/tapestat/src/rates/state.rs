//! What a drive is doing.

use super::seconds;
use crate::sample::{Increase, Reading};
use std::time::Duration;

/// What a drive is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Idle,
    /// Mostly reading.
    Read,
    /// Mostly writing.
    Write,
    /// Something else that takes a while, such as rewinding, spacing or loading.
    Busy,
}

/// Commands per second that a drive can get from others than `st` while it is idle: some programs
/// ask for its status from time to time.
const IDLE_COMMANDS_MAX: f64 = 2.0;

impl State {
    /// The state at the moment of a sample.
    pub(super) fn now(in_flight: u64) -> State {
        if in_flight > 0 { State::Busy } else { State::Idle }
    }

    /// The state over an interval; unknown if the drive seems idle but gets commands of which `st` does
    /// not know, or may have requests in flight.
    pub(super) fn between(
        old: &Reading,
        new: &Reading,
        done: &Increase,
        interval: Option<Duration>,
    ) -> Option<State> {
        let state = State::from_increase(done, new.in_flight, interval)?;
        let is_still = done.is_zero() && old.in_flight.unwrap_or(0) == 0 && state == State::Idle;
        let commands = new.commands.zip(old.commands).map(|(new, old)| commands_since(old, new));
        let commands = commands.zip(interval);
        let is_used_by_others =
            commands.is_some_and(|(commands, interval)| exceeds_idle(commands, interval));
        (!(is_still && is_used_by_others)).then_some(state)
    }

    /// Completed reads and writes decide. Without any, other operations count only if they took a tenth
    /// of the interval: to ask a drive for its status takes next to no time.
    pub(super) fn from_increase(
        done: &Increase,
        in_flight: Option<u64>,
        interval: Option<Duration>,
    ) -> Option<State> {
        let other = u128::from(done.other_ns().unwrap_or(0)) * 10;
        // An unknown increase is one of a counter that changed.
        Some(match (done.reads.unwrap_or(1), done.writes.unwrap_or(1)) {
            (0, 0) if other >= interval?.as_nanos() => State::Busy,
            (0, 0) => State::now(in_flight?),
            (_, 0) => State::Read,
            (0, _) => State::Write,
            _ if done.read_ns > done.write_ns => State::Read,
            _ => State::Write,
        })
    }
}

/// The commands from one sample to the next. The kernel counts them in 32 bits.
fn commands_since(old: u64, new: u64) -> u64 {
    new.wrapping_sub(old) & u64::from(u32::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "no drive completes 2^53 commands in an interval")]
fn exceeds_idle(commands: u64, interval: Duration) -> bool {
    commands as f64 > IDLE_COMMANDS_MAX * seconds(interval)
}
