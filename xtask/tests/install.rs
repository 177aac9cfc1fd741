//! `make install` and `make uninstall`: which files each variable gives, and that none of them stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{TempDir, command, repository, stdout, temp_dir, write};

/// Where the files of one command are, with `COMMAND` for its name.
const FILES: [&str; 5] = [
    "bin/COMMAND",
    "share/bash-completion/completions/COMMAND",
    "share/fish/vendor_completions.d/COMMAND.fish",
    "share/man/man1/COMMAND.1",
    "share/zsh/site-functions/_COMMAND",
];

/// A folder with programs that stand in for the built ones, and an empty one to install in.
struct Target(TempDir);

impl Target {
    fn new() -> Target {
        let target = Target(temp_dir());
        for name in ["auditloginfo", "mpathstat", "tapestat"] {
            let path = target.path("built").join(name);
            write(&path, name);
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
        }
        target
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// A make that installs from one of the folders to the other.
    fn make_command(&self, words: &str) -> Command {
        let mut make = command("make");
        make.arg(format!("BUILT={}", self.path("built").display()));
        make.arg(format!("DESTDIR={}", self.path("root").display()));
        make.args(words.split(' ')).current_dir(repository(""));
        // The flags of a make that runs this test must not apply here.
        make.env_remove("MAKEFLAGS").env_remove("MAKEOVERRIDES");
        make
    }

    /// Runs make, and returns the files that are installed then.
    fn make(&self, words: &str) -> Vec<String> {
        let _ = stdout(&mut self.make_command(words));
        let mut files = Vec::new();
        list(&self.path("root"), "", &mut files);
        files.sort();
        files
    }
}

/// Lists what is no folder, links with their targets.
fn list(root: &Path, below: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(below)).into_iter().flatten().flatten() {
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        let name = name.trim_start_matches('/');
        match fs::read_link(entry.path()) {
            Ok(target) => files.push(format!("{name} -> {}", target.display())),
            Err(_) if entry.path().is_dir() => list(root, name, files),
            Err(_) => files.push(name.to_owned()),
        }
    }
}

/// The files of commands below a folder, and others.
fn expected(prefix: &str, commands: &[&str], others: &[&str]) -> Vec<String> {
    let of_command = |name: &&str| FILES.map(|file| file.replace("COMMAND", name));
    let files = commands.iter().flat_map(of_command).map(|file| format!("{prefix}/{file}"));
    let mut files: Vec<_> = files.chain(others.iter().map(|file| (*file).to_owned())).collect();
    files.sort();
    files
}

#[test]
fn every_variable_gives_the_files_that_uninstall_removes() {
    let all = ["auditloginfo", "mpathstat", "tapestat"];
    let of_xtapestat =
        ["lib/systemd/xtapestat-metrics.service", "lib/systemd/xtapestat-metrics.timer"];
    let links = ["usr/bin/auditloginfo.py -> auditloginfo", "usr/bin/mpathstat.py -> mpathstat"];
    let link = ["usr/bin/mpathstat.py -> zmpathstat"];
    for (words, files) in [
        ("install", expected("usr/local", &all, &[])),
        ("install PREFIX=/usr COMPAT=1", expected("usr", &all, &links)),
        ("install-mpathstat PREFIX=/usr PROGRAM_PREFIX=z COMPAT=1", {
            expected("usr", &["zmpathstat"], &link)
        }),
        ("install-tapestat PROGRAM_PREFIX=", expected("usr/local", &["tapestat"], &[])),
        ("install-tapestat PROGRAM_PREFIX=x UNITDIR=/lib/systemd", {
            expected("usr/local", &["xtapestat"], &of_xtapestat)
        }),
        ("install-tapestat BINDIR=/b MANDIR=/m DATADIR=/d ZSHDIR=/z", {
            let of_data = ["bash-completion/completions/tapestat"];
            let of_data = of_data.iter().chain(&["fish/vendor_completions.d/tapestat.fish"]);
            let files = of_data.map(|file| format!("d/{file}"));
            let others = ["b/tapestat", "m/man1/tapestat.1", "z/_tapestat"];
            let mut files: Vec<_> = files.chain(others.map(str::to_owned)).collect();
            files.sort();
            files
        }),
    ] {
        let target = Target::new();
        assert_eq!(target.make(words), files, "{words}");
        // A file of somebody else stays.
        write(&target.path("root/usr/local/bin/other"), "");
        let uninstall = words.replace("install", "uninstall");
        assert_eq!(target.make(&uninstall), ["usr/local/bin/other"], "{uninstall}");
    }
}

#[test]
fn a_command_is_uninstalled_without_the_others() {
    let target = Target::new();
    let _ = target.make("install COMPAT=1 UNITDIR=/units");
    let units = ["units/tapestat-metrics.service", "units/tapestat-metrics.timer"];
    let rest = target.make("uninstall-auditloginfo uninstall-mpathstat COMPAT=1 UNITDIR=/units");
    assert_eq!(rest, expected("usr/local", &["tapestat"], &units));
}

#[test]
fn files_with_a_prefix_name_the_command_with_it() {
    let target = Target::new();
    let _ = target.make("install-tapestat PREFIX= PROGRAM_PREFIX=x UNITDIR=/units");
    let text = |file: &str| fs::read_to_string(target.path("root").join(file)).unwrap_or_default();
    assert!(text("share/man/man1/xtapestat.1").contains("\nxtapestat \\- report"));
    assert!(
        text("units/xtapestat-metrics.service")
            .contains("'xtapestat -o prometheus > xtapestat.prom.new ")
    );
    assert!(text("share/zsh/site-functions/_xtapestat").starts_with("#compdef xtapestat\n"));
    let mode = |file| fs::metadata(target.path(file)).map(|file| file.permissions().mode() & 0o777);
    assert_eq!(mode("root/bin/xtapestat").ok(), Some(0o755));
    assert_eq!(mode("root/share/man/man1/xtapestat.1").ok(), Some(0o644));
}

#[test]
fn nothing_is_installed_before_it_is_built() {
    let target = Target::new();
    let _ = fs::remove_file(target.path("built/mpathstat"));
    let output = target.make_command("install-mpathstat").output();
    let stderr = output.map(|output| test_support::stderr(&output)).unwrap_or_default();
    assert!(stderr.starts_with("mpathstat is not built; run make mpathstat\n"), "{stderr}");
    assert!(!target.path("root").exists());
}
