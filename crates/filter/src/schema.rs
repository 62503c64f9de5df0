//! What a filter may name: the fields and functions that the caller declares. Nothing here reads text.

use std::fmt;

use crate::Literal;

/// What a filter may name, and how its literals are read.
///
/// The caller implements it for whatever it filters: a message, a row, a record. [`Schema::Field`] is the caller's own
/// handle of a field (an enum, an index); the filter hands it back when it asks for a value. An array of names and types
/// is a schema too, whose handles are the names.
///
/// ```
/// use leadhook_filter::{Filter, Schema, Type};
///
/// #[derive(Clone, Debug, PartialEq, Eq)]
/// enum Field {
///     Code,
///     ErrorType,
/// }
///
/// struct Calls;
///
/// impl Schema for Calls {
///     type Field = Field;
///
///     fn field(&self, name: &str) -> Option<(Field, Type)> {
///         match name {
///             "code" => Some((Field::Code, Type::Number)),
///             "error_type" => Some((Field::ErrorType, Type::Text)),
///             _ => None,
///         }
///     }
///
///     fn names(&self) -> Vec<String> {
///         vec!["code".into(), "error_type".into()]
///     }
/// }
///
/// let filter = Filter::parse("code >= 500 AND error_type:timeout", &Calls)?;
/// assert_eq!(filter.fields().collect::<Vec<_>>(), [&Field::Code, &Field::ErrorType]);
/// # Ok::<(), leadhook_filter::Error>(())
/// ```
pub trait Schema {
    /// The caller's handle of a field.
    type Field: Clone + Eq + fmt::Debug;

    /// The field of this name and its type. The name comes as typed, without quotes: `code`, `company.City`, `Job Title`.
    fn field(&self, name: &str) -> Option<(Self::Field, Type)>;

    /// Reads a literal in the caller's own way, dates in a time zone for instance. `Ok(None)`, the default, reads it as
    /// [`Literal::read`] does. The text comes without quotes and is not empty.
    ///
    /// # Errors
    ///
    /// What fits instead, such as ``write a date such as 2010-05-07``; it ends up in [`Error::suggestion`](crate::Error::suggestion).
    fn literal(
        &self,
        field: &Self::Field,
        ty: &Type,
        text: &str,
    ) -> Result<Option<Literal>, String> {
        let _ = (field, ty, text);
        Ok(None)
    }

    /// The names that a near miss is compared with, and that are listed when they are few.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    /// The parameters of this function (R-CMP-4), `None` when there is no such function.
    fn function(&self, name: &str) -> Option<&'static [Parameter]> {
        let _ = name;
        None
    }

    /// The names of all functions; none of them by default.
    fn functions(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads an argument of a function, as [`Schema::literal`] reads the literal of a field.
    ///
    /// # Errors
    ///
    /// What fits instead.
    fn argument(
        &self,
        function: &str,
        parameter: &Parameter,
        text: &str,
    ) -> Result<Option<Literal>, String> {
        let _ = (function, parameter, text);
        Ok(None)
    }
}

impl<const N: usize> Schema for [(&'static str, Type); N] {
    type Field = &'static str;

    fn field(&self, name: &str) -> Option<(&'static str, Type)> {
        self.iter().copied().find(|(field, _)| *field == name)
    }

    fn names(&self) -> Vec<String> {
        self.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

/// A parameter of a function. Every argument may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name before the equals sign.
    pub name: &'static str,
    /// What its argument must be.
    pub ty: Type,
}

/// The type of a field: which literals fit it, and which operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Compared by full Unicode case folding; all operators, `:` is *contains*.
    Text,
    /// Compared by value, integers and floats alike; all operators but `:`.
    Number,
    /// `true` or `false`; `=` and `!=`.
    Boolean,
    /// A calendar day; all operators but `:`.
    Date,
    /// An instant; all operators but `:`.
    Timestamp,
    /// One of these names, without their common prefix; `=` and `!=`.
    Enum(&'static [&'static str]),
    /// A resource name (AIP-122) of this collection: of `webhooks`, `webhooks/enrich`. Values are texts, and compared as such, by all
    /// operators; but a text that can be no such name fits neither `=` nor `!=`.
    Name(&'static str),
}

/// What the caller's record has in a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text. The empty one counts as no value.
    Text(&'a str),
    /// A number without fraction.
    Integer(i64),
    /// A number. NaN equals nothing and is in no order.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// An index into the names of [`Type::Enum`].
    Enum(u32),
}
