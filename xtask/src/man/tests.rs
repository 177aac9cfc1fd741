use super::*;
use crate::commands::hail;
use crate::tree::MadeUp;

const EXAMPLE: [(&str, &str); 2] = [
    ("testdata/hail/plain/cmd", "hail -l | sed 's/.*/\\0/'\n"),
    ("testdata/hail/plain/stdout", "1\tHELLO\n\n.\u{e9}\n"),
];

fn hail_page() -> String {
    text(&MadeUp::new(&EXAMPLE).0, &hail()).expect("a page")
}

#[test]
fn the_page_has_every_section_in_its_order() {
    let page = hail_page();
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
            ".SH SEE ALSO"
        ]
    );
}

#[test]
fn text_cannot_become_a_request() {
    let page = hail_page();
    for wanted in [
        ".PP\n.RS 4\n.EX\n\\&.hail \\(rs\n\\(aqagain\n.EE\n.RE\n",
        "\nhail \\- say hello \\- politely\n",
        "\n\\fBhail\\fR [options] [\\fIFILE\\fR...]\n.br\n\\fBhail\\fR \\fB\\-\\-sweep\\fR\n",
        "\n.TP\n\\fB\\-g\\fR, \\fB\\-\\-greeting\\fR \\fIGREETING\\fR\n",
        "\nBegin with \\fBGREETING\\fR. \\(aqHello\\(aq if it\\(aqs not given; C:\\(rs> is \\(dqodd",
        "\n.TP\n\\fB\\-0\\fR\nEnd.\n",
        "\n$ hail \\-l | sed \\(aqs/.*/\\(rs0/\\(aq\n1       HELLO\n\n\\&.\\[u00E9]\n.EE\n",
        "\n.BR wave (1),\n.BR nod (1)\n",
    ] {
        assert!(page.contains(wanted), "{wanted}\nis not in\n{page}");
    }
}

#[test]
fn mandoc_finds_nothing_wrong() {
    let made_up = MadeUp::new(&[("hail.1", hail_page().as_str())]);
    assert_eq!(lint(&made_up.0, "hail.1").expect("mandoc or none"), []);
}

#[test]
fn an_example_that_cannot_be_shown_is_an_error() {
    let problem = |files: &[(&str, &str)]| {
        let made_up = MadeUp::new(files);
        text(&made_up.0, &hail()).expect_err("no page").to_string()
    };
    assert!(problem(&[]).starts_with("testdata/hail/plain/cmd: a page's example, but"));
    let colours = [EXAMPLE[0], ("testdata/hail/plain/stdout", "\x1b[1mHELLO\n")];
    assert!(problem(&colours).ends_with("it holds control characters"));
}

#[test]
fn committed_pages_are_what_the_tables_say() {
    assert_eq!(check(&Tree::here()).expect("the tree can be read"), []);
}
