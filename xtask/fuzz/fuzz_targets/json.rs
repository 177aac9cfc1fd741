//! Any bytes as an object of JSON that wraps a record, and as the JSON of multipathd and iostat.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::json::{Piece, Text, Value, bytes, elements, members};
use sysparse::json_token::{Token, tokens};
use sysparse::text::lines;

fuzz_target!(|file: &[u8]| {
    for line in lines(file) {
        for member in members(line) {
            let Ok((name, value)) = member else { break };
            check_text(name, line);
            match value {
                Value::Text(text) => check_text(text, line),
                Value::Array(array) => {
                    assert!(lies_in(array, line));
                    let _ = bytes(array).count();
                    for element in elements(array).flatten() {
                        if let Value::Text(text) = element {
                            check_text(text, line);
                        }
                    }
                }
                _ => {}
            }
        }
        for token in tokens(line) {
            if let Token::Text(part) | Token::Word(part) = token {
                assert!(part.is_empty() || lies_in(part, line));
            }
        }
    }
});

fn check_text(text: Text<'_>, line: &[u8]) {
    assert!(lies_in(text.raw(), line));
    let length = |piece| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Char(letter) => letter.len_utf8(),
    };
    // `\\u` alone stands for U+FFFD, of three bytes.
    let lengths: usize = text.pieces().map(length).sum();
    assert!(
        lengths <= 2 * text.raw().len(),
        "{lengths} of {:?}",
        text.raw().escape_ascii().to_string()
    );
}
