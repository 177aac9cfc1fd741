//! I/O statistics of multipath devices and of each of their paths, from the kernel itself.
//!
//! One run is one line: words become [`args::Args`]; sysfs becomes a [`topology::Topology`], again
//! only after a change; `/proc/diskstats` becomes a [`sample::Sample`], two of them the
//! [`rates::IntervalRates`] between them, and these a [`report`].
//!
//! ```
//! use toolkit::messages::Messages;
//!
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/samples/mpathstat/load");
//! let (mut out, mut messages) = (Vec::new(), Messages::new("mpathstat", std::io::stderr()));
//! mpathstat::run(["--root", root, "1", "1"].map(Into::into), &mut out, &mut messages)?;
//! assert!(out.starts_with(b"Device Name"));
//! # Ok::<(), mpathstat::error::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod args;
mod budget;
pub mod columns;
pub mod counters;
pub mod current_topology;
pub mod error;
pub mod iostat;
mod manual;
pub mod monitor;
pub mod multipathd;
pub mod rates;
pub mod report;
pub mod sample;
mod text_kind;
pub mod topology;

use args::{Args, COMMAND};
use current_topology::{CurrentTopology, MultipathdSource};
use error::Error;
use iostat::IostatText;
use monitor::{KernelMonitor, MapMonitor, TextMonitor};
use multipathd::{Multipathd, Sockets};
use rates::{By, Marker, Selection, View};
use sample::CounterReader;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use toolkit::cli;
use toolkit::input::Source;
use toolkit::messages::Messages;
use toolkit::sampling::{self, Format, HostInfo, Schedule, SystemRoot};
use topology::sysfs::AttributeSet;
use topology::text::Contents;
use topology::{MapMajor, Topology};

/// Runs the command with `words`, those after its name. Returns the exit status: 0, or 1 if there
/// was no map or none of the devices that were named.
///
/// # Errors
/// The command line is wrong, the system or a text cannot be read, or the report cannot be written.
pub fn run(
    words: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    messages: &mut Messages<impl Write>,
) -> Result<u8, Error> {
    let Some(args) = cli::parse(&COMMAND, words)?.args_or_print(out)? else { return Ok(0) };
    let fixed = args.topology.as_deref().map(|file| read_topology(file, messages)).transpose()?;
    let mut root = args.sampling.open_root()?;
    let wall = sample::moment(&mut root)?.wall;
    let mut report = report::new(&args, HostInfo::read(&mut root), wall);
    let (report, schedule) = (report.as_mut(), &args.schedule());
    let maps = map_monitor(&args, fixed, &root);
    let Some(file) = &args.iostat else {
        let counters = CounterReader::new(maps.topology.get(), needs_failures(&args));
        let mut monitor = KernelMonitor { maps, counters, last: None };
        return sampling::run(&mut monitor, report, schedule, &mut root, out, messages);
    };
    let output = &args.sampling.output;
    let shows_times = output.time.is_some() || output.format != Format::Text;
    let text = IostatText::new(open_text(file)?);
    let mut monitor = TextMonitor {
        maps,
        text: if shows_times { text.with_times() } else { text },
        name: display_name(file).to_owned(),
        wall: wall.filter(|_| args.topology.is_none()),
        seconds: schedule.period().as_secs_f64(),
        report_count: 0,
        omits_first: args.omits_since_boot,
        has_match: false,
        map_major: MapMajor::default(),
    };
    let schedule = Schedule { since_boot: !args.omits_since_boot, ..schedule.clone() };
    sampling::run(&mut monitor, report, &schedule, &mut root, out, messages)
}

/// The maps, which are those of `fixed` if it is given, and what is shown of them.
fn map_monitor(args: &Args, fixed: Option<Topology>, root: &SystemRoot) -> MapMonitor {
    let resolve = |word: &[u8]| {
        let below = OsStr::from_bytes(word.strip_prefix(b"/")?);
        let target = root.read_link(below)?;
        Some(target.file_name()?.as_bytes().to_vec())
    };
    let view = View {
        marker: args.has_marks.then(Marker::default),
        selection: Selection::new(args.devices.iter().map(|it| it.as_encoded_bytes()), resolve),
        by: args.by.clone(),
        sort: args.sort,
        top: args.top,
        shows_idle: args.shows_idle || args.is_metrics(),
    };
    let topology = match fixed {
        Some(topology) => CurrentTopology::fixed(topology),
        None => topology_in_sysfs(args, root),
    };
    MapMonitor {
        topology,
        view,
        can_wait: args.schedule().count != Some(1) && args.iostat.is_none(),
        is_saved: root.is_saved(),
        has_maps: false,
    }
}

fn topology_in_sysfs(args: &Args, root: &SystemRoot) -> CurrentTopology {
    let is_text = args.sampling.output.format == Format::Text;
    let shows = |names: &[&str]| is_text && args.shows(names);
    let ports = !is_text
        || args.has_marks
        || !args.devices.is_empty() // One may be a port.
        || shows(&["host", "target"])
        || args.by.iter().any(|by| matches!(by, By::Host | By::Target | By::Controller));
    // Without a thread to ask multipathd, its columns are unknown.
    let needs_states = args.is_extended || args.has_marks || shows(&["state", "access"]);
    let attributes =
        AttributeSet { access: needs_states || !is_text || args.by.contains(&By::Group), ports };
    let needs_multipathd = needs_states || shows(&["group", "multipathd"]);
    let multipathd = match (needs_multipathd, root.is_saved()) {
        (false, _) => None,
        (true, true) => Some(MultipathdSource::Saved),
        (true, false) => Multipathd::start(Sockets::known()).ok().map(MultipathdSource::Running),
    };
    CurrentTopology::in_sysfs(attributes, needs_states, multipathd)
}

/// Whether the counters of failed commands are read, which costs system calls per path.
fn needs_failures(args: &Args) -> bool {
    args.is_extended
        || args.has_marks
        || args.is_metrics()
        || args.shows(&["errors", "timeouts", "retries", "failovers"])
}

/// Reads a text of `multipath -ll`.
fn read_topology(file: &Path, messages: &mut Messages<impl Write>) -> Result<Topology, Error> {
    let name = display_name(file).display();
    let on_damage = |line, bad| messages.warn_once(format_args!("{name}:{line}: {bad}"));
    let text = topology::text::read_contents(open_text(file)?, on_damage);
    let Contents { topology, incomplete, kind: found } = text.map_err(read_error(file))?;
    if let [first, others @ ..] = &incomplete[..] {
        let first = String::from_utf8_lossy(first);
        let more = if others.is_empty() { "" } else { " and of other maps" };
        let hint = "are missing in this text; save the whole output";
        messages.warn(format_args!("{name}: paths of {first}{more} {hint}"));
    }
    if topology.maps.is_empty() && topology.subsystems.is_empty() {
        let expected = "the output of multipath -ll, multipathd or nvme list-subsys";
        return Err(Error::Kind { path: display_name(file).into(), expected, found });
    }
    Ok(topology)
}

/// Opens a text; `-` is standard input.
fn open_text(file: &Path) -> Result<Box<dyn Read>, Error> {
    if file.is_dir() {
        let found = "a folder; --root takes that of a saved system or of a sos report";
        return Err(Error::Kind { path: file.into(), expected: "a file", found });
    }
    let source = if file == Path::new("-") { Source::stdin() } else { Source::open(file) };
    match source.map_err(read_error(file))? {
        Source::File(file) => Ok(Box::new(file)),
        Source::Stream(stream) => Ok(stream),
    }
}

/// The name of a text in messages.
fn display_name(file: &Path) -> &Path {
    if file == Path::new("-") { Path::new("standard input") } else { file }
}

fn read_error(file: &Path) -> impl FnOnce(io::Error) -> sampling::Error + '_ {
    |cause| sampling::Error::Read { path: display_name(file).into(), cause }
}
