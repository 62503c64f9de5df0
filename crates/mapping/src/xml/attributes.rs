//! The attributes of a start tag: each checked to the letter, since quick-xml looks at none that nobody asks for.

use super::names::{name_length, plain_length, white_space_length};
use super::references::resolve;

/// The most attributes of one element (R-MAP-6).
const MAX_ATTRIBUTES: usize = 1_000;

/// Up to so many names are compared with each other as they come; more are sorted.
const FEW: usize = 16;

/// What is wrong, and at which byte of the tag.
pub(super) type Fault = (usize, &'static str);

/// Names of one element, in a place that all elements use in turn.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    count: usize,
    few: [&'t str; FEW],
    /// All of them, once there are more.
    many: Vec<&'t str>,
}

/// Calls `found` with name and raw value of each attribute in `tag` from byte `at` on, up to its `>` or `/>`.
#[inline]
pub(super) fn read<'t>(
    tag: &'t str,
    mut at: usize,
    names: &mut Names<'t>,
    mut found: impl FnMut(&'t str, &'t str),
) -> Result<(), Fault> {
    let bytes = tag.as_bytes();
    names.count = 0;
    loop {
        let before = at;
        at += white_space_length(&bytes[at..]);
        match bytes[at..] {
            [b'>'] | [b'/', b'>'] => break,
            _ if at == before => return Err((at, "expected white space before an attribute")),
            _ => {}
        }
        let name = &tag[at..at + name_length(&tag[at..])];
        if name.is_empty() {
            return Err((at, "expected the name of an attribute"));
        }
        names.add(name).map_err(|fault| (at, fault))?;
        at += name.len();
        let value = value(tag, &mut at)?;
        found(name, value);
    }
    names.check().map_err(|fault| (0, fault))
}

/// `= "..."`, without the quotes.
#[inline]
fn value<'t>(tag: &'t str, at: &mut usize) -> Result<&'t str, Fault> {
    let bytes = tag.as_bytes();
    *at += white_space_length(&bytes[*at..]);
    if bytes.get(*at) != Some(&b'=') {
        return Err((*at, "expected `=` after the name of an attribute"));
    }
    *at += 1;
    *at += white_space_length(&bytes[*at..]);
    let Some(quote @ (b'"' | b'\'')) = bytes.get(*at) else {
        return Err((*at, "expected an attribute's value in quotes"));
    };
    *at += 1;
    let start = *at;
    loop {
        *at += plain_length(&bytes[*at..]);
        match bytes.get(*at) {
            Some(byte) if byte == quote => {
                *at += 1;
                return Ok(&tag[start..*at - 1]);
            }
            Some(b'<') => return Err((*at, "`<` stands in an attribute's value")),
            Some(b'&') => match reference(&tag[*at..]) {
                Some(length) => *at += length,
                None => return Err((*at, "an attribute's value refers to no predefined entity")),
            },
            Some(_) => *at += 1,
            None => return Err((start, "the value of an attribute is not closed")),
        }
    }
}

/// The length of the reference at the start of `text`.
fn reference(text: &str) -> Option<usize> {
    let end = text.find(';')?;
    resolve(&text[1..end]).map(|_| end + 1)
}

impl<'t> Names<'t> {
    #[inline]
    fn add(&mut self, name: &'t str) -> Result<(), &'static str> {
        if self.count < FEW {
            if self.few[..self.count].contains(&name) {
                return Err(TWICE);
            }
            self.few[self.count] = name;
        } else {
            self.add_to_many(name)?;
        }
        self.count += 1;
        Ok(())
    }

    fn add_to_many(&mut self, name: &'t str) -> Result<(), &'static str> {
        if self.count == MAX_ATTRIBUTES {
            return Err("an element has more than 1,000 attributes");
        }
        if self.count == FEW {
            self.many.clear();
            self.many.extend(self.few);
        }
        self.many.push(name);
        Ok(())
    }

    /// Sorting keeps an element of 1,000 attributes from taking a million comparisons.
    #[inline]
    fn check(&mut self) -> Result<(), &'static str> {
        if self.count <= FEW {
            return Ok(());
        }
        self.many.sort_unstable();
        if self.many.windows(2).any(|pair| pair[0] == pair[1]) {
            Err(TWICE)
        } else {
            Ok(())
        }
    }
}

const TWICE: &str = "an element has an attribute twice";
