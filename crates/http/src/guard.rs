//! Which addresses may be connected to.
//!
//! Lead data and My Tokens decide where a call goes, so what the network around this process would answer only because the
//! call comes from here is out of bounds: the address is judged after name resolution, on the very address that is connected
//! to. The table of guarded ranges is in [`table`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cidr::Cidr;

mod table;

/// Judges addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    allowed: Vec<Cidr>,
}

impl Guard {
    pub(crate) fn new(allowed: Vec<Cidr>) -> Guard {
        Guard { allowed }
    }

    /// Whether a connection to `address` may be made.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        if self.allowed.iter().any(|cidr| cidr.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => match embedded(address) {
                Some(inner) => self.permits(IpAddr::V4(inner)),
                None => is_public_v6(address),
            },
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_in = |ranges: &[(Ipv4Addr, u8)]| {
        ranges
            .iter()
            .any(|&(network, prefix)| Cidr::contains_v4(network, prefix, address))
    };
    is_in(table::REACHABLE_V4) || !is_in(table::GUARDED_V4)
}

/// Only 2000::/3 is handed out at all; within it the special-purpose registry takes some back.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_in = |ranges: &[(Ipv6Addr, u8)]| {
        ranges
            .iter()
            .any(|&(network, prefix)| Cidr::contains_v6(network, prefix, address))
    };
    let is_unicast = Cidr::contains_v6(table::GLOBAL_UNICAST, 3, address);
    is_unicast && (is_in(table::REACHABLE_V6) || !is_in(table::GUARDED_V6))
}

/// The IPv4 address that a packet to `address` ends at: IPv4-mapped (RFC 4291 §2.5.5.2), NAT64 (RFC 6052 §2.1), 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => Some(v4(g, h)),
        (0x2002, ..) => Some(v4(b, c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
