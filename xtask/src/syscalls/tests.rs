use super::*;
use test_support::{TempDir, temp_dir, write};

#[test]
fn definitions_are_numbers_or_sums() {
    for (line, defined) in [
        ("#define __NR_read 63", Some(("__NR_read", 63))),
        ("#define __NR_read (__NR_Linux + 3)", Some(("__NR_read", 3))),
        ("#define\tEPERM\t\t 1\t/* Operation not permitted */", Some(("EPERM", 1))),
        ("#define\tEWOULDBLOCK\tEAGAIN\t/* Operation would block */", None),
        ("#define _ASM_UNISTD_64_H", None),
        ("#endif /* _ASM_UNISTD_64_H */", None),
    ] {
        assert_eq!(definition(line), defined, "{line}");
    }
}

/// A folder with headers in which every architecture has the call `read` only, but for those given.
fn headers(others: &[(&str, &str)]) -> TempDir {
    let folder = temp_dir();
    let include = folder.path().join("usr/include");
    write(
        &include.join("linux/version.h"),
        "#define LINUX_VERSION_MAJOR 7\n#define LINUX_VERSION_PATCHLEVEL 2\n",
    );
    for path in ERRORS {
        write(&include.join(path), "#define\tEPERM\t\t 1\t/* Operation not permitted */\n");
    }
    let uapi = folder.path().join("usr/lib/linux/uapi");
    let all = TABLES.iter().flat_map(|(_, _, paths)| *paths);
    for (path, text) in all
        .map(|path| (path, &"#define __NR_read 3\n"))
        .chain(others.iter().map(|(path, text)| (path, text)))
    {
        write(&uapi.join(path), text);
    }
    folder
}

fn table<'t>(text: &'t str, name: &str) -> &'t str {
    let start = format!("const {name}: &[Run] = &[\n");
    let (_, table) = text.split_once(&start).expect("the table");
    table.split_once("];\n").expect("its end").0
}

#[test]
fn tables_have_runs_of_names() {
    let folder = headers(&[
        (
            "x86/asm/unistd_64.h",
            "#define __NR_read 0\n#define __NR_write 1\n#define __NR_openat2 437\n",
        ),
        (
            "x86/asm/unistd_x32.h",
            "#define __NR_read (__X32_SYSCALL_BIT + 0)\n\
             #define __NR_execve (__X32_SYSCALL_BIT + 520)\n",
        ),
        (
            "mips/asm/unistd_o32.h",
            "#define __NR_open (__NR_Linux + 5)\n#define __NR_unused18 (__NR_Linux + 18)\n",
        ),
        ("arm/asm/unistd-eabi.h", "#define __NR_read (__NR_SYSCALL_BASE + 3)\n"),
        (
            "arm/asm/unistd-oabi.h",
            "#define __NR_other (__NR_SYSCALL_BASE + 3)\n#define __NR_time (__NR_SYSCALL_BASE + 13)\n",
        ),
    ]);
    let text = generate(&Headers(folder.path().to_owned())).expect("the headers can be read");
    assert!(text.starts_with("//! Names of system calls and errors of Linux 7.2.\n"), "{text}");
    for (name, runs) in [
        ("X86_64", "    (0, &[\"read\", \"write\"]),\n    (437, &[\"openat2\"]),\n"),
        ("X32", "    (520, &[\"execve\"]),\n"),
        ("MIPS", "    (4005, &[\"open\"]),\n"),
        ("ARM", "    (3, &[\"read\"]),\n    (13, &[\"time\"]),\n"),
        ("SPARC", "    (3, &[\"read\"]),\n"),
        ("ERRORS", "    (1, &[\"EPERM\"]),\n"),
    ] {
        assert_eq!(table(&text, name), runs, "{name}");
    }
}

#[test]
fn a_definition_that_is_not_understood_is_an_error() {
    let folder = headers(&[("riscv/asm/unistd_64.h", "#define __NR_read __NR_other\n")]);
    let error = generate(&Headers(folder.path().to_owned())).expect_err("no number");
    assert_eq!(
        error.to_string(),
        "riscv/asm/unistd_64.h: unexpected line: #define __NR_read __NR_other"
    );
}

#[test]
fn lines_have_at_most_100_characters() {
    let names = (0..200).map(|number| (number, "x".repeat(number as usize % 30))).collect();
    let text = table_code("CALLS", &names);
    assert!(text.lines().all(|line| line.len() <= 100 && line.trim_end() == line), "{text}");
    assert_eq!(text.matches('x').count(), (0..200).map(|number| number % 30).sum::<usize>());
}
