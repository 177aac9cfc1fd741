//! Any bytes as a socket address, in both byte orders.
#![no_main]

use fuzz::lies_in;
use libfuzzer_sys::fuzz_target;
use sysparse::sockaddr::{ByteOrder, SocketAddress};

fuzz_target!(|bytes: &[u8]| {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        match SocketAddress::parse(bytes, order) {
            Ok(address) => {
                let _ = address.family();
                if let SocketAddress::Unix(name) | SocketAddress::Abstract(name) = address {
                    assert!(lies_in(name, bytes));
                }
            }
            Err(error) => assert!(error.at <= bytes.len()),
        }
    }
});
