mod rows;

use super::*;
use crate::sample::Counters;

const SECOND: Duration = Duration::from_secs(1);

const KILO: f64 = 1.0;
const GIGA: f64 = 1024.0 * 1024.0;

fn scale(decimals: usize, unit_kib: f64) -> Scale {
    Scale {
        decimals,
        unit_kib,
        omits_idle: None,
        has_total: false,
        sorts_by_name: false,
        sums_by: None,
    }
}

#[test]
fn figures_are_truncated_without_decimals_and_rounded_with_them() {
    let of = |kind, increase, scale: Scale| figure(kind, increase, SECOND * 3, &scale);
    assert_eq!(of(Kind::Rate, 5, scale(0, KILO)), 1);
    assert_eq!(of(Kind::Rate, 5, scale(2, KILO)), 167);
    assert_eq!(of(Kind::Amount, 3 * 2047, scale(0, KILO)), 1);
    assert_eq!(of(Kind::Amount, 3 << 30, scale(1, GIGA)), 10);
    assert_eq!(of(Kind::Amount, (3 << 30) - 3, scale(0, GIGA)), 0);
    assert_eq!(of(Kind::Percent, 2_999_999_999, scale(0, KILO)), 99);
    assert_eq!(of(Kind::Percent, u64::MAX, scale(1, KILO)), 9990);
    assert_eq!(figure(Kind::Rate, u64::MAX, Duration::ZERO, &scale(0, KILO)), u64::MAX);
    assert_eq!(figure(Kind::Rate, u64::MAX, SECOND / 1000, &scale(2, KILO)), u64::MAX);
}

#[test]
fn figures_are_divided_as_sysstat_divides() {
    let interval = Duration::from_millis(1090);
    let of = |decimals| figure(Kind::Rate, 16_918_103_422, interval, &scale(decimals, KILO));
    assert_eq!((of(0), of(2)), (15_521_195_799, 1_552_119_580_000));
    assert_eq!(whole_millis(Duration::from_millis(4060)), Duration::from_millis(4059));
    assert_eq!(whole_millis(Duration::from_millis(4070)), Duration::from_millis(4070));
}

#[test]
fn intervals_are_whole_milliseconds_as_in_sysstat() {
    let between = |old: [u32; 2], new: [u32; 2]| {
        let time = |[seconds, micros]: [u32; 2]| Duration::new(seconds.into(), micros * 1000);
        interval_between(time(old), time(new)).as_millis()
    };
    assert_eq!(between([100, 0], [100, 999_500]), 999);
    assert_eq!(between([100, 500], [101, 0]), 1000);
    assert_eq!(between([100, 900], [101, 1100]), 1001);
    assert_eq!(between([100, 999_900], [102, 800]), 1001);
    assert_eq!(between([100, 0], [100, 1]), 1);
    assert_eq!(between([100, 7], [100, 7]), 0);
    assert_eq!(between([101, 0], [100, 999_999]), 0);
}

#[test]
fn a_row_has_no_average_of_operations_that_did_not_happen() {
    let done = Counters {
        reads: 3,
        read_bytes: 3 << 16,
        read_ns: 10_000_000,
        io_ns: 10_000_000,
        ..Counters::default()
    };
    let row = Row { increase: Increase::all(&done), ..sums::total(&[]) };
    assert_eq!(row.block_kb(), [Some(6400), None]);
    assert_eq!(row.await_ms(), [Some(333), None, None]);
}

#[test]
fn a_rewind_is_busy_and_a_status_request_is_not() {
    let state = |done: Counters, in_flight| {
        State::from_increase(&Increase::all(&done), Some(in_flight), Some(SECOND)).unwrap()
    };
    let idle = Counters::default();
    assert_eq!(state(idle, 0), State::Idle);
    assert_eq!(state(idle, 1), State::Busy);
    let asked = Counters { others: 6, io_ns: 99_999_999, ..idle };
    assert_eq!(state(asked, 0), State::Idle);
    assert_eq!(state(Counters { io_ns: 8_000_000_000, ..asked }, 0), State::Busy);
    let both = Counters { reads: 1, writes: 9, read_ns: 2, write_ns: 1, ..asked };
    assert_eq!(state(both, 1), State::Read);
    assert_eq!(state(Counters { write_ns: 3, ..both }, 0), State::Write);
}
