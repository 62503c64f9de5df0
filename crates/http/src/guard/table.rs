//! Ranges that are not reachable from the whole Internet, or that nobody should reach from here.
//!
//! Sources: IANA's IPv4 and IPv6 Special-Purpose Address Registries
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>), rows whose
//! "Globally Reachable" is not True; the multicast registries; and the metadata services of cloud providers. Where a range
//! holds smaller ones that are globally reachable, those stand in the `REACHABLE` lists.

use std::net::{Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> (Ipv4Addr, u8) {
    (Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, d: u16, prefix: u8) -> (Ipv6Addr, u8) {
    (Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

pub(super) const GUARDED_V4: &[(Ipv4Addr, u8)] = &[
    v4(0, 0, 0, 0, 8),        // "this network", unspecified
    v4(10, 0, 0, 0, 8),       // private use
    v4(100, 64, 0, 0, 10),    // shared address space; Alibaba Cloud's metadata at 100.100.100.200
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // Azure's host agent: a public address, answered by the hypervisor
    v4(169, 254, 0, 0, 16), // link-local; metadata at 169.254.169.254, ECS credentials at 169.254.170.2
    v4(172, 16, 0, 0, 12),  // private use
    v4(192, 0, 0, 0, 24),   // IETF protocol assignments; Oracle Cloud's metadata at 192.0.0.192
    v4(192, 0, 2, 0, 24),   // documentation
    v4(192, 88, 99, 0, 24), // deprecated 6to4 relay anycast
    v4(192, 168, 0, 0, 16), // private use
    v4(198, 18, 0, 0, 15),  // benchmarking
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24), // documentation
    v4(224, 0, 0, 0, 4),    // multicast
    v4(240, 0, 0, 0, 4),    // reserved, limited broadcast
];

pub(super) const REACHABLE_V4: &[(Ipv4Addr, u8)] = &[
    v4(192, 0, 0, 9, 32),  // Port Control Protocol anycast
    v4(192, 0, 0, 10, 32), // TURN anycast
];

/// 2000::/3. Loopback, unspecified, unique local (with EC2's metadata at fd00:ec2::254), link-local, site-local, multicast, 64:ff9b:1::/48,
/// 100::/64 and 5f00::/16 are outside of it.
pub(super) const GLOBAL_UNICAST: Ipv6Addr = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0);

pub(super) const GUARDED_V6: &[(Ipv6Addr, u8)] = &[
    v6(0x2001, 0, 0, 0, 23), // IETF protocol assignments: Teredo, benchmarking, ORCHID ...
    v6(0x2001, 0xdb8, 0, 0, 32), // documentation
    v6(0x3fff, 0, 0, 0, 20), // documentation
];

pub(super) const REACHABLE_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 1), 128), // Port Control Protocol anycast
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 2), 128), // TURN anycast
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 3), 128), // DNS-SD service registration anycast
    v6(0x2001, 3, 0, 0, 32),                           // AMT
    v6(0x2001, 4, 0x112, 0, 48),                       // AS112-v6
    v6(0x2001, 0x20, 0, 0, 28),                        // ORCHIDv2
    v6(0x2001, 0x30, 0, 0, 28),                        // drone remote identification
];
