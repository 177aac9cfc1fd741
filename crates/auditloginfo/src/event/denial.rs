//! What an access control refused, in one line of words.
//!
//! ```text
//! type=AVC msg=audit(1506487181.009:32794): avc:  denied  { create } for  pid=27960 comm="mongod"
//!   scontext=system_u:system_r:mongod_t:s0 tcontext=... tclass=unix_dgram_socket permissive=0
//! type=AVC msg=audit(1524662933.080:61207): apparmor="DENIED" operation="ptrace"
//!   profile="docker-default" pid=5571 requested_mask="trace" denied_mask="trace"
//! type=SECCOMP msg=audit(1795352908.712:13137): auid=7005 ... sig=9 arch=c000003e syscall=102 code=0x0
//! type=LANDLOCK_ACCESS msg=audit(1729738800.268:30): domain=195ba459b blockers=fs.read_dir path="/"
//! ```
//!
//! Sources: `security/selinux/avc.c`, `security/apparmor/audit.c`, `kernel/auditsc.c` and
//! `security/landlock/audit.c` of Linux, capabilities(7).

use crate::syscall_names::{Arch, Call};
use memchr::memmem;
use sysparse::audit::{Fields, Record, RecordType, Value};

/// Puts what a record tells of a refusal into `line`: the words, a NUL, and who refused. False if
/// it tells of none.
pub(super) fn put(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
    line.clear();
    let fields = record.fields();
    let by: &[u8] = match record.kind {
        RecordType::Seccomp if seccomp_refuses(record) => {
            seccomp(record, line);
            b"seccomp"
        }
        RecordType::Landlock => {
            words(&fields, &[b"blockers", b"path"], line);
            b"landlock"
        }
        RecordType::Avc if record.field(b"apparmor") == Some(Value::Quoted(b"DENIED")) => {
            words(&fields, &[b"profile", b"operation", b"denied_mask", b"name", CAPABILITY], line);
            b"apparmor"
        }
        RecordType::Avc if selinux(record, &fields, line) => b"selinux",
        RecordType::UserAvc
            if record.message().is_some_and(|inner| selinux(record, &inner, line)) =>
        {
            b"selinux"
        }
        _ => return false,
    };
    line.push(0);
    line.extend_from_slice(by);
    true
}

/// A field whose number stands for a name.
const CAPABILITY: &[u8] = b"capability";

/// Appends the values of the fields of these names, in this order.
fn words(fields: &Fields<'_>, names: &[&[u8]], line: &mut Vec<u8>) {
    for name in names {
        if let Some((_, value)) = fields.clone().find(|(field, _)| field == name) {
            append(line, |line| {
                if *name == CAPABILITY {
                    line.extend_from_slice(capability(value).as_bytes());
                } else {
                    value.text().append_to(line);
                }
            });
        }
    }
}

/// Appends a word, with a blank before it if it is not the first.
fn append(line: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    if !line.is_empty() {
        line.push(b' ');
    }
    put(line);
}

/// `avc:  denied  { read write } for ...`: source, target, class, permissions, object.
fn selinux(record: &Record<'_>, fields: &Fields<'_>, line: &mut Vec<u8>) -> bool {
    let Some(permissions) = denied_permissions(record.body) else { return false };
    words(fields, &[b"scontext", b"tcontext", b"tclass"], line);
    append(line, |line| line.extend_from_slice(permissions));
    let has_path = fields.clone().any(|(name, _)| name == b"path");
    words(fields, &[if has_path { b"path" } else { b"name" }, CAPABILITY], line);
    true
}

/// What stands between the braces of `denied  { ... }`.
fn denied_permissions(body: &[u8]) -> Option<&[u8]> {
    let refusal = body.get(memmem::find(body, b"avc:")?..)?;
    let tail = refusal.strip_prefix(b"avc:")?.trim_ascii_start().strip_prefix(b"denied")?;
    let inner = tail.trim_ascii_start().strip_prefix(b"{")?;
    Some(inner.get(..memchr::memchr(b'}', inner)?)?.trim_ascii())
}

/// Whether a filter did more than log or allow the call: `SECCOMP_RET_LOG` and `SECCOMP_RET_ALLOW`
/// of `include/uapi/linux/seccomp.h`.
fn seccomp_refuses(record: &Record<'_>) -> bool {
    let code = record.field(b"code").map(Value::raw).and_then(|code| code.strip_prefix(b"0x"));
    let action = code.and_then(sysparse::text::whole_hex).map(|code| code & 0xffff_0000);
    !matches!(action, Some(0x7ffc_0000 | 0x7fff_0000))
}

/// The program and the call that it was not allowed to make.
fn seccomp(record: &Record<'_>, line: &mut Vec<u8>) {
    words(&record.fields(), &[b"exe"], line);
    let arch = record.field(b"arch").and_then(Value::hex);
    let number = record.field(b"syscall").and_then(Value::integer);
    if let Some((arch, number)) = arch.zip(number) {
        let call = Call { arch: Arch::new(arch), number };
        append(line, |line| line.extend_from_slice(call.name().as_bytes()));
    }
}

/// The name of a capability, without `CAP_` and in small letters as AppArmor writes it.
fn capability(value: Value<'_>) -> String {
    let number = value.number().and_then(|number| usize::try_from(number).ok());
    let name = number.and_then(|number| CAPABILITIES.get(number));
    name.map_or_else(
        || String::from_utf8_lossy(value.raw()).into_owned(),
        |name| (*name).to_owned(),
    )
}

/// The capabilities by number: `include/uapi/linux/capability.h`.
#[rustfmt::skip]
const CAPABILITIES: [&str; 41] = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
];

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    fn refusal(text: &str) -> Option<String> {
        let line = format!("type={}", text.replacen(' ', " msg=audit(1.000:1): ", 1));
        let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
        let mut words = Vec::new();
        put(&record, &mut words).then(|| String::from_utf8_lossy(&words).replace('\0', " | "))
    }

    #[test]
    fn refusals_are_read_in_every_grammar() {
        for (record, wanted) in [
            (
                "AVC avc:  denied  { read write } for  pid=1 comm=\"a\" name=\"x\" dev=dm-0 \
                 scontext=s_t tcontext=t_t tclass=file permissive=0",
                "s_t t_t file read write x | selinux",
            ),
            (
                "1400 avc:  denied  { dac_override } for  pid=1 capability=1  scontext=s_t \
                 tcontext=s_t tclass=capability",
                "s_t s_t capability dac_override dac_override | selinux",
            ),
            (
                "USER_AVC pid=1 auid=7 msg='avc:  denied  { start } for auid=7 path=\"/u\" \
                 scontext=s_t tcontext=t_t tclass=service exe=\"/usr/lib/systemd/systemd\"'",
                "s_t t_t service start /u | selinux",
            ),
            (
                "AVC apparmor=\"DENIED\" operation=\"open\" profile=\"p\" name=2F6120 pid=1 \
                 requested_mask=\"r\" denied_mask=\"r\" fsuid=1 ouid=0",
                "p open r /a  | apparmor",
            ),
            (
                "AVC apparmor=\"DENIED\" operation=\"capable\" profile=\"p\" capability=12",
                "p capable net_admin | apparmor",
            ),
            (
                "SECCOMP auid=7 exe=\"/bin/a\" sig=9 arch=c000003e syscall=102 compat=0 code=0x0",
                "/bin/a getuid | seccomp",
            ),
            (
                "LANDLOCK_ACCESS domain=195 blockers=fs.read_dir path=\"/\" dev=\"vda\" ino=2",
                "fs.read_dir / | landlock",
            ),
        ] {
            assert_eq!(refusal(record).as_deref(), Some(wanted), "{record}");
        }
    }

    #[test]
    fn what_was_granted_or_only_told_is_no_refusal() {
        for record in [
            "AVC avc:  granted  { read } for  pid=1 scontext=s tcontext=t tclass=file",
            "AVC apparmor=\"STATUS\" info=\"AppArmor Filesystem Enabled\"",
            "AVC apparmor=\"ALLOWED\" operation=\"open\" profile=\"p\"",
            "SECCOMP auid=7 exe=\"/bin/a\" arch=c000003e syscall=102 code=0x7ffc0000",
            "USER_AVC pid=1 msg='avc:  received setenforce notice (enforcing=1)'",
            "USER_AVC pid=1",
        ] {
            assert_eq!(refusal(record), None, "{record}");
        }
    }
}
