//! A socket address, from a SOCKADDR record.
//!
//! ```text
//! type=SOCKADDR msg=audit(1795400000.100:709): saddr=02000050C00002070000000000000000
//! ```

use std::io::Write;
use sysparse::sockaddr::{ByteOrder, SocketAddress};

/// Writes the address in the decoded bytes of `saddr=` to `line`: `192.0.2.7:80`, `[2001:db8::1]:443`,
/// `/run/x`, `@abstract`, `netlink:PORT`, `vsock:CONTEXT:PORT`, or the number of another family.
pub(crate) fn write(bytes: &[u8], order: ByteOrder, line: &mut Vec<u8>) {
    line.clear();
    let Ok(address) = SocketAddress::parse(bytes, order) else { return };
    // Writing to a vector does not fail.
    let _ = match address {
        SocketAddress::V4(address) => write!(line, "{address}"),
        SocketAddress::V6(address) => write!(line, "{address}"),
        SocketAddress::Unix(b"") => line.write_all(b"unix"),
        SocketAddress::Unix(path) => line.write_all(path),
        SocketAddress::Abstract(name) => line.write_all(&[b"@", name].concat()),
        SocketAddress::Netlink { port } => write!(line, "netlink:{port}"),
        SocketAddress::Vsock { context, port } => write!(line, "vsock:{context}:{port}"),
        SocketAddress::Packet { .. } | SocketAddress::Other(_) => {
            write!(line, "family-{}", address.family())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_family_are_written() {
        let v6 = [&b"\x0a\0\x01\xbb\0\0\0\0\x20\x01\x0d\xb8"[..], &[0; 11], &[1; 5]].concat();
        for (bytes, wanted) in [
            (&b"\x02\0\0\x50\xc0\0\x02\x07"[..], "192.0.2.7:80"),
            (&v6, "[2001:db8::1]:443"),
            (b"\x01\0/run/x\0", "/run/x"),
            (b"\x01\0\0x\0\0", "@x"),
            (b"\x01\0", "unix"),
            (b"\x10\0\0\0\x07\0\0\0\0\0\0\0", "netlink:7"),
            (b"\x28\0\0\0\x16\0\0\0\x02\0\0\0", "vsock:2:22"),
            (b"\x11\0\x08\0\x02\0\0\0", "family-17"),
            (b"\x02\0\0\x50\xc0", "family-2"),
            (b"\x1f\0", "family-31"),
            (b"\x1f", ""),
        ] {
            let mut line = b"old".to_vec();
            write(bytes, ByteOrder::Little, &mut line);
            assert_eq!(String::from_utf8_lossy(&line), wanted);
        }
    }
}
