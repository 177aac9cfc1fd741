//! What is in `packaging` agrees with the rest: versions, placeholders, units of systemd, and metrics.

use crate::error::Error;
use crate::workspace::{Finding, Workspace};

const GRAFANA: &str = "packaging/grafana";
const UNITS: &str = "packaging/systemd";
const FORMATS: &str = "docs/formats.md";

/// The host of addresses that are not known yet.
const PLACEHOLDER: &str = "example.org";

/// The files that name the version, and how the line begins that does.
const VERSIONS: [(&str, &str); 3] = [
    ("docs/packaging.md", "    version="),
    ("packaging/debian/changelog", "linux-admin-commands ("),
    ("packaging/rpm/linux-admin-commands.spec", "Version:"),
];

/// Checks `packaging`.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let findings = [
        other_versions(workspace, env!("CARGO_PKG_VERSION"))?,
        unlisted_placeholders(workspace)?,
        single_units(workspace)?,
        unknown_metrics(workspace)?,
    ];
    Ok(findings.into_iter().flatten().collect())
}

/// Finds files with another version than `expected`.
fn other_versions(workspace: &Workspace, expected: &str) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for (path, start) in VERSIONS {
        let text = workspace.text(path)?;
        let version = text.lines().find_map(|line| line.strip_prefix(start));
        // What follows a hyphen is the revision of the package.
        let version = version.unwrap_or_default().trim().split(['-', ')']).next();
        if version != Some(expected) {
            let problem = format!("the version is not {expected}, as in Cargo.toml; correct it");
            findings.push(Finding::new(path, problem));
        }
    }
    Ok(findings)
}

/// Finds files with an address that is to be replaced before a release and that CONTRIBUTING.md does not
/// name.
fn unlisted_placeholders(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let listed = workspace.text("CONTRIBUTING.md")?;
    let mut paths = workspace.files("packaging")?;
    paths.extend(["Cargo.toml", "README.md", "SECURITY.md"].map(str::to_owned));
    let mut findings = Vec::new();
    for path in paths {
        let is_listed = listed.contains(&format!("`{path}`"));
        if !is_listed && workspace.text(&path)?.contains(PLACEHOLDER) {
            let problem = format!("has {PLACEHOLDER}; name the file in CONTRIBUTING.md");
            findings.push(Finding::new(path, problem));
        }
    }
    Ok(findings)
}

/// Finds timers without a service, and services without a timer.
fn single_units(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let names = workspace.names(UNITS)?;
    let other = |name: &str| match name.strip_suffix(".timer") {
        Some(stem) => format!("{stem}.service"),
        None => name.replace(".service", ".timer"),
    };
    let single = names.iter().filter(|name| !names.contains(&other(name)));
    let finding = |name: &String| {
        Finding::new(format!("{UNITS}/{name}"), format!("there is no {}; add it", other(name)))
    };
    Ok(single.map(finding).collect())
}

/// Finds dashboards whose queries use a metric that the documentation does not list, or that have no
/// query.
fn unknown_metrics(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let formats = workspace.text(FORMATS)?;
    let mut findings = Vec::new();
    for path in workspace.files(GRAFANA)? {
        let dashboard = workspace.text(&path)?;
        let queries = queries(&dashboard);
        if queries.is_empty() {
            findings.push(Finding::new(&path, "has no query; add one, or remove the file"));
        }
        for metric in queries.iter().flat_map(|(_, query)| metrics(query)) {
            if !formats.contains(&format!("| `{metric}` |")) {
                let problem = format!("{FORMATS} has no metric {metric}; correct the name");
                findings.push(Finding::new(&path, problem));
            }
        }
    }
    Ok(findings)
}

/// The queries of a dashboard with the keys that hold them, as they are written in JSON.
fn queries(dashboard: &str) -> Vec<(&str, &str)> {
    dashboard.lines().filter_map(query).collect()
}

fn query(line: &str) -> Option<(&str, &str)> {
    let keys = ["\"expr\": \"", "\"query\": \"label_values("];
    let (key, (_, rest)) = keys.iter().find_map(|key| Some((*key, line.split_once(key)?)))?;
    Some((key, rest.trim_end_matches([',', '"'])))
}

/// The metrics of our commands in a query.
fn metrics(query: &str) -> impl Iterator<Item = &str> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.contains("stat_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings;
    use std::fmt::Write as _;
    use std::process::Command;

    #[test]
    fn other_versions_are_found() {
        let changelog = "linux-admin-commands (1.2.3-1) unstable; urgency=medium\n";
        let files = [
            (VERSIONS[0].0, "Text\n\n    version=1.2.3\n"),
            (VERSIONS[1].0, changelog),
            (VERSIONS[2].0, "Name: x\nVersion:  1.2.4\n"),
        ];
        let problem = "the version is not 1.2.3, as in Cargo.toml; correct it";
        assert_eq!(
            findings(&files, |workspace| other_versions(workspace, "1.2.3")),
            [format!("{}: {problem}", VERSIONS[2].0)]
        );
        assert_eq!(findings(&[], |workspace| other_versions(workspace, "1.2.3")).len(), 3);
    }

    #[test]
    fn unlisted_placeholders_are_found() {
        let files = [
            ("CONTRIBUTING.md", "Set `Cargo.toml` and the rest."),
            ("Cargo.toml", "homepage = \"https://example.org\"\n"),
            ("packaging/debian/control", "Maintainer: A <a@example.org>\n"),
        ];
        let problem = "has example.org; name the file in CONTRIBUTING.md";
        assert_eq!(
            findings(&files, unlisted_placeholders),
            [format!("packaging/debian/control: {problem}")]
        );
    }

    #[test]
    fn single_units_are_found() {
        let files = ["a.timer", "a.service", "b.timer", "c.service"];
        let paths = files.map(|name| format!("{UNITS}/{name}"));
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), "")).collect();
        assert_eq!(
            findings(&files, single_units),
            [
                "packaging/systemd/b.timer: there is no b.service; add it",
                "packaging/systemd/c.service: there is no c.timer; add it"
            ]
        );
    }

    #[test]
    fn unknown_metrics_are_found() {
        let dashboard = "{\n \"expr\": \"rate(hailstat_calls_total{a=\\\"b\\\"}[5m])\",\n \
                         \"expr\": \"sum(hailstat_call_total)\"\n \"query\": \
                         \"label_values(hailstat_x, y)\"\n}";
        let files = [
            (FORMATS, "| `hailstat_calls_total` | counter |\n"),
            ("packaging/grafana/a.json", dashboard),
            ("packaging/grafana/b.json", "{\"title\": \"hailstat_x\"}"),
        ];
        assert_eq!(
            findings(&files, unknown_metrics),
            [
                "packaging/grafana/a.json: docs/formats.md has no metric hailstat_call_total; \
                 correct the name",
                "packaging/grafana/a.json: docs/formats.md has no metric hailstat_x; correct the name",
                "packaging/grafana/b.json: has no query; add one, or remove the file",
            ]
        );
    }

    #[test]
    fn prometheus_can_parse_every_query() {
        if !test_support::works(Command::new("promtool").arg("--version")) {
            return;
        }
        let workspace = Workspace::here();
        let mut rules = "groups:\n- name: dashboards\n  rules:\n".to_owned();
        for path in workspace.files(GRAFANA).expect("readable") {
            let dashboard = workspace.text(&path).expect("readable");
            let exprs = queries(&dashboard).into_iter().filter(|(key, _)| key.contains("expr"));
            for (number, (_, query)) in exprs.enumerate() {
                let query = query.replace("$__rate_interval", "5m");
                let stem = path.rsplit('/').next().unwrap_or_default().replace('.', "_");
                let _ = writeln!(rules, "  - {{record: {stem}_{number}, expr: \"{query}\"}}");
            }
        }
        assert!(rules.lines().count() > 20, "{rules}");
        let temp = crate::workspace::TempWorkspace::new(&[("rules", rules.as_str())]);
        let output = Command::new("promtool")
            .args(["check", "rules"])
            .arg(temp.path("rules"))
            .output()
            .expect("promtool starts");
        assert!(output.status.success(), "{output:?}");
    }

    #[test]
    fn systemd_accepts_every_unit() {
        if !test_support::works(Command::new("systemd-analyze").arg("--version")) {
            return;
        }
        let workspace = Workspace::here();
        // systemd looks for the programs.
        let temp = crate::workspace::TempWorkspace::new(&[]);
        let names = workspace.names(UNITS).expect("readable");
        assert!(names.len() >= 6, "{names:?}");
        for name in &names {
            let unit = workspace.text(&format!("{UNITS}/{name}")).expect("readable");
            let unit = unit.replace("ExecStart=auditloginfo", "ExecStart=/bin/true");
            temp.write(name, unit).expect("writable");
        }
        let mut verify = Command::new("systemd-analyze");
        verify.args(["verify", "--man=no"]).args(names.iter().map(|name| temp.path(name)));
        let output = verify.output().expect("systemd-analyze starts");
        // It also reports units of the machine itself.
        let stderr = test_support::stderr(&output);
        let ours = |line: &&str| names.iter().any(|name| line.contains(name.as_str()));
        let problems: Vec<_> = stderr.lines().filter(ours).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }
}
