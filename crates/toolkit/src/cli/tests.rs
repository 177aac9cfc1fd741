use super::*;

#[derive(Debug, Default, Clone, PartialEq)]
struct Args {
    loud: bool,
    times: u8,
    names: Vec<OsString>,
}

const COMMAND: Command<Args> = Command {
    about: Manual {
        name: "hail",
        summary: "say hello",
        synopsis: &["[options] [NAME...]"],
        ..Manual::EMPTY
    },
    groups: &[OptionGroup {
        title: "Options",
        options: &[
            Opt::flag(short('l'), "in capitals", "", |args| args.loud = true),
            Opt::value(
                both('t', "times").takes("N", ValueHint::None),
                "so often",
                "",
                |args, value| number(value).map(|n| args.times = n),
            ),
            Opt::HELP,
            Opt::VERSION,
            Opt::flag(long("verbatim"), "as it is", "", |_| ()),
        ],
    }],
    operand: |args, word| {
        args.names.push(word.to_owned());
        Ok(())
    },
    check: |args| if args.times == 13 { Err("13 times".to_owned()) } else { Ok(()) },
};

fn request(words: &[&str]) -> Result<Request<Args>, String> {
    parse(&COMMAND, words.iter().map(OsString::from)).map_err(|usage| usage.to_string())
}

#[test]
fn letters_combine_and_values_have_every_form() {
    let wanted = Args { loud: true, times: 3, names: vec!["a".into(), "-b".into()] };
    for words in [
        &["-lt3", "a", "--", "-b"][..],
        &["a", "-l", "-t", "3", "--", "-b"],
        &["--times=3", "-l", "a", "--", "-b"],
        &["--ti", "3", "-l", "a", "--", "-b"],
        &["--t=3", "--verb", "-l", "a", "--", "-b"],
    ] {
        assert!(matches!(request(words), Ok(Request::Run(args)) if args == wanted), "{words:?}");
    }
}

#[test]
fn a_usage_error_says_what_is_valid() {
    let problem = |words: &[&str]| request(words).expect_err("a usage error");
    assert_eq!(problem(&["--lod"]), "unknown option --lod\nTry 'hail --help'.");
    let misspelt = "unknown option --tmies; did you mean --times?\nTry 'hail --help'.";
    assert_eq!(problem(&["--tmies", "3"]), misspelt);
    let ambiguous = "option --ver is ambiguous: --version, --verbatim\nTry 'hail --help'.";
    assert_eq!(problem(&["--ver"]), ambiguous);
    assert!(problem(&["--=x"]).starts_with("option -- is ambiguous: "));
    assert_eq!(problem(&["-x"]), "unknown option -x\nTry 'hail --help'.");
    assert_eq!(problem(&["-t", "x"]), "--times x: expected a number\nTry 'hail --help'.");
    assert_eq!(problem(&["-t", "256"]), "--times 256: expected a number\nTry 'hail --help'.");
    assert_eq!(problem(&["--a\nhail: b"]), "unknown option --a\\012hail: b\nTry 'hail --help'.");
    assert_eq!(problem(&["-t13"]), "13 times\nTry 'hail --help'.");
    assert!(problem(&["-t"]).starts_with("missing argument"));
}

#[test]
fn help_lists_every_option() {
    let help = request(&["--help", "--lod"]).unwrap();
    let mut out = Vec::new();
    assert_eq!(help.args_or_print(&mut out).unwrap(), None);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "hail - say hello\nUsage: hail [options] [NAME...]\n\nOptions:\n  -l              in \
         capitals\n  -t, --times N   so often\n      --help      print this help\n      --version   \
         print the version\n      --verbatim  as it is\n"
    );
}
