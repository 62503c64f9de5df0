//! Request token encodings: none, JSON (aware of string literals), form/URL and XML; and the texts of URLs and headers.
//!
//! Only values are encoded; what stands around them is the template's own text and goes out as typed. Everything is written into a
//! buffer of the caller's, behind what it holds, and nothing else is allocated.
//!
//! - [`Encoding`] with [`Scalar`]: a value, written as the webhook says.
//! - [`json::Literals`] finds out, from a template's own text, which tokens stand inside a JSON string literal, and where a backslash
//!   stands right before one.
//! - [`json`], [`form`], [`xml`], [`url`], [`header`]: each encoding by itself.
//!
//! ```
//! use leadhook_encoding::{Encoding, Kind, Scalar};
//!
//! let mut out = Vec::new();
//! for (text, kind) in [("1", Kind::Bare), ("NOT PROVIDED", Kind::Text)] {
//!     Encoding::Json.write(Scalar { text, kind }, false, &mut out);
//!     out.push(b';');
//! }
//! assert_eq!(out, br#"1;"NOT PROVIDED";"#);
//! ```
//!
//! # What each encoding writes
//!
//! | encoding | text | bare (numbers and Booleans) |
//! |---|---|---|
//! | None | as it is | as it is |
//! | JSON, as a value | in quotes, escaped (RFC 8259) | as it is |
//! | JSON, in a string literal | escaped | as it is |
//! | Form/Url | `*-._`, letters, digits; space as `+`; else `%XX` of its UTF-8 | the same |
//! | XML | the five escapes; what XML 1.0 forbids is dropped | the same |

mod escape;
pub mod form;
pub mod header;
pub mod json;
pub mod url;
pub mod xml;

mod encoding;

pub use crate::encoding::{Encoding, Kind, Scalar};
