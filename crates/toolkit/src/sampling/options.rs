//! The options and operands that all interval commands share.
//!
//! A command has [`SamplingOptions`] among its arguments and gives access to them by [`AsMut`]. Its
//! table of options names [`Opt::ROOT`], [`Opt::MEGA`] and so on.

use super::error::Error;
use super::output_options::{Format, OutputOptions, Unit};
use super::schedule::Schedule;
use super::system_root::SystemRoot;
use crate::cli::{self, Opt, ValueHint, long, short};
use crate::datetime::TimeFormat;
use std::path::PathBuf;

/// What the shared options and operands ask for.
#[derive(Debug, Default)]
pub struct SamplingOptions {
    /// When samples are taken.
    pub schedule: Schedule,
    /// The folder of a saved system, see [`SystemRoot`].
    pub root: Option<PathBuf>,
    /// The folder in which samples are saved, see [`SystemRoot::save_to`](super::SystemRoot::save_to).
    pub save: Option<PathBuf>,
    /// How reports are printed.
    pub output: OutputOptions,
}

impl SamplingOptions {
    /// The system that is sampled, and saved if asked for.
    ///
    /// # Errors
    /// There is no system below the root, or the folder in which to save cannot be used.
    pub fn open_root(&self) -> Result<SystemRoot, Error> {
        let mut root = SystemRoot::open(self.root.as_deref())?;
        self.save.as_deref().map(|folder| root.save_to(folder)).transpose()?;
        Ok(root)
    }

    /// Checks the options as a whole.
    ///
    /// # Errors
    /// A clause that says which of them conflict.
    pub fn check(&self) -> Result<(), String> {
        self.output.check()
    }
}

impl<A: AsMut<SamplingOptions>> Opt<A> {
    /// `--root`.
    pub const ROOT: Opt<A> = Opt::value(
        long("root").takes("DIR", ValueHint::Folder),
        "read proc and sys below DIR",
        "Read `proc`, `sys`, `dev` and `run` below DIR, the files of a saved system, instead of those of \
         the running system. If DIR has numbered folders DIR/1, DIR/2 and so on, each sample is read \
         from the one with the next higher number, without waiting, and the run ends after the last.",
        |args, value| {
            args.as_mut().root = Some(value.into());
            Ok(())
        },
    );
    /// `--save`.
    pub const SAVE: Opt<A> = Opt::value(
        long("save").takes("DIR", ValueHint::Folder),
        "save what is read below DIR, for --root",
        "While reporting as usual, save the input below DIR, a new or empty folder, with one numbered \
         folder per sample: files of `proc` and `sys`, the links in `dev` that name devices, and in \
         `run` what a daemon answered. Its file `clock` has the time of the sample: \
         the nanoseconds of a clock that is never set back, and those since the epoch. With `--root \
         DIR` and the same other options, the command prints the same reports again, on any machine.",
        |args, value| {
            args.as_mut().save = Some(value.into());
            Ok(())
        },
    );
    /// `-k`.
    pub const KILO: Opt<A> = Opt::flag(
        short('k'),
        "print amounts in kB (the default)",
        "Print amounts in kilobytes of 1024 bytes. This is the default.",
        |args| args.as_mut().output.set_unit(Unit::Kilo),
    );
    /// `-m`.
    pub const MEGA: Opt<A> = Opt::flag(
        short('m'),
        "print amounts in MB",
        "Print amounts in megabytes of 1024 kilobytes.",
        |args| args.as_mut().output.set_unit(Unit::Mega),
    );
    /// `-G`.
    pub const GIGA: Opt<A> = Opt::flag(
        short('G'),
        "print amounts in GB",
        "Print amounts in gigabytes of 1024 megabytes.",
        |args| args.as_mut().output.set_unit(Unit::Giga),
    );
    /// `-t`.
    pub const TIME: Opt<A> = Opt::flag(
        short('t'),
        "print the time before each report",
        "Print date and time before each report, in the format that `LC_TIME` or `S_TIME_FORMAT` \
         selects.",
        |args| {
            args.as_mut().output.time.get_or_insert(TimeFormat::Local);
        },
    );
    /// `-U`.
    pub const EPOCH: Opt<A> = Opt::flag(
        short('U'),
        "print the time in seconds since the epoch",
        "Print the time before each report in seconds since the epoch.",
        |args| args.as_mut().output.time = Some(TimeFormat::Epoch),
    );

    /// `--no-heading`.
    pub const NO_HEADING: Opt<A> = Opt::flag(
        long("no-heading"),
        "print no heading with -o tsv",
        "With `-o tsv`, leave out the first line, which names the columns.",
        |args| args.as_mut().output.no_heading = true,
    );

    /// `--human`, with its paragraph.
    #[must_use]
    pub const fn human(doc: &'static str) -> Opt<A> {
        Opt::flag(long("human"), "print each amount in a suitable unit", doc, |args| {
            args.as_mut().output.human = true;
        })
    }

    /// `-o`, with its paragraph.
    #[must_use]
    pub const fn format(doc: &'static str) -> Opt<A> {
        const WORDS: ValueHint = ValueHint::Words(&["JSON", "jsonl", "tsv", "prometheus"]);
        const HELP: &str = "output format: JSON (one document), jsonl or tsv (records), prometheus";
        Opt::value(short('o').takes("FORMAT", WORDS), HELP, doc, |args, value| {
            args.as_mut().output.format = cli::choice(&FORMATS, value)?;
            Ok(())
        })
    }
}

const FORMATS: [(&str, Format); 4] = [
    ("JSON", Format::Json),
    ("jsonl", Format::JsonLines),
    ("tsv", Format::Tsv),
    ("prometheus", Format::Prometheus),
];
