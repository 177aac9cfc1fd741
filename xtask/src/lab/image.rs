//! The image of the machine's system, made once and kept in the target folder.

use super::run_program;
use crate::error::Error;
use crate::workspace::Workspace;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The script that makes the image.
const SCRIPT: &str = "xtask/lab/make-image.sh";

/// The programs that the lab needs on this host, each with its Debian package.
const PROGRAMS: [(&str, &str); 8] = [
    ("cc", "gcc libc6-dev"),
    ("cpio", "cpio"),
    ("mke2fs", "e2fsprogs"),
    ("mmdebstrap", "mmdebstrap"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("setpriv", "util-linux"),
    ("xz", "xz-utils"),
    ("zstd", "zstd"),
];

/// The files of a made image.
pub(super) struct Image {
    folder: PathBuf,
}

impl Image {
    /// The image in `folder`; it is made if it is missing or the script has changed since.
    pub(super) fn get_or_make(
        workspace: &Workspace,
        folder: &Path,
        out: &mut impl Write,
    ) -> Result<Image, Error> {
        let image = Image { folder: folder.to_owned() };
        let script = workspace.text(SCRIPT)?;
        // The copy of the script is written last: it says that the image is complete.
        let stamp = folder.join("made-by");
        if fs::read_to_string(&stamp).is_ok_and(|made_by| made_by == script) {
            return Ok(image);
        }
        writeln!(out, "making the machine's image in {}", folder.display())?;
        image.make(&workspace.path(SCRIPT))?;
        fs::write(&stamp, script).map_err(Error::file(stamp))?;
        Ok(image)
    }

    fn make(&self, script: &Path) -> Result<(), Error> {
        if !nix::unistd::geteuid().is_root() {
            let folder = self.folder.display();
            return Err(Error::Invalid(format!(
                "only root can unpack the machine's packages; run this once as root: \
                 mkdir -p {folder} && sh {SCRIPT} {folder} && cp {SCRIPT} {folder}/made-by"
            )));
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(Error::file(&self.folder))?;
        }
        fs::create_dir_all(&self.folder).map_err(Error::file(&self.folder))?;
        let log = self.path("log");
        let file = fs::File::create(&log).map_err(Error::file(&log))?;
        let copy = file.try_clone().map_err(Error::file(&log))?;
        let mut shell = Command::new("sh");
        shell.arg(script).arg(&self.folder).stdout(file).stderr(copy);
        run_program(&mut shell)
            .map_err(|error| Error::Invalid(format!("{SCRIPT}: {error}; see {}", log.display())))
    }

    /// The path of a file of the image: `root.ext4`, `vmlinuz`, `initrd`.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// An error that names the programs that are missing and the packages that have them.
pub(super) fn require_programs() -> Result<(), Error> {
    let missing: Vec<_> = PROGRAMS.iter().filter(|(program, _)| !is_installed(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let programs: Vec<_> = missing.iter().map(|(program, _)| *program).collect();
    let packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    Err(Error::Invalid(format!(
        "the lab needs {}; on Debian, run as root: apt-get install --no-install-recommends {}",
        programs.join(", "),
        packages.join(" ")
    )))
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_path() {
        assert!(is_installed("sh"));
        assert!(!is_installed("no-such-program"));
    }
}
