//! What a filter of programs may name: the scalar fields of their message (R-FIL-3).

use leadhook_filter::{Filter, Schema, Type, Value};
use leadhook_store::Program;

use crate::error::{Error, Violation};

/// What tells whether a program, with the resource name of its parent, is meant.
pub(super) fn parse(filter: &str) -> Result<impl Fn(&Program, &str) -> bool, Error> {
    let filter = Filter::parse(filter, &ProgramSchema)
        .map_err(|error| Error::filter(Violation::of_filter(&error)))?;
    Ok(move |program: &Program, parent: &str| {
        let name = format!("programs/{}", program.name);
        filter.matches(|column| column.read(program, &name, parent))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    DisplayName,
    Description,
    Folder,
    Parent,
    Id,
}

struct ProgramSchema;

impl ProgramSchema {
    const COLUMNS: [(&'static str, Column, Type); 6] = [
        ("name", Column::Name, Type::Name("programs")),
        ("display_name", Column::DisplayName, Type::Text),
        ("description", Column::Description, Type::Text),
        ("folder", Column::Folder, Type::Boolean),
        ("parent", Column::Parent, Type::Name("programs")),
        ("id", Column::Id, Type::Number),
    ];
}

impl Schema for ProgramSchema {
    type Field = Column;

    fn field(&self, name: &str) -> Option<(Column, Type)> {
        let (_, column, ty) = Self::COLUMNS.iter().find(|(column, ..)| *column == name)?;
        Some((*column, *ty))
    }

    fn names(&self) -> Vec<String> {
        let names = Self::COLUMNS.iter().map(|(name, ..)| *name);
        names.map(str::to_owned).collect()
    }
}

impl Column {
    fn read<'a>(self, program: &'a Program, name: &'a str, parent: &'a str) -> Option<Value<'a>> {
        let text = |text: &'a str| (!text.is_empty()).then_some(Value::Text(text));
        match self {
            Column::Name => text(name),
            Column::DisplayName => text(&program.display_name),
            Column::Description => text(&program.description),
            Column::Folder => Some(Value::Boolean(program.folder)),
            Column::Parent => text(parent),
            Column::Id => Some(Value::Integer(program.id.0)),
        }
    }
}
