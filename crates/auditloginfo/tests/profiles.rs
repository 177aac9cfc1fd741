//! Profiles work with libseccomp, bubblewrap and an OCI runtime: a program runs under the profile of the
//! system calls that it made, and any other call is denied.

#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::{auditloginfo, sample};
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{TempDir, command, repository, stderr, stdout, temp_dir, works, write};

/// A program and the profile of the system calls that it makes on this machine.
struct Profiled {
    folder: TempDir,
    program: PathBuf,
    log: PathBuf,
    profile: PathBuf,
}

impl Profiled {
    /// Builds the program, logs its calls with strace and makes the profile. `None` if a tool is
    /// missing.
    fn new() -> Option<Profiled> {
        let folder = temp_dir();
        let paths = ["root", "root/calls", "log", "profile.json"];
        let [root, program, log, profile] = paths.map(|path| folder.path().join(path));
        std::fs::create_dir_all(&root).expect("a folder");
        let source = repository("crates/auditloginfo/tests/profiles/calls.c");
        let can = works(command("cc").arg("-static").arg("-o").arg(&program).arg(source))
            && works(command("strace").args(["-o", "/dev/null", "true"]))
            && works(command("jq").arg("--version"));
        if !can {
            return None;
        }
        let script = repository("testdata/make/audit_strace.sh");
        assert_eq!(stdout(command(script).arg(&log).arg(&program)), b"done\n");
        let mut make = auditloginfo();
        make.arg("--exe").arg(&program).args(["-o", "seccomp"]).arg(&log);
        write(&profile, stdout(&mut make));
        Some(Profiled { folder, program, log, profile })
    }

    /// The output of jq for the profile.
    fn jq(&self, program: &str) -> String {
        let lines = stdout(command("jq").args(["-r", program]).arg(&self.profile));
        String::from_utf8(lines).expect("names")
    }

    /// A program that loads the names of the profile with libseccomp and runs a command under it.
    fn confine(&self) -> Option<Command> {
        let program = self.folder.path().join("confine");
        let source = repository("crates/auditloginfo/tests/profiles/confine.c");
        let mut build = command("cc");
        build.arg("-o").arg(&program).arg(source).arg("-lseccomp");
        let names = self.folder.path().join("names");
        write(&names, self.jq(".architectures[], .syscalls[].names[]"));
        works(&mut build).then(|| {
            let mut confine = command(program);
            confine.arg(names);
            confine
        })
    }
}

/// Checks that the program works, and that a call which is not in the profile is denied.
fn check(mut confined: impl FnMut(&[&OsStr]) -> Command) {
    let known = confined(&[]).output().expect("it runs");
    assert_eq!(
        (known.status.code(), &*known.stdout),
        (Some(0), &b"done\n"[..]),
        "{}",
        stderr(&known)
    );
    let unknown = confined(&[OsStr::new("unseen")]).output().expect("it runs");
    let output = String::from_utf8_lossy(&unknown.stdout);
    assert_eq!(unknown.status.code(), Some(3), "{output}{}", stderr(&unknown));
    assert!(output.ends_with("getpid: Function not implemented\n"), "{output}");
}

#[test]
fn libseccomp_allows_only_the_calls_of_the_profile() {
    let Some(profiled) = Profiled::new() else { return };
    if profiled.confine().is_none() {
        return;
    }
    assert!(works(command(&profiled.program).arg("unseen")), "it works without a profile");
    check(|words| {
        let mut confine = profiled.confine().expect("it was built");
        confine.arg(&profiled.program).args(words);
        confine
    });
}

#[test]
fn bubblewrap_allows_only_the_calls_of_the_profile() {
    let Some(profiled) = Profiled::new() else { return };
    let wrap = |words: &[&str]| {
        let mut wrap = command("bwrap");
        wrap.args(["--ro-bind", "/", "/", "--dev", "/dev"]).args(words).arg(&profiled.program);
        wrap
    };
    let Some(mut confine) = profiled.confine().filter(|_| works(&mut wrap(&[]))) else { return };
    let filter = profiled.folder.path().join("filter");
    write(&filter, stdout(&mut confine));
    check(|words| {
        let mut wrap = wrap(&["--seccomp", "0"]);
        wrap.args(words).stdin(File::open(&filter).expect("the filter"));
        wrap
    });
}

/// Runs the program in a container: FOLDER PROFILE ID [ARGUMENT...]. crun needs control groups of
/// version 2.
const CONTAINER: &str = r#"
    mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup &&
    cd "$1" && rm -f config.json && crun spec || exit
    profile=$2 id=$3
    shift 3
    jq --slurpfile profile "$profile" '.linux.seccomp = $profile[0] | .root.path = "root"
        | .process.terminal = false | .process.args = $ARGS.positional' \
        config.json --args /calls "$@" > changed && mv changed config.json &&
    crun --root state --cgroup-manager=disabled run "calls-$id""#;

#[test]
fn an_oci_runtime_allows_only_the_calls_of_the_profile() {
    let Some(profiled) = Profiled::new() else { return };
    let container = |profile: &OsStr, words: &[&OsStr]| {
        let mut run = command("unshare");
        run.args(["--mount", "sh", "-c", CONTAINER, "sh"]).arg(profiled.folder.path());
        run.arg(profile).arg(std::process::id().to_string()).args(words);
        run
    };
    if works(&mut container(OsStr::new("/dev/null"), &[])) {
        check(|words| container(profiled.profile.as_os_str(), words));
    }
}

/// What config-linux.md of the OCI runtime specification requires of `linux.seccomp`.
const SHAPE: &str = r#"(keys == ["architectures", "defaultAction", "defaultErrnoRet", "syscalls"])
    and .defaultErrnoRet == 38
    and (.defaultAction | test("^SCMP_ACT_[A-Z_]+$"))
    and (.architectures | type == "array" and all(test("^SCMP_ARCH_[A-Z0-9_]+$")))
    and (.syscalls | length > 0 and all(
        (.action | test("^SCMP_ACT_[A-Z_]+$"))
        and (.names | length > 0 and all(test("^[a-z][a-z0-9_]*$")) and unique == .)))"#;

#[test]
fn a_profile_has_the_form_that_the_runtime_specification_defines() {
    let folder = temp_dir();
    let profile = folder.path().join("profile");
    for log in [sample("raw.log"), repository("testdata/auditloginfo/architectures/audit.log")] {
        write(&profile, stdout(auditloginfo().args(["-o", "seccomp"]).arg(log)));
        if works(command("jq").arg("--version")) {
            let shape = stdout(command("jq").arg(SHAPE).arg(&profile));
            assert_eq!(String::from_utf8_lossy(&shape), "true\n");
        }
    }
}

/// A log of a process that creates a socket of every address family.
fn sockets_of_every_family() -> String {
    let call = |family| {
        format!(
            "type=SYSCALL msg=audit(1.000:{family}): arch=c000003e syscall=41 success=yes exit=3 \
             a0={family:x} a1=1 a2=0 a3=0 items=0 ppid=1 pid=2 auid=7 uid=0 gid=0 euid=0\n"
        )
    };
    (1..=45).map(call).collect()
}

#[test]
fn systemd_accepts_every_line_of_a_drop_in() {
    let Some(profiled) = Profiled::new() else { return };
    let hostile = repository("testdata/auditloginfo/systemd-hostile-names/audit.log");
    let sockets = profiled.folder.path().join("sockets");
    write(&sockets, sockets_of_every_family());
    let unit = profiled.folder.path().join("calls.service");
    let complaints = |drop_in: &str| {
        write(&unit, format!("[Service]\nExecStart=/bin/true\n{drop_in}"));
        let mut verify = command("systemd-analyze");
        stderr(&verify.arg("verify").arg(&unit).output().expect("it runs"))
    };
    if !works(command("systemd-analyze").arg("--version")) {
        return;
    }
    for (log, word) in
        [(profiled.log.as_path(), "openat"), (&hostile, "openat"), (&sockets, "AF_MCTP")]
    {
        let drop_in = profile("systemd", log);
        assert_eq!(complaints(&drop_in), "");
        let is_setting =
            |line: &str| line.split_once('=').is_some_and(|(name, _)| KNOWN.contains(&name));
        assert!(drop_in.lines().skip(1).all(is_setting), "{drop_in}");
        assert!(
            complaints(&drop_in.replace(word, "AF_OTHER")).contains("AF_OTHER"),
            "it reports unknown calls and families"
        );
    }
}

/// The profile of a log. What it leaves out is reported on stderr.
fn profile(format: &str, log: &Path) -> String {
    let output = auditloginfo().args(["-o", format]).arg(log).output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).expect("names")
}

/// The settings that a drop-in may have.
const KNOWN: [&str; 6] = [
    "SystemCallArchitectures",
    "SystemCallErrorNumber",
    "SystemCallFilter",
    "RestrictAddressFamilies",
    "ProtectSystem",
    "ReadWritePaths",
];

#[test]
fn the_parser_of_apparmor_accepts_a_skeleton() {
    if !works(command("apparmor_parser").arg("--version")) {
        return;
    }
    let folder = temp_dir();
    let file = folder.path().join("profile");
    let parse = |text: &str| {
        write(&file, text);
        let mut parse = command("apparmor_parser");
        parse.args(["--skip-kernel-load", "--skip-cache"]).arg(&file).output().expect("it runs")
    };
    for case in
        ["apparmor-profile", "apparmor-hostile-names", "daemon-files-and-denials", "denials"]
    {
        let log = repository("testdata/auditloginfo").join(case).join("audit.log");
        let skeleton = profile("apparmor", &log);
        let parsed = parse(&skeleton);
        assert!(parsed.status.success(), "{case}: {}{skeleton}", stderr(&parsed));
    }
    assert!(!parse("profile a {\n  /a frob,\n}\n").status.success(), "it reports errors");
}
