//! From text to [`Url`], front to back.

use std::fmt::Write as _;

use super::{
    Bytes, HeaderValue, HostSpan, IpAddr, Ipv4Addr, Ipv6Addr, MAX_URL, PathAndQuery, Scheme, Url,
    UrlError, UrlErrorKind,
};

/// Longest host name (RFC 1035 §2.3.4), its final dot included.
const MAX_HOST: usize = 254;

pub(super) fn parse(text: &str) -> Result<Url, UrlError> {
    check_length(text)?;
    check_characters(text)?;
    let (scheme, after_scheme) = scheme(text)?;
    let rest = &text[after_scheme..];
    let authority_end = after_scheme + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &text[after_scheme..authority_end];
    check_backslash(authority, after_scheme)?;
    let userinfo = authority.rfind('@');
    let host_start = after_scheme + userinfo.map_or(0, |at| at + 1);
    let place = place(&text[host_start..authority_end], host_start, scheme)?;
    let target = &text[authority_end..];
    let target = &target[..target.find('#').unwrap_or(target.len())];
    let mut url = assemble(scheme, &place, target)?;
    url.credentials = userinfo.map(|end| percent_decode(&authority.as_bytes()[..end]).into());
    Ok(url)
}

fn check_length(text: &str) -> Result<(), UrlError> {
    if text.len() <= MAX_URL {
        return Ok(());
    }
    let message = format!("URL has {} bytes; at most {MAX_URL} are sent", text.len());
    Err(UrlError::new(UrlErrorKind::TooLong, MAX_URL, message))
}

fn check_characters(text: &str) -> Result<(), UrlError> {
    let forbidden = |char: char| !char.is_ascii_graphic() || matches!(char, '<' | '>' | '"' | '`');
    let Some((at, char)) = text.char_indices().find(|(_, char)| forbidden(*char)) else {
        return Ok(());
    };
    let mut encoded = String::new();
    for byte in char.encode_utf8(&mut [0; 4]).bytes() {
        write!(encoded, "%{byte:02X}").expect("writing to a String does not fail");
    }
    let message = format!(
        "character `{}` at byte {at} cannot stand in a URL; write it `{encoded}`",
        char.escape_debug()
    );
    Err(UrlError::new(UrlErrorKind::Character, at, message))
}

/// The scheme, and where what follows `://` begins.
fn scheme(text: &str) -> Result<(Scheme, usize), UrlError> {
    let error = |message| Err(UrlError::new(UrlErrorKind::Scheme, 0, message));
    let Some(end) = text.find("://") else {
        return error("URL has no scheme; begin it with `https://`".to_owned());
    };
    let name = &text[..end];
    let scheme = if name.eq_ignore_ascii_case("https") {
        Scheme::Https
    } else if name.eq_ignore_ascii_case("http") {
        Scheme::Http
    } else if name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return error(format!(
            "scheme `{name}` cannot be called; take `https` or `http`"
        ));
    } else {
        return error("URL has no scheme; begin it with `https://`".to_owned());
    };
    Ok((scheme, end + "://".len()))
}

/// Browsers take a backslash for a slash: two readers would see two hosts.
fn check_backslash(authority: &str, at: usize) -> Result<(), UrlError> {
    if !authority.contains('\\') {
        return Ok(());
    }
    let message = "a backslash cannot stand before the path; percent-encode it as `%5C`".to_owned();
    Err(UrlError::new(UrlErrorKind::Host, at, message))
}

/// Host and port, checked.
struct Place<'a> {
    /// As written, without an empty port.
    authority: &'a str,
    host: &'a str,
    address: Option<IpAddr>,
    port: u16,
}

/// `at` is where `authority`, without userinfo, stands in the URL.
fn place(authority: &str, at: usize, scheme: Scheme) -> Result<Place<'_>, UrlError> {
    let host_end = match authority.strip_prefix('[') {
        Some(inner) => inner
            .find(']')
            .map_or(authority.len(), |end| end + "[]".len()),
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let host = &authority[..host_end];
    let address = address(host, at)?;
    let port = &authority[host_end..];
    let (port, authority) = match port.strip_prefix(':') {
        None if port.is_empty() => (scheme.default_port(), authority),
        Some("") => (scheme.default_port(), host),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse() {
            Ok(port @ 1..) => (port, authority),
            _ => return Err(bad_port(digits, at + host_end + 1)),
        },
        _ => return Err(bad_port(port.trim_start_matches(':'), at + host_end)),
    };
    Ok(Place {
        authority,
        host,
        address,
        port,
    })
}

fn bad_port(text: &str, at: usize) -> UrlError {
    let message = format!("port `{text}` is no number from 1 to 65535");
    UrlError::new(UrlErrorKind::Port, at, message)
}

/// Checks a host; its address when it is one.
fn address(host: &str, at: usize) -> Result<Option<IpAddr>, UrlError> {
    let error = |message| Err(UrlError::new(UrlErrorKind::Host, at, message));
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or(inner);
        return match inner.parse::<Ipv6Addr>() {
            Ok(address) if host.ends_with(']') => Ok(Some(IpAddr::V6(address))),
            _ => error(format!("host `{host}` is no IPv6 address in brackets")),
        };
    }
    if host.is_empty() {
        return error("URL has no host".to_owned());
    }
    let is_name = host.len() <= MAX_HOST
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if !is_name {
        return error(format!(
            "host `{host}` is no name of letters, digits, `-`, `.` and `_`, {MAX_HOST} bytes at most, and no address"
        ));
    }
    Ok(host.parse::<Ipv4Addr>().ok().map(IpAddr::V4))
}

/// One allocation holds all that the URL's parts refer to.
fn assemble(scheme: Scheme, place: &Place<'_>, target: &str) -> Result<Url, UrlError> {
    let slash = if target.starts_with('/') { "" } else { "/" };
    let mut text = String::with_capacity(
        scheme.as_str().len() + place.host.len() + place.authority.len() + target.len() + 10,
    );
    text.push_str(scheme.as_str());
    text.push_str("://");
    let host = text.len();
    text.extend(
        place
            .host
            .bytes()
            .map(|byte| char::from(byte.to_ascii_lowercase())),
    );
    let host = short(host)..short(text.len());
    write!(text, ":{}", place.port).expect("writing to a String does not fail");
    let origin = text.len();
    text.push_str(place.authority);
    let authority = text.len();
    text.push_str(slash);
    text.push_str(target);

    let text = Bytes::from(text);
    let path_and_query = PathAndQuery::from_maybe_shared(text.slice(authority..))
        .map_err(|_| not_sendable(target))?;
    let authority = HeaderValue::from_maybe_shared(text.slice(origin..authority))
        .map_err(|_| not_sendable(place.authority))?;
    Ok(Url {
        text,
        origin_length: short(origin),
        host: place
            .address
            .map_or(HostSpan::Name(host), HostSpan::Address),
        port: place.port,
        scheme,
        authority,
        path_and_query,
        credentials: None,
    })
}

fn short(length: usize) -> u16 {
    u16::try_from(length).expect("a URL has at most 8 KiB")
}

/// Not reached as long as the characters are checked before; an error rather than a panic should the libraries differ.
fn not_sendable(text: &str) -> UrlError {
    let message = format!("`{text}` cannot stand in a request");
    UrlError::new(UrlErrorKind::Character, 0, message)
}

/// Decodes percent-encoded text, as userinfo is; a `%` that two hexadecimal digits do not follow stands for itself.
///
/// ```
/// assert_eq!(leadhook_http::percent_decode(b"s%3Acret%"), b"s:cret%");
/// ```
#[must_use]
pub fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut rest = text;
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let pair = (byte == b'%').then(|| after.first_chunk::<2>()).flatten();
        match pair.and_then(|&[high, low]| Some((hex(high)? << 4) | hex(low)?)) {
            Some(value) => {
                decoded.push(value);
                rest = &after[2..];
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
