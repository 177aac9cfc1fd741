//! Profiles do what they are for: a program runs under that of the calls it was seen to make, and
//! any other call is refused, by libseccomp, bubblewrap and an OCI runtime.

#![allow(clippy::expect_used, reason = "a test ends at what it does not expect")]

mod common;

use common::{Folder, command, file, has, ours, printed, sample, told};
use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

/// A program and the profile of what it calls on this machine.
struct Profiled {
    folder: Folder,
    program: PathBuf,
    log: PathBuf,
    profile: PathBuf,
}

impl Profiled {
    /// Builds the program, has strace log its calls and makes the profile, where that is possible.
    fn new(name: &str) -> Option<Profiled> {
        let folder = Folder::new(name);
        let [root, program] = ["root", "root/calls"].map(|path| folder.0.join(path));
        std::fs::create_dir_all(&root).expect("a folder");
        let log = folder.0.join("log");
        let source = file("crates/auditloginfo/tests/profiles/calls.c");
        let can = has(command("cc").arg("-static").arg("-o").arg(&program).arg(source))
            && has(command("strace").args(["-o", "/dev/null", "true"]))
            && has(command("jq").arg("--version"));
        if !can {
            return None;
        }
        let script = file("testdata/make/audit_strace.sh");
        assert_eq!(printed(command(script).arg(&log).arg(&program)), b"done\n");
        let profile = printed(ours().arg("--exe").arg(&program).args(["-o", "seccomp"]).arg(&log));
        let profile = folder.write("profile.json", profile);
        Some(Profiled { folder, program, log, profile })
    }

    /// The lines that jq prints of the profile.
    fn jq(&self, program: &str) -> String {
        let lines = printed(command("jq").args(["-r", program]).arg(&self.profile));
        String::from_utf8(lines).expect("names")
    }

    /// The program that loads a profile with libseccomp, and the names in our profile.
    fn confine(&self) -> Option<Command> {
        let program = self.folder.0.join("confine");
        let source = file("crates/auditloginfo/tests/profiles/confine.c");
        let mut build = command("cc");
        build.arg("-o").arg(&program).arg(source).arg("-lseccomp");
        let names = self.jq(".architectures[], .syscalls[].names[]");
        let names = self.folder.write("names", names);
        has(&mut build).then(|| {
            let mut confine = command(program);
            confine.arg(names);
            confine
        })
    }
}

/// The program does its work, and the call that was not seen is refused.
fn holds(mut confined: impl FnMut(&[&OsStr]) -> Command) {
    let seen = confined(&[]).output().expect("it runs");
    assert_eq!((seen.status.code(), &*seen.stdout), (Some(0), &b"done\n"[..]), "{}", told(&seen));
    let unseen = confined(&[OsStr::new("unseen")]).output().expect("it runs");
    let said = String::from_utf8_lossy(&unseen.stdout);
    assert_eq!(unseen.status.code(), Some(3), "{said}{}", told(&unseen));
    assert!(said.ends_with("getpid: Operation not permitted\n"), "{said}");
}

#[test]
fn libseccomp_allows_the_calls_seen_and_no_others() {
    let Some(profiled) = Profiled::new("libseccomp") else { return };
    if profiled.confine().is_none() {
        return;
    }
    assert!(has(command(&profiled.program).arg("unseen")), "it does well without a profile");
    holds(|words| {
        let mut confine = profiled.confine().expect("it was built");
        confine.arg(&profiled.program).args(words);
        confine
    });
}

#[test]
fn bubblewrap_allows_the_calls_seen_and_no_others() {
    let Some(profiled) = Profiled::new("bubblewrap") else { return };
    let wrap = |words: &[&str]| {
        let mut wrap = command("bwrap");
        wrap.args(["--ro-bind", "/", "/", "--dev", "/dev"]).args(words).arg(&profiled.program);
        wrap
    };
    let Some(mut confine) = profiled.confine().filter(|_| has(&mut wrap(&[]))) else { return };
    let filter = profiled.folder.write("filter", printed(&mut confine));
    holds(|words| {
        let mut wrap = wrap(&["--seccomp", "0"]);
        wrap.args(words).stdin(File::open(&filter).expect("the filter"));
        wrap
    });
}

/// Runs the program alone in a container: FOLDER PROFILE ID [ARGUMENT...]. crun takes the control
/// groups of version 2 only, so it gets those.
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
fn an_oci_runtime_takes_the_profile_as_it_is() {
    let Some(profiled) = Profiled::new("crun") else { return };
    let container = |profile: &OsStr, words: &[&OsStr]| {
        let mut run = command("unshare");
        run.args(["--mount", "sh", "-c", CONTAINER, "sh"]).arg(&profiled.folder.0);
        run.arg(profile).arg(std::process::id().to_string()).args(words);
        run
    };
    if has(&mut container(OsStr::new("/dev/null"), &[])) {
        holds(|words| container(profiled.profile.as_os_str(), words));
    }
}

/// What config-linux.md of the OCI runtime specification asks of `linux.seccomp`.
const SHAPE: &str = r#"(keys == ["architectures", "defaultAction", "syscalls"])
    and (.defaultAction | test("^SCMP_ACT_[A-Z_]+$"))
    and (.architectures | type == "array" and all(test("^SCMP_ARCH_[A-Z0-9_]+$")))
    and (.syscalls | length > 0 and all(
        (.action | test("^SCMP_ACT_[A-Z_]+$"))
        and (.names | length > 0 and all(test("^[a-z][a-z0-9_]*$")) and unique == .)))"#;

#[test]
fn a_profile_has_the_shape_that_the_runtime_specification_gives() {
    let folder = Folder::new("shape");
    for log in [sample("raw.log"), file("testdata/auditloginfo/architectures/audit.log")] {
        let profile = folder.write("profile", printed(ours().args(["-o", "seccomp"]).arg(log)));
        if has(command("jq").arg("--version")) {
            let shape = printed(command("jq").arg(SHAPE).arg(profile));
            assert_eq!(String::from_utf8_lossy(&shape), "true\n");
        }
    }
}

#[test]
fn systemd_knows_every_call_of_the_filter() {
    let Some(profiled) = Profiled::new("systemd") else { return };
    let filter = printed(ours().args(["-o", "systemd"]).arg(&profiled.log));
    let filter = String::from_utf8(filter).expect("names");
    let verify = |filter: &str| {
        let unit = format!("[Service]\nExecStart=/bin/true\n{filter}");
        let unit = profiled.folder.write("calls.service", unit);
        let mut verify = command("systemd-analyze");
        verify.arg("verify").arg(unit);
        verify
    };
    if has(command("systemd-analyze").arg("--version")) {
        let complaints = |filter: &str| told(&verify(filter).output().expect("it runs"));
        assert_eq!(complaints(&filter), "");
        assert!(complaints(&filter.replace("brk", "brake")).contains("brake"), "it looks");
    }
}
