//! A path, from its line.

use crate::topology::{Device, Endpoints, MultipathdState, Path};
use sysparse::ParseError;
use sysparse::device_name::device_number;
use sysparse::device_state::is_device_state;
use sysparse::multipath;

/// What is wrong with a path whose state is none that the kernel prints.
pub(super) const UNKNOWN_STATE: ParseError = ParseError {
    expected: "a device state such as running at the end of the line; the state is unknown,",
    at: 0,
};

/// The path of a line, and an error if its state is unknown because of what the line has instead.
pub(super) fn to_path(path: &multipath::Path<'_>) -> (Path, Result<(), ParseError>) {
    let mut words = path.states();
    let mut states: Vec<_> = words.by_ref().take(2).collect();
    // `i/o pending` and `i/o timeout` are the only states of the checker with two words.
    if states.last() == Some(&&b"i/o"[..]) {
        states.extend(words.next());
    }
    // Before multipath-tools 0.4.9, a line ended with the state of the checker.
    let state = words.collect::<Vec<_>>().join(&b' ');
    let state = known_state(&state);
    let path = Path {
        device: Device {
            kernel: path.name.to_vec(),
            number: device_number(path.device),
            ..Device::default()
        },
        hctl: path.hctl.to_vec(),
        endpoints: Endpoints::from_address(path.hctl, path.name),
        state: state.unwrap_or_default().to_vec(),
        multipathd: MultipathdState { states: states.join(&b' '), ..MultipathdState::default() },
        ..Path::default()
    };
    (path, state.map(|_| ()))
}

/// The state of a device, empty if the text says that it is unknown.
pub(super) fn known_state(state: &[u8]) -> Result<&[u8], ParseError> {
    match state {
        b"" | b"##" | b"undef" | b"unknown" => Ok(b""),
        _ if is_device_state(state) => Ok(state),
        _ => Err(UNKNOWN_STATE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::multipath::{Line, line};

    #[test]
    fn the_state_of_a_device_follows_those_of_multipathd() {
        for (states, multipathd, state) in [
            ("active ready running", "active ready", Ok("running")),
            ("failed faulty transport-offline", "failed faulty", Ok("transport-offline")),
            ("active i/o pending offline", "active i/o pending", Ok("offline")),
            ("active i/o timeout", "active i/o timeout", Ok("")),
            ("[active][ready]", "active ready", Ok("")),
            ("active", "active", Ok("")),
            ("", "", Ok("")),
            ("undef ready unknown", "undef ready", Ok("")),
            ("n/a optimized deleting (no IO)", "n/a optimized", Ok("deleting (no IO)")),
            ("active ready running\",", "active ready", Err(UNKNOWN_STATE)),
            ("active ready running <- was down", "active ready", Err(UNKNOWN_STATE)),
            ("active ready faulty", "active ready", Err(UNKNOWN_STATE)),
        ] {
            let text = format!("`- 2:0:0:0 sda 8:0 {states}");
            let Ok(Line::Path(path)) = line(text.as_bytes()) else { panic!("{text}") };
            let (path, found) = to_path(&path);
            assert_eq!(path.multipathd.states, multipathd.as_bytes(), "{text}");
            assert_eq!(path.state, state.unwrap_or_default().as_bytes(), "{text}");
            assert_eq!(found, state.map(|_| ()), "{text}");
        }
    }
}
