//! Fields, leads and companies.

use leadhook_engine::{
    CompanyInput, CompanyView, FieldDraft, ImportProgress, LeadInput, LeadView, RowFault,
};
use leadhook_field::{Field, FieldType, Object, Value};
use leadhook_proto::{rpc, v1};
use prost_types::Value as ProtoValue;
use std::collections::BTreeMap;
use tonic::Status;

use super::{time, value};
use crate::status::row_status;

pub(crate) fn field_draft(field: v1::Field, field_id: &str) -> FieldDraft {
    let named = field.name.strip_prefix("fields/").unwrap_or(&field.name);
    let api_name = if field_id.is_empty() { named } else { field_id };
    FieldDraft {
        api_name: api_name.to_owned(),
        field_type: field_type(field.r#type()),
        object: match field.object() {
            v1::FieldObject::Unspecified => None,
            v1::FieldObject::Lead => Some(Object::Lead),
            v1::FieldObject::Company => Some(Object::Company),
        },
        read_only: field.read_only,
        rest_name: field.rest_name,
        display_name: field.display_name,
    }
}

pub(crate) fn field(field: Field) -> v1::Field {
    v1::Field {
        name: format!("fields/{}", field.api_name),
        rest_name: field.rest_name,
        display_name: field.display_name,
        r#type: match field.field_type {
            FieldType::String => v1::FieldType::String,
            FieldType::TextArea => v1::FieldType::TextArea,
            FieldType::Integer => v1::FieldType::Integer,
            FieldType::Float => v1::FieldType::Float,
            FieldType::Boolean => v1::FieldType::Boolean,
            FieldType::Date => v1::FieldType::Date,
            FieldType::Datetime => v1::FieldType::Datetime,
            FieldType::Email => v1::FieldType::Email,
            FieldType::Phone => v1::FieldType::Phone,
            FieldType::Url => v1::FieldType::Url,
            FieldType::Currency => v1::FieldType::Currency,
            FieldType::Percent => v1::FieldType::Percent,
            FieldType::Score => v1::FieldType::Score,
            FieldType::Reference => v1::FieldType::Reference,
            FieldType::Formula => v1::FieldType::Formula,
        }
        .into(),
        object: match field.object {
            Object::Lead => v1::FieldObject::Lead,
            Object::Company => v1::FieldObject::Company,
        }
        .into(),
        read_only: field.read_only,
        custom: field.custom,
    }
}

pub(crate) fn lead_input(lead: v1::Lead) -> LeadInput {
    LeadInput {
        name: lead.name,
        fields: value::inputs(lead.fields),
    }
}

pub(crate) fn lead(lead: LeadView) -> v1::Lead {
    v1::Lead {
        name: format!("leads/{}", lead.id),
        fields: fields(lead.fields),
        company: lead
            .company
            .map(|id| format!("companies/{id}"))
            .unwrap_or_default(),
        etag: lead.etag,
        create_time: Some(time::timestamp(lead.created)),
        update_time: Some(time::timestamp(lead.updated)),
    }
}

pub(crate) fn company_input(company: v1::Company) -> CompanyInput {
    CompanyInput {
        name: company.name,
        fields: value::inputs(company.fields),
    }
}

pub(crate) fn company(company: CompanyView) -> v1::Company {
    v1::Company {
        name: format!("companies/{}", company.id),
        fields: fields(company.fields),
    }
}

/// What became of a row: its name, or why it was refused.
pub(crate) fn upsert_result(result: Result<(String, bool), RowFault>) -> v1::UpsertResult {
    match result {
        Ok((name, created)) => v1::UpsertResult {
            name,
            created,
            error: None,
        },
        Err(fault) => v1::UpsertResult {
            name: String::new(),
            created: false,
            error: Some(rpc_status(&row_status(&fault))),
        },
    }
}

pub(crate) fn progress(progress: ImportProgress) -> v1::ImportLeadsProgress {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    v1::ImportLeadsProgress {
        read: count(progress.read),
        created: count(progress.created),
        updated: count(progress.updated),
        failed: count(progress.failed),
        errors: progress
            .errors
            .into_iter()
            .map(|error| v1::RowError {
                row: count(error.row),
                field: error.field,
                message: error.message,
                line: count(error.line),
            })
            .collect(),
        done: progress.done,
    }
}

/// A status as a message, its details included.
pub(crate) fn rpc_status(status: &Status) -> rpc::Status {
    prost::Message::decode(status.details()).unwrap_or_else(|_| rpc::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

fn fields(fields: Vec<(String, Value)>) -> BTreeMap<String, ProtoValue> {
    fields
        .into_iter()
        .map(|(name, value)| (name, value::answer(Some(&value))))
        .collect()
}

fn field_type(given: v1::FieldType) -> Option<FieldType> {
    Some(match given {
        v1::FieldType::Unspecified => return None,
        v1::FieldType::String => FieldType::String,
        v1::FieldType::TextArea => FieldType::TextArea,
        v1::FieldType::Integer => FieldType::Integer,
        v1::FieldType::Float => FieldType::Float,
        v1::FieldType::Boolean => FieldType::Boolean,
        v1::FieldType::Date => FieldType::Date,
        v1::FieldType::Datetime => FieldType::Datetime,
        v1::FieldType::Email => FieldType::Email,
        v1::FieldType::Phone => FieldType::Phone,
        v1::FieldType::Url => FieldType::Url,
        v1::FieldType::Currency => FieldType::Currency,
        v1::FieldType::Percent => FieldType::Percent,
        v1::FieldType::Score => FieldType::Score,
        v1::FieldType::Reference => FieldType::Reference,
        v1::FieldType::Formula => FieldType::Formula,
    })
}

#[cfg(test)]
mod tests;
