//! Lists of fields, and what their filters may name (R-FIL-3).

use leadhook_field::{Field, FieldId, FieldType, Object};
use leadhook_filter::{Filter, Schema, Type, Value};
use leadhook_store::{Page, Store};

use crate::{
    engine::Engine,
    error::{Error, Violation},
};

/// Which fields are listed; by default all, a page as R-LEAD-4 has it.
#[derive(Clone, Debug)]
pub struct ListFields {
    /// Over name, rest_name, display_name, type, object, read_only and custom; empty: all.
    pub filter: String,
    /// Only those after this one.
    pub after: Option<FieldId>,
    /// At most so many; 0 counts as 1.
    pub limit: usize,
}

impl Default for ListFields {
    fn default() -> ListFields {
        ListFields {
            filter: String::new(),
            after: None,
            limit: 100,
        }
    }
}

impl<S: Store> Engine<S> {
    /// A page of fields: the standard ones in their documented order, then custom ones, oldest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter.
    pub fn list_fields(&self, list: &ListFields) -> Result<Page<Field, FieldId>, Error> {
        let filter = Filter::parse(&list.filter, &FieldSchema)
            .map_err(|error| Error::filter(Violation::of_filter(&error)))?;
        let snapshot = self.snapshot();
        let fields = snapshot
            .schema
            .iter()
            .filter(|field| list.after.is_none_or(|after| field.id > after))
            .filter(|field| matches(&filter, field));
        Ok(Page::take(fields, list.limit, |field| field.id).map(Field::clone))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    RestName,
    DisplayName,
    Type,
    Object,
    ReadOnly,
    Custom,
}

struct FieldSchema;

const TYPES: [(FieldType, &str); 15] = [
    (FieldType::String, "STRING"),
    (FieldType::TextArea, "TEXT_AREA"),
    (FieldType::Integer, "INTEGER"),
    (FieldType::Float, "FLOAT"),
    (FieldType::Boolean, "BOOLEAN"),
    (FieldType::Date, "DATE"),
    (FieldType::Datetime, "DATETIME"),
    (FieldType::Email, "EMAIL"),
    (FieldType::Phone, "PHONE"),
    (FieldType::Url, "URL"),
    (FieldType::Currency, "CURRENCY"),
    (FieldType::Percent, "PERCENT"),
    (FieldType::Score, "SCORE"),
    (FieldType::Reference, "REFERENCE"),
    (FieldType::Formula, "FORMULA"),
];

/// The words of [`TYPES`], as the filter language takes them.
const TYPE_WORDS: [&str; TYPES.len()] = {
    let mut words = [""; TYPES.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = TYPES[at].1;
        at += 1;
    }
    words
};

const COLUMNS: [(&str, Column, Type); 7] = [
    ("name", Column::Name, Type::Name("fields")),
    ("rest_name", Column::RestName, Type::Text),
    ("display_name", Column::DisplayName, Type::Text),
    ("type", Column::Type, Type::Enum(&TYPE_WORDS)),
    ("object", Column::Object, Type::Enum(&["LEAD", "COMPANY"])),
    ("read_only", Column::ReadOnly, Type::Boolean),
    ("custom", Column::Custom, Type::Boolean),
];

impl Schema for FieldSchema {
    type Field = Column;

    fn field(&self, name: &str) -> Option<(Column, Type)> {
        let (_, column, ty) = COLUMNS.iter().find(|(column, ..)| *column == name)?;
        Some((*column, *ty))
    }

    fn names(&self) -> Vec<String> {
        COLUMNS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

fn matches(filter: &Filter<Column>, field: &Field) -> bool {
    let name = format!("fields/{}", field.api_name);
    filter.matches(|column| {
        Some(match column {
            Column::Name => Value::Text(&name),
            Column::RestName => Value::Text(&field.rest_name),
            Column::DisplayName => Value::Text(&field.display_name),
            Column::Type => {
                let at = TYPES
                    .iter()
                    .position(|(known, _)| *known == field.field_type)?;
                Value::Enum(u32::try_from(at).ok()?)
            }
            Column::Object => Value::Enum(match field.object {
                Object::Lead => 0,
                Object::Company => 1,
            }),
            Column::ReadOnly => Value::Boolean(field.read_only),
            Column::Custom => Value::Boolean(field.custom),
        })
    })
}
