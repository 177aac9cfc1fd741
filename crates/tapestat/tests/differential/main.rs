//! The same bytes as sysstat's command prints for the same systems.
//!
//! The C program runs in a mount namespace of its own, with a random system mounted over `/sys` and
//! `/proc/uptime` and with the clock of that system (`clock.c`); ours reads the system by `--root`. The
//! cases are all combinations of the options that both have, in several locales, and further ones for
//! colors, dates, terminals, signals and full disks. `TAPESTAT_ORIGINAL` names another command than
//! the installed one to compare with.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic; what is outside a test function is a test as well"
)]

mod original;
mod random;

use original::{Original, assert_same, run};
use random::{Exclusions, system};
use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use test_support::{
    Rng, command, random_cases, repository, send_signal, skip, temp_dir, wait_until,
};

const OURS: &str = env!("CARGO_BIN_EXE_tapestat");

/// Interval and count, and how many trees they need.
const NUMBERS: [(&[&str], u64); 5] =
    [(&[], 1), (&["0"], 1), (&["3", "1"], 2), (&["5", "2"], 3), (&["60", "3"], 4)];
const FLAGS: [&str; 4] = ["-t", "-y", "-z", "--human"];
/// The options of which at most one is given. Sysstat has the last ones since 12.7.
const CHOICES: [&[&str]; 6] = [&[], &["-k"], &["-m"], &["-G"], &["-U"], &["-o", "JSON"]];
const CHOICES_BEFORE_12_7: usize = 3;

/// One call.
#[derive(Debug)]
struct Case {
    arguments: Vec<&'static str>,
    locale: String,
    environment: Vec<(&'static str, String)>,
}

#[test]
fn the_same_bytes_as_sysstat() {
    let Some(original) = Original::find() else { return };
    let all = ["C", "en_US.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8"];
    let installed = installed_locales();
    let mut locales = Vec::new();
    for locale in all {
        if installed.contains(&locale.replace("UTF-8", "utf8")) {
            locales.push(locale);
        } else {
            skip(&format!("the locale {locale} is not installed"));
        }
    }
    let is_newer = original.is_since([12, 7, 0]);
    let choices = if is_newer { &CHOICES[..] } else { &CHOICES[..CHOICES_BEFORE_12_7] };
    let combinations = (1 << FLAGS.len()) * choices.len() * NUMBERS.len() * locales.len();
    let count = Cell::new(0);
    random_cases(combinations as u64, |rng| {
        let (case, trees) = random_case(rng, &locales, choices);
        let root = temp_dir();
        system(rng, root.path(), trees, exclusions(&original, &case));
        original.compare(&case, root.path());
        count.set(count.get() + 1);
    });
    for (case, samples) in recorded() {
        original.compare(&case, &repository("testdata/samples/tapestat").join(samples));
        count.set(count.get() + 1);
    }
    report(&original, count.get());
}

#[test]
fn the_same_dates_in_all_locales() {
    let Some(original) = Original::find() else { return };
    let is_utf8 = |locale: &String| {
        locale.split_once('.').is_some_and(|(name, charset)| name != "C" && charset == "utf8")
    };
    let locales = installed_locales().into_iter().filter(is_utf8);
    let locales: Vec<_> = locales.filter(|name| !has_other_dates(name)).collect();
    random_cases(locales.len() as u64, |rng| {
        let locale = locales[usize::try_from(rng.get_seed()).unwrap()].clone();
        let zones = ["UTC", "Europe/Berlin", "Asia/Kolkata", "IST-2IDT,M3.4.4/26,M10.5.0"];
        let zone = zones[rng.usize(..zones.len())].to_owned();
        let case =
            Case { arguments: vec!["-t", "9", "1"], locale, environment: vec![("TZ", zone)] };
        let root = temp_dir();
        system(
            rng,
            root.path(),
            2,
            Exclusions { hundredths: true, ..exclusions(&original, &case) },
        );
        original.compare(&case, root.path());
    });
    report(&original, locales.len());
}

/// Locales whose dates differ, see docs/compatibility.md.
fn has_other_dates(locale: &str) -> bool {
    let language = locale.split(['.', '@']).next().unwrap_or(locale);
    ["eu_FR", "gd_GB", "th_TH", "zh_TW"].contains(&language)
}

#[test]
fn the_same_colors_for_codes_of_any_length() {
    let Some(original) = Original::find() else { return };
    // Sysstat before 12.7.9 accepts items of up to 7 characters.
    let max = if original.is_since([12, 7, 9]) { 16 } else { 5 };
    // Sysstat before 12.7 has other letters.
    let [high, alarm] = if original.is_since([12, 7, 0]) { ["W", "X"] } else { ["M", "H"] };
    for length in (0..=max).chain(17..=24) {
        random_cases(3, |rng| {
            let code: String = "38;2;255;254;253;1;22;33".chars().take(length).collect();
            let colors = format!("{alarm}={code}:I={code}:N={code}:Z={code};q:{high}=");
            let environment = vec![("S_COLORS", "always".to_owned()), ("S_COLORS_SGR", colors)];
            let case = Case { arguments: vec![], locale: "C".to_owned(), environment };
            let root = temp_dir();
            system(rng, root.path(), 1, exclusions(&original, &case));
            original.compare(&case, root.path());
        });
    }
}

#[test]
fn the_same_on_a_terminal() {
    let Some(original) = Original::find() else { return };
    random_cases(8, |rng| {
        let colors = ["", "auto", "never", "always"][rng.usize(..4)].to_owned();
        let environment = vec![("S_COLORS", colors)];
        let environment = if rng.bool() { environment } else { Vec::new() };
        let case = Case { arguments: vec![], locale: "C".to_owned(), environment };
        let root = temp_dir();
        system(rng, root.path(), 1, exclusions(&original, &case));
        let [theirs, ours] = [None, Some(Path::new(OURS))].map(|program| {
            let inner = original.in_place(program, root.path());
            run(&mut on_terminal(&inner), &case)
        });
        assert_same(&format!("{case:?}"), &ours, &theirs);
    });
}

/// A command on a pseudo terminal.
fn on_terminal(inner: &Command) -> Command {
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let words = words.map(|word| word.to_str().unwrap().replace('\'', "'\\''"));
    let line: Vec<_> = words.map(|word| format!("'{word}'")).collect();
    let mut script = command("script");
    script.args(["-qec", &line.join(" "), "/dev/null"]);
    script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script
}

#[test]
fn the_same_end_after_a_signal() {
    let Some(original) = Original::find() else { return };
    if !original.is_since([12, 7, 0]) {
        return skip("sysstat before 12.7 does not catch signals");
    }
    for signal in ["-INT", "-TERM"] {
        random_cases(4, |rng| {
            let format = if rng.bool() { vec!["100"] } else { vec!["-o", "JSON", "100"] };
            let case = Case { arguments: format, locale: "C".to_owned(), environment: vec![] };
            let root = temp_dir();
            system(rng, root.path(), 1, Exclusions { empty: true, ..exclusions(&original, &case) });
            let [theirs, ours] = [None, Some(Path::new(OURS))]
                .map(|program| interrupt(original.in_place(program, root.path()), &case, signal));
            assert_same(signal, &ours, &theirs);
        });
    }
}

/// Runs a command until it waits after its first report, and sends it a signal.
fn interrupt(mut command: Command, case: &Case, signal: &str) -> Output {
    let command = command.args(&case.arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_until("the end of the report", || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        let caught = u64::from_str_radix(field("SigCgt:"), 16).unwrap();
        caught & INT_AND_TERM == INT_AND_TERM && field("State:").starts_with('S')
    });
    send_signal(&child, signal);
    child.wait_with_output().unwrap()
}

/// The signals 2 and 15 in a set of signals.
const INT_AND_TERM: u64 = 1 << 1 | 1 << 14;

#[test]
fn a_full_disk_has_the_same_status() {
    let Some(original) = Original::find() else { return };
    if !original.is_since([12, 7, 9]) {
        return skip("sysstat before 12.7.9 does not report a full disk");
    }
    let root = temp_dir();
    random_cases(1, |rng| system(rng, root.path(), 1, Exclusions::default()));
    for arguments in [&[][..], &["-z"], &["-o", "JSON"]] {
        let [theirs, ours] = [None, Some(Path::new(OURS))].map(|program| {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let mut command = original.in_place(program, root.path());
            command.args(arguments).stdout(full).stderr(Stdio::null()).status().unwrap().code()
        });
        assert_eq!(ours, theirs, "{arguments:?}");
    }
}

#[test]
fn usage_errors_are_those_of_sysstat() {
    let Some(original) = Original::find() else { return };
    let root = temp_dir();
    random_cases(1, |rng| system(rng, root.path(), 1, Exclusions::default()));
    for words in
        ["-km", "-mk", "1 0", "0 1", "-1", "1 -1", "1 1 1", "1 z", "-Q", "-zQ", "--humm", "-Q -V"]
    {
        let [theirs, ours] = [None, Some(Path::new(OURS))].map(|program| {
            original.in_place(program, root.path()).args(words.split(' ')).output().unwrap()
        });
        assert_eq!(ours.status.code(), theirs.status.code(), "{words}");
        assert_eq!(ours.stdout, theirs.stdout, "{words}");
        // The two lines before those that list the options.
        let usage = |text: &[u8]| -> Vec<Vec<u8>> {
            text.split(|&byte| byte == b'\n').take(2).map(<[u8]>::to_vec).collect()
        };
        assert_eq!(usage(&ours.stderr), usage(&theirs.stderr), "{words}");
    }
}

#[test]
fn the_same_variables_before_the_version() {
    let Some(original) = Original::find() else { return };
    if !original.is_since([12, 7, 0]) {
        return skip("sysstat before 12.7 prints no variables");
    }
    let root = temp_dir();
    random_cases(1, |rng| system(rng, root.path(), 1, Exclusions::default()));
    for arguments in [&["-V"][..], &["-zV", "1"], &["-V", "-Q"]] {
        let [theirs, ours] = [None, Some(Path::new(OURS))].map(|program| {
            let mut command = original.in_place(program, root.path());
            // If there are colors, sysstat prints only the first of them.
            let command = command.args(arguments).env("S_COLORS", "never");
            command.env("S_COLORS_SGR", "I=1:X=\u{fc}").env("S_TIME_FORMAT", "");
            command.output().unwrap()
        });
        assert_eq!(ours.status.code(), theirs.status.code(), "{arguments:?}");
        // The last two lines are the version and the copyright.
        let variables = |text: &[u8]| -> Vec<Vec<u8>> {
            let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            lines.map(<[u8]>::to_vec).rev().skip(2).collect()
        };
        assert_eq!(variables(&ours.stdout), variables(&theirs.stdout), "{arguments:?}");
    }
}

fn exclusions(original: &Original, case: &Case) -> Exclusions {
    let is_older = !original.is_since([12, 7, 0]);
    Exclusions {
        // In a locale with a decimal comma, sysstat reads only the whole seconds of the uptime.
        hundredths: ["de_DE.UTF-8", "fr_FR.UTF-8"].contains(&case.locale.as_str()),
        // Before 12.7, the empty line after the header preceded the omitted report.
        empty: is_older && case.arguments.contains(&"-y"),
        // The bounds of the colors were 50 and 75 before 12.7, and are 75 and 90 since.
        middle_percentages: is_older,
    }
}

/// The case whose number is the seed: a combination of options in a locale, and how many trees it
/// needs. The order of the options and the environment are random.
fn random_case(rng: &mut Rng, locales: &[&str], choices: &[&[&'static str]]) -> (Case, u64) {
    let mut number = usize::try_from(rng.get_seed()).unwrap();
    let mut digit = |base: usize| {
        let digit = number % base;
        number /= base;
        digit
    };
    let (numbers, trees) = NUMBERS[digit(NUMBERS.len())];
    let flags = FLAGS.map(|flag| (digit(2) == 1).then_some(flag));
    let choice = choices[digit(choices.len())];
    let locale = locales[digit(locales.len())].to_owned();
    let mut arguments = numbers.to_vec();
    for option in flags.into_iter().flatten() {
        arguments.insert(rng.usize(..=arguments.len()), option);
    }
    arguments.extend(choice);
    (Case { arguments, locale, environment: environment(rng) }, trees)
}

/// The recordings of real drives, each with some options; `hotplug` only until a drive is added.
fn recorded() -> Vec<(Case, &'static str)> {
    let mut cases = Vec::new();
    for (samples, trees) in [("load", "4"), ("blocks", "4"), ("hotplug", "3"), ("backup", "3")] {
        for options in ["-t", "-z", "--human", "-m", "-zt"] {
            let environment = vec![("TZ", "UTC".to_owned())];
            let arguments = vec![options, "1", trees];
            cases.push((Case { arguments, locale: "C".to_owned(), environment }, samples));
        }
    }
    cases
}

fn environment(rng: &mut Rng) -> Vec<(&'static str, String)> {
    let choices: [(&str, &[&str]); 4] = [
        ("S_TIME_FORMAT", &["", "ISO", "iso"]),
        ("S_COLORS", &["", "always", "always", "never", "auto", "Always"]),
        ("S_COLORS_SGR", &["", "H=31;1:I=36:N=1", "M=7:Z=4;5:q=2:X=", "I=01;35:W=33:N=1;;:Z", ":"]),
        (
            "TZ",
            &[
                "",
                "UTC",
                "Europe/Berlin",
                "America/St_Johns",
                "Asia/Tokyo",
                "CET-1CEST,M3.5.0,M10.5.0/3",
                "IST-2IDT,M3.4.4/26,M10.5.0",
            ],
        ),
    ];
    let chosen = choices.map(|(name, values)| (name, values[rng.usize(..values.len())].to_owned()));
    chosen.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn installed_locales() -> Vec<String> {
    let output = command("locale").arg("-a").output();
    let installed = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    installed.unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Says how much was compared.
fn report(original: &Original, calls: usize) {
    let [major, minor, patch] = original.version;
    let _ = writeln!(
        io::stderr(),
        "{calls} calls printed the same bytes as tapestat of sysstat {major}.{minor}.{patch}"
    );
}
