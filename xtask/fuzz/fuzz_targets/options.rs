//! Any words as a command line, with the times, globs and lists in it. The words are separated by
//! NUL; the first byte chooses the command.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use toolkit::cli::{Command, Request, parse};

fuzz_target!(|line: &[u8]| {
    let Some((command, words)) = line.split_first() else { return };
    match command % 3 {
        0 => check(&auditloginfo::args::COMMAND, words, |args| {
            let _ = (args.query(), args.layout());
        }),
        1 => check(&mpathstat::args::COMMAND, words, |args| {
            let _ = (args.schedule(), args.shown_columns(), args.sum_columns());
        }),
        _ => check(&tapestat::args::COMMAND, words, |args| {
            let _ = (args.schedule(), args.scale());
        }),
    }
});

fn check<A: Default>(command: &Command<A>, words: &[u8], use_args: impl Fn(A)) {
    let words = words.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_vec()));
    match parse(command, words) {
        Ok(Request::Run(args)) => use_args(args),
        Ok(Request::Print(text)) => assert!(!text.is_empty()),
        Err(usage) => {
            let text = usage.to_string();
            assert!(text.ends_with("--help'."), "{text:?}");
            assert!(
                !text.contains(|letter: char| letter.is_control() && letter != '\n'),
                "{text:?}"
            );
        }
    }
}
