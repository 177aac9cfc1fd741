//! The same bytes as sysstat's command prints for the same systems.
//!
//! The C program runs in a mount namespace of its own, with a random system mounted over `/sys` and
//! `/proc/uptime` and with the clock of that system (`clock.c`); ours reads the system by `--root`. The
//! cases are all combinations of the options that both have, in every locale that is installed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic; what is outside a test function is a test as well"
)]

mod random;

use random::{Exclusions, system};
use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output};
use test_support::{Rng, command, random_cases, repository, skip, temp_dir, works};

const OURS: &str = env!("CARGO_BIN_EXE_tapestat");
const LOCALES: [&str; 5] = ["C", "en_US.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8"];
/// Locales with a decimal comma, in which sysstat reads only the whole seconds of the time since boot.
const COMMA: [&str; 2] = ["de_DE.UTF-8", "fr_FR.UTF-8"];

/// Interval and count, and how many trees they need.
const NUMBERS: [(&[&str], u64); 5] =
    [(&[], 1), (&["0"], 1), (&["3", "1"], 2), (&["5", "2"], 3), (&["60", "3"], 4)];
const FLAGS: [&str; 4] = ["-t", "-y", "-z", "--human"];
const UNITS: [&[&str]; 3] = [&[], &["-k"], &["-m"]];

/// How many combinations of options there are.
const COMBINATIONS: u64 = ((1 << FLAGS.len()) * UNITS.len() * NUMBERS.len()) as u64;

/// One call.
struct Case {
    arguments: Vec<&'static str>,
    trees: u64,
    locale: &'static str,
    environment: Vec<(&'static str, &'static str)>,
}

#[test]
fn the_same_bytes_as_sysstat() {
    let folder = temp_dir();
    let clock = folder.path().join("clock.so");
    let Some(version) = prepare(&clock) else { return };
    let locales = installed_locales();
    let count = Cell::new(0);
    random_cases(COMBINATIONS * locales.len() as u64, |rng| {
        let case = case(rng, &locales);
        let exclusions = Exclusions {
            hundredths: COMMA.contains(&case.locale),
            // Before 12.7, the empty line after the header preceded the omitted report.
            empty: version < (12, 7) && case.arguments.contains(&"-y"),
            // The bounds of the colors were 50 and 75 before 12.7, and are 75 and 90 since.
            middle_percentages: version < (12, 7),
        };
        let root = temp_dir();
        system(rng, root.path(), case.trees, exclusions);
        compare(&case, root.path(), &clock);
        count.set(count.get() + 1);
    });
    for (case, samples) in recorded() {
        compare(&case, &repository("testdata/samples/tapestat").join(samples), &clock);
        count.set(count.get() + 1);
    }
    let ((major, minor), count) = (version, count.get());
    let _ = writeln!(
        io::stderr(),
        "{count} calls printed the same bytes as tapestat of sysstat {major}.{minor}"
    );
}

#[test]
fn usage_errors_are_those_of_sysstat() {
    if !works(command("tapestat").arg("-V")) {
        return;
    }
    for words in ["-km", "-mk", "1 0", "0 1", "-1", "1 -1", "1 1 1", "1 z", "-Q", "-zQ", "--hum"] {
        let [ours, theirs] = [OURS, "tapestat"]
            .map(|program| command(program).args(words.split(' ')).output().unwrap());
        assert_eq!(ours.status.code(), theirs.status.code(), "{words}");
        assert_eq!(ours.stdout, theirs.stdout, "{words}");
        // The two lines before those that list the options.
        let usage =
            |text: &[u8]| text.split(|&byte| byte == b'\n').take(2).map(<[u8]>::to_vec).collect();
        let usages: [Vec<_>; 2] = [usage(&ours.stderr), usage(&theirs.stderr)];
        assert_eq!(usages[0], usages[1], "{words}");
    }
}

/// Builds the clock, and returns the version of sysstat's command; `None` if anything is missing.
fn prepare(clock: &Path) -> Option<(u32, u32)> {
    let source = repository("crates/tapestat/tests/differential/clock.c");
    let has_all = works(command("tapestat").arg("-V"))
        && works(command("unshare").args(["-m", "sh", "-c", "mount --bind /tmp /sys"]))
        && works(command("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(clock).arg(source));
    let output = has_all.then(|| command("tapestat").arg("-V").output().unwrap())?;
    let text = String::from_utf8(output.stdout).unwrap();
    let mut numbers = text.split([' ', '.', '\n']).filter_map(|word| word.parse().ok());
    let version = numbers.next().zip(numbers.next());
    assert!(version.is_some(), "the version of sysstat in {text:?}");
    version
}

fn installed_locales() -> Vec<&'static str> {
    let output = command("locale").arg("-a").output();
    let installed = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let installed = installed.unwrap_or_default();
    let is_installed = |locale: &&str| {
        let name = locale.replace("UTF-8", "utf8");
        let found = installed.lines().any(|line| line == name);
        if !found {
            skip(&format!("the locale {locale} is not installed"));
        }
        found
    };
    LOCALES.into_iter().filter(is_installed).collect()
}

/// The case whose number is the seed: a combination of options in a locale. Their order and the
/// environment are random.
fn case(rng: &mut Rng, locales: &[&'static str]) -> Case {
    let mut number = usize::try_from(rng.get_seed()).unwrap();
    let mut digit = |base: usize| {
        let digit = number % base;
        number /= base;
        digit
    };
    let (numbers, trees) = NUMBERS[digit(NUMBERS.len())];
    let flags = FLAGS.map(|flag| (digit(2) == 1).then_some(flag));
    let units = UNITS[digit(UNITS.len())];
    let locale = locales[digit(locales.len())];
    let mut arguments = numbers.to_vec();
    for option in flags.into_iter().flatten().chain(units.iter().copied()) {
        arguments.insert(rng.usize(..=arguments.len()), option);
    }
    Case { arguments, trees, locale, environment: environment(rng) }
}

/// The recordings of real drives, each with some options; `hotplug` only until a drive is added.
fn recorded() -> Vec<(Case, &'static str)> {
    let mut cases = Vec::new();
    for (samples, trees) in [("load", "4"), ("blocks", "4"), ("hotplug", "3"), ("backup", "3")] {
        for options in ["-t", "-z", "--human", "-m", "-zt"] {
            let (locale, environment) = ("C", vec![("TZ", "UTC")]);
            let arguments = vec![options, "1", trees];
            cases.push((Case { arguments, trees: 0, locale, environment }, samples));
        }
    }
    cases
}

fn environment(rng: &mut Rng) -> Vec<(&'static str, &'static str)> {
    let choices: [(&str, &[&str]); 4] = [
        ("S_TIME_FORMAT", &["", "ISO", "iso"]),
        ("S_COLORS", &["", "always", "always", "never", "auto", "Always"]),
        (
            "S_COLORS_SGR",
            &["", "H=31;1:I=36:N=1", "M=7:Z=4;5:q=2:X=", "I=01;35;44:W=33:N=1;;:Z", ":"],
        ),
        (
            "TZ",
            &[
                "",
                "UTC",
                "Europe/Berlin",
                "America/St_Johns",
                "Asia/Tokyo",
                "CET-1CEST,M3.5.0,M10.5.0/3",
            ],
        ),
    ];
    let chosen = choices.map(|(name, values)| (name, values[rng.usize(..values.len())]));
    chosen.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn compare(case: &Case, root: &Path, clock: &Path) {
    let mut theirs = Command::new("unshare");
    let mount = "mount --bind \"$TREES/1/sys\" /sys && \
                 mount --bind \"$TREES/1/proc/uptime\" /proc/uptime && \
                 LD_PRELOAD=$CLOCK exec tapestat \"$@\"";
    theirs.args(["-m", "sh", "-c", mount, "sh"]).env("TREES", root).env("CLOCK", clock);
    let theirs = run(&mut theirs, case);
    let ours = run(Command::new(OURS).arg("--root").arg(root), case);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        (&ours.stdout, &ours.stderr, ours.status.code())
            == (&theirs.stdout, &theirs.stderr, theirs.status.code()),
        "LC_ALL={} {:?} tapestat {}\nours:\n{}{}{}\nsysstat's:\n{}{}{}",
        case.locale,
        case.environment,
        case.arguments.join(" "),
        text(&ours.stdout),
        text(&ours.stderr),
        ours.status,
        text(&theirs.stdout),
        text(&theirs.stderr),
        theirs.status,
    );
}

fn run(command: &mut Command, case: &Case) -> Output {
    for name in ["S_TIME_FORMAT", "S_COLORS", "S_COLORS_SGR", "TZ", "LANG"] {
        command.env_remove(name);
    }
    // Messages of sysstat are not translated, because ours are not.
    command.args(&case.arguments).env("LC_ALL", case.locale).env("LANGUAGE", "en");
    command.envs(case.environment.iter().copied()).output().unwrap()
}
