//! Response attribute paths: what a mapping names, checked once when it is saved.
//!
//! The two grammars stand in [`json`] and [`xml`], what they share in [`cursor`]; guesses at what was meant in
//! [`suggest`]. Finding a path in a body is the business of the crate's `json` and `xml` modules.

mod cursor;
mod error;
mod json;
mod suggest;
#[cfg(test)]
mod tests;
mod xml;

use std::fmt;

pub use error::{PathError, PathErrorKind};

use crate::Format;

/// The most levels that a path may have (R-MAP-2): each key, index, element and attribute is one.
pub const MAX_LEVELS: usize = 100;

/// The longest path, in code points.
pub const MAX_PATH_LENGTH: usize = 4_096;

/// The largest index, so that it fits any platform.
pub(crate) const MAX_INDEX: u32 = u32::MAX;

/// A response attribute path, such as `orders[0].orderDate` (R-MAP-2, R-MAP-3).
///
/// The whole syntax stands in the [crate's documentation](crate#paths-into-json).
///
/// ```
/// use leadhook_mapping::{Format, Path};
///
/// let path = Path::parse(Format::Json, "orders[0].orderDate")?;
/// assert_eq!(path.as_str(), "orders[0].orderDate");
/// assert_eq!(path.format(), Format::Json);
/// # Ok::<(), leadhook_mapping::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    text: Box<str>,
    steps: Steps,
}

/// The levels of a path, from the root on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Steps {
    Json(Vec<JsonStep>),
    Xml(XmlSteps),
}

/// One level of a JSON path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum JsonStep {
    Key(Box<str>),
    Index(u32),
}

/// The levels of an XML path: elements, at least one, and perhaps an attribute of the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct XmlSteps {
    pub(crate) elements: Vec<XmlStep>,
    pub(crate) attribute: Option<Box<str>>,
}

/// One element on the way: which of the siblings of that name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct XmlStep {
    pub(crate) name: Box<str>,
    pub(crate) index: u32,
}

impl Path {
    /// Reads a path for responses of this format.
    ///
    /// # Errors
    ///
    /// A [`PathError`] for text that does not follow the [syntax](crate#paths-into-json), that has more than
    /// [`MAX_LEVELS`] levels or more than [`MAX_PATH_LENGTH`] code points. It tells where, and what was probably meant:
    ///
    /// ```
    /// use leadhook_mapping::{Format, Path};
    ///
    /// let error = Path::parse(Format::Json, "$.orders[0]").unwrap_err();
    /// assert_eq!((error.line(), error.column()), (1, 1));
    /// assert_eq!(error.suggestion(), Some("orders[0]"));
    /// ```
    pub fn parse(format: Format, text: &str) -> Result<Self, PathError> {
        let steps = Steps::parse(format, text).map_err(|fault| {
            let suggestion = suggest::suggest(format, text);
            PathError::new(text, fault, suggestion)
        })?;
        Ok(Self {
            text: text.into(),
            steps,
        })
    }

    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The format of the responses that it reads.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.steps {
            Steps::Json(_) => Format::Json,
            Steps::Xml(_) => Format::Xml,
        }
    }

    pub(crate) fn steps(&self) -> &Steps {
        &self.steps
    }
}

impl Steps {
    fn parse(format: Format, text: &str) -> Result<Self, error::Fault> {
        cursor::check_length(text)?;
        match format {
            Format::Json => json::parse(text).map(Self::Json),
            Format::Xml => xml::parse(text).map(Self::Xml),
        }
    }
}

/// The path as it was written.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
