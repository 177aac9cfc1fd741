"""The profiles of auditloginfo at work: a program is recorded, and then runs under each of its profiles.

What the recording has seen works. What it has not seen is refused: a system call, a file, a program."""

import json
import os
import re
import shutil
import signal
import subprocess

from audit_log import CALLS_64, LOGS, OPER, configure, start_auditd, stop_auditd
from harness import LAB, Failed, check, must, once, shell, wait_until, write

WORK = "/usr/local/bin/work"
FOLDER = "/var/tmp/profiled"
AUID = 7107
# The programs of the recorded run; not the one that sets the login user.
FILTER = f"--uid {AUID} --exe /usr/bin/dash --exe /usr/bin/cat --exe /usr/bin/mv --exe /usr/bin/ln"
PROFILES = "/var/tmp/profiles"
REFUSED_CALL = "Function not implemented"


@once
def recorded():
    """A log of auditd with a whole run of the program."""
    shutil.copy(f"{LAB}/guest/work", WORK)
    write(f"{WORK}-hook", "#!/bin/sh\necho hook\n")
    os.chmod(f"{WORK}-hook", 0o755)
    os.makedirs(LOGS, exist_ok=True)
    os.makedirs(PROFILES)
    os.makedirs(FOLDER)
    os.chown(FOLDER, OPER, OPER)
    configure("RAW", 99, "IGNORE")
    start_auditd()
    must(f"{CALLS_64} login {AUID} {OPER} {WORK} > /dev/null")
    stop_auditd()
    return shutil.move("/var/log/audit/audit.log", f"{LOGS}/profiled.log")


def profile(form):
    """The profile of the recorded run, as text."""
    log = recorded()
    result = shell(f"auditloginfo {FILTER} -o {form} {log}")
    if result.status != 0 or result.err:
        raise Failed(result.command, "a profile, and nothing on stderr", f"status {result.status}\n{result.err}")
    return result.out


def run_anew(under, how):
    """Runs the program in an empty folder, as it was recorded."""
    shutil.rmtree(FOLDER)
    os.makedirs(FOLDER)
    os.chown(FOLDER, OPER, OPER)
    return under(how)


def expect_runs(under):
    """The program does what the recording has seen."""
    result = run_anew(under, "")
    is_printed = "lab\n" in result.out and "hook\n" in result.out
    if result.status != 0 or not is_printed or len(os.listdir(FOLDER)) != 4:
        raise Failed(result.command, "status 0, lab, hook, and four files", seen(result) + str(os.listdir(FOLDER)))


def expect_refused(under, how, message):
    """The program fails when it does something else, with this message."""
    result = run_anew(under, how)
    if result.status == 0 or message not in result.out + result.err:
        raise Failed(result.command, f"a status other than 0, and {message}", seen(result))


def seen(result):
    return f"status {result.status}\n{result.out}{result.err}"


# ---- seccomp: a container


def container(filters):
    """Runs the program in a container with the profile."""
    bundle = f"{PROFILES}/container"
    os.makedirs(f"{bundle}/rootfs", exist_ok=True)

    def under(how):
        process = {"user": {"uid": OPER, "gid": OPER}, "args": [WORK, how], "env": ["PATH=/usr/bin:/bin"], "cwd": "/", "noNewPrivileges": True}
        config = {
            "ociVersion": "1.0.2",
            "process": process,
            "root": {"path": "rootfs"},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            ],
            "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}], "seccomp": filters},
        }
        write(f"{bundle}/config.json", json.dumps(config))
        # The container has the machine's files; mounts below / are not in it.
        line = f"mount --bind / {bundle}/rootfs; cd {bundle}; exec crun --cgroup-manager=disabled run lab"
        return shell(f"unshare --mount bash -c '{line}'")

    return under


@check("auditloginfo/profile-seccomp")
def profile_seccomp():
    under = container(json.loads(profile("seccomp")))
    expect_runs(under)
    expect_refused(under, "call", REFUSED_CALL)
    expect_refused(under, "program", REFUSED_CALL)


# ---- systemd: a service


UNIT = f"""[Unit]
Description=A program under its profile
DefaultDependencies=no

[Service]
Type=oneshot
User=oper
ExecStart={WORK} %i
StandardOutput=file:{PROFILES}/service-%i
StandardError=inherit
"""


class ServiceManager:
    """A systemd that runs as in a container, in namespaces of its own."""

    START = """mount -t proc proc /proc; mkdir -p /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup; mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd; cp -r UNITS /run/systemd/system; export container=lab
        exec /usr/lib/systemd/systemd --system --unit=lab.target --log-target=console --show-status=no"""

    def __init__(self, units):
        line = self.START.replace("UNITS", units)
        command = ["unshare", "--fork", "--kill-child", "--pid", "--mount", "--cgroup", "--uts", "--ipc", "bash", "-c", line]
        self.log = open(f"{PROFILES}/systemd", "w")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)

    def __enter__(self):
        wait_until("systemd runs", lambda: self.run("systemctl is-active lab.target").status == 0, 120)
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.log.close()

    def run(self, command):
        children = shell(f"pgrep --parent {self.process.pid}").out.split()
        if not children:
            raise Failed("systemd", "a service manager", shell(f"tail {PROFILES}/systemd").out)
        return shell(f"nsenter --target {children[0]} --all {command}")


@check("auditloginfo/profile-systemd")
def profile_systemd():
    """A unit with the drop-in passes systemd-analyze verify, and its service runs under systemd."""
    units = f"{PROFILES}/units"
    os.makedirs(f"{units}/work@.service.d")
    write(f"{units}/work@.service", UNIT)
    write(f"{units}/work@.service.d/profile.conf", profile("systemd"))
    write(f"{units}/lab.target", "[Unit]\nDescription=The lab\nDefaultDependencies=no\n")
    with ServiceManager(units) as manager:
        verified = manager.run("systemd-analyze verify --man=no work@none.service")
        if verified.status != 0 or verified.out or verified.err:
            raise Failed(verified.command, "status 0, and no line", seen(verified))

        def under(how):
            result = manager.run(f"systemctl start work@{how or 'none'}.service")
            result.out += shell(f"cat {PROFILES}/service-{how or 'none'}").out
            return result

        expect_runs(under)
        expect_refused(under, "call", REFUSED_CALL)
        expect_refused(under, "program", REFUSED_CALL)
        expect_refused(under, "write", "Read-only file system")


# ---- AppArmor


@check("auditloginfo/profile-apparmor")
def profile_apparmor():
    """The parser accepts the skeleton as it is. Under another name, so that it binds nothing else, the kernel enforces it."""
    text = profile("apparmor")
    path = f"{PROFILES}/apparmor"
    write(path, text)
    parsed = shell(f"apparmor_parser -Q -K {path}")
    if parsed.status != 0 or parsed.out or parsed.err:
        raise Failed(parsed.command, "status 0, and no line", seen(parsed))
    write(path, re.sub(r"(?m)^profile .* \{$", "profile lab {", text))
    must(f"apparmor_parser -r -K {path}")
    try:
        under = lambda how: shell(f"cd /; setpriv --reuid {OPER} --regid {OPER} --clear-groups aa-exec -p lab -- {WORK} {how}")  # noqa: E731
        expect_runs(under)
        expect_refused(under, "read", "Permission denied")
        expect_refused(under, "write", "Permission denied")
        expect_refused(under, "program", "Permission denied")
    finally:
        must(f"apparmor_parser -R {path}")
