//! Any bytes as the output of `multipath -ll` and of `nvme list-subsys`, and as names of devices.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::device_name::{self, Hctl, NvmeName};
use sysparse::multipath::{self, Line};
use sysparse::{nvme_subsystem, text};

fuzz_target!(|output: &[u8]| {
    for line in text::lines(output) {
        match multipath::line(line) {
            Ok(Line::Map(map) | Line::Name(map)) => {
                assert!(lies_in(map.alias, line) && lies_in(map.wwid, line));
                assert!(map.kernel.is_none_or(|name| lies_in(name, line)));
            }
            Ok(Line::Group(group)) => {
                let parts = [group.priority, group.status];
                assert!(parts.iter().all(|part| part.is_empty() || lies_in(part, line)));
            }
            Ok(Line::Path(path)) => {
                assert!(lies_in(path.hctl, line) && lies_in(path.name, line));
                assert!(path.states().all(|state| lies_in(state, line)));
            }
            Ok(Line::Size | Line::Other) => {}
            Err(error) => assert!(error.at <= line.len()),
        }
        let _ = nvme_subsystem::line(line);
        let _ = (Hctl::parse(line), NvmeName::parse(line));
        let _ = (device_name::device_number(line), device_name::number_after(b"sd", line));
    }
});
