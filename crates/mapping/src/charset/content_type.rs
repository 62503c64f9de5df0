//! The charset parameter of a Content-Type (RFC 9110 §8.3.1).

use std::borrow::Cow;

/// The charset that a Content-Type names, if it names one.
///
/// Parameter names are matched without regard to case; the value may be a token or a quoted string. Of several the
/// first counts, as in the WHATWG MIME Sniffing Standard.
///
/// ```
/// use leadhook_mapping::charset_of;
///
/// assert_eq!(charset_of("application/json").as_deref(), None);
/// assert_eq!(charset_of("text/xml; charset=ISO-8859-1").as_deref(), Some("ISO-8859-1"));
/// assert_eq!(charset_of(r#"text/xml; q="a;b"; Charset="utf-8""#).as_deref(), Some("utf-8"));
/// ```
#[must_use]
pub fn charset_of(content_type: &str) -> Option<Cow<'_, str>> {
    let mut rest = content_type;
    loop {
        let (_, after) = rest.split_once(';')?;
        let (name, after) = split_name(after);
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after),
            None => (Cow::Borrowed(""), after),
        };
        if name.eq_ignore_ascii_case("charset") {
            return Some(value);
        }
        rest = after;
    }
}

fn split_name(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_at(text.find(['=', ';']).unwrap_or(text.len()));
    (name.trim_ascii(), rest)
}

/// A parameter's value and what follows it.
fn value(text: &str) -> (Cow<'_, str>, &str) {
    let text = text.trim_ascii_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        return (token.trim_ascii().into(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value.into(), &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value.into(), "")
}
