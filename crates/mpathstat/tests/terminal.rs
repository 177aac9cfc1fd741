//! The text report on terminals of several sizes.

#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use nix::pty::{Winsize, openpty};
use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use test_support::repository;

/// What the command prints on a terminal with so many columns, and 40 lines if it is a wide one.
fn on_terminal(columns: u16, words: &[&str]) -> Vec<String> {
    let lines = if columns > 80 { 40 } else { 24 };
    let size = Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let pty = openpty(Some(&size), None).unwrap();
    let samples = repository("testdata/samples/mpathstat");
    let mut run = Command::new(env!("CARGO_BIN_EXE_mpathstat"));
    run.args(words).current_dir(samples).env("S_COLORS", "never").env_remove("COLUMNS");
    run.stdin(Stdio::null()).stdout(Stdio::from(pty.slave));
    let mut child = run.spawn().unwrap();
    // Only the child has the terminal from here on, so that reading ends with it.
    drop(run);
    let mut text = Vec::new();
    // The end of a terminal is an error.
    let _ = File::from(pty.master).read_to_end(&mut text);
    assert!(child.wait().unwrap().success());
    String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
}

fn widest(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count()).max().unwrap_or(0)
}

const DEFAULT: &str = "\
Device Name  Reads     Writes    KBytesR/S  KBytesW/S  Await
data9        750.00    375.00    6000.00    3000.00    2.84
|- sda       600.00    300.00    4800.00    2400.00    0.80
|- sdb       0.00      0.00      0.00       0.00       0.00
|- sdc       150.00    75.00     1200.00    600.00     10.00
|- sdd       1.00      0.00      8.00       0.00       1.00
";

const MARKED_AT_80: &str = "\
Device Name  Reads     Writes    KBytesR/S  KBytesW/S  Await
data9        750.00    375.00    6000.00    3000.00    2.84      4/4
|- sda       600.00    300.00    4800.00    2400.00    0.80
|- sdb       0.00      0.00      0.00       0.00       0.00
|- sdc       150.00    75.00     1200.00    600.00     10.00
   <- await 12.50 x sda (host2, 0x500a0980c0ffee0), errors 5.00/s, timeouts
   1.00/s
|- sdd       1.00      0.00      8.00       0.00       1.00
";

const CHOSEN: &str = "\
Device Name  Reads   Writes  Await  %util   State        Target
data9        750.00  375.00  2.84   100.00  4/4 running  -
|- sda       600.00  300.00  0.80   72.00   running      0x500a0980c0ffee0
|- sdb       0.00    0.00    0.00   0.00    running      0x500a0981c0ffee1
|- sdc       150.00  75.00   10.00  100.00  running      0x500a0980c0ffee0
|- sdd       1.00    0.00    1.00   0.10    running      0x500a0981c0ffee1
";

#[test]
fn a_report_fits_a_terminal_of_80_or_120_columns() {
    let columns = ["-x", "--columns", "reads,writes,await,util,state,target"];
    let marked_at_120 = MARKED_AT_80.replace("timeouts\n   1.00/s", "timeouts 1.00/s");
    let marked_at_160 = marked_at_120.replace("10.00\n   <-", "10.00     <-");
    for (width, options, wanted) in [
        (80, &[][..], DEFAULT),
        (120, &[], DEFAULT),
        (80, &["-i"], MARKED_AT_80),
        (120, &["-i"], &marked_at_120),
        (160, &["-i"], &marked_at_160),
        (80, &columns, CHOSEN),
        (120, &columns, CHOSEN),
    ] {
        let words = [options, &["--root", "arrays", "data9", "1", "1"]].concat();
        let report = on_terminal(width, &words).join("\n") + "\n";
        assert_eq!(report, wanted, "{width} columns, {options:?}");
    }
}

#[test]
fn no_row_is_wider_than_the_terminal() {
    for columns in [80, 120] {
        for words in [
            &["--root", "arrays"][..],
            &["-i", "--root", "arrays"],
            &["-i", "--root", "hang"],
            &["-i", "--root", "ana"],
            &["-i", "-g", "host,target", "--root", "arrays"],
            &["-x", "--columns", "reads,writes,await,util,state,target", "--root", "arrays"],
        ] {
            let report = on_terminal(columns, words);
            assert!(widest(&report) <= usize::from(columns), "{words:?}\n{}", report.join("\n"));
        }
    }
}

#[test]
fn names_of_27_characters_fit_80_columns() {
    let topology = "a_name_of_27_characters_xxx (36001) dm-0 A,B\nsize=1G features='0'\n\
        `-+- policy='x' prio=1 status=active\n  `- 0:0:0:0 sda 8:0 active ready offline\n";
    let iostat = "Device r/s w/s rkB/s wkB/s r_await w_await aqu-sz %util\n\
        dm-0 99999.99 99999.99 999999.99 999999.99 99999.99 99999.99 1.0 99.9\n";
    let folder = test_support::temp_dir();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        test_support::write(&path, text);
        path.to_str().unwrap().to_owned()
    };
    let (topology, iostat) = (file("topology", topology), file("iostat", iostat));
    for option in ["-k", "-i"] {
        let report = on_terminal(80, &[option, "--topology", &topology, "--iostat", &iostat]);
        assert!(widest(&report) <= 80, "{}", report.join("\n"));
        assert!(report[1].starts_with("a_name_of_27_characters_xxx  99999.99  99999.99"));
    }
}
