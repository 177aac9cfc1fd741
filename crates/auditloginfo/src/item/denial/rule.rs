//! The rule of AppArmor that allows a denied access, for a profile: capabilities and sockets. Files
//! are not in it, because the profile has the files that were opened.
//!
//! ```text
//! type=AVC msg=audit(1795400000.100:1): apparmor="DENIED" operation="capable" profile="p" pid=7 comm="a"
//!   capability=12  capname="net_admin"
//! type=AVC msg=audit(1795400000.100:2): apparmor="DENIED" operation="create" profile="p" pid=7 comm="a"
//!   family="inet" sock_type="stream" protocol=6 requested_mask="create" denied_mask="create"
//! type=AVC msg=audit(1795400000.100:3): avc:  denied  { net_bind_service } for  pid=7 comm="a" capability=10
//!   scontext=s tcontext=s tclass=capability permissive=1
//! ```
//!
//! becomes `capability net_admin`, `network inet stream` and `capability net_bind_service`.

use super::layout::CAPABILITIES;
use crate::item::address_families::is_in_apparmor;
use sysparse::audit::{AccessControl, Denial, Record, RecordType, Value};

/// SELinux's classes whose permissions are capabilities.
const CAPABILITY_CLASSES: [&[u8]; 4] =
    [b"capability", b"capability2", b"cap_userns", b"cap2_userns"];

/// The types of sockets that AppArmor knows.
const SOCKET_TYPES: [&str; 6] = ["stream", "dgram", "seqpacket", "rdm", "raw", "packet"];

/// Writes the rule that allows the denied access of a record to `line`. Returns false if there is
/// none. Every word of a rule is from a list, so that no record can add another rule.
pub(crate) fn write(record: &Record<'_>, line: &mut Vec<u8>) -> bool {
    line.clear();
    let denial = record.denial().filter(|_| record.kind != RecordType::UserAvc);
    let Some(rule) = denial.and_then(|denial| rule(&denial)) else { return false };
    line.extend_from_slice(rule.as_bytes());
    true
}

fn rule(denial: &Denial<'_>) -> Option<String> {
    let find = |name: &[u8]| {
        denial.fields().find(|(other, _)| *other == name).map(|(_, value): (_, Value<'_>)| value)
    };
    let is_capability = match denial.access_control {
        AccessControl::Selinux => CAPABILITY_CLASSES.contains(&find(b"tclass")?.raw()),
        AccessControl::Apparmor => find(b"operation")?.raw() == b"capable",
        AccessControl::Smack
        | AccessControl::Ipe
        | AccessControl::Seccomp
        | AccessControl::Fanotify
        | AccessControl::Landlock => false,
    };
    if is_capability {
        let number = usize::try_from(find(b"capability")?.number()?).ok()?;
        return Some(format!("capability {}", CAPABILITIES.get(number)?));
    }
    if denial.access_control != AccessControl::Apparmor {
        return None;
    }
    let (family, kind) = (find(b"family")?.raw(), find(b"sock_type")?.raw());
    let family = std::str::from_utf8(family).ok().filter(|_| is_in_apparmor(family))?;
    let kind = SOCKET_TYPES.iter().find(|known| known.as_bytes() == kind)?;
    Some(format!("network {family} {kind}"))
}

#[cfg(test)]
mod tests {
    use sysparse::audit;

    #[test]
    fn capabilities_and_sockets_have_rules() {
        for (text, wanted) in [
            (
                "apparmor=\"DENIED\" operation=\"capable\" profile=\"p\" capability=12",
                "capability net_admin",
            ),
            ("apparmor=\"ALLOWED\" operation=\"capable\" profile=\"p\" capability=400", ""),
            (
                "apparmor=\"DENIED\" operation=\"create\" profile=\"p\" family=\"inet\" sock_type=\"stream\"",
                "network inet stream",
            ),
            (
                "apparmor=\"DENIED\" operation=\"create\" profile=\"p\" family=\"unknown(99)\" sock_type=\"raw\"",
                "",
            ),
            ("apparmor=\"DENIED\" operation=\"open\" profile=\"p\" name=\"capability=1\"", ""),
            (
                "avc:  denied  { sys_admin } for  pid=1 capability=21  scontext=s tcontext=s tclass=cap_userns",
                "capability sys_admin",
            ),
            (
                "avc:  denied  { read } for  pid=1 capability=21 scontext=s tcontext=s tclass=file",
                "",
            ),
        ] {
            let line = format!("type=AVC msg=audit(1.000:1): {text}");
            let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
            let mut rule = Vec::new();
            assert_eq!(super::write(&record, &mut rule), !wanted.is_empty(), "{text}");
            assert_eq!(String::from_utf8_lossy(&rule), wanted);
        }
    }
}
