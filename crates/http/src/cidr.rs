//! Ranges of addresses.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A range of addresses: `10.0.0.0/8`, `fd00::/8`, or one address, `127.0.0.1`.
///
/// ```
/// use leadhook_http::Cidr;
///
/// let loopback: Cidr = "127.0.0.0/8".parse()?;
/// assert!(loopback.contains("127.0.0.53".parse()?));
/// assert!(!loopback.contains("128.0.0.1".parse()?));
/// assert_eq!("::1".parse::<Cidr>()?.to_string(), "::1/128");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Whether `address` is in the range. An IPv4 range holds no IPv6 address, nor the other way round.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                Cidr::contains_v4(network, self.prefix, address)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                Cidr::contains_v6(network, self.prefix, address)
            }
            _ => false,
        }
    }

    pub(crate) fn contains_v4(network: Ipv4Addr, prefix: u8, address: Ipv4Addr) -> bool {
        let differing = network.to_bits() ^ address.to_bits();
        differing.leading_zeros() >= u32::from(prefix)
    }

    pub(crate) fn contains_v6(network: Ipv6Addr, prefix: u8, address: Ipv6Addr) -> bool {
        let differing = network.to_bits() ^ address.to_bits();
        differing.leading_zeros() >= u32::from(prefix)
    }

    /// Whether no bit is set beyond the prefix.
    fn is_network(&self) -> bool {
        let trailing = match self.network {
            IpAddr::V4(network) => 32 - network.to_bits().trailing_zeros(),
            IpAddr::V6(network) => 128 - network.to_bits().trailing_zeros(),
        };
        trailing <= u32::from(self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// # Errors
    ///
    /// When it is no address with an optional prefix length, or bits are set beyond the prefix (`10.0.0.1/8`).
    fn from_str(text: &str) -> Result<Cidr, CidrError> {
        let (network, prefix) = match text.split_once('/') {
            Some((network, prefix)) => (network, Some(prefix)),
            None => (text, None),
        };
        let error = |reason| CidrError {
            text: text.to_owned(),
            reason,
        };
        let network: IpAddr = network.parse().map_err(|_| error(Reason::Address))?;
        let widest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => widest,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                let prefix = digits.parse().ok().filter(|prefix| *prefix <= widest);
                prefix.ok_or_else(|| error(Reason::Prefix(widest)))?
            }
            Some(_) => return Err(error(Reason::Prefix(widest))),
        };
        let cidr = Cidr { network, prefix };
        if cidr.is_network() {
            Ok(cidr)
        } else {
            Err(error(Reason::HostBits))
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// A text that is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrError {
    text: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Address,
    Prefix(u8),
    HostBits,
}

impl CidrError {
    /// What was read.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.escape_debug();
        match self.reason {
            Reason::Address => write!(
                f,
                "`{text}` is no address or range; write it like 10.0.0.0/8 or ::1"
            ),
            Reason::Prefix(widest) => write!(
                f,
                "prefix length of `{text}` is no number from 0 to {widest}"
            ),
            Reason::HostBits => write!(
                f,
                "`{text}` has bits set beyond its prefix length; zero them or leave the length out"
            ),
        }
    }
}

impl Error for CidrError {}

#[cfg(test)]
mod tests;
