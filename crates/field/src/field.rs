//! Fields, and the objects that they belong to.

use std::fmt;

use crate::{
    error::{Error, ErrorKind},
    field_type::FieldType,
};

/// A field's id: fixed for standard fields, never given twice to custom ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(transparent)
)]
pub struct FieldId(pub u32);

impl FieldId {
    /// The first id that a custom field may have; those below are for standard fields.
    pub const FIRST_CUSTOM: u32 = 1_000;
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a field belongs to. Lead fields come first wherever a name is looked for (R-LEAD-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Object {
    /// To a person.
    Lead,
    /// To the person's company.
    Company,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// SOAP API name: what answers use.
    pub api_name: String,
    /// REST name.
    pub rest_name: String,
    /// Display name: what tokens use.
    pub display_name: String,
    /// What its values are.
    pub field_type: FieldType,
    /// What it belongs to.
    pub object: Object,
    /// Whether nobody writes it.
    pub read_only: bool,
    /// Whether it was added to the standard ones.
    pub custom: bool,
}

impl Field {
    /// Checks that the field may be written (R-LEAD-2).
    ///
    /// # Errors
    /// [`ErrorKind::ReadOnly`].
    pub fn check_writable(&self) -> Result<(), Error> {
        if !self.read_only {
            return Ok(());
        }
        let reason = if self.field_type == FieldType::Formula {
            "it is made of other fields"
        } else {
            "the server writes it"
        };
        Err(Error::new(
            ErrorKind::ReadOnly,
            format!("the field {} is read-only: {reason}", self.api_name),
        ))
    }
}
