//! What each figure is computed from, and how figures add up.

use super::*;

/// A device that did something else in every respect.
fn device() -> Figures {
    Figures {
        seconds: 4.0,
        reads: 8.0,
        writes: 12.0,
        read_kib: 32.0,
        written_kib: 72.0,
        lacks_times: false,
        read_ms: 24.0,
        write_ms: 60.0,
        queued_ms: 10_000.0,
        busy_ms: 1000.0,
        in_flight: Some(3.0),
        in_flight_before: Some(2.0),
        discards: Some(Requests { count: 4.0, ms: 20.0 }),
        flushes: Some(Requests { count: 2.0, ms: 14.0 }),
        errors: Some(5.0),
        timeouts: Some(6.0),
        retries: Some(7.0),
        failovers: Some(9.0),
        printed: None,
    }
}

/// All figures that a report can show of a device.
fn shown(figures: &Figures) -> [Option<f64>; 16] {
    [
        figures.reads_per_s(),
        figures.writes_per_s(),
        figures.read_kib_per_s(),
        figures.written_kib_per_s(),
        figures.await_ms(),
        figures.read_await_ms(),
        figures.write_await_ms(),
        figures.size_kib(),
        figures.read_size_kib(),
        figures.write_size_kib(),
        figures.discards_per_s(),
        figures.discard_await_ms(),
        figures.flushes_per_s(),
        figures.flush_await_ms(),
        figures.queue(),
        figures.util_percent(),
    ]
}

/// A text that has something else in every column.
fn printed() -> Printed {
    Printed {
        reads: Some(1.0),
        writes: Some(2.0),
        read_kib: Some(3.0),
        written_kib: Some(4.0),
        await_ms: Some(5.0),
        read_await_ms: Some(6.0),
        write_await_ms: Some(7.0),
        discard_await_ms: Some(8.0),
        flush_await_ms: Some(9.0),
        size_kib: Some(10.0),
        read_size_kib: Some(11.0),
        write_size_kib: Some(12.0),
        queue: Some(13.0),
        util: Some(14.0),
    }
}

#[test]
fn each_figure_is_computed_from_its_counters() {
    let wanted = [2.0, 3.0, 8.0, 18.0, 4.2, 3.0, 5.0, 5.2, 4.0, 6.0, 1.0, 5.0, 0.5, 7.0, 2.5, 25.0];
    assert_eq!(shown(&device()), wanted.map(Some));
    assert_eq!((device().ios(), device().completed()), (20.0, 26.0));
}

#[test]
fn each_figure_of_a_text_is_that_of_its_column() {
    let figures = Figures { printed: Some(Box::new(printed())), ..device() };
    // The rates of discards and flushes are exact in every text.
    let wanted =
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 10.0, 11.0, 12.0, 1.0, 8.0, 0.5, 9.0, 13.0, 14.0];
    assert_eq!(shown(&figures), wanted.map(Some));
}

#[test]
fn a_counter_of_sectors_is_halved() {
    let (old, mut new) = (reading(0, 0), reading(1, 0));
    (new.io.sectors_read, new.io.sectors_written) = (10, 6);
    let figures = Figures::between(&old, &new, 1.0).unwrap();
    assert_eq!((figures.read_kib, figures.written_kib), (5.0, 3.0));
}

#[test]
fn milliseconds_wrap_at_most_once_for_each_of_65536_requests() {
    let between = |ms: u64| {
        Figures::between(&reading(0, (1 << 32) - 10), &reading(1, ms - 10), 0.001).is_some()
    };
    assert!(between(65_536));
    assert!(!between(65_537));
}

#[test]
fn a_device_without_times_has_only_counts_and_amounts() {
    let mut old = reading(2, 0);
    old.io.times = None;
    let mut new = Reading { io: Io { reads: 6, writes: 2, ..old.io }, ..old };
    new.io.discards = Some(Discards::default());
    let figures = Figures::between(&old, &new, 1.0).unwrap();
    let known = [figures.reads_per_s(), figures.size_kib(), figures.in_flight, figures.await_ms()];
    assert_eq!(known, [Some(4.0), Some(0.0), None, None]);
    let times = [figures.read_await_ms(), figures.write_await_ms(), figures.queue()];
    assert_eq!((times, figures.util_percent()), ([None; 3], None));
    assert_eq!((new.in_flight(), old.before().io.times), (None, None));
    let mut sum = figures.clone();
    sum += &device();
    assert_eq!((sum.reads, sum.await_ms(), sum.util_percent()), (12.0, None, None));
    let mut sum = device();
    sum += &figures;
    assert_eq!((sum.in_flight, sum.queue()), (Some(3.0), None));
}

#[test]
fn the_figures_of_devices_add_up() {
    let mut sum = Figures { seconds: 3.0, ..Figures::default() };
    sum += &device();
    sum += &Figures {
        reads: 100.0,
        writes: 200.0,
        read_kib: 300.0,
        written_kib: 400.0,
        read_ms: 500.0,
        write_ms: 600.0,
        queued_ms: 700.0,
        busy_ms: 800.0,
        in_flight_before: None,
        retries: None,
        ..device()
    };
    let wanted = Figures {
        seconds: 4.0,
        reads: 108.0,
        writes: 212.0,
        read_kib: 332.0,
        written_kib: 472.0,
        lacks_times: false,
        read_ms: 524.0,
        write_ms: 660.0,
        queued_ms: 10_700.0,
        busy_ms: 1800.0,
        in_flight: Some(6.0),
        in_flight_before: Some(2.0),
        discards: Some(Requests { count: 8.0, ms: 40.0 }),
        flushes: Some(Requests { count: 4.0, ms: 28.0 }),
        errors: Some(10.0),
        timeouts: Some(12.0),
        retries: Some(7.0),
        failovers: Some(18.0),
        printed: None,
    };
    assert_eq!(sum, wanted);
}

#[test]
fn averages_of_texts_are_weighted_by_their_rates() {
    let mut sum = Figures { printed: Some(Box::new(printed())), ..device() };
    sum += &Figures {
        reads: 2.0,
        writes: 8.0,
        read_kib: 8.0,
        written_kib: 8.0,
        read_ms: 6.0,
        write_ms: 60.0,
        discards: Some(Requests { count: 1.0, ms: 15.0 }),
        flushes: None,
        printed: Some(Box::new(printed())),
        ..device()
    };
    let wanted = Printed {
        reads: Some(2.0),
        writes: Some(4.0),
        read_kib: Some(6.0),
        written_kib: Some(8.0),
        await_ms: Some(5.0),
        read_await_ms: Some(3.0),
        write_await_ms: Some(6.0),
        discard_await_ms: Some(7.0),
        flush_await_ms: Some(7.0),
        size_kib: Some(4.0),
        read_size_kib: Some(4.0),
        write_size_kib: Some(4.0),
        queue: Some(26.0),
        util: Some(28.0),
    };
    assert_eq!(sum.printed.as_deref(), Some(&wanted));
}

#[test]
fn a_text_has_requests_in_flight_on_average() {
    let waits = |await_ms: Option<f64>| Figures {
        seconds: 2.0,
        queued_ms: 5000.0,
        printed: Some(Box::new(Printed { await_ms, ..Printed::default() })),
        ..Figures::default()
    };
    // Without a number at the end, the average of 2.5 is rounded. An await proves that one was completed.
    let averages = [waits(None), waits(Some(0.0)), waits(Some(0.1))];
    assert_eq!(averages.map(|figures| Some(figures.stalled())), [3.0, 3.0, 0.0].map(Some));
    let known = |await_ms| Figures { in_flight: Some(4.0), ..waits(await_ms) };
    let known = [known(None), known(Some(0.1))];
    assert_eq!(known.map(|figures| Some(figures.stalled())), [4.0, 0.0].map(Some));
    let old_kernel = Figures { printed: None, ..waits(None) };
    assert_eq!(Some(old_kernel.stalled()), Some(0.0));
}

#[test]
fn a_busy_device_of_a_text_that_completes_nothing_is_stalled() {
    let text = |busy_ms: f64, queued_ms: f64, await_ms: f64| Figures {
        seconds: 1.0,
        busy_ms,
        queued_ms,
        printed: Some(Box::new(Printed { await_ms: Some(await_ms), ..Printed::default() })),
        ..Figures::default()
    };
    let found = |figures: Figures| (figures.is_stalled(), figures.stalled());
    assert_eq!(found(text(900.0, 0.0, 0.0)), (true, 0.0));
    assert_eq!(found(text(899.0, 0.0, 0.0)), (false, 0.0));
    assert_eq!(found(text(0.0, 4000.0, 0.0)), (true, 4.0), "before Linux 5.0");
    assert_eq!(found(text(1000.0, 4000.0, 0.1)), (false, 0.0), "a few were completed");
    assert_eq!(found(Figures { reads: 0.01, ..text(1000.0, 0.0, 0.0) }), (false, 0.0));
    let counters = Figures { printed: None, in_flight: Some(0.0), ..text(1000.0, 0.0, 0.0) };
    assert_eq!(found(counters.clone()), (false, 0.0));
    assert_eq!(found(Figures { in_flight: Some(2.0), ..counters }), (true, 2.0));
    let long = Figures { seconds: 2.0, ..text(1799.0, 0.0, 0.0) };
    assert_eq!(found(long), (false, 0.0));
}

#[test]
fn average_times_of_a_text_are_unknown_while_no_request_is_completed() {
    let zero = Some(0.0);
    let times = Printed {
        await_ms: zero,
        read_await_ms: zero,
        write_await_ms: zero,
        discard_await_ms: zero,
        flush_await_ms: zero,
        ..Printed::default()
    };
    let none = Some(Requests::default());
    let text = |busy_ms: f64| Figures {
        seconds: 1.0,
        busy_ms,
        discards: none,
        flushes: none,
        printed: Some(Box::new(times)),
        ..Figures::default()
    };
    let averages = |it: &Figures| {
        let [reads_and_writes, reads, writes] =
            [it.await_ms(), it.read_await_ms(), it.write_await_ms()];
        [reads_and_writes, reads, writes, it.discard_await_ms(), it.flush_await_ms()]
    };
    assert_eq!(averages(&text(1000.0)), [None; 5]);
    assert_eq!(averages(&text(100.0)), [zero; 5]);
}
