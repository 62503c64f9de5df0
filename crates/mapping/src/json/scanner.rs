//! RFC 8259, token by token, over text that is known to be UTF-8. It checks everything and keeps nothing.

use std::fmt;

use super::nesting::{Container, Nesting};
use super::surrogates;

/// A place in a JSON text. After an error it is the place of the fault.
pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    has_escaped_surrogates: bool,
}

/// What was expected and not found. One byte, so that results of the scanner travel in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Value,
    Key,
    KeyWithoutHalfPair,
    Colon,
    CommaOrBracket,
    CommaOrBrace,
    Digit,
    ClosingQuote,
    NoControl,
    Escape,
    FourHexDigits,
    End,
}

type Scanned<T = ()> = Result<T, Expected>;

/// Whether a string holds escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    Plain,
    Escaped,
}

/// A key as it stands in the body, without its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'t> {
    pub(super) raw: &'t [u8],
    pub(super) spelling: Spelling,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
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

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Moves past white space.
    #[inline]
    pub(super) fn white_space(&mut self) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.white_spaces();
        }
    }

    fn white_spaces(&mut self) {
        // Indentation comes in runs of spaces.
        const RUN: &[u8] = b"        ";
        loop {
            while self.bytes[self.at..].starts_with(RUN) {
                self.at += RUN.len();
            }
            match self.peek() {
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
            _ => Err(match container {
                Container::Array => Expected::CommaOrBracket,
                Container::Object => Expected::CommaOrBrace,
            }),
        }
    }

    /// Moves past a key, its colon, and the white space around.
    #[inline]
    pub(super) fn key(&mut self) -> Scanned<Key<'t>> {
        if self.peek() != Some(b'"') {
            return Err(Expected::Key);
        }
        let bytes = self.bytes;
        let start = self.at + 1;
        let spelling = self.string()?;
        let raw = &bytes[start..self.at - 1];
        if spelling == Spelling::Escaped && surrogates::has_lone(raw) {
            self.at = start;
            return Err(Expected::KeyWithoutHalfPair);
        }
        self.white_space();
        if self.peek() != Some(b':') {
            return Err(Expected::Colon);
        }
        self.at += 1;
        self.white_space();
        Ok(Key { raw, spelling })
    }

    /// Moves past a value of any kind and depth.
    #[inline]
    pub(super) fn value(&mut self) -> Scanned {
        match self.peek() {
            Some(b'{' | b'[') => self.container(),
            _ => self.scalar(),
        }
    }

    fn container(&mut self) -> Scanned {
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
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => Err(Expected::Value),
        }
    }

    fn word(&mut self, word: &[u8]) -> Scanned {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Expected::Value);
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
    #[inline]
    fn digits(&mut self) -> Scanned {
        let digits = self.bytes[self.at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += digits;
        if digits == 0 {
            Err(Expected::Digit)
        } else {
            Ok(())
        }
    }

    /// Moves past a string, from its opening quote on.
    #[inline]
    fn string(&mut self) -> Scanned<Spelling> {
        self.at += 1;
        let mut spelling = Spelling::Plain;
        loop {
            while let Some(chunk) = self.bytes[self.at..].first_chunk::<8>() {
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
                    self.at += 1;
                    return Ok(spelling);
                }
                Some(b'\\') => {
                    spelling = Spelling::Escaped;
                    self.escape()?;
                }
                Some(0..=0x1F) => return Err(Expected::NoControl),
                Some(_) => self.at += 1,
                None => return Err(Expected::ClosingQuote),
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
                let digits = self.bytes[self.at..].first_chunk::<4>();
                let Some(digits) = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
                else {
                    return Err(Expected::FourHexDigits);
                };
                let is_half = matches!(
                    digits,
                    [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
                );
                self.has_escaped_surrogates |= is_half;
                self.at += 4;
                Ok(())
            }
            _ => Err(Expected::Escape),
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

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "a value",
            Self::Key => "a key in double quotes",
            Self::KeyWithoutHalfPair => "a key without half a surrogate pair",
            Self::Colon => "`:`",
            Self::CommaOrBracket => "`,` or `]`",
            Self::CommaOrBrace => "`,` or `}`",
            Self::Digit => "a digit",
            Self::ClosingQuote => "`\"`",
            Self::NoControl => "no control character in a string",
            Self::Escape => "an escape of JSON",
            Self::FourHexDigits => "four hexadecimal digits",
            Self::End => "the end of the body",
        })
    }
}
