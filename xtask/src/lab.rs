//! `cargo xtask lab`: runs the release binaries on real objects in a virtual machine, and checks
//! their reports by oracles in the same machine.
//!
//! `xtask/lab/make-image.sh` makes the machine's system of Debian's packages, once. Each run
//! shares a folder with the machine: the checks (`xtask/lab/guest`) and the binaries go in, the
//! report comes out. The checks run in the machine; this program starts it, prints the report as it
//! grows, counts, and ends the machine.

mod image;
mod machine;
mod report;

use crate::binaries;
use crate::commands;
use crate::error::Error;
use crate::workspace::Workspace;
use image::Image;
use machine::Machine;
use nix::fcntl::{Flock, FlockArg};
use report::Report;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the machine may take from power-on to its first check.
const BOOT_LIMIT: Duration = Duration::from_secs(300);
/// How long a whole run may take.
const RUN_LIMIT: Duration = Duration::from_secs(20 * 60);

/// The command line.
#[derive(Default)]
struct Options {
    /// Keep the results of a run without failures, too.
    keep: bool,
    /// Run only checks whose names contain one of these; all if there are none.
    only: Vec<String>,
    /// The folder of the commands to check, instead of a release build.
    commands: Option<PathBuf>,
}

impl Options {
    fn parse(words: &[&str]) -> Result<Options, Error> {
        let mut options = Options::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--keep" => options.keep = true,
                "--only" => options.only.push((*words.next().ok_or(Error::Usage)?).to_owned()),
                "--commands" => options.commands = Some(words.next().ok_or(Error::Usage)?.into()),
                _ => return Err(Error::Usage),
            }
        }
        Ok(options)
    }
}

/// Runs the checks and prints their results; false if one failed.
pub(crate) fn run(
    workspace: &Workspace,
    words: &[&str],
    out: &mut impl Write,
) -> Result<bool, Error> {
    let options = Options::parse(words)?;
    image::require_programs()?;
    let commands = match &options.commands {
        Some(folder) => folder.clone(),
        None => binaries::build_release(workspace)?,
    };
    let lab = binaries::target_folder()?.with_file_name("lab");
    let _lock = lock(&lab)?;
    let image = Image::get_or_make(workspace, &lab.join("image"), out)?;
    let run = lab.join("run");
    let share = make_share(workspace, &run, &commands, &options.only)?;
    let result = boot(&image, &run, &share, out);
    machine::remove_disks(&run)?;
    let is_good = result.as_ref().is_ok_and(Report::is_good);
    if is_good && !options.keep {
        fs::remove_dir_all(&run).map_err(Error::file(&run))?;
    } else {
        writeln!(out, "results: {}", run.display())?;
    }
    result.map(|_| is_good)
}

/// Locks the folder of the lab until the value is dropped, so that runs do not share a machine.
fn lock(lab: &Path) -> Result<Flock<File>, Error> {
    fs::create_dir_all(lab).map_err(Error::file(lab))?;
    let path = lab.join("lock");
    let file = File::create(&path).map_err(Error::file(&path))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock)
        .map_err(|_| Error::Invalid(format!("{}: another run of the lab holds it", path.display())))
}

/// Boots the machine and prints its report, until it has ended or has run too long.
fn boot(image: &Image, run: &Path, share: &Path, out: &mut impl Write) -> Result<Report, Error> {
    let start = Instant::now();
    let mut machine = Machine::start(image, run, share)?;
    let mut report = Report::new(share.join("out/report"));
    loop {
        let status = machine.wait(Duration::from_millis(500))?;
        report.print_new_lines(out)?;
        let seconds = start.elapsed().as_secs();
        if report.has_ended() {
            writeln!(out, "{report}, {seconds} s")?;
            return Ok(report);
        } else if let Some(status) = status {
            let what = format!("the machine stopped before the last check (qemu: {status})");
            return Err(machine.failure(&what));
        } else if start.elapsed() > RUN_LIMIT {
            return Err(machine.failure("the machine runs longer than 20 minutes"));
        } else if !report.has_started() && start.elapsed() > BOOT_LIMIT {
            return Err(machine.failure("the machine does not boot within 5 minutes"));
        }
    }
}

/// Makes the folder that the machine sees as /lab.
fn make_share(
    workspace: &Workspace,
    run: &Path,
    commands: &Path,
    only: &[String],
) -> Result<PathBuf, Error> {
    let share = run.join("share");
    if run.exists() {
        fs::remove_dir_all(run).map_err(Error::file(run))?;
    }
    for name in ["bin", "guest", "out"] {
        fs::create_dir_all(share.join(name)).map_err(Error::file(share.join(name)))?;
    }
    for command in commands::all() {
        copy(&commands.join(command.name()), &share.join("bin"))?;
    }
    for path in workspace.files("xtask/lab/guest")? {
        copy(&workspace.path(&path), &share.join("guest"))?;
    }
    compile_calls(&share, "calls64", &["-m64"])?;
    compile_calls(&share, "calls32", &["-m32"])?;
    let list = share.join("only");
    fs::write(&list, only.join("\n")).map_err(Error::file(&list))?;
    Ok(share)
}

fn copy(file: &Path, folder: &Path) -> Result<(), Error> {
    let to = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, to).map(|_| ()).map_err(Error::file(file))
}

/// Compiles the program that makes known system calls. It needs no C library, so that any compiler
/// for x86-64 makes the 32-bit program as well.
fn compile_calls(share: &Path, name: &str, machine: &[&str]) -> Result<(), Error> {
    let mut compiler = Command::new("cc");
    compiler.args(machine).args(["-O1", "-ffreestanding", "-fno-stack-protector", "-fno-builtin"]);
    compiler.args(["-static", "-nostdlib", "-fno-pie", "-no-pie", "-Wl,--build-id=none"]);
    // Debian keeps the kernel's headers for 64 and 32 bit in the folder of the 64-bit ones.
    compiler.arg("-I/usr/include/x86_64-linux-gnu").arg("-o").arg(share.join("bin").join(name));
    run_program(compiler.arg(share.join("guest/calls.c")))
}

/// Runs a program; an error if it fails.
fn run_program(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status().map_err(Error::program(&program))? {
        status if status.success() => Ok(()),
        status => Err(Error::Invalid(format!("{program}: {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::parse(&["--only", "a", "--keep", "--only", "b"]).expect("valid");
        assert!(options.keep);
        assert_eq!(options.only, ["a", "b"]);
        assert!(Options::parse(&["--only"]).is_err());
        assert!(Options::parse(&["a"]).is_err());
    }
}
