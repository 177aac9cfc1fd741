//! The address families of sockets: by number, as systemd names them, and by the names of AppArmor.
//!
//! Source: `include/linux/socket.h` of Linux.

/// The names by number, from 1. 0, `AF_UNSPEC`, is the family of no socket.
#[rustfmt::skip]
const NAMES: [&str; 45] = [
    "AF_UNIX", "AF_INET", "AF_AX25", "AF_IPX", "AF_APPLETALK", "AF_NETROM", "AF_BRIDGE", "AF_ATMPVC", "AF_X25",
    "AF_INET6", "AF_ROSE", "AF_DECnet", "AF_NETBEUI", "AF_SECURITY", "AF_KEY", "AF_NETLINK", "AF_PACKET",
    "AF_ASH", "AF_ECONET", "AF_ATMSVC", "AF_RDS", "AF_SNA", "AF_IRDA", "AF_PPPOX", "AF_WANPIPE", "AF_LLC",
    "AF_IB", "AF_MPLS", "AF_CAN", "AF_TIPC", "AF_BLUETOOTH", "AF_IUCV", "AF_RXRPC", "AF_ISDN", "AF_PHONET",
    "AF_IEEE802154", "AF_CAIF", "AF_ALG", "AF_NFC", "AF_VSOCK", "AF_KCM", "AF_QIPCRTR", "AF_SMC", "AF_XDP",
    "AF_MCTP",
];

/// The name of a family.
pub(crate) fn name(family: u32) -> Option<&'static str> {
    NAMES.get(usize::try_from(family.checked_sub(1)?).ok()?).copied()
}

/// Whether AppArmor knows a family by that name: apparmor.d(5). It has dropped `decnet`.
pub(super) fn is_in_apparmor(word: &[u8]) -> bool {
    let is_such = |name: &str| {
        let name = name.trim_start_matches("AF_");
        name.bytes().map(|byte| byte.to_ascii_lowercase()).eq(word.iter().copied())
    };
    word != b"decnet" && NAMES.iter().any(|name| is_such(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_the_names_of_the_kernel() {
        let names = [0, 1, 2, 10, 16, 17, 40, 45, 46, u32::MAX].map(name);
        let known =
            ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_MCTP"];
        assert_eq!(names.into_iter().flatten().collect::<Vec<_>>(), known);
    }

    #[test]
    fn apparmor_writes_families_in_lower_case() {
        let words = [&b"unix"[..], b"pppox", b"ieee802154", b"mctp"];
        assert!(words.into_iter().all(is_in_apparmor));
        let others = [&b""[..], b"decnet", b"UNIX", b"AF_UNIX", b"unix,\n", b"unknown(99)"];
        assert!(!others.into_iter().any(is_in_apparmor));
    }
}
