//! Resource names (AIP-122): `webhooks/{webhook}`, `leads/{lead}` and so on.

use leadhook_engine::Violation;
use leadhook_proto::v1::ErrorReason;
use leadhook_store::{CallId, CompanyId, LeadId, RunId};
use tonic::Status;

use crate::status::{invalid_argument, invalid_arguments};

/// The id of a resource name of `collection`; `field` says where the name stands in the request.
pub(crate) fn id<'a>(name: &'a str, collection: &str, field: &str) -> Result<&'a str, Status> {
    read(name, collection, field).map_err(refused)
}

/// The same, for where the name is refused together with other faults.
pub(crate) fn read<'a>(name: &'a str, collection: &str, field: &str) -> Result<&'a str, Violation> {
    name.strip_prefix(collection)
        .and_then(|rest| rest.strip_prefix('/'))
        .filter(|id| !id.is_empty() && !id.contains('/'))
        .ok_or_else(|| invalid(name, collection, field))
}

/// The id of a lead's name.
pub(crate) fn lead(name: &str, field: &str) -> Result<LeadId, Status> {
    number(name, "leads", field).map(LeadId)
}

/// The ids of leads' names, or all that is wrong with them.
pub(crate) fn leads(names: &[String], field: &str) -> Result<Vec<LeadId>, Status> {
    let mut faults = Vec::new();
    let ids = names.iter().enumerate().filter_map(|(at, name)| {
        let read = read_number(name, "leads", &format!("{field}[{at}]"));
        read.map_err(|fault| faults.push(fault)).ok().map(LeadId)
    });
    let ids = ids.collect();
    if faults.is_empty() {
        Ok(ids)
    } else {
        Err(invalid_arguments(ErrorReason::InvalidName, &faults))
    }
}

/// The id of a company's name.
pub(crate) fn company(name: &str, field: &str) -> Result<CompanyId, Status> {
    number(name, "companies", field).map(CompanyId)
}

/// The id of a run's name.
pub(crate) fn run(name: &str, field: &str) -> Result<RunId, Status> {
    number(name, "runs", field).map(RunId)
}

/// The id of a call's name.
pub(crate) fn call(name: &str, field: &str) -> Result<CallId, Status> {
    let id = id(name, "calls", field)?;
    let number = (id.len() == 16)
        .then(|| i64::from_str_radix(id, 16).ok())
        .flatten();
    number
        .map(CallId)
        .ok_or_else(|| refused(invalid(name, "calls", field)))
}

/// A call's name: of one length, so that names sort as calls do.
pub(crate) fn of_call(id: CallId) -> String {
    format!("calls/{:016x}", id.0)
}

fn number(name: &str, collection: &str, field: &str) -> Result<i64, Status> {
    read_number(name, collection, field).map_err(refused)
}

fn read_number(name: &str, collection: &str, field: &str) -> Result<i64, Violation> {
    let id = read(name, collection, field)?;
    let canonical = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    canonical
        .then(|| id.parse().ok())
        .flatten()
        .ok_or_else(|| invalid(name, collection, field))
}

fn refused(fault: Violation) -> Status {
    invalid_argument(ErrorReason::InvalidName, fault)
}

fn invalid(name: &str, collection: &str, field: &str) -> Violation {
    let form = match collection {
        "calls" => "calls/{16 hexadecimal digits}".to_owned(),
        "leads" | "companies" | "runs" => format!("{collection}/{{number}}"),
        _ => format!("{collection}/{{id}}"),
    };
    let message = if name.is_empty() {
        format!("is required: `{form}`")
    } else {
        format!("`{}` is no name of the form `{form}`", name.escape_debug())
    };
    Violation::new(field, message)
}
