//! Topology out of the text that `multipath -ll` or multipathd printed.

use super::{Device, Ends, Manager, Map, Path, Topology};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::multipath::{self, Line};
use toolkit::input::Lines;

/// The longest line that is read whole; names in it are far shorter.
const LINE_MAX: usize = 1 << 16;

/// How many maps and paths are kept at most; the rest of the text is passed over.
const DEVICES_MAX: usize = 1 << 18;

/// Reads topology from `input`. `tell` hears of each line that is damaged, by its number from 1;
/// the others are used.
///
/// # Errors
/// `input` cannot be read.
pub fn read(input: impl Read, tell: impl FnMut(usize, ParseError)) -> io::Result<Topology> {
    let mut lines = Lines::new(input, LINE_MAX);
    let (maps, places, paths) = (Vec::new(), HashMap::new(), HashSet::new());
    let mut builder = Builder { maps, places, paths, current: None, is_lost: false, tell };
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        number += 1;
        builder.line(number, line.bytes);
    }
    Ok(Topology::new(builder.maps))
}

/// What the text says of each path, by the kernel's name.
#[must_use]
pub fn managers(topology: &Topology) -> HashMap<Vec<u8>, Manager> {
    topology.paths().map(|path| (path.device.kernel.clone(), path.manager.clone())).collect()
}

/// The map that the lines which come belong to.
struct Current {
    /// Where it stands in the list.
    map: usize,
    /// Whether its size was told.
    sized: bool,
    /// What holds for the paths of its present group.
    group: Manager,
}

struct Builder<T> {
    maps: Vec<Map>,
    /// Where each map stands in the list, by name, WWID and device.
    places: HashMap<[Vec<u8>; 3], usize>,
    /// The paths of each map.
    paths: HashSet<(usize, Vec<u8>)>,
    current: Option<Current>,
    /// Whether lines were told of that belong to no map: those that follow are not.
    is_lost: bool,
    tell: T,
}

impl<T: FnMut(usize, ParseError)> Builder<T> {
    fn line(&mut self, number: usize, line: &[u8]) {
        let placed = match multipath::line(line) {
            Ok(Line::Map(map)) => self.map(&map),
            Ok(Line::Size) => self.size(),
            Ok(Line::Group(group)) => self.group(&group),
            Ok(Line::Path(path)) => self.path(&path),
            Ok(Line::Other) => Ok(()),
            Err(bad) => Err(bad),
        };
        match placed {
            Err(UNNAMED) if std::mem::replace(&mut self.is_lost, true) => {}
            Err(bad) => (self.tell)(number, bad),
            Ok(()) => self.is_lost &= self.current.is_none(),
        }
    }

    /// Begins a map, or goes on with one that was named before.
    fn map(&mut self, map: &multipath::Map<'_>) -> Result<(), ParseError> {
        self.current = None;
        let key = [map.alias, map.wwid, map.kernel.unwrap_or_default()].map(<[u8]>::to_vec);
        let next = self.maps.len();
        if next + self.paths.len() >= DEVICES_MAX {
            return Err(ParseError { expected: "fewer maps and paths", at: 0 });
        }
        let at = *self.places.entry(key.clone()).or_insert(next);
        if at == next {
            let [name, wwid, kernel] = key;
            let device = Device { kernel, ..Device::default() };
            self.maps.push(Map { name, wwid, device, ..Map::default() });
        }
        self.current = Some(Current { map: at, sized: false, group: Manager::default() });
        Ok(())
    }

    /// A size follows the name of its map; where the name could not be read, the map before has
    /// ended all the same.
    fn size(&mut self) -> Result<(), ParseError> {
        match &mut self.current {
            Some(current) if !current.sized => {
                current.sized = true;
                Ok(())
            }
            _ => {
                self.current = None;
                Err(UNNAMED)
            }
        }
    }

    fn group(&mut self, group: &multipath::Group<'_>) -> Result<(), ParseError> {
        let current = self.current.as_mut().ok_or(UNNAMED)?;
        current.group = Manager {
            group: Some(current.group.group.unwrap_or(0) + 1),
            group_status: group.status.to_vec(),
            priority: group.priority.to_vec(),
            states: Vec::new(),
        };
        Ok(())
    }

    fn path(&mut self, path: &multipath::Path<'_>) -> Result<(), ParseError> {
        let current = self.current.as_ref().ok_or(UNNAMED)?;
        let map = self.maps.get_mut(current.map).ok_or(UNNAMED)?;
        if path.name != b"-" && self.paths.insert((current.map, path.name.to_vec())) {
            map.paths.push(of_line(path, &current.group));
        }
        Ok(())
    }
}

/// What is wrong with a line that belongs to no map.
const UNNAMED: ParseError = ParseError { expected: "the name of a map before this", at: 0 };

/// A path with what its line and its group say.
fn of_line(path: &multipath::Path<'_>, group: &Manager) -> Path {
    let hctl = path.hctl;
    let states: Vec<_> = path.states().collect();
    let device = Device { kernel: path.name.to_vec(), ..Device::default() };
    let (state, states) = match states.split_last() {
        // Before 0.4.9 a line ended with the state of the checker.
        Some((last, before)) if states.len() > 2 => (last.to_vec(), before.join(&b' ')),
        _ => (Vec::new(), states.join(&b' ')),
    };
    let unknown = |text: Vec<u8>| {
        if matches!(&text[..], b"##" | b"undef" | b"unknown") { Vec::new() } else { text }
    };
    Path {
        device,
        hctl: hctl.to_vec(),
        ends: Ends::of_hctl(hctl, path.name),
        state: unknown(state),
        access: Vec::new(),
        manager: Manager { states, ..group.clone() },
    }
}
