//! Fixtures are complete and small, and every option is in one of them.

use crate::commands::CommandDocs;
use crate::error::Error;
use crate::test;
use crate::workspace::{Finding, Workspace};
use std::fs;
use toolkit::cli::OptionSpec;

const LARGEST_FILE: u64 = 1 << 20;
const LARGEST_TESTDATA: u64 = 5 << 20;

/// Checks `testdata`.
pub(super) fn check(
    workspace: &Workspace,
    commands: &[CommandDocs],
) -> Result<Vec<Finding>, Error> {
    let names = test::names(workspace)?;
    let mut findings = Vec::new();
    for name in &names {
        let command = name.split('/').next().unwrap_or_default();
        if !commands.iter().any(|ours| ours.name() == command) {
            let what =
                format!("there is no command {command}; move this to the fixtures of a command");
            findings.push(Finding::new(format!("testdata/{name}"), what));
        }
        for part in ["cmd", "stdout"] {
            if !workspace.has(&format!("testdata/{name}/{part}")) {
                let what = format!("has no {part}; write cmd, then run cargo xtask test --bless");
                findings.push(Finding::new(format!("testdata/{name}"), what));
            }
        }
    }
    for command in commands {
        findings.extend(untested_options(workspace, command, &names)?);
    }
    findings.extend(too_large(workspace)?);
    Ok(findings)
}

/// Finds options of a command that no fixture's command line has.
fn untested_options(
    workspace: &Workspace,
    command: &CommandDocs,
    names: &[String],
) -> Result<Vec<Finding>, Error> {
    let folder = format!("{}/", command.name());
    let mut words = Vec::new();
    for name in names.iter().filter(|name| name.starts_with(&folder)) {
        let line = workspace.text(&format!("testdata/{name}/cmd"))?;
        words.extend(line.split([' ', '\n', '\'', '"', '(', ')']).map(str::to_owned));
    }
    let is_untested = |option: &&OptionSpec| !words.iter().any(|word| names_option(word, option));
    let finding = |option: &OptionSpec| {
        let what = format!("{} is in no fixture's cmd; add a fixture", option.name());
        Finding::new(format!("testdata/{}", command.name()), what)
    };
    Ok(command.options().filter(is_untested).map(finding).collect())
}

/// Whether a word of a command line is the option. If it has a long name, the short one does not
/// count.
fn names_option(word: &str, option: &OptionSpec) -> bool {
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

/// Finds files of `testdata` that are too large, and whether all together are.
fn too_large(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let mut total = 0;
    for file in workspace.files("testdata")? {
        let path = workspace.path(&file);
        let size = fs::symlink_metadata(&path).map_err(Error::file(path))?.len();
        total += size;
        if size > LARGEST_FILE {
            findings.push(Finding::new(file, format!("{size} bytes; reduce it to 1 MiB")));
        }
    }
    if total > LARGEST_TESTDATA {
        findings.push(Finding::new("testdata", format!("{total} bytes; reduce it to 5 MiB")));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::sample_command;
    use crate::tidy::findings;

    const ALL: &str = "hail -l --loud -lg3 -0; hail --greeting=moin '--user' root --from x --into . --parts hand\n\
                       hail --times 3 | cat; (hail --help); hail --version";

    fn check_sample(files: &[(&str, &str)]) -> Vec<String> {
        findings(files, |workspace| check(workspace, &[sample_command()]))
    }

    #[test]
    fn complete_fixtures_of_every_option_pass() {
        let none: [&str; 0] = [];
        assert_eq!(
            check_sample(&[("testdata/hail/a/cmd", ALL), ("testdata/hail/a/stdout", "")]),
            none
        );
    }

    #[test]
    fn missing_parts_and_options_are_found() {
        let all = ALL.replace("--user", "--users").replace("-0", "--no-0");
        let lines = check_sample(&[("testdata/hail/a/cmd", &all), ("testdata/wave/a/stdout", "")]);
        assert_eq!(
            lines,
            [
                "testdata/hail/a: has no stdout; write cmd, then run cargo xtask test --bless",
                "testdata/wave/a: there is no command wave; move this to the fixtures of a command",
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
        assert_eq!(findings(&files, too_large).len(), 0);
        files.push(("testdata/samples/6", "x"));
        assert_eq!(findings(&files, too_large), ["testdata: 5242881 bytes; reduce it to 5 MiB"]);
        let larger = mib + "x";
        assert_eq!(
            findings(&[("testdata/samples/large", &larger)], too_large),
            ["testdata/samples/large: 1048577 bytes; reduce it to 1 MiB"]
        );
    }
}
