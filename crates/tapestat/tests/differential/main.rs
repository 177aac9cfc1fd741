//! The same bytes as sysstat's command, over the same machines.
//!
//! The C program runs in a mount namespace of its own with a random machine over `/sys` and
//! `/proc/uptime`, its clock that of the machine (`clock.c`); ours reads the machine by `--root`. All
//! combinations of the options that both know are run, in every locale that is installed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panic; what is outside a test function is a test as well"
)]

mod random;

use random::{Random, Spared, machine};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const OURS: &str = env!("CARGO_BIN_EXE_tapestat");
const LOCALES: [&str; 5] = ["C", "en_US.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8"];
/// Those whose decimal comma makes sysstat read only the whole seconds of the uptime.
const COMMA: [&str; 2] = ["de_DE.UTF-8", "fr_FR.UTF-8"];

/// A folder that is removed at the end, unless that is a failure to look into.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// One call.
struct Case {
    arguments: Vec<&'static str>,
    trees: u64,
    locale: &'static str,
    environment: Vec<(&'static str, &'static str)>,
}

#[test]
fn the_same_bytes_as_sysstat() {
    // Many small files: in memory where that can be.
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = Folder(folder.join(format!("tapestat-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let clock = folder.0.join("clock.so");
    let version = match prepare(&clock) {
        Ok(version) => version,
        Err(why) => {
            warn(&format!("skipped the comparison with sysstat's tapestat: {why}"));
            return;
        }
    };
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    let mut random = Random(seed);
    let mut count = 0;
    for case in cases(&mut random) {
        let root = folder.0.join("machine");
        let _ = fs::remove_dir_all(&root);
        let spared = Spared {
            hundredths: COMMA.contains(&case.locale),
            // The empty line after the header came before the skipped round, and comes after it since.
            empty: version < (12, 7) && case.arguments.contains(&"-y"),
            // The bounds of the colours were 50 and 75 before 12.7, and are 75 and 90 since.
            middle_percentages: version < (12, 7),
        };
        machine(&mut random, &root, case.trees, spared);
        compare(&case, &root, &clock);
        count += 1;
    }
    for case in recorded() {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/tapestat");
        compare(&case.0, &Path::new(samples).join(case.1), &clock);
        count += 1;
    }
    let (major, minor) = version;
    warn(&format!(
        "{count} calls gave the same bytes as tapestat of sysstat {major}.{minor} (seed {seed})"
    ));
}

#[test]
fn wrong_calls_end_as_with_sysstat() {
    if !Command::new("tapestat").arg("-V").output().is_ok_and(|output| output.status.success()) {
        warn("skipped the comparison of wrong calls: no tapestat of sysstat");
        return;
    }
    for words in ["-km", "-mk", "1 0", "0 1", "-1", "1 -1", "1 1 1", "1 z", "-Q", "-zQ", "--hum"] {
        let [ours, theirs] = [OURS, "tapestat"].map(|command| {
            Command::new(command).args(words.split(' ')).env("LC_ALL", "C").output().unwrap()
        });
        assert_eq!(ours.status.code(), theirs.status.code(), "{words}");
        assert_eq!(ours.stdout, theirs.stdout, "{words}");
        // The two lines before those that list the options.
        let usage =
            |text: &[u8]| text.split(|&byte| byte == b'\n').take(2).map(<[u8]>::to_vec).collect();
        let usages: [Vec<_>; 2] = [usage(&ours.stderr), usage(&theirs.stderr)];
        assert_eq!(usages[0], usages[1], "{words}");
    }
}

/// Writes to standard error even when the test harness keeps what tests print.
fn warn(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Builds the clock, and looks whether all that is needed is there; gives sysstat's version.
fn prepare(clock: &Path) -> Result<(u32, u32), String> {
    let works = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        match output {
            Ok(output) if output.status.success() => Ok(output.stdout),
            Ok(output) => Err(format!("{program} fails: {}", output.stderr.escape_ascii())),
            Err(error) => Err(format!("{program}: {error}")),
        }
    };
    let version = works("tapestat", &["-V"])?;
    works("unshare", &["-m", "sh", "-c", "mount --bind /tmp /sys"])?;
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/clock.c");
    let clock = clock.to_str().ok_or("the temporary folder has a strange name")?;
    works("cc", &["-O1", "-shared", "-fPIC", "-o", clock, source])?;
    let version = String::from_utf8_lossy(&version).into_owned();
    let mut numbers = version.split([' ', '.', '\n']).filter_map(|word| word.parse().ok());
    numbers.next().zip(numbers.next()).ok_or(format!("a version that is none: {version}"))
}

/// All combinations of the options that both know, in every locale, each with some environment.
fn cases(random: &mut Random) -> Vec<Case> {
    let installed = Command::new("locale").arg("-a").output().map(|output| output.stdout);
    let installed = String::from_utf8_lossy(&installed.unwrap_or_default()).into_owned();
    let mut cases = Vec::new();
    for locale in LOCALES {
        if !installed.lines().any(|line| line == locale.replace("UTF-8", "utf8")) {
            warn(&format!("skipped {locale}: not installed"));
            continue;
        }
        for bits in 0..48 {
            for (numbers, trees) in [("", 1), ("0", 1), ("3 1", 2), ("5 2", 3), ("60 3", 4)] {
                let mut arguments: Vec<&str> = numbers.split_whitespace().collect();
                let flags = ["-t", "-y", "-z", "--human"];
                for (bit, flag) in flags.iter().enumerate() {
                    if bits >> bit & 1 == 1 {
                        let at = random.below(arguments.len() as u64 + 1);
                        arguments.insert(usize::try_from(at).unwrap(), flag);
                    }
                }
                match bits / 16 {
                    1 => arguments.insert(0, "-k"),
                    2 => arguments.push("-m"),
                    _ => {}
                }
                let environment = environment(random);
                cases.push(Case { arguments, trees, locale, environment });
            }
        }
    }
    cases
}

/// The recordings of real drives, each with some options; `hotplug` only until a drive comes back.
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

fn environment(random: &mut Random) -> Vec<(&'static str, &'static str)> {
    let mut environment = Vec::new();
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
    for (name, values) in choices {
        match *random.of(values) {
            "" => {}
            value => environment.push((name, value)),
        }
    }
    environment
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
    // Messages of sysstat that are translated are not the matter here.
    command.args(&case.arguments).env("LC_ALL", case.locale).env("LANGUAGE", "en");
    command.envs(case.environment.iter().copied()).output().unwrap()
}
