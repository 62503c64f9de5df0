//! Decimal numbers as text: exact, whatever their size (R-TOK-9, R-MAP-4).

use crate::error::{Error, ErrorKind, shown};

/// A number as it was written, taken apart: its value is `0.digits * 10^point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    is_negative: bool,
    /// Without leading and trailing zeros; empty: zero.
    digits: String,
    /// How many digits stand before the decimal point; negative: zeros behind it.
    point: i64,
}

impl Decimal {
    /// Reads a sign, digits with a decimal point, and an exponent.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (is_negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = [whole, fraction].concat();
        let significant = all.trim_start_matches('0');
        let leading = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        let point = whole.len() as i64 - leading as i64;
        if digits.is_empty() {
            return Some(Decimal { is_negative: false, digits, point: 0 });
        }
        Some(Decimal { is_negative, digits, point: point.saturating_add(exponent) })
    }

    /// Whether there is nothing behind the decimal point.
    pub(crate) fn is_whole(&self) -> bool {
        self.point >= self.digits.len() as i64
    }

    /// Length of [`text`](Self::text) in characters, known without building it.
    pub(crate) fn text_len(&self) -> u64 {
        let digits = self.digits.len() as i64;
        let unsigned = if self.digits.is_empty() {
            1
        } else if self.point <= 0 {
            2_i64.saturating_sub(self.point).saturating_add(digits)
        } else if self.point >= digits {
            self.point
        } else {
            digits + 1
        };
        unsigned.unsigned_abs() + u64::from(self.is_negative)
    }

    /// Without exponent or needless zeros.
    pub(crate) fn text(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let mut text = String::new();
        if self.is_negative {
            text.push('-');
        }
        let digits = self.digits.len() as i64;
        let zeros = |n: i64| "0".repeat(usize::try_from(n).unwrap_or_default());
        if self.point <= 0 {
            text.push_str("0.");
            text.push_str(&zeros(-self.point));
            text.push_str(&self.digits);
        } else if self.point >= digits {
            text.push_str(&self.digits);
            text.push_str(&zeros(self.point - digits));
        } else {
            let (whole, fraction) = self.digits.split_at(self.point as usize);
            text.push_str(whole);
            text.push('.');
            text.push_str(fraction);
        }
        text
    }
}

/// An exponent; beyond what could ever matter it stays at its bound.
fn exponent(text: &str) -> Option<i64> {
    const BOUND: i64 = 1 << 40;
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.bytes().fold(0_i64, |value, byte| {
        (value * 10 + i64::from(byte - b'0')).min(BOUND)
    });
    Some(sign * magnitude)
}

/// The canonical text of a decimal number (R-TOK-9): exact, without exponent or needless zeros.
///
/// ```
/// use leadhook_field::canonical_number;
///
/// assert_eq!(canonical_number("+1.50e3", 255)?, "1500");
/// assert_eq!(canonical_number("-0", 255)?, "0");
/// assert!(canonical_number("1e999999999", 255).is_err());
/// # Ok::<(), leadhook_field::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::TypeMismatch`] when it is no number, [`ErrorKind::TooLong`] when its text has more than `max_len` characters.
pub fn canonical_number(text: &str, max_len: usize) -> Result<String, Error> {
    let decimal = Decimal::parse(text).ok_or_else(|| {
        Error::new(
            ErrorKind::TypeMismatch,
            format!("{} is no number: sign, digits, decimal point and exponent are read", shown(text)),
        )
    })?;
    if decimal.text_len() > max_len as u64 {
        return Err(Error::new(
            ErrorKind::TooLong,
            format!(
                "{} has {} digits when written out; at most {max_len} characters are kept",
                shown(text),
                decimal.text_len()
            ),
        ));
    }
    Ok(decimal.text())
}

#[cfg(test)]
mod tests;
