use super::listing::serial;
use super::outcome::{borrow, read_in_chunks, read_two_logs, read_whole};
use super::*;

/// Events that change files, use a socket address, or hold a command given to sudo.
pub(super) fn events_with_effects() -> Vec<String> {
    let call = |number: u32, items: u32, serial: u32| {
        let call = SYSCALL.replace("syscall=257", &format!("syscall={number}"));
        let call = call.replace("items=1", &format!("items={items}"));
        call.replace("1.000:1", &format!("1.000:{serial}"))
    };
    let path = |serial: u32, item: u32, name: &str, role: &str| {
        format!("type=PATH msg=audit(1.000:{serial}): item={item} name={name} nametype={role}")
    };
    let address = |serial: u32| format!("type=SOCKADDR msg=audit(1.000:{serial}): saddr=01002F78");
    let cwd = |serial: u32| CWD.replace("1.000:1", &format!("1.000:{serial}"));
    vec![
        call(82, 3, 1),
        path(1, 0, "\"a\"", "DELETE"),
        path(1, 1, "\"b\"", "DELETE"),
        path(1, 2, "\"b\"", "CREATE"),
        cwd(1),
        call(91, 1, 2).replace("a0=ffffff9c", "a0=3"),
        path(2, 0, "(null)", "NORMAL"),
        cwd(2),
        call(437, 1, 3),
        "type=OPENAT2 msg=audit(1.000:3): oflag=01001 mode=0 resolve=0".to_owned(),
        path(3, 0, "\"c\"", "NORMAL"),
        cwd(3),
        call(426, 1, 4),
        "type=URINGOP msg=audit(1.000:4): uring_op=36 success=yes".to_owned(),
        path(4, 0, "\"d\"", "DELETE"),
        cwd(4),
        call(42, 0, 5),
        address(5),
        call(49, 1, 6),
        address(6),
        path(6, 0, "\"/x\"", "CREATE"),
        cwd(6),
        call(426, 0, 7),
        "type=URINGOP msg=audit(1.000:7): uring_op=16 success=no".to_owned(),
        address(7),
        call(44, 0, 8),
        call(42, 0, 9).replace("auid=7005", "auid=1"),
        address(9),
        "type=USER_CMD msg=audit(1.000:10): auid=7005 msg='cwd=\"/\" cmd=\"id\" res=success'"
            .into(),
    ]
}

#[test]
fn effects_do_not_depend_on_the_order_nor_on_the_chunks() {
    let query = everything();
    let lines = events_with_effects();
    let counts = |lines: &[&str], chunks: &[usize]| {
        let (tally, incomplete) = assemble(&query, lines, chunks);
        let counts = tally.counts(7005).expect("counts");
        (sorted(&counts.changes), sorted(&counts.addresses), sorted(&counts.sudo), incomplete)
    };
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let all = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 1)).collect::<Vec<_>>();
    let changes = [
        "/tmp/a|moved-from",
        "/tmp/b|moved-to",
        "/tmp/b|removed",
        "/tmp/c|truncated",
        "/tmp/d|removed",
        "/x|created",
        "[fd 3]|mode",
    ];
    let addresses = vec![("/x|bind".to_owned(), 1), ("/x|connect".to_owned(), 2)];
    let wanted = (all(&changes), addresses, all(&["id|/"]), 0);
    assert_eq!(counts(&lines, &[lines.len()]), wanted);
    random_cases(2000, |random| {
        let mut lines = lines.clone();
        random.shuffle(&mut lines);
        let mut chunks: Vec<_> = (0..random.usize(0..5)).map(|_| random.usize(0..9)).collect();
        chunks.push(lines.len());
        assert_eq!(counts(&lines, &chunks), wanted, "{lines:#?} {chunks:?}");
    });
}

#[test]
fn records_that_no_section_needs_are_not_read() {
    let with = |section| Collect { sections: Sections::EMPTY.with(section), ..Collect::default() };
    let original = Collect { sections: Sections::ORIGINAL, ..Collect::default() };
    let needs = |collect: Collect| {
        let types = [
            RecordType::Sockaddr,
            RecordType::UserCmd,
            RecordType::Openat2,
            RecordType::Path,
            RecordType::Other,
        ];
        types.map(|record_type| collect.needs_type(record_type))
    };
    assert_eq!(needs(original), [false, false, false, true, false]);
    assert_eq!(needs(with(Section::Sudo)), [false, true, false, false, false]);
    assert_eq!(needs(with(Section::Addresses)), [true, false, false, true, false]);
    assert_eq!(needs(with(Section::Changes)), [false, false, true, true, false]);
    assert_eq!(needs(with(Section::Programs)), [false; 5]);
}

#[test]
#[cfg_attr(miri, ignore = "too many records for Miri")]
fn each_record_can_be_a_chunk_of_its_own() {
    for log in [mixed_events(), events_with_effects()] {
        let denial = |line: &String| AVC.replace("1.000:1", &format!("1.000:{}", serial(line)));
        // A denial after each record, which is another one for each event only.
        let log: Vec<_> = log.iter().flat_map(|line| [line.clone(), denial(line)]).collect();
        let mut known = std::collections::BTreeSet::new();
        let lines: Vec<_> =
            log.iter().map(String::as_str).filter(|line| known.insert(*line)).collect();
        for query in [everything(), files(true), files(false)] {
            let wanted = Some(read_whole(&query, &lines));
            assert_eq!(read_in_chunks(&query, &lines, &vec![1; lines.len()]), wanted);
            assert_eq!(read_two_logs(&query, &lines, 3, &vec![1; lines.len()]), wanted);
        }
    }
}

#[test]
fn an_operation_of_io_uring_without_a_call_counts_if_it_passes_the_filter() {
    for (success, filter, counts) in [
        ("yes", None, true),
        ("yes", Some(true), true),
        ("yes", Some(false), false),
        ("no exit=-2", Some(false), true),
        ("no exit=-2", Some(true), false),
        ("", None, true),
        ("", Some(true), false),
        ("", Some(false), false),
    ] {
        let filter = Filter { success: filter, ..Filter::default() };
        let query = Query { filter, ..everything() };
        let line = format!("type=URINGOP msg=audit(1.000:1): uring_op=28 success={success}");
        for lines in [[&*line, CWD, PATH], [PATH, CWD, &*line]] {
            let outcome = read_whole(&query, &lines);
            let found = outcome.counts.get("Unknown file /tmp/a|").copied();
            assert_eq!(found, counts.then_some(1), "{outcome:?}");
            let error = outcome.counts.get("Unknown error /tmp/a|ENOENT").copied();
            assert_eq!(error, (counts && success.starts_with("no")).then_some(1), "{outcome:?}");
        }
    }
}

#[test]
fn rare_records_whose_quotes_are_escaped_are_damaged() {
    let query = everything();
    let mut sink = Sink::new(query.collect);
    let mut assembler = EventAssembler::new(&query, RandomState::default());
    for (record, is_checked) in [
        ("EXECVE msg=audit(1.000:1): argc=1 a0=", true),
        ("USER_CMD msg=audit(1.000:1): msg='cmd=", true),
        ("LANDLOCK_ACCESS msg=audit(1.000:1): blockers=fs.read_dir path=", true),
        ("CWD msg=audit(1.000:1): cwd=", false),
    ] {
        for (value, is_plain) in [("\"x\"", true), ("\\\"x\\\"", false), ("\"\"x\"\"", false)] {
            let is_sound = is_plain || !is_checked;
            let line = format!("type={record}{value}");
            let header = audit::header(line.as_bytes()).expect("a record");
            assert_eq!(assembler.add_record(header, &mut sink).is_ok(), is_sound, "{line}");
        }
    }
}

#[test]
fn of_several_operations_of_io_uring_the_role_of_a_file_says_which_one_used_it() {
    let event = |operations: &[(u32, &str)], roles: &[&str]| {
        let uring = SYSCALL.replace("syscall=257", "syscall=426");
        let mut lines =
            vec![uring.replace("items=1", &format!("items={}", roles.len())), CWD.into()];
        for (operation, success) in operations {
            lines.push(format!(
                "type=URINGOP msg=audit(1.000:1): uring_op={operation} success={success}"
            ));
        }
        for (item, role) in roles.iter().enumerate() {
            let name = role.to_ascii_lowercase();
            lines.push(format!(
                "type=PATH msg=audit(1.000:1): item={item} name=\"/{name}\" inode={item} dev=0:1 \
                 nametype={role}"
            ));
        }
        lines
    };
    let names = |lines: &[String], failed| {
        let query = query(Collect { failed, modes: false, ..everything().collect });
        let results = std::cell::RefCell::new(std::collections::BTreeSet::new());
        random_cases(20, |random| {
            let mut lines: Vec<_> = lines.iter().map(String::as_str).collect();
            random.shuffle(&mut lines);
            let (tally, _) = assemble(&query, &lines, &[random.usize(0..4), lines.len()]);
            let counts = tally.counts(7005).expect("counts");
            let names = sorted(&counts.changes).into_iter().chain(sorted(&counts.files));
            results.borrow_mut().insert(names.map(|(name, _)| name).collect::<Vec<_>>().join(" "));
        });
        Vec::from_iter(results.into_inner())
    };
    let (open, unlink, mkdir) = (18, 36, 37);
    let roles = ["NORMAL", "PARENT", "DELETE", "CREATE", "UNKNOWN"];
    for (operations, failed, wanted) in [
        (
            &[(open, "yes"), (unlink, "yes")][..],
            false,
            "/create|created /delete|removed /create /normal /unknown",
        ),
        (&[(open, "yes"), (unlink, "no")], false, "/create|created /create /normal /unknown"),
        (&[(open, "no"), (unlink, "yes")], false, "/delete|removed /create /normal /unknown"),
        (
            &[(open, "yes"), (unlink, "no")],
            true,
            "/delete|removed /unknown|removed /create /normal /unknown",
        ),
        (&[(unlink, "yes"), (mkdir, "yes")], false, "/create|created /delete|removed"),
        (&[(unlink, "yes"), (mkdir, "yes")], true, ""),
        (&[(open, "yes")], false, "/create|created /create /normal /unknown"),
    ] {
        assert_eq!(names(&event(operations, &roles), failed), [wanted], "{operations:?}");
    }
}

#[test]
fn for_a_profile_a_directory_ends_with_a_slash() {
    let event = |number: u32, flags: &str, path: &str| {
        let call = SYSCALL.replace("syscall=257", &format!("syscall={number}"));
        let flags = format!("a2={flags} items=1");
        [call.replace("items=1", &flags), format!("type=PATH msg=audit(1.000:1): item=0 {path}")]
    };
    let names = |profile_names, lines: &[String]| {
        let query = query(Collect { profile_names, absolute: false, ..everything().collect });
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let (tally, _) = assemble(&query, &lines, &[lines.len()]);
        let counts = tally.counts(7005).expect("counts");
        let names = sorted(&counts.changes).into_iter().chain(sorted(&counts.files));
        names.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    };
    for (number, flags, path, profile, plain) in [
        (257, "490082", "name=\"/t\" mode=041777 nametype=NORMAL", "/t/|rwxu", "/t|rwx"),
        (257, "490082", "name=\"/t/\" nametype=NORMAL", "/t/|rwxu", "/t/|rwx"),
        (257, "80000", "name=\"/e\" mode=040755 nametype=NORMAL", "/e/|r", "/e|r"),
        (257, "80000", "name=\"/f\" mode=0100644 nametype=NORMAL", "/f|r", "/f|r"),
        (90, "0", "name=\"/d\" mode=040755 nametype=NORMAL", "/d/|mode", "/d|mode"),
        (90, "0", "name=\"/f\" mode=0100644 nametype=NORMAL", "/f|mode", "/f|mode"),
    ] {
        let lines = event(number, flags, path);
        assert_eq!((&*names(true, &lines), &*names(false, &lines)), (profile, plain), "{path}");
    }
}

#[test]
fn a_record_that_is_cut_is_damaged_and_a_cut_command_is_incomplete() {
    let query = everything();
    let mut sink = Sink::new(query.collect);
    let mut assembler = EventAssembler::new(&query, RandomState::default());
    let mut is_read = |line: &str| {
        let header = audit::header(line.as_bytes()).expect("a record");
        assembler.add_record(header, &mut sink).is_ok()
    };
    assert!(!is_read("type=CWD msg=audit(1.000:1): cwd=2F612"));
    assert!(is_read("type=CWD msg=audit(1.000:1): cwd=2F61"));
    assert!(!is_read("type=PATH msg=audit(1.000:1): item=0 name=2F612"));
    let execve = SYSCALL.replace("syscall=257", "syscall=59").replace("items=1", "items=0");
    assert!(is_read(&execve));
    assert!(is_read("type=EXECVE msg=audit(1.000:1): argc=2 a0=\"sh\" a1=6C737"));
    assert!(is_read(&execve.replace("1.000:1", "1.000:2")));
    assert!(is_read("type=EXECVE msg=audit(1.000:2): argc=2 a0=\"id\" a1=\"-"));
    assembler.add_cut_record();
    assert_eq!(assembler.flush(&mut sink), 3);
    let counts = sink.tally.counts(7005).expect("counts");
    assert_eq!(sorted(&counts.commands), [("id||".to_owned(), 1), ("sh|ls|".to_owned(), 1)]);
}

#[test]
fn one_operation_of_io_uring_does_what_the_call_does() {
    let call = |number: &str, items: &str| {
        SYSCALL.replace("syscall=257", number).replace("items=1", items)
    };
    let path = |item: u32, name: &str, role: &str| {
        format!("type=PATH msg=audit(1.000:1): item={item} name=\"{name}\" nametype={role}")
    };
    let operation =
        |number: u32| format!("type=URINGOP msg=audit(1.000:1): uring_op={number} success=yes");
    let counts = |lines: &[String]| {
        let (tally, incomplete) = assemble(&everything(), &borrow(lines), &[lines.len()]);
        let counts = tally.counts(7005).expect("counts");
        (sorted(&counts.changes), sorted(&counts.files), incomplete)
    };
    let moved = [path(0, "a", "DELETE"), path(1, "b", "DELETE"), path(2, "b", "CREATE")];
    let rename = [&[call("syscall=82", "items=3")], &moved[..]].concat();
    let submitted = [&[call("syscall=426", "items=3"), operation(35)], &moved[..]].concat();
    assert_eq!(counts(&rename), counts(&submitted));
    let opened = [call("syscall=426", "items=1"), operation(18), path(0, "a", "NORMAL")];
    let [enter, operation, file] = opened.clone();
    let (_, files, _) = counts(&opened);
    assert_eq!(files.len(), 1);
    assert_eq!(counts(&[enter, file, operation]), counts(&opened));
}

#[test]
fn a_call_that_succeeded_did_nothing_with_a_name_without_a_role() {
    let path = "type=PATH msg=audit(1.000:1): item=0 name=\"a\" nametype=UNKNOWN";
    for (outcome, failed, wanted) in [("success=yes", false, 0), ("success=no exit=-13", true, 1)] {
        let call = SYSCALL.replace("syscall=257", "syscall=87");
        let call = call.replace("success=yes exit=3", outcome);
        let mut query = everything();
        query.collect.failed = failed;
        let (tally, _) = assemble(&query, &[&call, path], &[2]);
        let changes = &tally.counts(7005).expect("counts").changes;
        assert_eq!(sorted(changes).len(), wanted, "{call}");
    }
}

/// The changes and files of a call with PATH records of these fields, which come in any order.
fn changes(collect: Collect, call: &str, paths: &[&str]) -> String {
    let query = query(collect);
    let mut lines = vec![
        SYSCALL.replace("syscall=257", call).replace("items=1", &format!("items={}", paths.len())),
        CWD.to_owned(),
        "type=EXECVE msg=audit(1.000:1): argc=1 a0=\"x\"".to_owned(),
    ];
    lines.extend(
        paths
            .iter()
            .enumerate()
            .map(|(item, fields)| format!("type=PATH msg=audit(1.000:1): item={item} {fields}")),
    );
    let results = std::cell::RefCell::new(std::collections::BTreeSet::new());
    random_cases(20, |random| {
        let mut lines: Vec<_> = lines.iter().map(String::as_str).collect();
        random.shuffle(&mut lines);
        let (tally, _) = assemble(&query, &lines, &[lines.len()]);
        let counts = tally.counts(7005).expect("counts");
        let names = sorted(&counts.changes).into_iter().chain(sorted(&counts.files));
        results.borrow_mut().insert(names.map(|(name, _)| name).collect::<Vec<_>>().join(" "));
    });
    Vec::from_iter(results.into_inner()).join(" or ")
}

#[test]
fn the_order_of_files_tells_what_changed_if_the_kernel_wrote_no_roles() {
    let changes = |call, paths: &[&str]| changes(everything().collect, call, paths);
    let directory = "name=\"/tmp/\" mode=041777";
    let [a, b] = ["name=\"/tmp/a\" mode=0100644", "name=\"/tmp/b\" mode=0100644"];
    assert_eq!(changes("syscall=87", &[directory, a]), "/tmp/a|removed");
    assert_eq!(changes("syscall=2", &[directory, a]), "/tmp/a|created /tmp/a|");
    assert_eq!(
        changes("syscall=82", &[directory, directory, a, b]),
        "/tmp/a|moved-from /tmp/b|moved-to"
    );
    // The second of three records is missing, so that their order tells nothing.
    assert_eq!(changes("syscall=87 items=3", &[directory, a]), "");
    // A directory that was opened is no parent, nor is the first of two files.
    assert_eq!(changes("syscall=2", &[directory]), "/tmp/|");
    assert_eq!(changes("syscall=2", &[a, b]), "/tmp/b|created /tmp/a| /tmp/b|");
}

#[test]
fn a_profile_of_apparmor_has_scripts_and_takes_symbolic_links_for_files() {
    let apparmor = Collect { profile_names: true, apparmor: true, ..everything().collect };
    let systemd = Collect { apparmor: false, ..apparmor };
    let exec = "exe=\"/usr/bin/dash\" syscall=59";
    let script = ["name=\"/x/a.sh\" nametype=NORMAL", "name=\"/bin/sh\" nametype=NORMAL"];
    let program = ["name=\"/bin/dash\" nametype=NORMAL"];
    assert_eq!(changes(apparmor, exec, &script), "/x/a.sh|executed");
    assert_eq!(changes(systemd, exec, &script), "");
    assert_eq!(changes(apparmor, exec, &program), "");
    for unnamed in ["name=\"\" nametype=NORMAL", "name=(null) nametype=NORMAL"] {
        assert_eq!(changes(apparmor, exec, &[unnamed]), "");
    }
    assert_eq!(changes(apparmor, "syscall=59", &script), "");
    let link = ["name=\"a\" nametype=UNKNOWN", "name=\"b\" nametype=CREATE"];
    assert_eq!(changes(apparmor, "syscall=88", &link), "/tmp/b|created");
    assert_eq!(changes(everything().collect, "syscall=88", &link), "/tmp/b|linked");
    assert_eq!(changes(apparmor, "syscall=86", &link), "/tmp/b|linked");
}
