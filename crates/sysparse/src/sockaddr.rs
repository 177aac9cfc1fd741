//! Socket addresses, as calls such as connect(2) pass them: the decoded bytes of `saddr=`.
//!
//! ```text
//! 02 00  00 50  c0 00 02 07  00 ...                  IPv4: family, port, address
//! 0a 00  01 bb  00 00 00 00  20 01 0d b8 ... 01      IPv6: family, port, flow, address, scope
//! 01 00  2f 72 75 6e 2f 78  00                       unix: family, path
//! 01 00  00 78  00                                   unix: family, abstract name
//! 10 00  00 00  e7 03 00 00  01 00 00 00             netlink: family, padding, port, groups
//! 28 00  00 00  16 00 00 00  02 00 00 00             vsock: family, reserved, port, context
//! 11 00  08 00  02 00 00 00  ...                     packet: family, protocol, interface
//! ```
//!
//! The family and the numbers of netlink, vsock and packet have the byte order of the processor; ports
//! and addresses of IP and the protocol of packet have that of the network, most significant byte first.
//!
//! Sources: ip(7), ipv6(7), unix(7), netlink(7), vsock(7) and packet(7).

use crate::ParseError;
use crate::grammar::{Parsed, expect, parse};
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_till};
use nom::combinator::{map, rest, verify};
use nom::number::Endianness;
use nom::number::complete::{be_u16, be_u32, be_u128, u16, u32};
use nom::sequence::preceded;

/// The order in which a processor stores the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl From<ByteOrder> for Endianness {
    fn from(order: ByteOrder) -> Endianness {
        match order {
            ByteOrder::Little => Endianness::Little,
            ByteOrder::Big => Endianness::Big,
        }
    }
}

/// A socket address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketAddress<'a> {
    /// An IPv4 address and a port.
    V4(SocketAddrV4),
    /// An IPv6 address and a port, with flow and scope.
    V6(SocketAddrV6),
    /// The path of a unix socket; empty for a socket without a name.
    Unix(&'a [u8]),
    /// The abstract name of a unix socket, without the NUL byte before it and those that fill it up.
    Abstract(&'a [u8]),
    /// The port of a netlink socket, often a process id; 0 is the kernel.
    Netlink {
        /// The port.
        port: u32,
    },
    /// A socket between a virtual machine and its host.
    Vsock {
        /// The context id: the machine.
        context: u32,
        /// The port.
        port: u32,
    },
    /// A socket that sends and receives frames.
    Packet {
        /// The protocol: an `ETH_P_*` value.
        protocol: u16,
        /// The index of the network interface; 0 is any.
        interface: u32,
    },
    /// An address of another family, or one that is cut short: the number of the family.
    Other(u16),
}

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const AF_NETLINK: u16 = 16;
const AF_PACKET: u16 = 17;
const AF_VSOCK: u16 = 40;

impl<'a> SocketAddress<'a> {
    /// Reads a socket address of a processor with that byte order. One that is cut short has its family
    /// alone.
    ///
    /// ```
    /// use sysparse::sockaddr::{ByteOrder, SocketAddress};
    ///
    /// let little = b"\x02\0\x00\x50\xc0\x00\x02\x07\0\0\0\0\0\0\0\0";
    /// let address = SocketAddress::parse(little, ByteOrder::Little)?;
    /// assert_eq!(address, SocketAddress::V4("192.0.2.7:80".parse().unwrap()));
    /// let unix = SocketAddress::parse(b"\0\x01/run/x\0", ByteOrder::Big)?;
    /// assert_eq!(unix, SocketAddress::Unix(b"/run/x"));
    /// let cut = SocketAddress::parse(b"\x02\0\x00", ByteOrder::Little)?;
    /// assert_eq!(cut, SocketAddress::Other(2));
    /// # Ok::<(), sysparse::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// There are fewer than the two bytes of the family.
    pub fn parse(bytes: &'a [u8], order: ByteOrder) -> Result<SocketAddress<'a>, ParseError> {
        let order = Endianness::from(order);
        let family = |input| u16(order).parse(input);
        let number = parse(bytes, expect("the two bytes of an address family", family))?;
        let known = alt((
            preceded(is_family(AF_INET, order), v4),
            preceded(is_family(AF_INET6, order), v6),
            preceded(is_family(AF_UNIX, order), unix),
            preceded(is_family(AF_NETLINK, order), |input| netlink(input, order)),
            preceded(is_family(AF_VSOCK, order), |input| vsock(input, order)),
            preceded(is_family(AF_PACKET, order), |input| packet(input, order)),
        ));
        Ok(parse(bytes, known).unwrap_or(SocketAddress::Other(number)))
    }

    /// The number of the address family: an `AF_*` value of socket(2).
    #[must_use]
    pub fn family(&self) -> u16 {
        match self {
            SocketAddress::V4(_) => AF_INET,
            SocketAddress::V6(_) => AF_INET6,
            SocketAddress::Unix(_) | SocketAddress::Abstract(_) => AF_UNIX,
            SocketAddress::Netlink { .. } => AF_NETLINK,
            SocketAddress::Vsock { .. } => AF_VSOCK,
            SocketAddress::Packet { .. } => AF_PACKET,
            SocketAddress::Other(family) => *family,
        }
    }
}

/// `02 00`: that family.
fn is_family(family: u16, order: Endianness) -> impl Fn(&[u8]) -> Parsed<'_, u16> {
    move |input| verify(u16(order), |number| *number == family).parse(input)
}

/// `00 50  c0 00 02 07`
fn v4(input: &[u8]) -> Parsed<'_, SocketAddress<'_>> {
    let address = |(port, address)| SocketAddrV4::new(Ipv4Addr::from_bits(address), port);
    map(map((be_u16, be_u32), address), SocketAddress::V4).parse(input)
}

/// `01 bb  00 00 00 00  20 01 0d b8 ... 01`, and the scope, which may be missing. Flow and scope do not
/// identify the peer and are left out.
fn v6(input: &[u8]) -> Parsed<'_, SocketAddress<'_>> {
    let address = |(port, _, address)| SocketAddrV6::new(Ipv6Addr::from_bits(address), port, 0, 0);
    map(map((be_u16, be_u32, be_u128), address), SocketAddress::V6).parse(input)
}

/// `2f 72 75 6e 2f 78 00`, or `00 78 00`, or nothing.
fn unix(input: &[u8]) -> Parsed<'_, SocketAddress<'_>> {
    let name = map(preceded(tag(&b"\0"[..]), rest), without_filling);
    let name = verify(name, |name: &[u8]| !name.is_empty());
    let path = take_till(|byte| byte == 0);
    alt((map(name, SocketAddress::Abstract), map(path, SocketAddress::Unix))).parse(input)
}

/// An abstract name without the NUL bytes that fill it up.
fn without_filling(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    name.get(..end).unwrap_or_default()
}

/// `00 00  e7 03 00 00`
fn netlink(input: &[u8], order: Endianness) -> Parsed<'_, SocketAddress<'_>> {
    let port = preceded(take(2usize), u32(order));
    map(port, |port| SocketAddress::Netlink { port }).parse(input)
}

/// `00 00  16 00 00 00  02 00 00 00`
fn vsock(input: &[u8], order: Endianness) -> Parsed<'_, SocketAddress<'_>> {
    let numbers = preceded(take(2usize), (u32(order), u32(order)));
    map(numbers, |(port, context)| SocketAddress::Vsock { context, port }).parse(input)
}

/// `08 00  02 00 00 00`
fn packet(input: &[u8], order: Endianness) -> Parsed<'_, SocketAddress<'_>> {
    let numbers = (be_u16, u32(order));
    map(numbers, |(protocol, interface)| SocketAddress::Packet { protocol, interface }).parse(input)
}

#[cfg(test)]
mod tests {
    use super::ByteOrder::{Big, Little};
    use super::*;

    const V6: &[u8] = b"\x0a\0\x01\xbb\0\0\0\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0";

    /// An address of each family, with its byte order.
    const SAMPLES: [(&[u8], ByteOrder); 12] = [
        (b"\x02\0\0\x50\xc0\0\x02\x07\0\0\0\0\0\0\0\0", Little),
        (b"\0\x02\0\x50\xc0\0\x02\x07", Big),
        (V6, Little),
        (b"\x01\0/run/x\0rest", Little),
        (b"\0\x01/run/x", Big),
        (b"\x01\0\0@/tmp/x\0y\0\0", Little),
        (b"\x01\0", Little),
        (b"\x01\0\0\0\0", Little),
        (b"\x10\0\0\0\xe7\x03\0\0\x01\0\0\0", Little),
        (b"\0\x28\0\0\0\0\0\x16\0\0\0\x02", Big),
        (b"\x11\0\x08\0\x02\0\0\0\x01\0\0\x06", Little),
        (b"\x1f\0\x01\x02\x03", Little),
    ];

    #[test]
    fn addresses_of_every_family_are_read_in_their_byte_order() {
        let v4 = SocketAddress::V4("192.0.2.7:80".parse().expect("an address"));
        let wanted = [
            v4,
            v4,
            SocketAddress::V6("[2001:db8::1]:443".parse().expect("an address")),
            SocketAddress::Unix(b"/run/x"),
            SocketAddress::Unix(b"/run/x"),
            SocketAddress::Abstract(b"@/tmp/x\0y"),
            SocketAddress::Unix(b""),
            SocketAddress::Unix(b""),
            SocketAddress::Netlink { port: 999 },
            SocketAddress::Vsock { context: 2, port: 22 },
            SocketAddress::Packet { protocol: 0x800, interface: 2 },
            SocketAddress::Other(31),
        ];
        for ((bytes, order), wanted) in SAMPLES.into_iter().zip(wanted) {
            assert_eq!(SocketAddress::parse(bytes, order), Ok(wanted), "{bytes:x?}");
            // The family is the first two bytes.
            let Some((family, _)) = bytes.split_first_chunk() else { panic!("{bytes:x?}") };
            let number = if order == Big { u16::from_be_bytes } else { u16::from_le_bytes };
            assert_eq!(wanted.family(), number(*family));
        }
    }

    #[test]
    fn the_other_byte_order_is_another_family() {
        for (bytes, order) in SAMPLES {
            let other = if order == Big { Little } else { Big };
            let [own, swapped] = [order, other]
                .map(|order| SocketAddress::parse(bytes, order).expect("a family").family());
            assert_eq!(own.swap_bytes(), swapped);
        }
    }

    #[test]
    fn every_prefix_and_every_one_byte_change_keeps_the_family_or_is_an_error() {
        let error = ParseError { expected: "the two bytes of an address family", at: 0 };
        for (bytes, order) in SAMPLES {
            let family = SocketAddress::parse(bytes, order).expect("a family").family();
            for length in test_support::places(bytes.len()) {
                let found = SocketAddress::parse(&bytes[..length], order).map(|it| it.family());
                assert_eq!(found, if length < 2 { Err(error) } else { Ok(family) });
            }
            for at in test_support::places(bytes.len()) {
                for byte in test_support::every_byte() {
                    let mut changed = bytes.to_vec();
                    changed[at] = byte;
                    let found = SocketAddress::parse(&changed, order).expect("a family");
                    assert!(at < 2 || found.family() == family, "{changed:x?}");
                }
            }
        }
    }
}
