//! As what a command reads an input, and how it is run.

use super::Input;
use super::check::{Verdict, check};
use crate::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use test_support::TempDir;
use test_support::processes::run_with_timeout;

/// How long a run may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How much address space a run may take, in KiB. Each thread reserves 64 MiB of it.
const ADDRESS_SPACE_KIB: u32 = 1 << 20;

/// As what a command reads an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A log for auditloginfo.
    Log,
    /// A text for `mpathstat --topology`.
    Topology,
    /// A text for `mpathstat --iostat`.
    Iostat,
    /// The file `/proc/diskstats` of a system for mpathstat.
    Diskstats,
    /// A system for mpathstat.
    MpathRoot,
    /// A system for tapestat.
    TapeRoot,
}

impl Role {
    /// The roles that an input can play.
    pub(super) fn all(input: &Input) -> &'static [Role] {
        match input {
            Input::File(_) => &[Role::Log, Role::Topology, Role::Iostat, Role::Diskstats],
            Input::Root(_) => &[Role::MpathRoot, Role::TapeRoot],
        }
    }

    fn command(self) -> &'static str {
        match self {
            Role::Log => "auditloginfo",
            Role::TapeRoot => "tapestat",
            _ => "mpathstat",
        }
    }

    /// The columns of figures; none if each row is an answer.
    fn figures(self) -> &'static [&'static str] {
        if self == Role::Log { &[] } else { &["reads_per_s", "read_kb_per_s", "await_ms", "reads"] }
    }

    /// The options of each run.
    fn options(self) -> &'static [&'static [&'static str]] {
        match self {
            Role::Log => &[
                &["-o", "tsv"],
                &["--uid", "all", "-m", "-a", "-o", "tsv", "--programs", "--changes", "--sudo"],
                &["--uid", "all", "-m", "-o", "jsonl", "--denials", "--errors", "--addresses"],
                &["--uid", "all"],
            ],
            Role::TapeRoot => &[&["-o", "tsv"], &["-o", "jsonl"], &["-x", "-j", "SERIAL"]],
            _ => &[&["-a", "-o", "tsv"], &["-a", "-o", "jsonl"], &["-a", "-x", "-i"]],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Role::Log => "",
            Role::Topology => " --topology",
            Role::Iostat => " --iostat",
            Role::Diskstats => " diskstats",
            Role::MpathRoot | Role::TapeRoot => " --root",
        };
        write!(f, "{}{what}", self.command())
    }
}

/// The built commands, and what mpathstat needs besides the input: a text of iostat and a text of
/// multipath that have every device that a text is likely to name.
pub(super) struct Runner {
    binaries: PathBuf,
    folder: TempDir,
}

impl Runner {
    pub(super) fn new(binaries: PathBuf) -> Result<Runner, Error> {
        let folder = test_support::temp_dir();
        for (name, text) in [("iostat", iostat()), ("topology", topology())] {
            let path = folder.path().join(name);
            fs::write(&path, text).map_err(Error::file(path))?;
        }
        Ok(Runner { binaries, folder })
    }

    /// Runs the command of a role on an input with each set of options.
    pub(super) fn run(&self, role: Role, input: &Input) -> Result<Verdict, Error> {
        let (words, _root) = self.words(role, input.path())?;
        let mut verdict = Verdict::default();
        for options in role.options() {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("ulimit -v {ADDRESS_SPACE_KIB} && exec \"$@\"")).arg("sh");
            shell.arg(self.binaries.join(role.command())).args(*options).args(&words);
            shell.env("LC_ALL", "C").env("TZ", "UTC").env("RUST_BACKTRACE", "0");
            let outcome = run_with_timeout(&mut shell, TIMEOUT).map_err(Error::program("sh"))?;
            check(&outcome, options, role.figures(), &mut verdict);
        }
        Ok(verdict)
    }

    /// The operands of a run, and a folder that must live as long.
    fn words(&self, role: Role, input: &Path) -> Result<(Vec<OsString>, Option<TempDir>), Error> {
        let here = |name| self.folder.path().join(name).into_os_string();
        let file = || input.as_os_str().to_owned();
        let (words, root) = match role {
            Role::Log => (vec![file()], None),
            Role::Topology => {
                (vec!["--topology".into(), file(), "--iostat".into(), here("iostat")], None)
            }
            Role::Iostat => {
                (vec!["--topology".into(), here("topology"), "--iostat".into(), file()], None)
            }
            Role::Diskstats => {
                let root = test_support::temp_dir();
                let text = fs::read(input).map_err(Error::file(input))?;
                complete(root.path(), &text)?;
                (vec!["--topology".into(), here("topology")], Some(root))
            }
            Role::MpathRoot | Role::TapeRoot => {
                let root = test_support::temp_dir();
                let mut copy = Command::new("cp");
                copy.arg("-RP").arg(input.join(".")).arg(root.path());
                copy.status().map_err(Error::program("cp"))?;
                complete(root.path(), diskstats().as_bytes())?;
                (Vec::new(), Some(root))
            }
        };
        let operands = root.as_ref().map(|root| ["--root".into(), root.path().into(), "1".into()]);
        Ok((words.into_iter().chain(operands.into_iter().flatten()).collect(), root))
    }
}

/// Adds what a saved system without numbered samples lacks: published ones have only what somebody
/// was interested in.
fn complete(root: &Path, diskstats: &[u8]) -> Result<(), Error> {
    let proc = root.join("proc");
    if root.join("1").exists() {
        return Ok(());
    }
    fs::create_dir_all(&proc).map_err(Error::file(&proc))?;
    for (name, text) in [("uptime", &b"100.00 100.00\n"[..]), ("diskstats", diskstats)] {
        let path = proc.join(name);
        if !path.exists() {
            fs::write(&path, text).map_err(Error::file(path))?;
        }
    }
    Ok(())
}

/// The names sda to sdz, and dm-0 to dm-39 with two paths of NVMe each.
fn devices() -> impl Iterator<Item = String> {
    let disks = ('a'..='z').map(|letter| format!("sd{letter}"));
    let doubled = ('a'..='z').flat_map(|first| ('a'..='z').map(move |second| (first, second)));
    let doubled = doubled.map(|(first, second)| format!("sd{first}{second}"));
    let maps = (0..40).map(|number| format!("dm-{number}"));
    let nvme = (0..8).flat_map(|number| [0, 1].map(|path| format!("nvme{number}c{path}n1")));
    let heads = (0..8).map(|number| format!("nvme{number}n1"));
    disks.chain(doubled).chain(maps).chain(nvme).chain(heads)
}

fn iostat() -> String {
    let mut text = String::from("Device r/s w/s rkB/s wkB/s await aqu-sz %util\n");
    for device in devices() {
        let _ = writeln!(text, "{device} 1.00 2.00 3.00 4.00 5.00 6.00 7.00");
    }
    text
}

fn diskstats() -> String {
    let mut text = String::new();
    for (minor, device) in devices().enumerate() {
        let _ = writeln!(text, "8 {minor} {device} 1 2 3 4 5 6 7 8 0 10 11");
    }
    text
}

/// One map over the disks sda to sdz, and beside it one map for each device of device mapper.
fn topology() -> String {
    let mut text = String::new();
    for (number, disk) in devices().take(26).enumerate() {
        let _ = writeln!(
            text,
            "mpath{number} (3600{number}) dm-{number} LAB,Disk\nsize=1G features='0'"
        );
        let _ = writeln!(text, "`-+- policy='service-time 0' prio=1 status=active");
        let _ = writeln!(text, "  `- 1:0:0:{number} {disk} 8:{number} active ready running");
    }
    text
}
