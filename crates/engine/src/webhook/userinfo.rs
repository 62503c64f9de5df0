//! Userinfo in the text of a URL template: found without rendering, since a password in it is a secret from the moment it is typed.

use std::ops::Range;

use leadhook_token::{Template, Token};

/// Where the template's own text shows userinfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Userinfo {
    /// From behind `://` up to the `@`.
    pub(crate) whole: Range<usize>,
    /// From behind its first colon, if it has one.
    pub(crate) password: Option<Range<usize>>,
}

impl Userinfo {
    /// Looks for it in a URL template. Tokens are stepped over: what is in them is no delimiter.
    pub(crate) fn find(url: &str) -> Option<Userinfo> {
        let start = url.find("://")? + 3;
        let (mut at_sign, mut colon) = (None, None);
        for (at, byte) in outside_tokens(url, start) {
            match byte {
                b'/' | b'?' | b'#' => break,
                b'@' => at_sign = Some(at),
                b':' if colon.is_none() => colon = Some(at),
                _ => {}
            }
        }
        let end = at_sign?;
        let password = colon
            .filter(|colon| *colon < end)
            .map(|colon| colon + 1..end);
        Some(Userinfo {
            whole: start..end,
            password,
        })
    }

    /// The scheme, host and port of a URL template as typed, without userinfo.
    pub(crate) fn origin(url: &str) -> String {
        let Some(scheme) = url.find("://") else {
            return url.to_owned();
        };
        let host = Userinfo::find(url).map_or(scheme + 3, |userinfo| userinfo.whole.end + 1);
        let end = outside_tokens(url, host)
            .find(|(_, byte)| b"/?#".contains(byte))
            .map_or(url.len(), |(at, _)| at);
        format!("{}{}", &url[..scheme + 3], &url[host..end]).to_ascii_lowercase()
    }
}

/// The bytes from `start` on that stand in no token. Braces that begin no token are text (R-TOK-6), and so is everything where the
/// template does not parse: such a URL is refused, but what looks like a password in it is hidden all the same.
fn outside_tokens(text: &str, start: usize) -> impl Iterator<Item = (usize, u8)> {
    let template = Template::parse(text).ok();
    let tokens: Vec<_> = template
        .iter()
        .flat_map(Template::tokens)
        .map(Token::span)
        .collect();
    text.bytes()
        .enumerate()
        .skip(start)
        .filter(move |(at, _)| !tokens.iter().any(|token| token.contains(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_def_4_finds_the_password_of_a_url() {
        for (url, password) in [
            ("https://user:pass@example.com/", Some("pass")),
            ("https://user:p:a@s@example.com/", Some("p:a@s")),
            (
                "https://{{my.User:default=a:b@c/}}:{{my.Pass}}@example.com",
                Some("{{my.Pass}}"),
            ),
            ("https://user:pa{{ss@example.com/", Some("pa{{ss")),
            ("https://user:{{x}}@example.com/", Some("{{x}}")),
            ("https://user@example.com:8080/", None),
            ("https://example.com:8080/a:b@c", None),
            ("https://example.com?x=a:b@c", None),
            ("{{my.Endpoint}}/a:b@c", None),
        ] {
            let found = Userinfo::find(url).and_then(|userinfo| userinfo.password);
            assert_eq!(found.map(|range| &url[range]), password, "{url}");
        }
    }

    #[test]
    fn r_def_4_tells_where_secrets_go() {
        assert_eq!(
            Userinfo::origin("https://a:b@Example.com:8443/x?y"),
            "https://example.com:8443"
        );
        assert_eq!(
            Userinfo::origin("https://{{my.Host}}/x"),
            "https://{{my.host}}"
        );
        assert_eq!(Userinfo::origin("{{my.Endpoint}}"), "{{my.Endpoint}}");
    }
}
