//! RFC 8259, token by token, over text that is known to be UTF-8. It checks everything and keeps nothing.

use super::nesting::{Container, Nesting};
use super::surrogates;

/// A place in a JSON text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    has_escaped_surrogates: bool,
}

/// What was expected at a byte, and not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unexpected {
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

type Scanned<T = ()> = Result<T, Unexpected>;

/// The text between two quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'t> {
    /// As it stands in the body.
    pub(super) raw: &'t str,
    pub(super) is_escaped: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            has_escaped_surrogates: false,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether an escape of half a surrogate pair went by, paired or not.
    pub(super) fn has_escaped_surrogates(&self) -> bool {
        self.has_escaped_surrogates
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn unexpected<T>(&self, expected: &'static str) -> Scanned<T> {
        Err(Unexpected {
            at: self.at,
            expected,
        })
    }

    /// Moves past white space.
    #[inline]
    pub(super) fn white_space(&mut self) {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at).is_none_or(|byte| *byte > b' ') {
            return;
        }
        loop {
            // Indentation comes in runs of spaces.
            while bytes[self.at..].starts_with(b"        ") {
                self.at += 8;
            }
            match bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => return,
            }
        }
    }

    /// Moves past the bracket that opens a container. `false` if it is empty, and past.
    #[inline]
    pub(super) fn open(&mut self, container: Container) -> bool {
        self.at += 1;
        self.white_space();
        let is_empty = self.peek() == Some(close(container));
        self.at += usize::from(is_empty);
        !is_empty
    }

    /// Moves past what follows a member or element. `false` if it is the end of the container, and past.
    #[inline]
    pub(super) fn next(&mut self, container: Container) -> Scanned<bool> {
        self.white_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.white_space();
                Ok(true)
            }
            Some(byte) if byte == close(container) => {
                self.at += 1;
                Ok(false)
            }
            _ => self.unexpected(match container {
                Container::Array => "`,` or `]`",
                Container::Object => "`,` or `}`",
            }),
        }
    }

    /// Moves past a key, its colon, and the white space around.
    #[inline]
    pub(super) fn key(&mut self) -> Scanned<Literal<'t>> {
        if self.peek() != Some(b'"') {
            return self.unexpected("a key in double quotes");
        }
        let start = self.at;
        let key = self.string()?;
        if key.is_escaped && surrogates::has_lone(key.raw) {
            return Err(Unexpected {
                at: start,
                expected: "a key without half a surrogate pair",
            });
        }
        self.white_space();
        if self.peek() != Some(b':') {
            return self.unexpected("`:`");
        }
        self.at += 1;
        self.white_space();
        Ok(key)
    }

    /// Moves past a value of any kind and depth.
    pub(super) fn value(&mut self) -> Scanned {
        let mut nesting = Nesting::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    if self.open(Container::Object) {
                        nesting.push(Container::Object);
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    if self.open(Container::Array) {
                        nesting.push(Container::Array);
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            // A value has ended, and so may have the containers around it.
            loop {
                match nesting.last() {
                    None => return Ok(()),
                    Some(container) if !self.next(container)? => nesting.pop(),
                    Some(Container::Array) => break,
                    Some(Container::Object) => {
                        self.key()?;
                        break;
                    }
                }
            }
        }
    }

    #[inline]
    fn scalar(&mut self) -> Scanned {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => self.unexpected("a value"),
        }
    }

    fn word(&mut self, word: &'static str) -> Scanned {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.unexpected("a value");
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Scanned {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Scanned {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            self.unexpected("a digit")
        } else {
            Ok(())
        }
    }

    /// Moves past a string, from its opening quote on.
    #[inline]
    fn string(&mut self) -> Scanned<Literal<'t>> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            while let Some(chunk) = bytes[self.at..].first_chunk::<8>() {
                match first_special(u64::from_le_bytes(*chunk)) {
                    None => self.at += 8,
                    Some(offset) => {
                        self.at += offset;
                        break;
                    }
                }
            }
            match self.peek() {
                Some(b'"') => {
                    let raw = self.since(start);
                    self.at += 1;
                    return Ok(Literal { raw, is_escaped });
                }
                Some(b'\\') => {
                    is_escaped = true;
                    self.escape()?;
                }
                Some(0..=0x1F) => return self.unexpected("no control character in a string"),
                Some(_) => self.at += 1,
                None => return self.unexpected("`\"`"),
            }
        }
    }

    fn escape(&mut self) -> Scanned {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                let digits = self.text.as_bytes()[self.at..].first_chunk::<4>();
                let Some(digits) = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
                else {
                    return self.unexpected("four hexadecimal digits");
                };
                self.has_escaped_surrogates |= matches!(
                    digits,
                    [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
                );
                self.at += 4;
                Ok(())
            }
            _ => self.unexpected("an escape of JSON"),
        }
    }
}

fn close(container: Container) -> u8 {
    match container {
        Container::Array => b']',
        Container::Object => b'}',
    }
}

/// Where among eight bytes of a string, the first in the lowest place, its end, an escape or a control character stands.
///
/// The usual arithmetic on eight bytes at once: a subtraction may mark a byte above a true mark wrongly, never one
/// below it, so that the lowest mark of each test, and so of all three, is true.
#[inline]
fn first_special(bytes: u64) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH;
    let equal = |byte: u8| below(bytes ^ (ONES * u64::from(byte)), 1);
    let marks = below(bytes, b' ') | equal(b'"') | equal(b'\\');
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}
