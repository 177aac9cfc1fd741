//! Denials, as SELinux, AppArmor, Smack, IPE, Landlock and seccomp log them.
//!
//! ```text
//! AVC        avc:  denied  { name_bind } for  pid=77 comm="webd" src=8443 scontext=system_u:system_r:webd_t:s0
//!            tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0
//! AVC        apparmor="DENIED" operation="open" class="file" profile="player" name="/srv/film.mkv" pid=77
//! USER_AVC   pid=1 uid=0 auid=7005 msg='avc:  denied  { start } for auid=7005 path="/u" cmdline="..." scontext=...
//! SECCOMP    auid=7005 exe="/bin/a" sig=9 arch=c000003e syscall=102 compat=0 code=0x0
//! AVC        lsm=SMACK fn=smack_inode_permission action=denied subject="a" object="b" requested=r pid=5 comm="x"
//! IPE_ACCESS ipe_op=EXECUTE ipe_hook=MMAP enforcing=1 pid=2 comm="x" path="/x" rule="DEFAULT action=DENY"
//! SELINUX_ERR op=security_bounded_transition seresult=denied oldcontext=system_u:system_r:init_t:s0 newcontext=...
//! FANOTIFY   resp=2 fan_type=1 fan_info=3137 subj_trust=3 obj_trust=5
//! LANDLOCK_ACCESS   domain=195ba459b blockers=fs.read_dir path="/" dev="vda1" ino=2
//! ```
//!
//! Sources: `security/selinux/avc.c`, `security/lsm_audit.c`, `security/apparmor/audit.c`,
//! `security/smack/smack_access.c`, `security/ipe/audit.c`, `security/landlock/audit.c`,
//! `security/selinux/ss/services.c` and `kernel/auditsc.c` of Linux; `avc_audit` of libselinux.

use super::fields::Fields;
use super::value::Value;
use super::{Record, RecordType};
use crate::grammar::{Parsed, blanks, hex, literal, whole};
use memchr::memmem;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take_until;
use nom::combinator::{map, map_opt, rest, verify};
use nom::sequence::{delimited, preceded};

/// What refuses accesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccessControl {
    /// SELinux, in the kernel or in a program that asks it.
    Selinux,
    /// AppArmor, in the kernel or in a program that asks it.
    Apparmor,
    /// Smack.
    Smack,
    /// Integrity Policy Enforcement.
    Ipe,
    /// Landlock.
    Landlock,
    /// A seccomp filter.
    Seccomp,
    /// A program that listens to fanotify(7).
    Fanotify,
}

/// A refused access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial<'a> {
    /// What refused the access.
    pub access_control: AccessControl,
    /// Whether the policy would have refused the access, but only logged it: SELinux and IPE in permissive
    /// mode, AppArmor in complain mode.
    pub is_permitted: bool,
    /// SELinux's permissions, separated by blanks; empty for other access controls.
    pub permissions: &'a [u8],
    /// What describes the access.
    description: &'a [u8],
    /// What SELinux writes after it: who asked, for what, and whether it was refused.
    contexts: &'a [u8],
}

impl<'a> Denial<'a> {
    /// The fields that describe the access.
    pub fn fields(&self) -> impl Iterator<Item = (&'a [u8], Value<'a>)> + use<'a> {
        Fields::new(self.description).chain(Fields::new(self.contexts))
    }
}

impl<'a> Record<'a> {
    /// The refused access that the record logs; `None` if it logs none, such as a granted access, a
    /// notice, or a call that a seccomp filter only logs.
    ///
    /// ```
    /// use sysparse::audit::{self, AccessControl, Value};
    ///
    /// let line = b"type=AVC msg=audit(1.000:1): avc:  denied  { read } for  pid=7 name=\"shadow\" \
    ///              scontext=a_t tcontext=b_t tclass=file permissive=1";
    /// let denial = audit::record(line)?.and_then(|record| record.denial()).expect("a denial");
    /// assert_eq!((denial.access_control, denial.is_permitted), (AccessControl::Selinux, true));
    /// assert_eq!(denial.permissions, b"read");
    /// assert!(denial.fields().any(|field| field == (b"tclass", Value::Bare(b"file"))));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn denial(&self) -> Option<Denial<'a>> {
        let other = |access_control, is_permitted| {
            Some(Denial::new(access_control, is_permitted, self.body))
        };
        match self.kind {
            RecordType::Avc => kernel_denial(self.body).ok().map(|(_, denial)| denial),
            RecordType::UserAvc => user_denial(self.message_text()?).ok().map(|(_, denial)| denial),
            RecordType::ApparmorDenied => other(AccessControl::Apparmor, false),
            RecordType::ApparmorAllowed => other(AccessControl::Apparmor, true),
            RecordType::Ipe => ipe(self.body),
            RecordType::Landlock => other(AccessControl::Landlock, false),
            RecordType::SelinuxErr => selinux_error(self.body),
            RecordType::Fanotify => {
                let denies =
                    first_field(self.body, b"resp").and_then(Value::number) == Some(FAN_DENY);
                denies.then(|| Denial::new(AccessControl::Fanotify, false, self.body))
            }
            RecordType::Seccomp if !self.is_logged_call() => other(AccessControl::Seccomp, false),
            _ => None,
        }
    }

    /// Whether this is the SECCOMP record of a call that the filter let through and logged:
    /// `SECCOMP_RET_LOG` or `SECCOMP_RET_ALLOW` of `include/uapi/linux/seccomp.h`.
    ///
    /// ```
    /// use sysparse::audit;
    ///
    /// let line = b"type=SECCOMP msg=audit(1.000:1): auid=7 sig=0 arch=c000003e syscall=1 code=0x7ffc0000";
    /// assert!(audit::record(line)?.is_some_and(|record| record.is_logged_call()));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    #[must_use]
    pub fn is_logged_call(&self) -> bool {
        let code = self.field(b"code").filter(|_| self.kind == RecordType::Seccomp).map(Value::raw);
        let action = code.and_then(|code| whole(preceded(literal(b"0x"), hex), code));
        matches!(action.map(|action| action & 0xffff_0000), Some(0x7ffc_0000 | 0x7fff_0000))
    }
}

impl<'a> Denial<'a> {
    fn new(access_control: AccessControl, is_permitted: bool, description: &'a [u8]) -> Self {
        Denial { access_control, is_permitted, permissions: b"", description, contexts: b"" }
    }
}

/// What the kernel writes of a denial.
fn kernel_denial(body: &[u8]) -> Parsed<'_, Denial<'_>> {
    alt((selinux, apparmor, smack)).parse(body)
}

/// What a program writes of a denial.
fn user_denial(message: &[u8]) -> Parsed<'_, Denial<'_>> {
    let (input, denial) = kernel_denial(message)?;
    let (_, description) = before_command_line(denial.description)?;
    Ok((input, Denial { description, ..denial }))
}

/// The part before `cmdline="..."`: that is text which the user chose, not escaped, and what looks like
/// fields in it must not count.
fn before_command_line(description: &[u8]) -> Parsed<'_, &[u8]> {
    alt((take_until(" cmdline=\""), rest)).parse(description)
}

/// `avc:  denied  { read } for  pid=7 name="shadow" scontext=a_t tcontext=b_t tclass=file permissive=1`
fn selinux(input: &[u8]) -> Parsed<'_, Denial<'_>> {
    map((denied_permissions, rest), |(permissions, fields)| {
        let (description, contexts) = split_contexts(fields);
        let is_permitted =
            Fields::new(contexts).any(|field| field == (b"permissive", Value::Bare(b"1")));
        let denial = Denial::new(AccessControl::Selinux, is_permitted, description);
        Denial { permissions, contexts, ..denial }
    })
    .parse(input)
}

/// `avc:  denied  { read write }`
fn denied_permissions(input: &[u8]) -> Parsed<'_, &[u8]> {
    let verdict = (blanks, literal(b"avc:"), blanks, literal(b"denied"), blanks);
    let permissions = delimited(literal(b"{"), take_until("}"), literal(b"}"));
    map(preceded(verdict, permissions), <[u8]>::trim_ascii).parse(input)
}

/// Splits before ` scontext=`. The contexts are the last part, so a name that looks like a context
/// stands before them.
fn split_contexts(fields: &[u8]) -> (&[u8], &[u8]) {
    let at = memmem::rfind(fields, b" scontext=").unwrap_or(fields.len());
    fields.split_at_checked(at).unwrap_or((fields, b""))
}

/// `apparmor="DENIED" operation="open" profile="player" name="/srv/film.mkv"`
fn apparmor(input: &[u8]) -> Parsed<'_, Denial<'_>> {
    let verdict = delimited(literal(b"apparmor=\""), take_until("\""), literal(b"\""));
    map((preceded(blanks, map_opt(verdict, is_permitted)), rest), |(is_permitted, fields)| {
        Denial::new(AccessControl::Apparmor, is_permitted, fields)
    })
    .parse(input)
}

/// `lsm=SMACK fn=smack_inode_permission action=denied subject="a" object="b" requested=r`
fn smack(input: &[u8]) -> Parsed<'_, Denial<'_>> {
    let refuses = |fields: &&[u8]| first_field(fields, b"action") == Some(Value::Bare(b"denied"));
    let fields = verify(preceded((blanks, literal(b"lsm=SMACK ")), rest), refuses);
    map(fields, |fields| Denial::new(AccessControl::Smack, false, fields)).parse(input)
}

/// `FAN_DENY` of `include/uapi/linux/fanotify.h`.
const FAN_DENY: u64 = 2;

/// `op=security_bounded_transition seresult=denied oldcontext=a_t newcontext=b_t`, or
/// `op=security_compute_av reason=bounds scontext=a_t tcontext=b_t tclass=file perms=read`
fn selinux_error(body: &[u8]) -> Option<Denial<'_>> {
    let is = |name: &[u8], value| first_field(body, name) == Some(Value::Bare(value));
    let permissions = match (is(b"seresult", b"denied"), is(b"reason", b"bounds")) {
        (true, _) => first_field(body, b"op"),
        (false, true) => first_field(body, b"perms"),
        (false, false) => return None,
    };
    let denial = Denial::new(AccessControl::Selinux, false, body);
    Some(Denial { permissions: permissions.map_or(b"", Value::raw), ..denial })
}

/// `ipe_op=EXECUTE ipe_hook=MMAP enforcing=1 ... rule="DEFAULT action=DENY"`
fn ipe(body: &[u8]) -> Option<Denial<'_>> {
    let rule = Fields::new(body).filter(|(name, _)| *name == b"rule").last()?.1.raw();
    let is_permitted = first_field(body, b"enforcing") == Some(Value::Bare(b"0"));
    let denial = Denial::new(AccessControl::Ipe, is_permitted, body);
    rule.ends_with(b"action=DENY").then_some(denial)
}

fn first_field<'a>(fields: &'a [u8], wanted: &[u8]) -> Option<Value<'a>> {
    Fields::new(fields).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// Whether AppArmor permitted an access that its policy refuses; `None` if it refuses nothing.
fn is_permitted(verdict: &[u8]) -> Option<bool> {
    match verdict {
        b"DENIED" | b"KILLED" => Some(false),
        b"ALLOWED" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::AccessControl;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    const SAMPLES: [&str; 14] = [
        "AVC avc:  denied  { read write } for  pid=1 comm=\"a\" name=\"x\" scontext=s tcontext=t tclass=file \
         permissive=1",
        "AVC apparmor=\"DENIED\" operation=\"open\" profile=\"p\" name=2F6120 denied_mask=\"r\"",
        "AVC apparmor=\"ALLOWED\" operation=\"open\" profile=\"p\" name=\"/a\"",
        "USER_AVC pid=1 auid=7 msg='avc:  denied  { start } for auid=7 path=\"/u\" cmdline=\"a\" scontext=s \
         tcontext=t tclass=service permissive=0  exe=\"/x\" sauid=0 hostname=? addr=?'",
        "1107 pid=1 auid=7 msg='apparmor=\"DENIED\" operation=\"dbus_signal\"  bus=\"system\" mask=\"send\"",
        "SECCOMP auid=7 exe=\"/bin/a\" sig=9 arch=c000003e syscall=102 compat=0 code=0x0",
        "LANDLOCK_ACCESS domain=195 blockers=fs.read_dir path=\"/\" dev=\"vda\" ino=2",
        "APPARMOR_DENIED operation=\"inode_permission\" denied_mask=\"::r\" name=\"/a\" profile=\"p\"",
        "AVC lsm=SMACK fn=smack_inode_permission action=denied subject=\"a\" object=\"b\" requested=r pid=5",
        "IPE_ACCESS ipe_op=EXECUTE enforcing=1 path=\"/x\" dev=\"vda\" rule=\"DEFAULT action=DENY\"",
        "1420 ipe_op=EXECUTE enforcing=0 path=\"/x\" rule=\"op=EXECUTE action=DENY\"",
        "SELINUX_ERR op=security_bounded_transition seresult=denied oldcontext=a newcontext=b",
        "1401 op=security_compute_av reason=bounds scontext=a tcontext=b tclass=file perms=read",
        "FANOTIFY resp=2 fan_type=1",
    ];

    fn line(text: &str) -> String {
        format!("type={}", text.replacen(' ', " msg=audit(1.000:1): ", 1))
    }

    /// The fields of the denial as text, after `permitted` and the permissions.
    fn read(line: &[u8]) -> Option<String> {
        let denial = record(line).ok()??.denial()?;
        let permitted = if denial.is_permitted { "permitted " } else { "" };
        let permissions = String::from_utf8_lossy(denial.permissions);
        let fields: Vec<_> = denial
            .fields()
            .map(|(name, value)| {
                format!(" {}", name.escape_ascii())
                    + "="
                    + &format!("{}", value.raw().escape_ascii())
            })
            .collect();
        Some(format!("{:?} {permitted}{permissions}{}", denial.access_control, fields.concat()))
    }

    #[test]
    fn denials_of_every_access_control_are_read() {
        let wanted = [
            "Selinux permitted read write pid=1 comm=a name=x scontext=s tcontext=t tclass=file permissive=1",
            "Apparmor  operation=open profile=p name=2F6120 denied_mask=r",
            "Apparmor permitted  operation=open profile=p name=/a",
            "Selinux start auid=7 path=/u scontext=s tcontext=t tclass=service permissive=0 exe=/x sauid=0 \
             hostname=? addr=?",
            "Apparmor  operation=dbus_signal bus=system mask=send",
            "Seccomp  auid=7 exe=/bin/a sig=9 arch=c000003e syscall=102 compat=0 code=0x0",
            "Landlock  domain=195 blockers=fs.read_dir path=/ dev=vda ino=2",
            "Apparmor  operation=inode_permission denied_mask=::r name=/a profile=p",
            "Smack  fn=smack_inode_permission action=denied subject=a object=b requested=r pid=5",
            "Ipe  ipe_op=EXECUTE enforcing=1 path=/x dev=vda rule=DEFAULT action=DENY",
            "Ipe permitted  ipe_op=EXECUTE enforcing=0 path=/x rule=op=EXECUTE action=DENY",
            "Selinux security_bounded_transition op=security_bounded_transition seresult=denied oldcontext=a \
             newcontext=b",
            "Selinux read op=security_compute_av reason=bounds scontext=a tcontext=b tclass=file perms=read",
            "Fanotify  resp=2 fan_type=1",
        ];
        for (sample, wanted) in SAMPLES.into_iter().zip(wanted) {
            assert_eq!(read(line(sample).as_bytes()).as_deref(), Some(wanted), "{sample}");
        }
    }

    #[test]
    fn granted_accesses_and_notices_are_no_denials() {
        for text in [
            "SELINUX_ERR op=setxattr invalid_context=\"a\"",
            "SELINUX_ERR op=x seresult=granted reason=other",
            "FANOTIFY resp=1",
            "AVC avc:  granted  { read } for  pid=1 scontext=s tcontext=t tclass=file",
            "AVC comm=\"avc:\" denied { read }",
            "AVC apparmor=\"STATUS\" info=\"AppArmor Filesystem Enabled\"",
            "AVC apparmor=\"AUDIT\" operation=\"open\" profile=\"p\"",
            "SECCOMP auid=7 exe=\"/bin/a\" arch=c000003e syscall=102 code=0x7ffc0000",
            "USER_AVC pid=1 msg='avc:  received setenforce notice (enforcing=1)'",
            "USER_AVC pid=1",
            "AVC lsm=SMACK fn=smack_inode_permission action=granted subject=\"a\" action=denied",
            "IPE_ACCESS ipe_op=EXECUTE enforcing=1 path=\"/x\" rule=\"DEFAULT action=ALLOW\"",
            "IPE_ACCESS ipe_op=EXECUTE enforcing=1 path=\"/x\"",
        ] {
            assert_eq!(read(line(text).as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_command_line_forges_no_field() {
        for command in
            ["x\" src=80 scontext=f tcontext=f tclass=f permissive=1 a=\"", "\"", "it's", "' "]
        {
            let text = format!(
                "USER_AVC auid=7 msg='avc:  denied  {{ stop }} for auid=7 cmdline=\"{command}\" scontext=s \
                 tcontext=t tclass=service permissive=0'"
            );
            let wanted = "Selinux stop auid=7 scontext=s tcontext=t tclass=service permissive=0";
            assert_eq!(read(line(&text).as_bytes()).as_deref(), Some(wanted), "{command}");
        }
    }

    #[test]
    fn every_prefix_and_every_one_byte_change_is_read_without_a_panic() {
        let (mut denials, mut others) = (0, 0);
        for sample in SAMPLES.into_iter().take(if cfg!(miri) { 1 } else { usize::MAX }) {
            let sample = line(sample).into_bytes();
            for end in test_support::places(sample.len()) {
                let is_denial = sample.get(..end).and_then(read).is_some();
                *if is_denial { &mut denials } else { &mut others } += 1;
                for byte in test_support::every_byte() {
                    let mut changed = sample.clone();
                    changed.splice(end..=end, [byte]);
                    *if read(&changed).is_some() { &mut denials } else { &mut others } += 1;
                }
            }
        }
        let each = if cfg!(miri) { 0 } else { 1000 };
        assert!(denials > each && others > each, "{denials} denials, {others} others");
    }

    #[test]
    fn types_of_apparmor_say_whether_it_refused() {
        let denial = |kind: &str| {
            let line = format!("type={kind} msg=audit(1.000:1): operation=\"open\" profile=\"p\"");
            let record = record(line.as_bytes()).expect("sound").expect("a record");
            record.denial().map(|denial| (denial.access_control, denial.is_permitted))
        };
        assert_eq!(denial("APPARMOR_DENIED"), Some((AccessControl::Apparmor, false)));
        assert_eq!(denial("APPARMOR_ALLOWED"), Some((AccessControl::Apparmor, true)));
        assert_eq!(denial("APPARMOR_STATUS"), None);
    }
}
