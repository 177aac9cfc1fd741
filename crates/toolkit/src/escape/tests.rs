use super::*;
use test_support::{command, random_cases, works};

fn escaped(escape: Escape, name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    escape.write(name, &mut out).unwrap();
    out
}

fn field(escape: Escape, name: &[u8], end: u8) -> Vec<u8> {
    let mut out = Vec::new();
    escape.write_field(name, end, &mut out).unwrap();
    out
}

#[test]
fn tty_escapes_control_characters_and_bytes_that_are_not_utf8() {
    let name = b"a\x1b\t\x7f\xc2\x9b\xc3\xa9\xff\\ '";
    assert_eq!(escaped(Escape::Tty, name), b"a\\033\\011\\177\\302\\233\xc3\xa9\\377\\ '");
    assert_eq!(escaped(Escape::Raw, name), name);
}

#[test]
fn tty_escapes_the_controls_of_bidirectional_text() {
    let bidirectional = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
    for control in bidirectional {
        let escaped = escape_control(control.to_string().as_bytes());
        assert!(escaped.is_ascii() && escaped.starts_with("\\342\\20"), "{escaped}");
    }
    assert_eq!(escape_control("\u{2029}\u{202f}\u{2065}\u{206a}".as_bytes()).chars().count(), 4);
}

#[test]
fn a_field_of_tsv_can_be_read_back_and_has_no_tab() {
    assert_eq!(field(Escape::Tty, b"a\\b\tc", b'\n'), b"a\\134b\\011c");
    assert_eq!(field(Escape::Raw, b"a\\b\tc\nd\0", b'\0'), b"a\\b\\011c\nd\\000");
    assert_eq!(field(Escape::Raw, b"\xff\n", b'\n'), b"\xff\\012");
    assert_eq!(field(Escape::ShellQuote, b"a\\\t", b'\n'), b"'a'\\\\$'\\011'");
}

#[test]
fn shell_puts_a_backslash_before_what_double_quotes_do_not_protect() {
    let doubled = |byte: &u8| escaped(Escape::Shell, &[*byte]) == [b'\\', *byte];
    let special: String = (0x20..0x7f).filter(doubled).map(char::from).collect();
    assert_eq!(special, " !\"$'()\\`|");
}

#[test]
fn shell_quote_quotes_only_where_it_must() {
    for (name, wanted) in [
        ("/etc/passwd", "/etc/passwd"),
        ("", "''"),
        ("~root", "'~root'"),
        ("it's", "'it'\\''s'"),
        ("a\\b", "'a'\\\\'b'"),
        ("a\n\u{9b}b", "'a'$'\\012\\302\\233''b'"),
    ] {
        assert_eq!(escaped(Escape::ShellQuote, name.as_bytes()), wanted.as_bytes(), "{name:?}");
    }
}

/// Names that a shell would expand, run or split.
const HOSTILE: &[&str] = &[
    "$(touch x)",
    "`touch x`",
    ";touch x",
    "a&touch x&",
    "|touch x",
    ">x",
    "1>x",
    "&>x",
    "<x",
    "!!",
    "~",
    "~root/x",
    "=ls",
    "a=b",
    "{a,b}",
    "[a-z]*",
    "*",
    "?",
    "#x",
    "^x^y",
    "%1",
    "'",
    "\"",
    "\\",
    "\\\\x",
    "a  b",
    "<(touch x)",
    "=(touch x)",
    "$HOME",
    "$'\\x41'",
    "é",
    "(a)",
    "@(a)",
    "!(a)",
    "~+",
    "a:~root",
    "%s%n",
    "$((1+1))",
    "a\\nb",
    "-rf",
    "",
    " ",
    "\u{2028}",
    "[[ -f x ]]",
];

/// What each shell makes of the names, each after `printf '%s\0'`, in an empty folder.
fn read_back(shell: &str, names: &[Vec<u8>]) -> Vec<u8> {
    let mut script = b"printf '%s\\000'".to_vec();
    for name in names {
        script.push(b' ');
        Escape::ShellQuote.write(name, &mut script).unwrap();
    }
    let folder = test_support::temp_dir();
    let text = std::ffi::OsString::from(String::from_utf8(script).unwrap());
    let printed = test_support::stdout(command(shell).arg("-c").arg(text).current_dir(&folder));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{shell} made a file");
    printed
}

fn zero_ended(names: &[Vec<u8>]) -> Vec<u8> {
    names.iter().flat_map(|name| name.iter().copied().chain([0])).collect()
}

#[test]
fn every_shell_reads_back_a_name_without_control_bytes() {
    let names: Vec<_> = HOSTILE.iter().map(|name| name.as_bytes().to_vec()).collect();
    for shell in ["sh", "dash", "bash", "zsh", "fish"] {
        if works(command(shell).args(["-c", "true"])) {
            assert_eq!(read_back(shell, &names), zero_ended(&names), "{shell}");
        }
    }
}

#[test]
fn bash_and_zsh_read_back_every_name() {
    for shell in ["bash", "zsh"] {
        if works(command(shell).args(["-c", "true"])) {
            random_cases(20, |rng| {
                let name = |length: usize| (0..length).map(|_| rng.u8(1..)).collect::<Vec<_>>();
                let names: Vec<_> = (0..40).map(name).collect();
                assert_eq!(read_back(shell, &names), zero_ended(&names), "{shell}");
            });
        }
    }
}
