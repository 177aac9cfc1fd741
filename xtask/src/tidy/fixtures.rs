//! Fixtures: each whole, each option tried by one, all of them small.

use crate::commands::Documented;
use crate::error::Error;
use crate::test;
use crate::tree::{Finding, Tree};
use std::fs;
use toolkit::cli::OptionSpec;

const LARGEST_FILE: u64 = 1 << 20;
const LARGEST_TESTDATA: u64 = 5 << 20;

/// Looks at `testdata`.
pub(super) fn check(tree: &Tree, commands: &[Documented]) -> Result<Vec<Finding>, Error> {
    let names = test::names(tree)?;
    let mut findings = Vec::new();
    for name in &names {
        let command = name.split('/').next().unwrap_or_default();
        if !commands.iter().any(|ours| ours.name() == command) {
            let what = format!("{command} is no command; move this to the fixtures of one");
            findings.push(Finding::new(format!("testdata/{name}"), what));
        }
        for part in ["cmd", "stdout"] {
            if !tree.has(&format!("testdata/{name}/{part}")) {
                let what = format!("has no {part}; write cmd, then run cargo xtask test --bless");
                findings.push(Finding::new(format!("testdata/{name}"), what));
            }
        }
    }
    for command in commands {
        findings.extend(untried(tree, command, &names)?);
    }
    findings.extend(too_large(tree)?);
    Ok(findings)
}

/// Options of a command that no fixture's command line has.
fn untried(tree: &Tree, command: &Documented, names: &[String]) -> Result<Vec<Finding>, Error> {
    let folder = format!("{}/", command.name());
    let mut words = Vec::new();
    for name in names.iter().filter(|name| name.starts_with(&folder)) {
        let line = tree.text(&format!("testdata/{name}/cmd"))?;
        words.extend(line.split([' ', '\n', '\'', '"', '(', ')']).map(str::to_owned));
    }
    let is_untried = |option: &&OptionSpec| !words.iter().any(|word| names_it(word, option));
    let finding = |option: &OptionSpec| {
        let what = format!("{} is in no fixture's cmd; add a fixture", option.name());
        Finding::new(format!("testdata/{}", command.name()), what)
    };
    Ok(command.options().filter(is_untried).map(finding).collect())
}

/// Whether a word of a command line names the option: by its long name, if it has one.
fn names_it(word: &str, option: &OptionSpec) -> bool {
    match (option.long, option.short) {
        (Some(long), _) => {
            word.strip_prefix("--").is_some_and(|rest| rest.split('=').next() == Some(long))
        }
        (None, Some(short)) => {
            !word.starts_with("--")
                && word.strip_prefix('-').is_some_and(|letters| letters.contains(short))
        }
        (None, None) => true,
    }
}

/// Files of `testdata` that are too large, and all of it if that is.
fn too_large(tree: &Tree) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let mut total = 0;
    for file in tree.files("testdata")? {
        let path = tree.path(&file);
        let size = fs::symlink_metadata(&path).map_err(Error::file(path))?.len();
        total += size;
        if size > LARGEST_FILE {
            findings.push(Finding::new(file, format!("{size} bytes; cut it below 1 MiB")));
        }
    }
    if total > LARGEST_TESTDATA {
        findings.push(Finding::new("testdata", format!("{total} bytes; cut it below 5 MiB")));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::hail;
    use crate::tidy::found;

    const ALL: &str = "hail -l --loud -lg3 -0; hail --greeting=moin '--user' root --from x\n\
                       hail --times 3 | cat; (hail --help); hail --version";

    fn checked(files: &[(&str, &str)]) -> Vec<String> {
        found(files, |tree| check(tree, &[hail()]))
    }

    #[test]
    fn whole_fixtures_of_every_option_are_well() {
        let none: [&str; 0] = [];
        assert_eq!(checked(&[("testdata/hail/a/cmd", ALL), ("testdata/hail/a/stdout", "")]), none);
    }

    #[test]
    fn what_a_fixture_lacks_is_found() {
        let all = ALL.replace("--user", "--users").replace("-0", "--no-0");
        let lines = checked(&[("testdata/hail/a/cmd", &all), ("testdata/wave/a/stdout", "")]);
        assert_eq!(
            lines,
            [
                "testdata/hail/a: has no stdout; write cmd, then run cargo xtask test --bless",
                "testdata/wave/a: wave is no command; move this to the fixtures of one",
                "testdata/wave/a: has no cmd; write cmd, then run cargo xtask test --bless",
                "testdata/hail: -0 is in no fixture's cmd; add a fixture",
                "testdata/hail: --user is in no fixture's cmd; add a fixture",
            ]
        );
    }

    #[test]
    fn large_files_are_found() {
        let mib = " ".repeat(1 << 20);
        let files: Vec<_> =
            (0..5).map(|number| (format!("testdata/samples/{number}"), mib.as_str())).collect();
        let mut files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        assert_eq!(found(&files, too_large).len(), 0);
        files.push(("testdata/samples/6", "x"));
        assert_eq!(found(&files, too_large), ["testdata: 5242881 bytes; cut it below 5 MiB"]);
        let larger = mib + "x";
        assert_eq!(
            found(&[("testdata/samples/large", &larger)], too_large),
            ["testdata/samples/large: 1048577 bytes; cut it below 1 MiB"]
        );
    }
}
