//! The text report on terminals of several sizes.

#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use nix::pty::{Winsize, openpty};
use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use test_support::repository;

/// What the command prints on a terminal with so many columns.
fn on_terminal(columns: u16, words: &[&str]) -> Vec<String> {
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
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

#[test]
fn the_name_column_is_as_wide_as_the_longest_name() {
    let report = on_terminal(80, &["--root", "arrays", "1", "1"]);
    assert_eq!(report[0], "Device Name   Reads     Writes    KBytesR/S  KBytesW/S  Await");
    assert_eq!(report[1], "data9         750.00    375.00    6000.00    3000.00    2.84");
    assert_eq!(report[2], "|- sda        600.00    300.00    4800.00    2400.00    0.80");
}

#[test]
fn marks_that_do_not_fit_stand_below_their_row() {
    let words = ["-i", "--root", "arrays", "data9", "1", "1"];
    let narrow = on_terminal(80, &words);
    assert_eq!(narrow[1], "data9        750.00    375.00    6000.00    3000.00    2.84      4/4");
    let slow = narrow.iter().position(|line| line.starts_with("|- sdc")).unwrap();
    assert_eq!(narrow[slow], "|- sdc       150.00    75.00     1200.00    600.00     10.00");
    assert_eq!(
        narrow[slow + 1..slow + 3],
        [
            "   <- await 12.50 x sda (host2, 0x500a0980c0ffee0), errors 5.00/s, timeouts",
            "   1.00/s"
        ]
    );
    let wide = on_terminal(160, &words);
    assert!(wide[slow].ends_with(
        "10.00     <- await 12.50 x sda (host2, 0x500a0980c0ffee0), errors 5.00/s, timeouts 1.00/s"
    ));
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
