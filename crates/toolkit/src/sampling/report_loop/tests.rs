use super::*;
use test_support::{TempDir, temp_dir, write};

/// A command that samples the number in `proc/counter`, and prints each interval as `old-new`.
struct Counter {
    first: fn(u64) -> FirstSample,
}

type Rates = (Option<u64>, u64);

impl IntervalCommand for Counter {
    type Sample = u64;
    type Rates<'a> = Rates;
    type Error = Box<dyn std::error::Error>;

    fn sample(
        &mut self,
        root: &mut SystemRoot,
        _: &mut Messages<impl Write>,
    ) -> Result<Option<u64>, Self::Error> {
        let text = std::str::from_utf8(root.read("proc/counter")?)?;
        Ok(if text == "end" { None } else { Some(text.parse()?) })
    }

    fn check_first(&mut self, first: &u64, messages: &mut Messages<impl Write>) -> FirstSample {
        messages.warn(format_args!("first {first}"));
        (self.first)(*first)
    }

    fn since_boot(&mut self, sample: &u64, _: &mut SystemRoot) -> Result<Rates, Self::Error> {
        Ok((None, *sample))
    }

    fn between(&mut self, old: &u64, new: &u64) -> Option<Rates> {
        (*new > 0).then_some((Some(*old), *new))
    }

    fn exit_status(&self) -> u8 {
        3
    }
}

struct Text;

impl Report<Rates> for Text {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "begin")
    }

    fn skip_since_boot(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, " skip")
    }

    fn interval(&mut self, (old, new): &Rates, out: &mut dyn Write) -> io::Result<()> {
        match old {
            Some(old) => write!(out, " {old}-{new}"),
            None => write!(out, " boot-{new}"),
        }
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, " end")
    }
}

/// Numbered trees with these samples.
fn trees(samples: &[&str]) -> TempDir {
    let folder = temp_dir();
    for (number, sample) in (1..).zip(samples) {
        write(&folder.path().join(format!("{number}/proc/counter")), sample);
    }
    folder
}

/// What is printed, and the exit status.
fn report(samples: &[&str], schedule: &Schedule, first: fn(u64) -> FirstSample) -> (String, u8) {
    let folder = trees(samples);
    let mut root = SystemRoot::open(Some(folder.path())).unwrap();
    let (mut out, mut messages) = (Vec::new(), Messages::new("counter", Vec::new()));
    let status =
        run(&mut Counter { first }, &mut Text, schedule, &mut root, &mut out, &mut messages);
    (String::from_utf8(out).unwrap(), status.unwrap())
}

fn schedule(since_boot: bool, count: Option<u64>) -> Schedule {
    Schedule { count, since_boot, ..Schedule::default() }
}

#[test]
fn the_count_includes_the_report_since_boot() {
    let printed = |since_boot, count| {
        report(&["1", "2", "3"], &schedule(since_boot, count), |_| FirstSample::Report).0
    };
    assert_eq!(printed(true, None), "begin boot-1 1-2 2-3 end");
    assert_eq!(printed(true, Some(2)), "begin boot-1 1-2 end");
    assert_eq!(printed(true, Some(1)), "begin boot-1 end");
    assert_eq!(printed(false, Some(1)), "begin skip 1-2 end");
    assert_eq!(printed(false, None), "begin skip 1-2 2-3 end");
}

#[test]
fn a_saved_system_with_one_sample_is_reported_since_boot() {
    let (printed, status) = report(&["1"], &schedule(false, None), |_| FirstSample::Report);
    assert_eq!((printed.as_str(), status), ("begin skip boot-1 end", 3));
}

#[test]
fn an_interval_without_rates_counts() {
    let (printed, _) =
        report(&["1", "0", "0", "2"], &schedule(false, Some(2)), |_| FirstSample::Report);
    assert_eq!(printed, "begin skip end");
    let (printed, _) = report(&["1", "0", "2"], &schedule(false, Some(2)), |_| FirstSample::Report);
    assert_eq!(printed, "begin skip 0-2 end");
}

#[test]
fn the_first_sample_decides_how_to_go_on() {
    let schedule = schedule(true, None);
    let wait = |first| if first < 3 { FirstSample::Wait } else { FirstSample::Report };
    let samples = ["1", "2", "3", "4"];
    assert_eq!(report(&samples, &schedule, wait), ("begin boot-3 3-4 end".to_owned(), 3));
    assert_eq!(report(&["1", "2"], &schedule, wait), ("begin end".to_owned(), 0));
    let last = report(&samples, &schedule, |_| FirstSample::ReportLast);
    assert_eq!(last, ("begin boot-1 end".to_owned(), 3));
    let end = report(&samples, &schedule, |_| FirstSample::End(7));
    assert_eq!(end, ("begin end".to_owned(), 7));
}

#[test]
fn the_run_ends_with_the_input() {
    let ended =
        |samples: &[&str]| report(samples, &schedule(true, None), |_| FirstSample::Report).0;
    assert_eq!(ended(&["1", "2", "end", "3"]), "begin boot-1 1-2 end");
    assert_eq!(ended(&["end"]), "begin end");
}
