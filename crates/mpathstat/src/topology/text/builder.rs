//! Builds the maps of a text line by line.

use super::path_line::{UNKNOWN_STATE, to_path};
use super::prefix::before_size;
use crate::budget::Budget;
use crate::topology::sysfs::GONE;
use crate::topology::{Device, Map, MultipathdState, Path, Subsystem, Topology};
use std::collections::{BTreeSet, HashMap, HashSet};
use sysparse::ParseError;
use sysparse::device_name::{Hctl, NvmeName, device_number};
use sysparse::multipath::{self, Line};
use sysparse::nvme_subsystem;

/// The longest line of which maps and paths are taken. A name has at most 127 characters.
const NAMES_MAX: usize = 4096;

/// How many bytes all maps and paths of a text can take: about 100,000 paths.
const BYTES_MAX: usize = 64 << 20;

/// About how many bytes a path takes, besides its names.
pub(super) const PATH_BYTES: usize = size_of::<Path>() + 300;

/// What is wrong with a line that belongs to no map.
const NO_MAP: ParseError = ParseError { expected: "the name of a map before this", at: 0 };
/// What is wrong with a text in which nothing that belongs to a map follows its name.
const NO_SIZE: ParseError = ParseError { expected: "the size of the map before this", at: 0 };
/// What is wrong with a line that describes a path, but not as multipath does.
const NO_PATH: ParseError = ParseError { expected: "a path group or a path", at: 0 };
/// What is wrong with a text of several hosts, each line of which has the name of one before it.
pub(crate) const OTHER_HOST: ParseError =
    ParseError { expected: "the same text before each line; select the lines of one host,", at: 0 };
const TOO_LONG: ParseError = ParseError { expected: "a line of at most 4096 bytes", at: NAMES_MAX };
pub(crate) const TOO_MANY: ParseError =
    ParseError { expected: "maps and paths of at most 64 MiB; the rest is not read;", at: 0 };

/// The errors that many maps can have.
const REPORTED_ONCE: [ParseError; 5] = [TOO_MANY, NO_SIZE, NO_PATH, OTHER_HOST, UNKNOWN_STATE];

/// The map to which the next lines belong.
#[derive(Debug)]
struct CurrentMap {
    /// Its place in the list.
    place: usize,
    /// Its names, if an earlier description of it holds until more of this one was read.
    restart: Option<Map>,
    /// Whether its size was read.
    has_size: bool,
    /// What applies to all paths of its current group.
    group: MultipathdState,
    /// The names of its paths.
    paths: HashSet<Vec<u8>>,
    tree: Tree,
    /// Whether a line was reported, which may be the one that the tree misses.
    is_damaged: bool,
}

impl CurrentMap {
    /// Puts this description in the place of an earlier one.
    fn replace(&mut self, earlier: &mut Map) {
        if let Some(map) = self.restart.take() {
            *earlier = map;
        }
    }
}

/// What the tree that is drawn before groups and paths tells.
#[derive(Debug, Default)]
struct Tree {
    /// Whether it goes on with another path.
    needs_path: bool,
    /// Whether it goes on with another group.
    needs_group: bool,
    /// Whether a path was missing before a group.
    lacked_path: bool,
}

impl Tree {
    /// Takes a group, in which there must be a path.
    fn add_group(&mut self, has_next: bool) {
        self.lacked_path |= self.needs_path;
        (self.needs_path, self.needs_group) = (true, has_next);
    }

    fn is_incomplete(&self) -> bool {
        self.lacked_path || self.needs_path || self.needs_group
    }
}

/// The maps that were read so far.
#[derive(Debug)]
pub(super) struct Builder {
    maps: Vec<Map>,
    subsystems: Vec<Subsystem>,
    /// The place of each map in the list, by WWID.
    places: HashMap<Vec<u8>, usize>,
    current: Option<CurrentMap>,
    /// A map without a device, which is one if its size follows.
    name: Option<Map>,
    /// Whether a line that belongs to no map was reported. The lines that follow it are not.
    is_lost: bool,
    /// Which of the errors that many maps can have were reported.
    reported: Vec<ParseError>,
    /// The places of maps of which paths are missing.
    incomplete: BTreeSet<usize>,
    pub(super) budget: Budget,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            maps: Vec::new(),
            subsystems: Vec::new(),
            places: HashMap::new(),
            current: None,
            name: None,
            is_lost: false,
            reported: Vec::new(),
            incomplete: BTreeSet::new(),
            budget: Budget::new(BYTES_MAX),
        }
    }
}

impl Builder {
    /// Takes a line of text.
    pub(super) fn line(&mut self, line: &[u8]) -> Result<(), ParseError> {
        if let Some(added) = self.nvme_line(line) {
            return self.once(added);
        }
        let name = self.name.take();
        let added = match multipath::line(line) {
            Ok(Line::Other) if self.lacks_paths() && looks_like_path(line) => Err(NO_PATH),
            Ok(Line::Other) if self.lacks_size() && before_size(line).is_some() => {
                // What precedes this line also precedes the name of the map, which is left out.
                let _ = self.end_map();
                Err(OTHER_HOST)
            }
            Ok(Line::Other) => Ok(()),
            Ok(_) if line.len() > NAMES_MAX => Err(TOO_LONG),
            Ok(Line::Map(map)) => {
                let ended = self.end_map();
                self.begin_map(to_map(&map)).and(ended)
            }
            Ok(Line::Name(map)) => {
                self.name = Some(to_map(&map));
                Ok(())
            }
            Ok(Line::Size) => match name {
                Some(map) => {
                    let ended = self.end_map();
                    self.begin_map(map).and_then(|()| self.add_size()).and(ended)
                }
                None => self.add_size(),
            },
            Ok(Line::Group(group)) => {
                self.current.iter_mut().for_each(|current| current.tree.add_group(group.has_next));
                self.begin_group(to_group(&group))
            }
            Ok(Line::Path(path)) => {
                self.current.iter_mut().for_each(|current| current.tree.needs_path = path.has_next);
                let (path, has_state) = to_path(&path);
                self.add_path(path).and(has_state)
            }
            Err(error) => Err(error),
        };
        if added.is_ok() {
            self.is_lost &= self.current.is_none();
        } else if let Some(current) = self.current.as_mut().filter(|_| added != Err(UNKNOWN_STATE))
        {
            current.is_damaged = true;
        }
        self.once(added)
    }

    /// An error, unless it was returned before and would be again for many lines.
    pub(super) fn once(&mut self, added: Result<(), ParseError>) -> Result<(), ParseError> {
        match added {
            Err(NO_MAP) if std::mem::replace(&mut self.is_lost, true) => Ok(()),
            Err(error) if self.reported.contains(&error) => Ok(()),
            Err(error) if REPORTED_ONCE.contains(&error) => {
                self.reported.push(error);
                added
            }
            _ => added,
        }
    }

    /// Takes a line of `nvme list-subsys`; nothing if it is none.
    fn nvme_line(&mut self, line: &[u8]) -> Option<Result<(), ParseError>> {
        match nvme_subsystem::line(line) {
            nvme_subsystem::Line::Other => return None,
            _ if line.len() > NAMES_MAX || !self.budget.take(line.len() + size_of::<Path>()) => {}
            nvme_subsystem::Line::Subsystem { number, nqn } => {
                let place = self.subsystems.iter().position(|earlier| earlier.number == number);
                let earlier = place.map(|place| self.subsystems.remove(place));
                let new = || Subsystem::new(number, nqn);
                self.subsystems
                    .push(earlier.map_or_else(new, |earlier| earlier.described_again(nqn)));
            }
            nvme_subsystem::Line::Controller(controller) => {
                if let Some(subsystem) = self.subsystems.last_mut() {
                    subsystem.add(&controller);
                    let has_state = controller.unknown.is_empty();
                    return Some(if has_state { Ok(()) } else { Err(UNKNOWN_STATE) });
                }
            }
        }
        Some(Ok(()))
    }

    /// Begins a map, or describes one again that was named before: the later description holds.
    pub(super) fn begin_map(&mut self, map: Map) -> Result<(), ParseError> {
        self.current = None;
        let bytes = map.name.len() + map.wwid.len() * 2 + size_of::<Map>() + 200;
        if !self.budget.take(bytes) {
            return Err(TOO_MANY);
        }
        let next = self.maps.len();
        let place = *self.places.entry(map.wwid.clone()).or_insert(next);
        let restart = if place == next {
            self.maps.push(map);
            None
        } else {
            Some(map)
        };
        self.current = Some(CurrentMap {
            place,
            restart,
            has_size: false,
            group: MultipathdState::default(),
            paths: HashSet::new(),
            tree: Tree::default(),
            is_damaged: false,
        });
        Ok(())
    }

    /// Ends the current map of a text. It is left out if there was nothing but its name, which may be
    /// wrong.
    pub(super) fn end_map(&mut self) -> Result<(), ParseError> {
        let Some(current) = self.current.take() else { return Ok(()) };
        if current.restart.is_some() {
            return Ok(());
        }
        if current.has_size || !current.paths.is_empty() {
            // A later description of the map may be complete.
            self.incomplete.remove(&current.place);
            let is_incomplete = current.tree.is_incomplete() && !current.is_damaged;
            self.incomplete.extend(is_incomplete.then_some(current.place));
            return Ok(());
        }
        // It was added last.
        self.maps.pop().and_then(|map| self.places.remove(&map.wwid));
        Err(NO_SIZE)
    }

    /// Whether only the name of the current map was read.
    fn lacks_size(&self) -> bool {
        self.current.as_ref().is_some_and(|current| !current.has_size && current.paths.is_empty())
    }

    /// Whether the size of the current map was read, but none of its paths yet.
    fn lacks_paths(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.has_size && current.paths.is_empty())
    }

    /// Takes the size, which follows the name of its map. A second one belongs to a map whose name
    /// could not be read.
    fn add_size(&mut self) -> Result<(), ParseError> {
        match &mut self.current {
            Some(current) if !current.has_size => {
                current.has_size = true;
                // What follows describes the map, even if it has no path left.
                self.replace_earlier();
                Ok(())
            }
            _ => {
                self.current = None;
                Err(NO_MAP)
            }
        }
    }

    /// Drops an earlier description of the current map, in whose place this one stands.
    pub(super) fn replace_earlier(&mut self) {
        let Some(current) = &mut self.current else { return };
        if let Some(map) = self.maps.get_mut(current.place) {
            current.replace(map);
        }
    }

    /// Begins a path group. Without a number of its own it gets the next one.
    pub(super) fn begin_group(&mut self, group: MultipathdState) -> Result<(), ParseError> {
        let current = self.current.as_mut().ok_or(NO_MAP)?;
        let next = current.group.group.unwrap_or(0) + 1;
        current.group = MultipathdState { group: group.group.or(Some(next)), ..group };
        Ok(())
    }

    /// Adds a path to the current group.
    pub(super) fn add_path(&mut self, mut path: Path) -> Result<(), ParseError> {
        let current = self.current.as_mut().ok_or(NO_MAP)?;
        let map = self.maps.get_mut(current.place).ok_or(NO_MAP)?;
        if is_nameless(&path.device) {
            set_removed(&mut path);
        }
        let is_named = !path.device.kernel.is_empty();
        if is_named && current.paths.contains(&path.device.kernel) {
            return Ok(());
        }
        let words = path.device.kernel.len() * 4 + path.hctl.len() * 4;
        let states = path.multipathd.states.len() + path.state.len();
        let group = current.group.group_status.len() + current.group.priority.len();
        if !self.budget.take(PATH_BYTES + words + states + group) {
            return Err(TOO_MANY);
        }
        current.replace(map);
        current.paths.insert(path.device.kernel.clone());
        if path.access.is_empty() {
            path.access = ana_state(&path).unwrap_or_default().to_vec();
        }
        let states = std::mem::take(&mut path.multipathd.states);
        path.multipathd = MultipathdState { states, ..current.group.clone() };
        map.paths.push(path);
        Ok(())
    }

    /// The names of the maps of which paths are missing.
    pub(super) fn incomplete(&self) -> Vec<Vec<u8>> {
        let maps = self.incomplete.iter().filter_map(|place| self.maps.get(*place));
        maps.map(|map| map.name.clone()).collect()
    }

    pub(super) fn finish(self) -> Topology {
        Topology { subsystems: self.subsystems, ..Topology::new(self.maps) }
    }
}

fn to_map(map: &multipath::Map<'_>) -> Map {
    let kernel = map.kernel.unwrap_or_default().to_vec();
    let device = Device { kernel, ..Device::default() };
    Map { name: map.alias.to_vec(), wwid: map.wwid.to_vec(), device, ..Map::default() }
}

fn to_group(group: &multipath::Group<'_>) -> MultipathdState {
    MultipathdState {
        group: None,
        group_status: group.status.to_vec(),
        priority: group.priority.to_vec(),
        states: Vec::new(),
    }
}

/// Whether a line that does not describe a path as multipath does has the address and the number of a
/// device.
fn looks_like_path(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).take(WORDS_MAX);
    words.any(|word| Hctl::parse(word).is_ok()) && words.any(|word| device_number(word).is_some())
}

/// How many words of a line are examined.
const WORDS_MAX: usize = 32;

/// The access state of a path of the NVMe driver, which multipath prints as that of the checker.
fn ana_state(path: &Path) -> Option<&[u8]> {
    NvmeName::parse(&path.device.kernel).ok()?;
    let mut states = path.multipathd.states.split(|byte| *byte == b' ');
    states.find(|state| nvme_subsystem::is_access_state(state))
}

fn is_nameless(device: &Device) -> bool {
    matches!(&device.kernel[..], b"-" | b"")
}

/// Makes a path one whose device was removed. Its number is its name, if it is known; another device
/// may have the number now.
fn set_removed(path: &mut Path) {
    let number = path.device.number.take();
    let name = number.map(|(major, minor)| format!("{major}:{minor}"));
    path.device.kernel = name.unwrap_or_default().into_bytes();
    if path.is_running() {
        path.state = GONE.to_vec();
    }
}
