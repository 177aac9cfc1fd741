//! A denied access, described in one line: words whose order says what they are, and after them
//! further facts as `name=value`.
//!
//! ```text
//! type=AVC msg=audit(1795400000.100:320): avc:  denied  { name_bind } for  pid=77 comm="webd" src=8443
//!   scontext=system_u:system_r:webd_t:s0 tcontext=... tclass=tcp_socket permissive=0
//! type=AVC msg=audit(1524662933.080:61207): apparmor="DENIED" operation="ptrace"
//!   profile="docker-default" pid=5571 requested_mask="trace" denied_mask="trace" peer="unconfined"
//! type=SECCOMP msg=audit(1795352908.712:13137): auid=7005 ... sig=9 arch=c000003e syscall=102 code=0x0
//! type=LANDLOCK_ACCESS msg=audit(1729738800.268:30): domain=195ba459b blockers=fs.read_dir path="/"
//! ```
//!
//! A line holds what a rule must name that allows the access, so denials that need different rules
//! have different lines.

mod layout;
pub(crate) mod rule;

use crate::syscall_names::{Arch, Syscall};
use layout::{Layout, Word};
use sysparse::audit::{AccessControl, Denial, Record, Value};

/// Writes the denial in a record to `line`: its description, a NUL, and the name of the access
/// control. Returns false if the record holds no denial.
pub(crate) fn write(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
    line.clear();
    let Some(denial) = record.denial() else { return false };
    let layout = layout::get(denial.access_control);
    let fields = ShownFields::new(&denial, layout);
    for word in layout.words {
        write_word(*word, &denial, &fields, line);
    }
    for name in layout.facts {
        if let Some(value) = fields.get(name).filter(|value| !is_unknown(*value)) {
            separate(line);
            line.extend_from_slice(name.as_bytes());
            line.push(b'=');
            write_value(name, value, line);
        }
    }
    let is_permissive = denial.is_permitted && denial.access_control != AccessControl::Apparmor;
    line.extend_from_slice(if is_permissive { b" permissive=1\0" } else { b"\0" });
    line.extend_from_slice(access_control_name(&denial).as_bytes());
    true
}

fn access_control_name(denial: &Denial<'_>) -> &'static str {
    match denial.access_control {
        AccessControl::Selinux => "selinux",
        AccessControl::Apparmor if denial.is_permitted => "apparmor-complain",
        AccessControl::Apparmor => "apparmor",
        AccessControl::Smack => "smack",
        AccessControl::Ipe => "ipe",
        AccessControl::Landlock => "landlock",
        AccessControl::Seccomp => "seccomp",
        AccessControl::Fanotify => "fanotify",
    }
}

/// The fields of a denial that its layout shows, the first one of each name.
struct ShownFields<'a>(Vec<(&'a [u8], Value<'a>)>);

impl<'a> ShownFields<'a> {
    fn new(denial: &Denial<'a>, layout: &Layout) -> ShownFields<'a> {
        let mut shown = ShownFields(Vec::new());
        for (name, value) in denial.fields() {
            if layout.shows(name) && shown.0.iter().all(|(other, _)| *other != name) {
                shown.0.push((name, value));
            }
        }
        shown
    }

    fn get(&self, name: &str) -> Option<Value<'a>> {
        let is_named = |field: &&(&[u8], Value<'_>)| field.0 == name.as_bytes();
        self.0.iter().find(is_named).map(|(_, value)| *value)
    }
}

/// Appends a word, if the record has it.
fn write_word(word: Word, denial: &Denial<'_>, fields: &ShownFields<'_>, line: &mut Vec<u8>) {
    match word {
        Word::Field(names) => {
            let field = |name: &&'static str| Some((*name, fields.get(name)?));
            if let Some((name, value)) = names.iter().find_map(field) {
                separate(line);
                write_value(name, value, line);
            }
        }
        Word::Permissions => {
            separate(line);
            line.extend_from_slice(denial.permissions);
        }
        Word::Capability => {
            if let Some(number) = fields.get("capability") {
                separate(line);
                write_capability(number, fields.get("capname"), line);
            }
        }
        Word::Call => {
            if let Some(number) = fields.get("syscall").and_then(Value::integer) {
                let arch = fields.get("arch").and_then(Value::hex);
                let call = Syscall { arch: Arch::new(arch.unwrap_or_default()), number };
                separate(line);
                line.extend_from_slice(call.name().as_bytes());
                if arch.is_some() {
                    line.extend_from_slice(b" arch=");
                    line.extend_from_slice(call.arch_name().as_bytes());
                }
            }
        }
    }
}

/// Appends a blank unless the line is empty.
fn separate(line: &mut Vec<u8>) {
    if !line.is_empty() {
        line.push(b' ');
    }
}

/// Whether a program wrote `?` because it does not know the value; older ones write a comma after it.
fn is_unknown(value: Value<'_>) -> bool {
    matches!(value, Value::Bare(b"?" | b"?,"))
}

/// Appends a value. Only text that users choose is hexadecimal where it has no quotes: `dest=5432` is
/// a port.
fn write_value(name: &str, value: Value<'_>, line: &mut Vec<u8>) {
    if layout::is_user_text(name) {
        value.text().append_to(line);
    } else {
        line.extend_from_slice(value.raw());
    }
}

/// Appends the name of a capability in the form that AppArmor uses: lower case, without `CAP_`.
fn write_capability(number: Value<'_>, name: Option<Value<'_>>, line: &mut Vec<u8>) {
    let index = number.number().and_then(|number| usize::try_from(number).ok());
    let known = index.and_then(|index| layout::CAPABILITIES.get(index));
    line.extend_from_slice(known.map_or(name.unwrap_or(number).raw(), |name| name.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    fn denial(text: &str) -> Option<String> {
        let line = format!("type={}", text.replacen(' ', " msg=audit(1.000:1): ", 1));
        let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
        let mut words = Vec::new();
        write(&record, &mut words).then(|| String::from_utf8_lossy(&words).replace('\0', " | "))
    }

    #[test]
    fn denials_of_every_access_control_are_described() {
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
                "AVC avc:  denied  { name_connect } for  pid=1 dest=5432 scontext=s_t tcontext=t_t \
                 tclass=tcp_socket permissive=1",
                "s_t t_t tcp_socket name_connect dest=5432 permissive=1 | selinux",
            ),
            (
                "1400 avc: denied { find } for service=vold pid=1 scontext=s_t tcontext=t_t \
                 tclass=service_manager permissive=0 app=com.example",
                "s_t t_t service_manager find service=vold app=com.example | selinux",
            ),
            (
                "AVC apparmor=\"ALLOWED\" operation=\"link\" profile=\"p\" name=\"/a\" denied_mask=\"l\" \
                 target=2F6220",
                "p link l /a target=/b  | apparmor-complain",
            ),
            (
                "AVC apparmor=\"DENIED\" operation=\"mount\" info=\"failed perms check\" error=-13 profile=\"p\" \
                 name=\"/mnt/\" fstype=\"tmpfs\" srcname=\"none\" flags=\"rw, nosuid\"",
                "p mount /mnt/ fstype=tmpfs srcname=none flags=rw, nosuid info=failed perms check | apparmor",
            ),
            (
                "AVC apparmor=\"KILLED\" operation=\"signal\" profile=\"p\" denied_mask=\"send\" signal=term \
                 peer=\"q\"",
                "p signal send signal=term peer=q | apparmor",
            ),
            (
                "AVC apparmor=\"DENIED\" operation=\"capable\" profile=\"p\" capability=41  capname=\"new\"",
                "p capable new | apparmor",
            ),
            (
                "1107 pid=1 msg='apparmor=\"DENIED\" operation=\"dbus_signal\"  bus=\"system\" path=\"/o\" \
                 interface=\"o.i\" member=\"M\" mask=\"send\" name=\":1.2\" label=\"p\" peer_label=\"q\" \
                 exe=\"/usr/bin/dbus-daemon\" hostname=? addr=? terminal=?",
                "p dbus_signal send :1.2 bus=system path=/o interface=o.i member=M peer_label=q | apparmor",
            ),
            (
                "1503 operation=\"inode_permission\" requested_mask=\"::r\" denied_mask=\"::r\" name=\"/a\" \
                 pid=1 profile=\"p\"",
                "p inode_permission ::r /a | apparmor",
            ),
            ("1326 auid=7 comm=\"a\" sig=31 syscall=102 code=0x0", "a syscall-102 | seccomp"),
            (
                "LANDLOCK_ACCESS domain=195 blockers=net.bind_tcp src=80",
                "net.bind_tcp src=80 | landlock",
            ),
            (
                "SECCOMP auid=7 exe=\"/bin/a\" sig=9 arch=c000003e syscall=102 compat=0 code=0x0",
                "/bin/a getuid arch=x86_64 | seccomp",
            ),
            (
                "SECCOMP auid=7 exe=\"/bin/a\" sig=9 arch=40000003 syscall=24 compat=1 code=0x0",
                "/bin/a getuid arch=i386 | seccomp",
            ),
            (
                "LANDLOCK_ACCESS domain=195 blockers=fs.read_dir path=\"/\" dev=\"vda\" ino=2",
                "fs.read_dir / | landlock",
            ),
            (
                "1400 lsm=SMACK fn=smack_inode_permission action=denied subject=\"a\" object=6220 requested=rx \
                 pid=5 comm=\"x\" name=\"y\" dev=\"sda1\" ino=3",
                "a b  rx y fn=smack_inode_permission | smack",
            ),
            (
                "IPE_ACCESS ipe_op=EXECUTE ipe_hook=MMAP enforcing=0 pid=2 comm=\"x\" path=\"/bin/x\" dev=\"dm-0\" \
                 ino=3 rule=\"DEFAULT action=DENY\"",
                "EXECUTE /bin/x ipe_hook=MMAP rule=DEFAULT action=DENY permissive=1 | ipe",
            ),
        ] {
            assert_eq!(denial(record).as_deref(), Some(wanted), "{record}");
        }
    }

    #[test]
    fn refusals_that_selinux_and_fanotify_log_under_other_types_are_denials() {
        for (record, wanted) in [
            (
                "SELINUX_ERR op=security_bounded_transition seresult=denied oldcontext=init_t \
                 newcontext=webd_t",
                "init_t webd_t security_bounded_transition | selinux",
            ),
            (
                "1401 op=security_validate_transition seresult=denied oldcontext=a newcontext=b \
                 taskcontext=c tclass=file",
                "a b file security_validate_transition taskcontext=c | selinux",
            ),
            (
                "SELINUX_ERR op=security_compute_av reason=bounds scontext=a tcontext=b tclass=file \
                 perms=read",
                "a b file read reason=bounds | selinux",
            ),
            ("FANOTIFY resp=2", "resp=2 | fanotify"),
            (
                "FANOTIFY resp=2 fan_type=1 fan_info=3137 subj_trust=3 obj_trust=5",
                "resp=2 fan_type=1 fan_info=3137 subj_trust=3 obj_trust=5 | fanotify",
            ),
        ] {
            assert_eq!(denial(record).as_deref(), Some(wanted), "{record}");
        }
    }

    #[test]
    fn granted_accesses_and_notices_are_no_denials() {
        for record in [
            "AVC avc:  granted  { read } for  pid=1 scontext=s tcontext=t tclass=file",
            "AVC apparmor=\"STATUS\" info=\"AppArmor Filesystem Enabled\"",
            "AVC apparmor=\"AUDIT\" operation=\"open\" profile=\"p\"",
            "SECCOMP auid=7 exe=\"/bin/a\" arch=c000003e syscall=102 code=0x7ffc0000",
            "USER_AVC pid=1 msg='avc:  received setenforce notice (enforcing=1)'",
            "USER_AVC pid=1",
            "SELINUX_ERR op=setxattr invalid_context=\"a\"",
            "SELINUX_ERR op=x seresult=granted oldcontext=a newcontext=b",
            "FANOTIFY resp=1",
        ] {
            assert_eq!(denial(record), None, "{record}");
        }
    }
}
