//! Decimal numbers as text: exact, whatever their size (R-TOK-9, R-MAP-4).
//!
//! Nothing here rounds, and nothing long is built before its length is known: `1e999999999` is twelve bytes of input and a billion of
//! output.

use crate::error::{Error, ErrorKind, shown};

/// A number as it was written, taken apart without copying: its value is `0.digits * 10^point`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'a> {
    is_negative: bool,
    /// The digits that count, from the first to the last that is not zero, with the decimal point among them where it stood; empty:
    /// zero.
    mantissa: &'a str,
    /// How many digits the mantissa has.
    digits: i64,
    /// How many digits stand before the decimal point; negative: zeros behind it.
    point: i64,
}

/// Beyond it an exponent makes no difference: no input has so many digits that they could make up for it.
const EXPONENT_BOUND: i64 = 1 << 60;

impl<'a> Decimal<'a> {
    /// Reads a sign, digits with a decimal point, and an exponent.
    pub(crate) fn parse(text: &'a str) -> Option<Decimal<'a>> {
        let (is_negative, unsigned) = signed(text);
        let (number, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction)
        {
            return None;
        }
        // Zeros go from both ends; the point goes where nothing is left on its far side.
        let fraction = fraction.trim_end_matches('0');
        let whole_digits = whole.trim_start_matches('0');
        let (mantissa, point) = if whole_digits.is_empty() {
            let digits = fraction.trim_start_matches('0');
            (digits, length(digits) - length(fraction))
        } else if fraction.is_empty() {
            (whole_digits.trim_end_matches('0'), length(whole_digits))
        } else {
            let start = whole.len() - whole_digits.len();
            let end = whole.len() + 1 + fraction.len();
            (&number[start..end], length(whole_digits))
        };
        if mantissa.is_empty() {
            return Some(Decimal {
                is_negative: false,
                mantissa,
                digits: 0,
                point: 0,
            });
        }
        Some(Decimal {
            is_negative,
            mantissa,
            digits: length(mantissa) - i64::from(mantissa.contains('.')),
            point: point + exponent,
        })
    }

    /// Whether there is nothing behind the decimal point.
    pub(crate) fn is_whole(&self) -> bool {
        self.point >= self.digits
    }

    /// The number, when it is whole and has at most 18 digits.
    pub(crate) fn to_i64(self) -> Option<i64> {
        if !self.is_whole() || self.point > 18 {
            return None;
        }
        let digits = self
            .digits()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        let zeros = u32::try_from(self.point - self.digits).ok()?;
        let magnitude = digits * 10_i64.pow(zeros);
        Some(if self.is_negative {
            -magnitude
        } else {
            magnitude
        })
    }

    /// Length of [`text`](Self::text) in characters, known without building it.
    pub(crate) fn text_len(&self) -> u64 {
        let unsigned = if self.digits == 0 {
            1
        } else if self.point <= 0 {
            2 - self.point + self.digits
        } else if self.is_whole() {
            self.point
        } else {
            self.digits + 1
        };
        unsigned.unsigned_abs() + u64::from(self.is_negative)
    }

    /// Without exponent or needless zeros. Its length is the caller's to check.
    pub(crate) fn text(&self) -> String {
        if self.digits == 0 {
            return "0".to_owned();
        }
        let mut text = String::with_capacity(usize::try_from(self.text_len()).unwrap_or(0));
        if self.is_negative {
            text.push('-');
        }
        if self.point <= 0 {
            text.push_str("0.");
            push_zeros(&mut text, -self.point);
        }
        for (at, digit) in (0..).zip(self.digits()) {
            if at > 0 && at == self.point {
                text.push('.');
            }
            text.push(char::from(digit));
        }
        push_zeros(&mut text, self.point - self.digits);
        text
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.mantissa.bytes().filter(|byte| *byte != b'.')
    }
}

fn push_zeros(text: &mut String, count: i64) {
    (0..count).for_each(|_| text.push('0'));
}

fn exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = signed(text);
    if digits.is_empty() || !are_digits(digits) {
        return None;
    }
    let magnitude = digits.bytes().fold(0_i64, |value, byte| {
        value
            .saturating_mul(10)
            .saturating_add(i64::from(byte - b'0'))
    });
    let magnitude = magnitude.min(EXPONENT_BOUND);
    Some(if is_negative { -magnitude } else { magnitude })
}

/// Whether there is a minus, and what stands behind the sign.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).expect("no text is longer than `isize::MAX`")
}

/// The canonical text of a decimal number (R-TOK-9): exact, without exponent or needless zeros.
///
/// Read are a sign, digits with a decimal point, and an exponent: more than JSON allows (`+1`, `.5`, `007`), and nothing else, neither
/// white space nor separators nor `inf`.
///
/// ```
/// use leadhook_field::{ErrorKind, canonical_number};
///
/// assert_eq!(canonical_number("+1.50e3", 255)?, "1500");
/// assert_eq!(canonical_number("12345678901234567890.50", 255)?, "12345678901234567890.5");
/// assert_eq!(canonical_number("-0", 255)?, "0");
///
/// let error = canonical_number("1e999999999", 255).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TooLong);
/// # Ok::<(), leadhook_field::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::TypeMismatch`] when it is no number; [`ErrorKind::TooLong`] when its text would have more than `max_len` characters,
/// which is known before it is built.
pub fn canonical_number(text: &str, max_len: usize) -> Result<String, Error> {
    let Some(decimal) = Decimal::parse(text) else {
        return Err(Error::new(
            ErrorKind::TypeMismatch,
            format!(
                "{} is no number; a number such as `-1234.5` or `1.5e3` is read, without separators",
                shown(text)
            ),
        ));
    };
    let length = decimal.text_len();
    if length > max_len as u64 {
        return Err(Error::new(
            ErrorKind::TooLong,
            format!(
                "{} has {length} characters when written out; at most {max_len} are kept",
                shown(text)
            ),
        ));
    }
    Ok(decimal.text())
}

#[cfg(test)]
mod tests;
