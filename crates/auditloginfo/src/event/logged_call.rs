//! Calls that a seccomp filter let through and logged.
//!
//! ```text
//! type=SECCOMP msg=audit(1795400000.100:402): auid=4294967295 uid=0 gid=0 ses=4294967295 pid=7745
//!   comm="probe" exe="/srv/probe" sig=0 arch=c000003e syscall=1 compat=0 ip=0x7f8a code=0x7ffc0000
//! ```
//!
//! A container that runs with `SCMP_ACT_LOG` as its default action leaves such records on a host
//! without audit rules.

use super::EventAssembler;
use super::sink::Sink;
use crate::syscall_names::{Arch, Syscall};
use sysparse::audit::{Record, Value};

impl EventAssembler<'_> {
    /// Counts the call of a SECCOMP record if the filter let it through.
    pub(super) fn add_logged_call(&mut self, record: &Record<'_>, sink: &mut Sink) {
        let (user, counts) = self.filter.standalone_user(record);
        if counts {
            sink.add_name(user, record);
        }
        let call = || {
            let arch = record.field(b"arch").and_then(Value::hex)?;
            let number = record.field(b"syscall").and_then(Value::integer)?;
            Some(Syscall { arch: Arch::new(arch), number })
        };
        if let Some(call) = call().filter(|_| counts && record.is_logged_call()) {
            sink.add_logged_call(user, call);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Filter, Query, UserFilter};
    use crate::section::Collect;
    use foldhash::fast::RandomState;
    use sysparse::audit;

    #[test]
    fn a_logged_call_that_counts_names_its_login_user() {
        let line = b"type=SECCOMP msg=audit(1.000:1): auid=7 arch=c000003e syscall=1 \
                     code=0x7ffc0000\x1dAUID=\"mira\"";
        for (user, name) in [(7, Some(&b"mira"[..])), (8, None)] {
            let collect = Collect { logged_calls: true, overview: true, ..Collect::default() };
            let users = UserFilter::Only(vec![user.into()]);
            let filter = Filter { users, ..Filter::default() };
            let query = Query { filter, collect, ..Query::default() };
            let mut sink = Sink::new(collect);
            let mut assembler = EventAssembler::new(&query, RandomState::default());
            let header = audit::header(line).expect("a record");
            assembler.add_record(header, &mut sink).expect("well-formed");
            assert_eq!(sink.tally.name(7), name);
        }
    }
}
