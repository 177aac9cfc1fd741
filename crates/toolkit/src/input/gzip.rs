//! Files compressed with gzip (RFC 1952): one or more members, and the NUL bytes with which tapes and
//! block devices pad them, which gzip(1) skips too.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// Decompresses the members of a file one after another.
pub(super) struct Decoder<R> {
    /// `None` after the last member.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(input: R) -> Decoder<R> {
        Decoder { member: Some(GzDecoder::new(input)) }
    }

    /// Begins the next member, if there is one.
    fn begin_member(&mut self) -> io::Result<()> {
        let Some(ended) = self.member.take() else { return Ok(()) };
        let mut input = ended.into_inner();
        if skip_nul(&mut input)? {
            self.member = Some(GzDecoder::new(input));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.begin_member()?;
        }
        Ok(0)
    }
}

/// Skips NUL bytes. Returns whether anything follows them.
fn skip_nul(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        let length = bytes.len();
        if length == 0 {
            return Ok(false);
        }
        let nul = bytes.iter().take_while(|byte| **byte == 0).count();
        input.consume(nul);
        if nul < length {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::bufread::GzEncoder;

    fn decompress(bytes: &[u8]) -> (Vec<u8>, io::Result<()>) {
        let mut text = Vec::new();
        let mut decoder = Decoder::new(io::BufReader::with_capacity(3, bytes));
        let ended = decoder.read_to_end(&mut text).map(|_| ());
        (text, ended)
    }

    fn member(text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        GzEncoder::new(text, Compression::fast()).read_to_end(&mut bytes).expect("no error");
        bytes
    }

    #[test]
    fn members_are_joined_and_nul_bytes_after_them_are_skipped() {
        let two = [member(b"one\n"), member(b""), member(b"two\n")].concat();
        for padding in [0, 1, 10_000] {
            let padded = [two.clone(), vec![0; padding]].concat();
            let (text, ended) = decompress(&padded);
            assert_eq!(text, b"one\ntwo\n");
            ended.expect("no error");
        }
        let between = [member(b"one\n"), vec![0; 512], member(b"two\n")].concat();
        assert_eq!(decompress(&between).0, b"one\ntwo\n");
    }

    #[test]
    fn what_precedes_damage_is_read() {
        let whole = member(b"one\n");
        for bytes in [[&whole[..], b"x"].concat(), [&whole[..], &whole[..12]].concat()] {
            let (text, ended) = decompress(&bytes);
            assert!(text.starts_with(b"one\n"), "{text:?}");
            ended.expect_err("damage");
        }
    }
}
