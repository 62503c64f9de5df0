//! Leads and companies by the value of a field: Email and Company Name always, other fields from their first use on.

use std::{borrow::Cow, collections::BTreeSet};

use leadhook_field::{FieldId, Value, Zone, fold};
use leadhook_store::{Error, Values};
use rusqlite::{Connection, params};

use crate::{
    codec::{decode_projected, decode_values},
    error::{corrupt, sqlite},
};

/// Longest key, in bytes: what is longer is cut, and found among its like.
const MAX_KEY: usize = 512;

/// The fields that have rows in the table.
#[derive(Debug, Default)]
pub(crate) struct LookupFields {
    /// None: not read yet.
    fields: Option<BTreeSet<FieldId>>,
}

/// Which table's rows a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Lead,
    Company,
}

impl LookupFields {
    /// The fields, read once.
    fn fields(&mut self, connection: &Connection) -> Result<&mut BTreeSet<FieldId>, Error> {
        if self.fields.is_none() {
            let mut fields = BTreeSet::from([FieldId::EMAIL, FieldId::COMPANY]);
            let mut statement = connection
                .prepare_cached("SELECT field FROM lookup_field")
                .map_err(sqlite)?;
            let rows = statement.query_map([], |row| row.get(0)).map_err(sqlite)?;
            for field in rows {
                fields.insert(FieldId(field.map_err(sqlite)?));
            }
            self.fields = Some(fields);
        }
        Ok(self.fields.as_mut().expect("it was read just now"))
    }

    /// Makes sure that rows can be found by a field: on its first use all of them are gone through.
    pub(crate) fn ensure(
        &mut self,
        connection: &Connection,
        table: Table,
        field: FieldId,
    ) -> Result<(), Error> {
        let fields = self.fields(connection)?;
        if fields.contains(&field) {
            return Ok(());
        }
        let sql = match table {
            Table::Lead => "SELECT id, data FROM lead",
            Table::Company => "SELECT id, data FROM company",
        };
        let mut rows = connection.prepare_cached(sql).map_err(sqlite)?;
        let mut rows = rows.query([]).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            let id: i64 = row.get(0).map_err(sqlite)?;
            let data = row
                .get_ref(1)
                .map_err(sqlite)?
                .as_blob()
                .map_err(|_| corrupt("lead", id))?;
            let mut slots = Vec::with_capacity(1);
            decode_projected(data, &[field], &mut slots).ok_or_else(|| corrupt("lead", id))?;
            if let Some(Some(value)) = slots.first() {
                insert(connection, field, value, id)?;
            }
        }
        connection
            .execute("INSERT INTO lookup_field VALUES (?1)", [field.0])
            .map_err(sqlite)?;
        fields.insert(field);
        Ok(())
    }

    /// Follows a row that changed from `before` to `after`.
    pub(crate) fn follow(
        &mut self,
        connection: &Connection,
        id: i64,
        before: &Values,
        after: &Values,
    ) -> Result<(), Error> {
        for field in self.fields(connection)?.iter() {
            let (before, after) = (before.get(*field), after.get(*field));
            if before == after {
                continue;
            }
            if let Some(before) = before {
                connection
                    .prepare_cached("DELETE FROM lookup WHERE field = ?1 AND key = ?2 AND id = ?3")
                    .and_then(|mut delete| delete.execute(params![field.0, key(before), id]))
                    .map_err(sqlite)?;
            }
            if let Some(after) = after {
                insert(connection, *field, after, id)?;
            }
        }
        Ok(())
    }
}

fn insert(connection: &Connection, field: FieldId, value: &Value, id: i64) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO lookup VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute(params![field.0, key(value), id]))
        .map_err(sqlite)?;
    Ok(())
}

/// Ids of the rows whose field has the value; `data` reads a row's values, to tell apart what shares a cut key.
pub(crate) fn find(
    connection: &Connection,
    table: Table,
    field: FieldId,
    value: &Value,
) -> Result<Vec<i64>, Error> {
    let key = key(value);
    let mut statement = connection
        .prepare_cached("SELECT id FROM lookup WHERE field = ?1 AND key = ?2 ORDER BY id")
        .map_err(sqlite)?;
    let ids: Vec<i64> = statement
        .query_map(params![field.0, key], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(sqlite)?;
    if key.len() < MAX_KEY {
        return Ok(ids);
    }
    let (sql, name) = match table {
        Table::Lead => ("SELECT data FROM lead WHERE id = ?1", "lead"),
        Table::Company => ("SELECT data FROM company WHERE id = ?1", "company"),
    };
    let mut same = Vec::new();
    for id in ids {
        let data: Vec<u8> = connection
            .prepare_cached(sql)
            .and_then(|mut select| select.query_row([id], |row| row.get(0)))
            .map_err(sqlite)?;
        let values = decode_values(&data).ok_or_else(|| corrupt(name, id))?;
        if values.get(field).is_some_and(|found| is_same(found, value)) {
            same.push(id);
        }
    }
    Ok(same)
}

/// Whether two values count as one: text without regard to case.
pub(crate) fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => fold(a) == fold(b),
        (a, b) => a == b,
    }
}

fn key(value: &Value) -> Cow<'_, str> {
    let mut key = match value {
        Value::Text(text) => fold(text),
        value => Cow::Owned(value.to_text(&Zone::utc())),
    };
    if key.len() >= MAX_KEY {
        let mut end = MAX_KEY;
        while !key.is_char_boundary(end) {
            end -= 1;
        }
        // Padded, so that a cut key is known by its length.
        let mut cut = key[..end].to_owned();
        cut.extend(std::iter::repeat_n('\u{1}', MAX_KEY - end));
        key = Cow::Owned(cut);
    }
    key
}
