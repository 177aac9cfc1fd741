//! Packages of any suite of Debian, downloaded and unpacked below the target folder.

use crate::binaries;
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The keys that sign the packages of Debian.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Downloads packages of a suite and unpacks them in the folder `name` beside the built commands,
/// which is emptied before. apt uses lists and settings of its own there, because most machines have
/// another suite in their sources.
pub(crate) fn unpack(name: &str, suite: &str, packages: &[&str]) -> Result<PathBuf, Error> {
    let folder = binaries::target_folder()?.with_file_name(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::file(&folder))?;
    }
    for empty in ["lists/partial", "cache/archives/partial"] {
        let path = folder.join(empty);
        fs::create_dir_all(&path).map_err(Error::file(&path))?;
    }
    let source = format!("deb [signed-by={KEYRING}] {} {suite} main\n", mirror()?);
    write(&folder.join("sources.list"), &source)?;
    write(&folder.join("apt.conf"), &settings(&folder))?;
    apt_get(&folder, &["-qq", "update"])?;
    apt_get(&folder, &[&["-qq", "download"], packages].concat())?;
    let unpack = "for package in *.deb; do dpkg-deb -x \"$package\" . || exit; done";
    output(Command::new("sh").args(["-c", unpack]).current_dir(&folder))?;
    Ok(folder)
}

/// The Debian mirror in the machine's own sources.
fn mirror() -> Result<String, Error> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]);
    let mirrors = output(targets.arg("Label: Debian"))?;
    let unknown =
        || Error::Invalid("apt has no list of Debian's packages; run apt-get update".into());
    mirrors.lines().next().map(str::to_owned).ok_or_else(unknown)
}

/// Settings that keep apt in `folder`.
fn settings(folder: &Path) -> String {
    format!(
        "Dir::Etc::SourceList \"{0}/sources.list\";\n\
         Dir::Etc::SourceParts \"/dev/null\";\n\
         Dir::State::Lists \"{0}/lists\";\n\
         Dir::Cache \"{0}/cache\";\n\
         APT::Sandbox::User \"root\";\n\
         APT::Update::Error-Mode \"any\";\n\
         Acquire::Languages \"none\";\n\
         Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\n",
        folder.display()
    )
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::file(path))
}

fn apt_get(folder: &Path, words: &[&str]) -> Result<String, Error> {
    let mut apt_get = Command::new("apt-get");
    apt_get.args(words).env("APT_CONFIG", folder.join("apt.conf")).current_dir(folder);
    output(&mut apt_get)
}

/// What a command prints on stdout; if it fails, the error has what it prints on stderr.
pub(crate) fn output(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(Error::program(&program))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Error::Invalid(format!("{program}: {}: {}", output.status, errors.trim())))
}
