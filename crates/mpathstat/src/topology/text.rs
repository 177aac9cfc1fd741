//! The topology in the text that `multipath -ll` or multipathd printed.
//!
//! ```
//! use mpathstat::topology::text;
//!
//! let text = "mpatha (36001) dm-0 A,B\nsize=1G wp=rw\n`-+- policy='x' prio=50 status=active\n  \
//!             `- 0:0:0:0 sda 8:0 active ready running\n";
//! let topology = text::read(text.as_bytes(), |line, bad| eprintln!("{line}: {bad}"))?;
//! assert_eq!(topology.maps.len(), 1);
//! assert_eq!(topology.paths().count(), 1);
//! # Ok::<(), std::io::Error>(())
//! ```

use super::{Device, Endpoints, Map, MultipathdState, Path, Topology};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read};
use sysparse::ParseError;
use sysparse::multipath::{self, Line};
use toolkit::input::Lines;

/// The longest line that is read as a whole. Names are far shorter.
const LINE_MAX: usize = 1 << 16;

/// How many maps and paths are kept. The rest of the text is ignored.
const DEVICES_MAX: usize = 1 << 18;

/// Reads the topology from `input`. A damaged line is passed to `report`, with its number starting
/// at 1, and left out.
///
/// # Errors
/// `input` cannot be read.
pub fn read(input: impl Read, report: impl FnMut(usize, ParseError)) -> io::Result<Topology> {
    let mut lines = Lines::new(input, LINE_MAX);
    let (maps, places, paths) = (Vec::new(), HashMap::new(), HashSet::new());
    let mut builder = Builder { maps, places, paths, current: None, is_lost: false, report };
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        number += 1;
        builder.line(number, line.bytes);
    }
    Ok(Topology::new(builder.maps))
}

/// What the text says about each path, by kernel name.
#[must_use]
pub fn multipathd_states(topology: &Topology) -> HashMap<Vec<u8>, MultipathdState> {
    topology.paths().map(|path| (path.device.kernel.clone(), path.multipathd.clone())).collect()
}

/// The map to which the next lines belong.
struct CurrentMap {
    /// Its place in the list.
    map: usize,
    /// Whether its size was read.
    has_size: bool,
    /// What applies to all paths of its current group.
    group: MultipathdState,
}

struct Builder<F> {
    maps: Vec<Map>,
    /// The place of each map in the list, by name, WWID and device.
    places: HashMap<[Vec<u8>; 3], usize>,
    /// The paths of each map.
    paths: HashSet<(usize, Vec<u8>)>,
    current: Option<CurrentMap>,
    /// Whether a line that belongs to no map was reported. The lines that follow it are not.
    is_lost: bool,
    report: F,
}

impl<F: FnMut(usize, ParseError)> Builder<F> {
    fn line(&mut self, number: usize, line: &[u8]) {
        let added = match multipath::line(line) {
            Ok(Line::Map(map)) => self.begin_map(&map),
            Ok(Line::Size) => self.add_size(),
            Ok(Line::Group(group)) => self.begin_group(&group),
            Ok(Line::Path(path)) => self.add_path(&path),
            Ok(Line::Other) => Ok(()),
            Err(error) => Err(error),
        };
        match added {
            Err(NO_MAP) if std::mem::replace(&mut self.is_lost, true) => {}
            Err(error) => (self.report)(number, error),
            Ok(()) => self.is_lost &= self.current.is_none(),
        }
    }

    /// Begins a map, or continues one that was named before.
    fn begin_map(&mut self, map: &multipath::Map<'_>) -> Result<(), ParseError> {
        self.current = None;
        let key = [map.alias, map.wwid, map.kernel.unwrap_or_default()].map(<[u8]>::to_vec);
        let next = self.maps.len();
        if next + self.paths.len() >= DEVICES_MAX {
            return Err(ParseError { expected: "fewer maps and paths", at: 0 });
        }
        let place = *self.places.entry(key.clone()).or_insert(next);
        if place == next {
            let [name, wwid, kernel] = key;
            let device = Device { kernel, ..Device::default() };
            self.maps.push(Map { name, wwid, device, ..Map::default() });
        }
        let group = MultipathdState::default();
        self.current = Some(CurrentMap { map: place, has_size: false, group });
        Ok(())
    }

    /// Takes the size, which follows the name of its map. A second one belongs to a map whose name
    /// could not be read.
    fn add_size(&mut self) -> Result<(), ParseError> {
        match &mut self.current {
            Some(current) if !current.has_size => {
                current.has_size = true;
                Ok(())
            }
            _ => {
                self.current = None;
                Err(NO_MAP)
            }
        }
    }

    fn begin_group(&mut self, group: &multipath::Group<'_>) -> Result<(), ParseError> {
        let current = self.current.as_mut().ok_or(NO_MAP)?;
        current.group = MultipathdState {
            group: Some(current.group.group.unwrap_or(0) + 1),
            group_status: group.status.to_vec(),
            priority: group.priority.to_vec(),
            states: Vec::new(),
        };
        Ok(())
    }

    fn add_path(&mut self, path: &multipath::Path<'_>) -> Result<(), ParseError> {
        let current = self.current.as_ref().ok_or(NO_MAP)?;
        let map = self.maps.get_mut(current.map).ok_or(NO_MAP)?;
        if path.name != b"-" && self.paths.insert((current.map, path.name.to_vec())) {
            map.paths.push(to_path(path, &current.group));
        }
        Ok(())
    }
}

/// What is wrong with a line that belongs to no map.
const NO_MAP: ParseError = ParseError { expected: "the name of a map before this", at: 0 };

/// A path, from its line and its group.
fn to_path(path: &multipath::Path<'_>, group: &MultipathdState) -> Path {
    let states: Vec<_> = path.states().collect();
    let (state, states) = match states.split_last() {
        // Before multipath-tools 0.4.9, a line ended with the state of the checker.
        Some((last, before)) if states.len() > 2 => (*last, before.join(&b' ')),
        _ => (&b""[..], states.join(&b' ')),
    };
    let is_unknown = matches!(state, b"##" | b"undef" | b"unknown");
    Path {
        device: Device { kernel: path.name.to_vec(), ..Device::default() },
        hctl: path.hctl.to_vec(),
        endpoints: Endpoints::from_address(path.hctl, path.name),
        state: if is_unknown { Vec::new() } else { state.to_vec() },
        access: Vec::new(),
        multipathd: MultipathdState { states, ..group.clone() },
    }
}
