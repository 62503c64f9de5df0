//! Fields by name, within one object or both, and what may have been meant by a name that none bears.

use std::{cell::RefCell, collections::HashMap};

use leadhook_field::{Field, Object, Schema};

/// Finds fields, and suggests some. Suggesting compares a name with all that there are: it is done once for each name, for
/// names that could be meant, and for so many only.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    schema: &'a Schema,
    /// Whose fields may be named; none: lead fields before company fields (R-LEAD-3).
    object: Option<Object>,
    suggested: RefCell<HashMap<String, Option<String>>>,
}

/// Names for which something is suggested.
const MAX_SUGGESTED: usize = 100;
/// Bytes of a name beyond which nothing can be near.
const MAX_NAME: usize = 300;

impl<'a> Names<'a> {
    pub(crate) fn new(schema: &'a Schema, object: Option<Object>) -> Names<'a> {
        Names {
            schema,
            object,
            suggested: RefCell::default(),
        }
    }

    /// How many fields there are.
    pub(crate) fn count(&self) -> usize {
        self.schema.iter().count()
    }

    /// The field that a name means; `company.City` is right also where only company fields may be named.
    pub(crate) fn find(&self, name: &str) -> Option<&'a Field> {
        match self.object {
            None => self.schema.find(name),
            Some(object) => self.schema.find_in(object, name).or_else(|| {
                self.schema
                    .find(name)
                    .filter(|field| field.object == object)
            }),
        }
    }

    /// SOAP API name of the field that may have been meant.
    pub(crate) fn suggest(&self, name: &str) -> Option<String> {
        let mut suggested = self.suggested.borrow_mut();
        if let Some(known) = suggested.get(name) {
            return known.clone();
        }
        if name.len() > MAX_NAME || suggested.len() == MAX_SUGGESTED {
            return None;
        }
        let near = self
            .schema
            .suggest(self.object, name)
            .map(|field| field.api_name.clone());
        suggested.insert(name.to_owned(), near.clone());
        near
    }
}
