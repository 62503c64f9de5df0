//! All mappings of a webhook, compiled: one pass over a body answers them all.

#[cfg(test)]
pub(crate) mod tests;

use leadhook_field::{FieldType, Zone};

use crate::charset;
use crate::outcome::{Outcome, Problem, Reason};
use crate::path::Path;
use crate::{json, xml};

/// The format of a webhook's responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// XML 1.0.
    Xml,
}

/// What one mapping asks for: a path, and the type of the field that takes what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Where the value stands in the response.
    pub path: Path,
    /// The type of the field that takes it.
    pub field_type: FieldType,
}

impl Target {
    /// A target.
    #[must_use]
    pub fn new(path: Path, field_type: FieldType) -> Self {
        Self { path, field_type }
    }
}

/// The targets of a webhook, compiled once, when it is saved or loaded.
///
/// ```
/// use leadhook_field::{FieldType, Value, Zone};
/// use leadhook_mapping::{Format, Outcome, Path, Plan, Target};
///
/// let plan = Plan::new(
///     Format::Json,
///     &[
///         Target::new(Path::parse(Format::Json, "person.title")?, FieldType::String),
///         Target::new(Path::parse(Format::Json, "person.phones[0]")?, FieldType::Phone),
///     ],
/// );
/// let mut outcomes = Vec::new();
/// plan.apply(br#"{"person": {"title": "CTO", "phones": [null]}}"#, None, &Zone::utc(), &mut outcomes);
/// assert_eq!(outcomes, [Outcome::Value(Value::Text("CTO".into())), Outcome::Clear]);
/// # Ok::<(), leadhook_mapping::PathError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    targets: Box<[FieldTarget]>,
    reader: Reader,
}

/// What is needed of a target once its path is compiled.
#[derive(Clone, Debug)]
pub(crate) struct FieldTarget {
    pub(crate) path: Path,
    pub(crate) field_type: FieldType,
}

#[derive(Clone, Debug)]
enum Reader {
    Json(json::Reader),
    Xml(xml::Reader),
}

impl Plan {
    /// Compiles these targets, all of which read responses of this format. The path of another format is found in no
    /// response.
    #[must_use]
    pub fn new(format: Format, targets: &[Target]) -> Self {
        let paths: Vec<&Path> = targets.iter().map(|target| &target.path).collect();
        let reader = match format {
            Format::Json => Reader::Json(json::Reader::new(&paths)),
            Format::Xml => Reader::Xml(xml::Reader::new(&paths)),
        };
        let targets = targets
            .iter()
            .map(|target| FieldTarget {
                path: target.path.clone(),
                field_type: target.field_type,
            })
            .collect();
        Self { targets, reader }
    }

    /// The format of the responses that it reads.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.reader {
            Reader::Json(_) => Format::Json,
            Reader::Xml(_) => Format::Xml,
        }
    }

    /// How many targets it has, and so how many outcomes it gives.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether it has no target at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Reads a body: afterwards `out` holds one outcome per target, in their order, and nothing of what it held before.
    ///
    /// `body` is what came, after content decoding. `charset` is that of the Content-Type, if it names one
    /// ([`charset_of`](crate::charset_of)); which one holds is told in the [crate's documentation](crate#charsets).
    /// Texts without an offset are read as dates and datetimes of `zone` (R-FLD-2).
    ///
    /// Each target is independent here: of several that name one field the last that does not end in a
    /// [`Problem`] wins (R-MAP-8), which is for the caller to see to.
    pub fn apply(&self, body: &[u8], charset: Option<&str>, zone: &Zone, out: &mut Vec<Outcome>) {
        out.clear();
        let read =
            charset::decode(self.format(), body, charset).and_then(|text| match &self.reader {
                Reader::Json(reader) => reader.read(&text, &self.targets, zone, out),
                Reader::Xml(reader) => reader.read(&text, &self.targets, zone, out),
            });
        if let Err(invalid) = read {
            let problem = Problem::new(Reason::InvalidResponse, &invalid.0);
            out.clear();
            out.resize(self.targets.len(), Outcome::Problem(problem));
        }
    }
}

/// What makes a whole body unreadable (R-MAP-6), told for people.
#[derive(Debug)]
pub(crate) struct Invalid(pub(crate) String);

impl Invalid {
    /// A fault at a byte of the text.
    pub(crate) fn at(text: &str, byte: usize, fault: impl std::fmt::Display) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count()
            + 1;
        Self(format!("line {line}, column {column}: {fault}"))
    }
}
