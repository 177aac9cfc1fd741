//! Maps in the JSON that multipathd prints: `show maps json`, `show map X json`. Members may be in any
//! order, as after `jq -S`.

use super::builder::{Builder, PATH_BYTES, TOO_MANY};
use super::path_line::known_state;
use crate::topology::{Device, Endpoints, Map, MultipathdState, Path};
use sysparse::ParseError;
use sysparse::device_name::device_number;
use sysparse::json_token::{Token, tokens};

/// How deep objects and arrays are followed; multipathd has 6 levels.
const DEPTH_MAX: usize = 64;

/// What an object, or each object of an array, describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    Group,
    Path,
    Other,
}

/// Reads JSON line by line.
#[derive(Debug, Default)]
pub(super) struct JsonReader {
    /// What each open object or array describes.
    open: Vec<Kind>,
    /// The last string, which is a key if `:` follows it.
    text: Option<Vec<u8>>,
    key: Vec<u8>,
    map: Map,
    groups: Vec<(MultipathdState, Vec<Path>)>,
    path: Path,
    /// The states of the path: in device mapper, and of the checker.
    dm_state: Vec<u8>,
    checker_state: Vec<u8>,
    ports: Ports,
}

/// The ports that a path connects; empty if unknown.
#[derive(Debug, Default)]
struct Ports {
    host_wwpn: Vec<u8>,
    host_adapter: Vec<u8>,
    target_wwpn: Vec<u8>,
}

impl Ports {
    /// What the path connects, where its address does not tell. As in sysfs, the port of an array has
    /// its WWPN.
    fn complete(self, address: Endpoints) -> Endpoints {
        let Ports { host_wwpn, host_adapter, target_wwpn } = self;
        let host = if host_wwpn.is_empty() { host_adapter } else { host_wwpn };
        let target = if target_wwpn.is_empty() { address.target } else { target_wwpn };
        if host.is_empty() || address.host != b"-" {
            return Endpoints { target, ..address };
        }
        Endpoints { controller: host.clone(), host, target }
    }

    fn bytes(&self) -> usize {
        self.host_wwpn.len() + self.host_adapter.len() + self.target_wwpn.len()
    }
}

impl JsonReader {
    /// Takes a line.
    pub(super) fn line(&mut self, line: &[u8], builder: &mut Builder) -> Result<(), ParseError> {
        let mut result = Ok(());
        for token in tokens(line) {
            let taken = match token {
                Token::Text(text) => {
                    self.text = Some(text.to_vec());
                    Ok(())
                }
                Token::Word(word) => self.set(word),
                Token::Punctuation(b':') => {
                    self.key = self.text.take().unwrap_or_default();
                    Ok(())
                }
                Token::Punctuation(byte) => self.punctuation(byte, builder),
            };
            result = result.and(taken);
        }
        result
    }

    /// Takes the end of the text; an error if it is not that of the JSON.
    pub(super) fn end(&self) -> Result<(), ParseError> {
        let expected = "the end of the JSON after this; an incomplete map is left out,";
        if self.open.is_empty() { Ok(()) } else { Err(ParseError { expected, at: 0 }) }
    }

    fn punctuation(&mut self, byte: u8, builder: &mut Builder) -> Result<(), ParseError> {
        let set = self.text.take().map_or(Ok(()), |text| self.set(&text));
        match byte {
            b'{' | b'[' => return set.and(self.open(byte)),
            b'}' => match self.open.pop() {
                Some(Kind::Map) => return set.and(self.close_map(builder)),
                Some(Kind::Path) => return set.and(self.close_path(builder)),
                _ => {}
            },
            b']' => {
                self.open.pop();
            }
            _ => {}
        }
        self.key.clear();
        set
    }

    /// Opens an object or array. One that has a key is described by it, an element by its array.
    fn open(&mut self, byte: u8) -> Result<(), ParseError> {
        let outer = self.open.last().copied().unwrap_or(Kind::Other);
        let key = std::mem::take(&mut self.key);
        let kind = match &key[..] {
            b"maps" | b"map" => Kind::Map,
            b"path_groups" => Kind::Group,
            b"paths" => Kind::Path,
            b"" => outer,
            _ => Kind::Other,
        };
        if self.open.len() >= DEPTH_MAX {
            return Err(ParseError { expected: "objects within at most 64 others", at: 0 });
        }
        self.open.push(kind);
        if byte == b'{' && kind == Kind::Group {
            self.groups.push((MultipathdState::default(), Vec::new()));
        }
        Ok(())
    }

    fn close_path(&mut self, builder: &mut Builder) -> Result<(), ParseError> {
        let mut path = std::mem::take(&mut self.path);
        let states = [&self.dm_state[..], b" ", &self.checker_state].concat();
        (self.dm_state, self.checker_state) = (Vec::new(), Vec::new());
        path.multipathd.states = states.trim_ascii().to_vec();
        let ports = std::mem::take(&mut self.ports);
        if !builder.budget.take(PATH_BYTES + ports.bytes() * 2) {
            return Err(TOO_MANY);
        }
        let address = Endpoints::from_address(&path.hctl, &path.device.kernel);
        path.endpoints = ports.complete(address);
        if let Some((_, paths)) = self.groups.last_mut() {
            paths.push(path);
        }
        Ok(())
    }

    fn close_map(&mut self, builder: &mut Builder) -> Result<(), ParseError> {
        let (map, groups) = (std::mem::take(&mut self.map), std::mem::take(&mut self.groups));
        if map.wwid.is_empty() {
            return Ok(());
        }
        builder.begin_map(map)?;
        builder.replace_earlier();
        for (group, paths) in groups {
            builder.begin_group(group)?;
            paths.into_iter().try_for_each(|path| builder.add_path(path))?;
        }
        Ok(())
    }

    /// Takes the value of the current key; an error if it is a state that is unknown.
    fn set(&mut self, value: &[u8]) -> Result<(), ParseError> {
        let Some(kind) = self.open.last().filter(|_| !self.key.is_empty()) else { return Ok(()) };
        let mut set = Ok(());
        let value = value.get(..VALUE_MAX).unwrap_or(value);
        let group = self.groups.last_mut().map(|(group, _)| group);
        match (kind, &self.key[..], group) {
            (Kind::Map, b"name", _) => self.map.name = value.to_vec(),
            (Kind::Map, b"uuid", _) => self.map.wwid = value.to_vec(),
            (Kind::Map, b"sysfs", _) => {
                self.map.device = Device { kernel: value.to_vec(), ..Device::default() };
            }
            (Kind::Map, b"dm_st", _) => self.map.is_suspended = value == b"suspend",
            (Kind::Group, b"pri", Some(group)) => group.priority = value.to_vec(),
            (Kind::Group, b"dm_st", Some(group)) => group.group_status = value.to_vec(),
            (Kind::Group, b"group", Some(group)) => {
                let number = sysparse::text::whole_number(value);
                group.group = number.and_then(|number| number.try_into().ok());
            }
            (Kind::Path, b"dev", _) => self.path.device.kernel = value.to_vec(),
            (Kind::Path, b"dev_t", _) => self.path.device.number = device_number(value),
            (Kind::Path, b"hcil" | b"hctl", _) => self.path.hctl = value.to_vec(),
            (Kind::Path, b"dev_st", _) => {
                let state = known_state(value);
                self.path.state = state.unwrap_or_default().to_vec();
                set = state.map(|_| ());
            }
            (Kind::Path, b"dm_st", _) => self.dm_state = value.to_vec(),
            (Kind::Path, b"chk_st", _) => self.checker_state = value.to_vec(),
            (Kind::Path, b"host_wwpn", _) => self.ports.host_wwpn = known_port(value).to_vec(),
            (Kind::Path, b"host_adapter", _) => {
                self.ports.host_adapter = known_port(value).to_vec();
            }
            (Kind::Path, b"target_wwpn", _) => self.ports.target_wwpn = known_port(value).to_vec(),
            _ => {}
        }
        self.key.clear();
        set
    }
}

/// A port, empty if the text says that it is unknown: `[undef]`, `[unknown]`.
fn known_port(port: &[u8]) -> &[u8] {
    if port.starts_with(b"[") { b"" } else { port }
}

/// The longest name or state; device mapper accepts 127 characters.
const VALUE_MAX: usize = 512;
