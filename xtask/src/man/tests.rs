use super::*;
use crate::commands::sample_command;
use crate::workspace::TempWorkspace;

const EXAMPLE: [(&str, &str); 2] = [
    ("testdata/hail/plain/cmd", "hail -l | sed 's/.*/\\0/'\n"),
    ("testdata/hail/plain/stdout", "1\tHELLO\n\n.\u{e9}\n"),
];

fn sample_page() -> String {
    page(&TempWorkspace::new(&EXAMPLE), &sample_command()).expect("a page")
}

#[test]
fn the_page_has_every_section_in_order() {
    let page = sample_page();
    let sections: Vec<_> = page.lines().filter(|line| line.starts_with(".S")).collect();
    assert_eq!(
        sections,
        [
            ".SH NAME",
            ".SH SYNOPSIS",
            ".SH DESCRIPTION",
            ".SH OPTIONS",
            ".SS How",
            ".SS Whom",
            ".SH EXIT STATUS",
            ".SH EXAMPLES",
            ".SH REPORTING BUGS",
            ".SH SEE ALSO"
        ]
    );
}

#[test]
fn text_cannot_become_a_request() {
    let page = sample_page();
    for expected in [
        ".PP\n.RS 4\n.EX\n\\&.hail \\(rs\n\\(aqagain\n.EE\n.RE\n",
        "\nhail \\- say hello \\- politely\n",
        "\n\\fBhail\\fR [options] [\\fIFILE\\fR...]\n.br\n\\fBhail\\fR \\fB\\-\\-sweep\\fR\n",
        "\n.TP\n\\fB\\-g\\fR, \\fB\\-\\-greeting\\fR \\fIGREETING\\fR\n",
        "\nBegin with \\fBGREETING\\fR. \\(aqHello\\(aq if it\\(aqs not given; C:\\(rs> is \\(dqodd",
        "\n.TP\n\\fB\\-0\\fR\nEnd.\n",
        "\n$ hail \\-l | sed \\(aqs/.*/\\(rs0/\\(aq\n1       HELLO\n\n\\&.\\[u00E9]\n.EE\n",
        "\n.BR wave (1),\n.BR nod (1)\n",
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }
}

#[test]
fn the_page_in_markdown_has_the_same_text() {
    let page = markdown::page(&TempWorkspace::new(&EXAMPLE), &sample_command()).expect("a page");
    for expected in [
        "\n# hail(1)\n\nhail - say hello - politely\n\n## SYNOPSIS\n\n    hail [options] [FILE...]\n",
        "\n## DESCRIPTION\n\n`hail` says hello.\n\n    .hail \\\n    'again\n",
        "\n### How\n\n- `-l`, `--loud`: It's \\[very\\]: loud, \"$HOME\" `x` \\\\.\n",
        "\n- `-g`, `--greeting` *GREETING*: Begin with `GREETING`.",
        "\n## EXAMPLES\n\nSay it:\n\n    $ hail -l | sed 's/.*/\\0/'\n    1\tHELLO\n\n    .\u{e9}\n",
        "\n## SEE ALSO\n\nwave(1), nod(1)\n",
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }
}

#[test]
fn examples_that_do_not_fit_a_terminal_are_found() {
    let wide = |length| {
        let output = format!("1\t{}\n", "x".repeat(length));
        let temp = TempWorkspace::new(&[EXAMPLE[0], ("testdata/hail/plain/stdout", &output)]);
        let findings = wide_lines(&temp, &[sample_command()]).expect("readable");
        findings.iter().map(Finding::to_string).collect::<Vec<_>>()
    };
    assert_eq!(wide(72).len(), 0);
    assert_eq!(wide(73), ["testdata/hail/plain: a line of 81 columns in a page; make it 80"]);
}

#[test]
fn literal_text_that_does_not_fit_a_terminal_is_found() {
    let mut command = sample_command();
    let wide: &'static str = format!("    short\n    {}", "x".repeat(81)).leak();
    command.manual.sections = vec![("NOTES", &*vec![wide].leak())].leak();
    let temp = TempWorkspace::new(&EXAMPLE);
    let findings = wide_lines(&temp, &[command]).expect("readable");
    let found: Vec<_> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(found, ["NOTES of hail(1): a line of 81 columns in a page; make it 80"]);
}

#[test]
fn every_page_fits_a_terminal_of_80_columns() {
    if !test_support::works(Command::new("mandoc").args(["-T", "ascii", "/dev/null"])) {
        return;
    }
    for command in commands::all() {
        let page = Workspace::here().path(&format!("{FOLDER}/{}.1", command.name()));
        let mut mandoc = Command::new("mandoc");
        let rendered =
            test_support::stdout(mandoc.args(["-T", "ascii", "-O", "width=78"]).arg(page));
        let rendered = String::from_utf8_lossy(&rendered);
        // Bold and italic text is printed over itself: a letter, a backspace, a letter.
        let width = |line: &str| line.chars().count() - 2 * line.matches('\u{8}').count();
        let wide: Vec<_> = rendered.lines().filter(|line| width(line) > WIDTH).collect();
        assert!(wide.is_empty(), "{}: {wide:#?}", command.name());
        assert!(rendered.lines().count() > 300, "{rendered}");
    }
}

#[test]
fn the_last_sections_of_every_page_are_the_same() {
    for command in commands::all() {
        let titles: Vec<_> = command.manual.sections.iter().map(|(title, _)| *title).collect();
        let last = ["NOTES", "ENVIRONMENT", "FILES", "COMPATIBILITY", "EXIT STATUS"];
        assert!(titles.ends_with(&last), "{}: {titles:?}", command.name());
    }
}

#[test]
fn mandoc_finds_nothing_wrong() {
    if test_support::works(Command::new("mandoc").args(["-T", "ascii", "/dev/null"])) {
        let temp = TempWorkspace::new(&[("hail.1", sample_page().as_str())]);
        assert_eq!(lint(&temp, "hail.1").expect("mandoc runs"), []);
    }
}

#[test]
fn an_example_that_cannot_be_shown_is_an_error() {
    let problem = |files: &[(&str, &str)]| {
        let temp = TempWorkspace::new(files);
        page(&temp, &sample_command()).expect_err("no page").to_string()
    };
    assert_eq!(
        problem(&[]),
        "testdata/hail/plain/cmd: cannot be an example: there is no such file"
    );
    let colours = [EXAMPLE[0], ("testdata/hail/plain/stdout", "\x1b[1mHELLO\n")];
    assert!(problem(&colours).ends_with("it has control characters"));
}

#[test]
fn the_committed_pages_agree_with_the_tables() {
    assert_eq!(check(&Workspace::here()).expect("readable files"), []);
}
