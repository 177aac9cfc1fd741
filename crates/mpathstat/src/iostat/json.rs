//! Reports in the JSON that `iostat -o JSON` prints.

use super::clock::{TextClock, UNREAD_TIME};
use super::devices::Devices;
use super::{TextReport, UNKNOWN_AMOUNT};
use std::collections::VecDeque;
use std::time::SystemTime;
use sysparse::ParseError;
use sysparse::iostat::{Column, column, is_unknown_amount};
use sysparse::json_token::{Token, tokens};
use sysparse::text::decimal;
use sysparse::timestamp;

/// Reads JSON line by line. `"disk": [` begins the devices of a report, and `]` ends them.
#[derive(Debug, Default)]
pub(super) struct JsonReader {
    depth: usize,
    /// How deep the array of devices is, within it.
    disks: Option<usize>,
    /// The last string, which is a key if `:` follows it.
    text: Vec<u8>,
    key: Vec<u8>,
    name: Vec<u8>,
    figures: Vec<(Column, f64)>,
    /// How many of our units one of the last figure is, if its fraction may follow.
    unit: Option<f64>,
    devices: Devices,
    wall: Option<SystemTime>,
    /// Whether it was reported that this is the JSON of sadf.
    is_of_sadf: bool,
    /// Whether an amount in an unknown unit was reported.
    has_unknown_amount: bool,
}

impl JsonReader {
    /// Takes a line, and adds the reports that it completes.
    pub(super) fn line(
        &mut self,
        line: &[u8],
        clock: &mut TextClock,
        complete: &mut VecDeque<TextReport>,
    ) -> Result<(), ParseError> {
        let mut result = Ok(());
        for token in tokens(line) {
            match token {
                Token::Text(text) => {
                    self.text = text.to_vec();
                    self.unit = None;
                }
                Token::Word(word) => result = result.and(self.number(word)),
                Token::Punctuation(b':') => self.key = std::mem::take(&mut self.text),
                Token::Punctuation(byte) => {
                    let member = self.member(clock);
                    result = result.and(member).and(self.punctuation(byte, complete));
                }
            }
        }
        result
    }

    /// Takes the end of the text; an error if it is not that of the JSON.
    pub(super) fn end(&mut self, complete: &mut VecDeque<TextReport>) -> Result<(), ParseError> {
        if self.disks.take().is_some() {
            self.finish(complete);
        }
        let expected = "the end of the JSON after this; what is incomplete is left out,";
        if self.depth == 0 { Ok(()) } else { Err(ParseError { expected, at: 0 }) }
    }

    /// Takes a member whose value is a string.
    fn member(&mut self, clock: &mut TextClock) -> Result<(), ParseError> {
        let text = std::mem::take(&mut self.text);
        match &self.key[..] {
            b"disk_device" => self.name = text,
            b"disk-device" if !std::mem::replace(&mut self.is_of_sadf, true) => {
                let expected = "the JSON of iostat, and not that of sadf; save the text of sar -d,";
                return Err(ParseError { expected, at: 0 });
            }
            // That of sadf is an object.
            b"timestamp" if !text.is_empty() => {
                self.wall = match timestamp::whole_line(&text) {
                    Some(time) => clock.wall(&time)?,
                    None => clock.report(UNREAD_TIME).map(|()| None)?,
                };
            }
            b"date" => clock.set_date(timestamp::date_in(&[b") ", &text[..]].concat())),
            _ => {}
        }
        Ok(())
    }

    /// Takes a number. In a locale with decimal commas, iostat of sysstat 11.5.1 prints `0,31`, which are
    /// two numbers in JSON.
    fn number(&mut self, word: &[u8]) -> Result<(), ParseError> {
        let unit = self.unit.take();
        let key = std::mem::take(&mut self.key);
        if key.is_empty() {
            let digits = word.iter().all(u8::is_ascii_digit).then(|| [b"0.", word].concat());
            let fraction = digits.and_then(|digits| decimal(&digits).map(|(value, _)| value));
            if let (Some((_, figure)), Some(unit), Some(fraction)) =
                (self.figures.last_mut(), unit, fraction)
            {
                *figure += fraction * unit;
            }
            return Ok(());
        }
        let known = column(&key).filter(|_| self.figures.len() < FIGURES_MAX);
        if let (Some((column, unit)), Some((value, b""))) = (known, decimal(word)) {
            self.figures.push((column, value * unit));
            self.unit = Some(unit);
        }
        let is_new =
            is_unknown_amount(&key) && !std::mem::replace(&mut self.has_unknown_amount, true);
        if is_new { Err(UNKNOWN_AMOUNT) } else { Ok(()) }
    }

    fn punctuation(
        &mut self,
        byte: u8,
        complete: &mut VecDeque<TextReport>,
    ) -> Result<(), ParseError> {
        let key = std::mem::take(&mut self.key);
        match byte {
            b'[' | b'{' => {
                self.depth += 1;
                if byte == b'[' && key == b"disk" {
                    self.disks = Some(self.depth);
                }
                self.figures.clear();
            }
            b']' | b'}' => {
                if byte == b']' && self.disks == Some(self.depth) {
                    self.disks = None;
                    self.finish(complete);
                }
                self.depth = self.depth.saturating_sub(1);
                return self.device();
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds the device whose members were read.
    fn device(&mut self) -> Result<(), ParseError> {
        let (name, figures) = (std::mem::take(&mut self.name), std::mem::take(&mut self.figures));
        if name.is_empty() {
            return Ok(());
        }
        if let Some(device) = self.devices.device(&name)? {
            for (column, value) in figures {
                device.set(column, Some(value));
            }
        }
        Ok(())
    }

    fn finish(&mut self, complete: &mut VecDeque<TextReport>) {
        let (figures, _) = std::mem::take(&mut self.devices).figures();
        complete.push_back(TextReport { wall: self.wall.take(), begin: None, figures });
    }
}

/// The most figures of a device; iostat prints 22.
const FIGURES_MAX: usize = 100;
