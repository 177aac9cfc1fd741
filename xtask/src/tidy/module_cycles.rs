//! No modules of a crate form a cycle.
//!
//! The check compares siblings: the modules at the top of a crate, and those in one folder. If
//! `event::window` names something of `report::text`, the module `event` uses the module `report`. A
//! cycle of such uses is a finding.
//!
//! A module and its parent may use each other: a child often uses a type of its parent's file, and a
//! parent always uses its children. But a name that a parent only passes on, by `use`, belongs to
//! the module that defines it: if the parent of `a` and `b` has `use b::B`, then `super::B` in `a` is
//! a use of `b`.
//!
//! The check reads text: paths that begin with `crate`, `self` or `super`, and those of `use` that
//! begin with a child module. Test code does not count. It knows nothing of glob imports and macros.

mod paths;

use super::rust_source::{code, is_test_file, test_lines};
use crate::error::Error;
use crate::workspace::{Finding, Workspace};
use paths::{NamedPath, named_paths};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::slice;

/// A module by its names from the root of the crate: `["event", "window"]`.
type ModulePath = Vec<String>;

/// Checks every crate.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Error> {
    let mut folders: Vec<_> =
        workspace.folders("crates")?.iter().map(|name| format!("crates/{name}/src")).collect();
    folders.push("xtask/src".to_owned());
    let mut findings = Vec::new();
    for folder in folders {
        findings.extend(Crate::read(workspace, &folder)?.cycles());
    }
    Ok(findings)
}

/// The modules of a crate.
struct Crate {
    /// The folder of the sources.
    folder: String,
    modules: BTreeMap<ModulePath, Module>,
}

/// What a module names.
#[derive(Default)]
struct Module {
    /// The file below the crate's folder.
    file: String,
    paths: Vec<NamedPath>,
}

/// The uses between siblings: which uses which, and where first.
type Uses<'a> = BTreeMap<&'a str, BTreeMap<&'a str, String>>;

impl Crate {
    /// Reads all sources of a crate.
    fn read(workspace: &Workspace, folder: &str) -> Result<Crate, Error> {
        let mut modules = BTreeMap::<ModulePath, Module>::new();
        for path in workspace.files(folder)? {
            let file = path.strip_prefix(folder).unwrap_or(&path).trim_start_matches('/');
            if let Some(name) = file.strip_suffix(".rs").filter(|_| !is_test_file(file)) {
                let module = modules.entry(module_path(name)).or_default();
                file.clone_into(&mut module.file);
                module.paths.extend(named_paths(&without_tests(&workspace.text(&path)?)));
            }
        }
        Ok(Crate { folder: folder.to_owned(), modules })
    }

    /// The cycles. Every module that is in a cycle is in a finding.
    fn cycles(&self) -> Vec<Finding> {
        let uses = self.uses();
        let mut findings = Vec::new();
        for (parent, uses) in &uses {
            let mut seen = BTreeSet::new();
            for &module in uses.keys() {
                let cycle = shortest_cycle(uses, module).filter(|_| !seen.contains(module));
                if let Some(cycle) = cycle {
                    findings.push(self.finding(parent, uses, &cycle));
                    seen.extend(cycle);
                }
            }
        }
        findings
    }

    /// The uses between siblings, by their parent.
    fn uses(&self) -> BTreeMap<&[String], Uses<'_>> {
        let mut uses = BTreeMap::<&[String], Uses<'_>>::new();
        for (user, module) in &self.modules {
            for path in &module.paths {
                let target = self.resolve(user, &path.segments);
                let common = user.iter().zip(target).take_while(|(a, b)| a == b).count();
                if let (Some(parent), Some(from), Some(to)) =
                    (user.get(..common), user.get(common), target.get(common))
                {
                    let place = || format!("{}:{}", module.file, path.line);
                    let uses = uses.entry(parent).or_default().entry(from).or_default();
                    uses.entry(to).or_insert_with(place);
                }
            }
        }
        uses
    }

    /// The module that defines what `segments` name in the module `user`; the root of the crate if
    /// they name something of another crate.
    fn resolve(&self, user: &[String], segments: &[String]) -> &[String] {
        let mut position = (user.to_vec(), segments.to_vec());
        // Each step follows one `use`; real chains are short, and some text may look like a loop.
        for _ in 0..8 {
            let Some(absolute) = self.absolute(&position.0, &position.1) else { return &[] };
            let module = (0..=absolute.len())
                .rev()
                .find_map(|depth| self.modules.get_key_value(absolute.get(..depth)?));
            let Some((path, module)) = module else { return &[] };
            let rest = absolute.get(path.len()..).unwrap_or_default();
            let import = module.paths.iter().find(|import| import.binds(rest.first()));
            match import {
                Some(import) => {
                    let after = rest.get(1..).unwrap_or_default();
                    position = (path.clone(), [&import.segments, after].concat());
                }
                None => return path,
            }
        }
        &[]
    }

    /// The path from the root of the crate; `None` for something of another crate.
    fn absolute(&self, user: &[String], segments: &[String]) -> Option<ModulePath> {
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([user, rest].concat()),
            "super" => {
                let (_, parent) = user.split_last()?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.absolute(parent, rest),
                    _ => Some([parent, rest].concat()),
                }
            }
            _ => {
                let path = [user, segments].concat();
                self.modules.contains_key(path.get(..=user.len())?).then_some(path)
            }
        }
    }

    /// Describes a cycle of children of `parent`.
    fn finding(&self, parent: &[String], uses: &Uses<'_>, cycle: &[&str]) -> Finding {
        let next = cycle.iter().cycle().skip(1);
        let steps = cycle.iter().zip(next).map(|(from, to)| {
            let place = uses.get(from).and_then(|uses| uses.get(to)).map_or("", String::as_str);
            format!("{from} uses {to} ({place})")
        });
        let steps = steps.collect::<Vec<_>>().join(", ");
        let problem =
            format!("modules form a cycle: {steps}; move what they share to another module");
        let folder = [slice::from_ref(&self.folder), parent].concat().join("/");
        Finding::new(folder, problem)
    }
}

/// The module of a file: `event/window` or `event/mod` below the crate's folder.
fn module_path(name: &str) -> ModulePath {
    let name = name.strip_suffix("/mod").unwrap_or(name);
    let is_root = matches!(name, "lib" | "main");
    name.split('/').filter(|_| !is_root).map(str::to_owned).collect()
}

/// The code of a source without that of tests.
fn without_tests(source: &str) -> String {
    let code = code(source);
    let lines = code.lines().zip(test_lines(&code));
    lines
        .map(|(line, is_test)| if is_test { "\n".to_owned() } else { format!("{line}\n") })
        .collect()
}

/// The shortest way from a module back to itself.
fn shortest_cycle<'a>(uses: &Uses<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut queue = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = queue.pop_front() {
        let nexts = way.last().and_then(|last| uses.get(last));
        for &next in nexts.into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                queue.push_back([way.as_slice(), &[next]].concat());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
