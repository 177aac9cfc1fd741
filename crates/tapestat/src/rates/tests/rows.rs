//! Rows: those of drives, sums and totals.

use super::*;
use toolkit::sampling::Moment;

/// A drive with these counters.
fn drive(number: u32, hctl: Option<&str>, counters: Counters) -> Reading {
    let names = DriveNames {
        number,
        kernel: format!("st{number}"),
        shown: format!("name{number}"),
        label: String::new(),
        hctl: hctl.map(str::to_owned),
        is_provisional: false,
    };
    Reading {
        drive: Rc::new(names),
        incarnation: 0,
        counters,
        in_flight: None,
        commands: None,
        gaps: None,
    }
}

fn sample(seconds: u64, readings: Vec<Reading>) -> Sample {
    let monotonic = Duration::from_secs(seconds);
    Sample { moment: Some(Moment { monotonic, wall: None }), readings }
}

/// Counters that all increased.
fn busy() -> Counters {
    let second_ns = 1_000_000_000;
    Counters {
        read_ns: second_ns / 2,
        write_ns: second_ns,
        io_ns: 2 * second_ns,
        read_bytes: 40 << 10,
        write_bytes: 80 << 10,
        reads: 4,
        writes: 8,
        others: 6,
        residuals: 2,
    }
}

/// The figures of [`busy`] over two seconds.
const BUSY: [Option<u64>; 9] =
    [Some(2), Some(4), Some(20), Some(40), Some(25), Some(50), Some(100), Some(1), Some(3)];

#[test]
fn a_row_has_the_names_of_its_drive_or_sum() {
    let drive = drive(3, None, busy());
    let row = RowName::Drive(Rc::clone(&drive.drive));
    assert_eq!([row.shown(), row.kernel()], ["name3", "st3"]);
    assert_eq!(row.drive().map(|drive| drive.number), Some(3));
    let sum = RowName::Sum("host1".to_owned());
    assert_eq!([sum.shown(), sum.kernel()], ["host1", "host1"]);
    assert!(sum.drive().is_none());
}

#[test]
fn rates_since_boot_are_those_of_the_whole_counters() {
    let in_flight = Some(1);
    let now = sample(2, vec![Reading { in_flight, ..drive(0, None, busy()) }]);
    let rates = since_boot(&now, Some(Duration::from_secs(2)), &scale(0, KILO));
    assert_eq!(rates.interval, Some(Duration::from_secs(2)));
    assert_eq!(rates.rows[0].figures, BUSY);
    assert_eq!((rates.rows[0].state, rates.rows[0].in_flight), (Some(State::Busy), in_flight));
    let below_zero = Counters { write_bytes: -1, ..busy() };
    let lost =
        since_boot(&sample(2, vec![drive(0, None, below_zero)]), Some(SECOND * 2), &scale(0, KILO));
    let [figures @ .., written, _, _, _, _, _] = lost.rows[0].figures;
    assert_eq!((&figures[..], written), (&BUSY[..3], None));
    let none = sample(2, vec![drive(0, None, busy())]);
    assert_eq!(since_boot(&none, Some(SECOND), &scale(0, KILO)).rows[0].state, None);
}

#[test]
fn rates_of_an_interval_have_the_state_and_the_gaps_of_it() {
    let gaps =
        |count, millis, blind| Some(Gaps { count, time: Duration::from_millis(millis), blind });
    let old =
        sample(5, vec![Reading { gaps: gaps(3, 700, 1), ..drive(0, None, Counters::default()) }]);
    let new = sample(7, vec![Reading { gaps: gaps(5, 1200, 1), ..drive(0, None, busy()) }]);
    let rates = between(&old, &new, &scale(0, KILO));
    let row = &rates.rows[0];
    assert_eq!((row.figures, row.state), (BUSY, Some(State::Write)));
    assert_eq!((row.gaps, row.gap_percent), (Some(2), Some(25)));
    let unknown = sample(7, vec![drive(0, None, busy())]);
    let rates = between(&old, &unknown, &scale(0, KILO));
    assert_eq!((rates.rows[0].gaps, rates.rows[0].gap_percent), (None, None));
    assert!(rates.rows[0].state.is_some());
    let blind = sample(7, vec![Reading { gaps: gaps(5, 1200, 2), ..drive(0, None, busy()) }]);
    let rates = between(&old, &blind, &scale(0, KILO));
    assert_eq!((rates.rows[0].gaps, rates.rows[0].gap_percent), (None, None));
}

#[test]
fn without_a_time_only_rates_are_unknown() {
    let reading = |in_flight, counters| {
        let commands = Some(if counters == busy() { 90 } else { 0 });
        Reading { in_flight: Some(in_flight), commands, ..drive(0, None, counters) }
    };
    let unknown =
        |in_flight, counters| Sample { moment: None, readings: vec![reading(in_flight, counters)] };
    let old = sample(5, vec![reading(0, Counters::default())]);
    let row = |in_flight, counters| {
        let rates = between(&old, &unknown(in_flight, counters), &scale(0, KILO));
        assert_eq!((rates.interval, rates.rows[0].figures), (None, [None; 9]));
        rates.rows.into_iter().next().unwrap()
    };
    let written = row(0, busy());
    assert_eq!((written.increase, written.state), (Increase::all(&busy()), Some(State::Write)));
    assert_eq!(written.block_kb(), [Some(1000), Some(1000)]);
    assert_eq!(row(0, Counters::default()).state, None, "other operations take how much of it?");
    let rates = since_boot(&unknown(1, busy()), None, &scale(0, KILO));
    assert_eq!((rates.rows[0].figures, rates.rows[0].state), ([None; 9], Some(State::Busy)));
}

#[test]
fn drives_add_up_by_host_and_by_target() {
    let names = |by| {
        let drives = vec![
            drive(0, Some("1:0:2:0"), busy()),
            drive(1, Some("1:0:3:0"), busy()),
            drive(2, Some("2:0:2:0"), busy()),
            drive(3, None, busy()),
        ];
        let scale = Scale { sums_by: by, has_total: true, ..scale(0, KILO) };
        let rates = since_boot(&sample(2, drives), Some(Duration::from_secs(2)), &scale);
        let rows = rates.rows.iter().chain(&rates.total);
        let row = |row: &Row| format!("{} {:?}", row.name.shown(), row.figures[0].unwrap());
        rows.map(row).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(By::Host)), ["- 2", "host1 4", "host2 2", "total 8"]);
    let targets = ["- 2", "target1:0:2 2", "target1:0:3 2", "target2:0:2 2", "total 8"];
    assert_eq!(names(Some(By::Target)), targets);
    assert_eq!(names(None), ["name0 2", "name1 2", "name2 2", "name3 2", "total 8"]);
}

#[test]
fn a_total_is_unknown_where_a_drive_is() {
    let known = Reading { in_flight: Some(2), ..drive(0, None, busy()) };
    let other = Reading { in_flight: Some(3), ..drive(1, None, busy()) };
    let unknown = drive(2, None, busy());
    let total = |readings: Vec<Reading>| {
        let scale = Scale { has_total: true, ..scale(0, KILO) };
        since_boot(&sample(2, readings), Some(Duration::from_secs(2)), &scale).total.unwrap()
    };
    let sum = total(vec![known.clone(), other.clone()]);
    assert_eq!((sum.in_flight, sum.state), (Some(5), None));
    assert_eq!(sum.figures, BUSY.map(|figure| Some(figure.unwrap() * 2)));
    assert_eq!(sum.increase, Increase::all(&busy()).plus(&Increase::all(&busy())));
    assert_eq!(total(vec![known, other, unknown]).in_flight, None);
}

#[test]
fn idle_drives_are_omitted_and_rows_sorted_if_asked_for() {
    let drives = || vec![drive(10, None, busy()), drive(9, None, Counters::default())];
    let shown = |scale: Scale| {
        let rates = since_boot(&sample(2, drives()), Some(Duration::from_secs(2)), &scale);
        rates.rows.iter().map(|row| row.name.shown().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown(scale(0, KILO)), ["name10", "name9"]);
    assert_eq!(shown(Scale { sorts_by_name: true, ..scale(0, KILO) }), ["name9", "name10"]);
    let omits_idle = Some(IdleRule::Figures);
    assert_eq!(shown(Scale { omits_idle, ..scale(0, KILO) }), ["name10"]);
}

#[test]
fn a_row_is_idle_by_its_figures_its_counters_or_its_state() {
    let shown = |omits_idle, sums_by, drives: &[Reading]| {
        let old = drives.iter().map(|new| Reading { counters: Counters::default(), ..new.clone() });
        let scale = Scale { omits_idle, sums_by, ..scale(0, KILO) };
        let rates = between(&sample(0, old.collect()), &sample(300, drives.to_vec()), &scale);
        rates.rows.iter().map(|row| row.name.kernel().to_owned()).collect::<Vec<_>>()
    };
    let idle = |number, in_flight, counters| Reading {
        in_flight: Some(in_flight),
        ..drive(number, Some("1:0:0:0"), counters)
    };
    let still = Counters::default();
    let drives = [
        idle(0, 0, still),
        idle(1, 1, still),
        idle(2, 0, Counters { others: 1, ..still }),
        idle(3, 0, Counters { writes: 1, ..still }),
        idle(4, 0, busy()),
    ];
    let [figures, state, counters] =
        [IdleRule::Figures, IdleRule::FiguresAndState, IdleRule::CountersAndState].map(Some);
    assert_eq!(shown(figures, None, &drives), [""; 0]);
    assert_eq!(shown(state, None, &drives), ["st1", "st3", "st4"]);
    assert_eq!(shown(counters, None, &drives), ["st1", "st2", "st3", "st4"]);
    // As in sysstat, amounts are in kB, whatever unit is shown.
    let little = idle(7, 0, Counters { writes: 1, write_bytes: 1 << 20, ..still });
    let old = Reading { counters: still, ..little.clone() };
    let in_gb = Scale { omits_idle: figures, ..scale(0, GIGA) };
    let rates = between(&sample(0, vec![old]), &sample(300, vec![little]), &in_gb);
    assert_eq!(rates.rows.len(), 1);
    let many = Counters { others: 300, ..still };
    assert_eq!(shown(state, None, &[idle(5, 0, many)]), ["st5"]);
    assert_eq!(shown(state, None, &[drive(6, None, still)]), ["st6"], "its state is unknown");
    let host = Some(By::Host);
    assert_eq!(shown(state, host, &drives[..1]), [""; 0]);
    assert_eq!(shown(state, host, &drives[..2]), ["host1"]);
    assert_eq!(shown(counters, host, &drives[..1]), [""; 0]);
    assert_eq!(shown(counters, host, &[idle(0, 0, many)]), ["host1"]);
}

#[test]
fn an_average_is_rounded() {
    let done =
        Counters { reads: 3, read_bytes: 5 << 10, read_ns: 5_000_000, ..Counters::default() };
    let row = Row { increase: Increase::all(&done), ..sums::total(&[]) };
    assert_eq!((row.block_kb()[0], row.await_ms()[0]), (Some(167), Some(167)));
}

/// The state of a drive over an interval of `seconds`, in which others sent it so many commands.
fn state(
    old: Option<u64>,
    new: Option<u64>,
    done: Counters,
    commands: u64,
    seconds: u64,
) -> Option<State> {
    let reading = |in_flight, counters, commands| Reading {
        in_flight,
        commands: Some(commands),
        ..drive(0, None, counters)
    };
    // The kernel's counter has 32 bits, and wraps.
    let old = reading(old, Counters::default(), u64::from(u32::MAX));
    let new = reading(new, done, commands - 1);
    State::between(&old, &new, &Increase::all(&done), Some(Duration::from_secs(seconds)))
}

#[test]
fn the_state_is_unknown_if_only_others_use_the_drive() {
    let still = Counters::default();
    assert_eq!(state(Some(0), Some(0), still, 2, 1), Some(State::Idle));
    assert_eq!(state(Some(0), Some(0), still, 3, 1), None);
    assert_eq!(state(None, None, still, 3, 1), None);
    assert_eq!(state(Some(0), Some(0), still, 6, 3), Some(State::Idle));
    assert_eq!(state(Some(0), Some(0), still, 7, 3), None);
    assert_eq!(state(Some(1), Some(0), still, 9, 1), Some(State::Idle), "its own request ended");
    assert_eq!(state(Some(0), Some(1), still, 9, 1), Some(State::Busy));
    let asked = Counters { others: 1, ..still };
    assert_eq!(state(Some(0), Some(0), asked, 9, 1), Some(State::Idle));
    assert_eq!(state(Some(0), Some(0), busy(), 9, 1), Some(State::Write));
    let between = |in_flight| {
        let reading = Reading { in_flight, ..drive(0, None, still) };
        State::between(&reading, &reading, &Increase::all(&still), Some(SECOND))
    };
    assert_eq!(between(Some(0)), Some(State::Idle), "its commands are unknown");
    assert_eq!(between(None), None, "a request may be in flight");
}

#[test]
fn completed_reads_and_writes_decide_on_the_state() {
    let state = |done: Counters| {
        State::from_increase(&Increase::all(&done), Some(0), Some(SECOND)).unwrap()
    };
    let idle = Counters::default();
    assert_eq!(state(Counters { io_ns: 99_999_999, ..idle }), State::Idle);
    assert_eq!(state(Counters { io_ns: 100_000_000, ..idle }), State::Busy);
    assert_eq!(state(Counters { reads: 1, ..idle }), State::Read);
    assert_eq!(state(Counters { writes: 1, read_ns: 9, ..idle }), State::Write);
    assert_eq!(state(Counters { reads: 1, writes: 1, ..idle }), State::Write, "as long");
    assert_eq!(
        [State::now(0), State::now(1), State::now(2)],
        [State::Idle, State::Busy, State::Busy]
    );
}
