//! Leads and companies by the value of a field: Email and Company Name always, other fields from their first use on.

use std::{borrow::Cow, collections::BTreeSet};

use leadhook_field::{FieldId, Value, Zone, fold};
use leadhook_store::Error;
use rusqlite::{Connection, params};

use crate::{
    codec::{Places, decode_places},
    error::{corrupt, sqlite},
};

/// Longest key, in bytes: of a longer one the beginning stands in the table, and rows are compared.
const MAX_KEY: usize = 512;

/// Which table's rows a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Lead,
    Company,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Table::Lead => "lead",
            Table::Company => "company",
        }
    }
}

/// The fields whose values are in the table.
#[derive(Debug, Default)]
pub(crate) struct LookupFields {
    /// None: not read yet.
    fields: Option<BTreeSet<FieldId>>,
}

impl LookupFields {
    /// Whether rows can be found by a field.
    pub(crate) fn contains(
        &mut self,
        connection: &Connection,
        field: FieldId,
    ) -> Result<bool, Error> {
        if self.fields.is_none() {
            self.fields = Some(read(connection)?);
        }
        Ok(self
            .fields
            .as_ref()
            .is_some_and(|fields| fields.contains(&field)))
    }

    /// Goes through all rows, so that they can be found by a field from now on.
    pub(crate) fn build(
        &mut self,
        connection: &Connection,
        table: Table,
        field: FieldId,
    ) -> Result<(), Error> {
        let name = table.name();
        let mut rows = connection
            .prepare_cached(&format!("SELECT id, data FROM {name}"))
            .map_err(sqlite)?;
        let mut rows = rows.query([]).map_err(sqlite)?;
        let place = Places::new([(field, 0)]);
        while let Some(row) = rows.next().map_err(sqlite)? {
            let id: i64 = row.get(0).map_err(sqlite)?;
            let damaged = || corrupt(name, id);
            let data = row.get_ref(1).map_err(sqlite)?.as_blob();
            let mut slot = [None];
            decode_places(data.map_err(|_| damaged())?, &place, &mut slot).ok_or_else(damaged)?;
            if let [Some(value)] = slot {
                insert(connection, field, &value, id)?;
            }
        }
        connection
            .execute("INSERT INTO lookup_field VALUES (?1)", [field.0])
            .map_err(sqlite)?;
        if let Some(fields) = &mut self.fields {
            fields.insert(field);
        }
        Ok(())
    }

    /// Follows a field of a row that got another value.
    pub(crate) fn follow(
        &mut self,
        connection: &Connection,
        field: FieldId,
        id: i64,
        previous: Option<&Value>,
        new: Option<&Value>,
    ) -> Result<(), Error> {
        if !self.contains(connection, field)? {
            return Ok(());
        }
        if let Some(previous) = previous {
            connection
                .prepare_cached("DELETE FROM lookup WHERE field = ?1 AND key = ?2 AND id = ?3")
                .and_then(|mut delete| delete.execute(params![field.0, key(previous), id]))
                .map_err(sqlite)?;
        }
        match new {
            Some(new) => insert(connection, field, new, id),
            None => Ok(()),
        }
    }
}

fn read(connection: &Connection) -> Result<BTreeSet<FieldId>, Error> {
    let mut fields = BTreeSet::from([FieldId::EMAIL, FieldId::COMPANY]);
    let mut select = connection
        .prepare_cached("SELECT field FROM lookup_field")
        .map_err(sqlite)?;
    let rows = select.query_map([], |row| row.get(0)).map_err(sqlite)?;
    for field in rows {
        fields.insert(FieldId(field.map_err(sqlite)?));
    }
    Ok(fields)
}

fn insert(connection: &Connection, field: FieldId, value: &Value, id: i64) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO lookup VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute(params![field.0, key(value), id]))
        .map_err(sqlite)?;
    Ok(())
}

/// The rows that a key leaves, in id order.
pub(crate) struct Candidates {
    pub(crate) ids: Vec<i64>,
    /// Whether the key was cut: then the rows' values must be compared, too.
    pub(crate) is_cut: bool,
}

/// The rows whose field may have the value.
pub(crate) fn find(
    connection: &Connection,
    field: FieldId,
    value: &Value,
) -> Result<Candidates, Error> {
    let key = key(value);
    let mut select = connection
        .prepare_cached("SELECT id FROM lookup WHERE field = ?1 AND key = ?2 ORDER BY id")
        .map_err(sqlite)?;
    let ids = select
        .query_map(params![field.0, key], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(sqlite)?;
    let is_cut = key.len() >= MAX_KEY;
    Ok(Candidates { ids, is_cut })
}

/// Whether two values count as one: text without regard to case.
pub(crate) fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => fold(a) == fold(b),
        (a, b) => a == b,
    }
}

fn key(value: &Value) -> Cow<'_, str> {
    let key = match value {
        Value::Text(text) => fold(text),
        value => Cow::Owned(value.to_text(&Zone::utc())),
    };
    if key.len() < MAX_KEY {
        return key;
    }
    // Padded to the full length, by which a cut key is known.
    let mut cut = key[..key.floor_char_boundary(MAX_KEY)].to_owned();
    cut.extend(std::iter::repeat_n('\u{1}', MAX_KEY - cut.len()));
    Cow::Owned(cut)
}
