//! `multipath -ll` of other projects and of the laboratory.

use super::{samples, text_of};
use std::fs;
use sysparse::multipath::{Line, line};
use sysparse::text;

/// How many maps, sizes, groups, paths and damaged lines a text has.
fn count(input: &[u8]) -> [usize; 5] {
    let mut counts = [0; 5];
    for text in text::lines(input) {
        let kind = match line(text) {
            Ok(Line::Map(_)) => 0,
            Ok(Line::Size) => 1,
            Ok(Line::Group(_)) => 2,
            Ok(Line::Path(_)) => 3,
            Ok(Line::Name(_) | Line::Other) => continue,
            Err(_) => 4,
        };
        counts[kind] += 1;
    }
    counts
}

/// The same, by what stands anywhere in a line.
fn wanted(text: &str) -> [usize; 5] {
    let holds = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    let is_path = |line: &str| {
        line.trim_start_matches(|c| " \t|".contains(c)).starts_with(['-', '\'', '`', '\\'])
            && line.split_whitespace().any(|word| word.matches(':').count() >= 2)
    };
    let is_kernel = |line: &str| {
        let mut tails = line.split("dm-").skip(1);
        tails.any(|tail| tail.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_drawn = |line: &str| {
        let line = line.trim_start_matches(|c| " \t".contains(c));
        line.starts_with(['|', '`', '\'', '-', '\\'])
    };
    let maps = |line: &&str| {
        (is_kernel(line) || line.contains("[nvme]:"))
            && !is_drawn(line)
            && !line.starts_with(' ')
            && !line.contains(" | ")
            // `show maps` prints the WWID instead of a vendor and a product.
            && (line.contains(',') || line.contains(") dm-"))
    };
    [
        text.lines().filter(maps).count(),
        text.lines().filter(|line| holds(line, &["size="])).count(),
        text.lines()
            .filter(|line| holds(line, &["policy=", "\\_ round"]) && is_drawn(line))
            .count(),
        text.lines().filter(|line| is_path(line)).count(),
        0,
    ]
}

#[test]
fn every_sample_is_read() {
    let mut files = samples("public/multipath", ".txt");
    files.extend(samples("lab/mpath", "-ll.txt"));
    files.extend(samples("lab/mpath", "show-topology.txt"));
    for file in files {
        let input = text_of(&file);
        let text = String::from_utf8_lossy(&input);
        assert_eq!(count(&input), wanted(&text), "{}", file.display());
    }
}

/// `"key" : "value",` of multipathd's JSON, one on each line. A name with a quote is not escaped in it.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.split_once(&format!("\"{key}\" : \""))?.1;
    rest.trim_end_matches(',').strip_suffix('"')
}

/// Maps and paths as multipathd itself gives them: name, WWID, device; or device, number, states.
fn of_json(json: &str) -> Vec<Vec<String>> {
    let mut items: Vec<Vec<String>> = Vec::new();
    let mut in_path = false;
    for line in json.lines() {
        if let Some(name) = value(line, "name").or_else(|| value(line, "dev")) {
            in_path = value(line, "dev").is_some();
            items.push(vec![name.to_owned()]);
        }
        in_path &= !line.trim().starts_with('}');
        let keys: &[&str] =
            if in_path { &["dev_t", "dm_st", "dev_st", "chk_st"] } else { &["uuid", "sysfs"] };
        if let Some(found) = keys.iter().find_map(|key| value(line, key)) {
            items.last_mut().unwrap().push(found.to_owned());
        }
    }
    items
}

fn of_text(input: &[u8]) -> Vec<Vec<String>> {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let item = |text: &[u8]| match line(text).unwrap() {
        Line::Map(map) => Some(vec![utf8(map.alias), utf8(map.wwid), utf8(map.kernel.unwrap())]),
        Line::Path(path) => {
            let states: Vec<_> = path.states().map(utf8).collect();
            let [dm, checker @ .., device] = &states[..] else { panic!("{states:?}") };
            let checker = checker.join(" ");
            Some(vec![utf8(path.name), utf8(path.device), dm.clone(), device.clone(), checker])
        }
        _ => None,
    };
    text::lines(input).filter_map(item).collect()
}

#[test]
fn multipathd_gives_the_same_as_json() {
    for file in samples("lab/mpath", "show-maps.json") {
        let wanted = of_json(&fs::read_to_string(&file).unwrap());
        for name in ["multipath-ll.txt", "show-topology.txt"] {
            let text = file.with_file_name(name);
            let mut found = of_text(&fs::read(&text).unwrap());
            found.sort();
            // The JSON has no maps of the NVMe driver's own.
            found.retain(|item| item[2] != "nvme1n1" && !item.iter().any(|word| word == "live"));
            let mut wanted = wanted.clone();
            wanted.retain(|item| !item[0].starts_with("nvme1c"));
            wanted.sort();
            // `multipath -ll` checks the paths itself: only names and numbers are the same.
            if name == "multipath-ll.txt" {
                found
                    .iter_mut()
                    .chain(&mut wanted)
                    .filter(|item| item.len() > 3)
                    .for_each(|item| item.truncate(2));
            }
            if !wanted.is_empty() {
                assert_eq!(found, wanted, "{}", text.display());
            }
        }
    }
}
