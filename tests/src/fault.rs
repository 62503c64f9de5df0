//! What a gRPC error says, in a form that tests compare.

use std::collections::BTreeMap;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The facts of an error: its code, and what its `google.rpc` details carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The gRPC code.
    pub code: Code,
    /// The message for people.
    pub message: String,
    /// Reason of the ErrorInfo; empty where there is none.
    pub reason: String,
    /// Metadata of the ErrorInfo.
    pub metadata: BTreeMap<String, String>,
    /// Field and description of every violation of the BadRequest.
    pub violations: Vec<(String, String)>,
    /// Name of the ResourceInfo; empty where there is none.
    pub resource: String,
}

impl Fault {
    /// Reads the details of a status.
    ///
    /// # Panics
    ///
    /// Where an ErrorInfo has another domain than ours.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        let info = status.get_details_error_info();
        if let Some(info) = &info {
            assert_eq!(info.domain, leadhook_proto::ERROR_DOMAIN, "{status:?}");
        }
        let (reason, metadata) = info
            .map(|info| (info.reason, info.metadata))
            .unwrap_or_default();
        let violations = status
            .get_details_bad_request()
            .map(|bad| bad.field_violations)
            .unwrap_or_default();
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            reason,
            metadata: metadata.into_iter().collect(),
            violations: violations
                .into_iter()
                .map(|violation| (violation.field, violation.description))
                .collect(),
            resource: status
                .get_details_resource_info()
                .map(|info| info.resource_name)
                .unwrap_or_default(),
        }
    }

    /// The facts of an error in a message, such as that of an upsert's row.
    #[must_use]
    pub fn of_row(error: &leadhook_proto::rpc::Status) -> Self {
        let details = prost::Message::encode_to_vec(error);
        Self::of(&Status::with_details(
            Code::from(error.code),
            error.message.clone(),
            details.into(),
        ))
    }

    /// The fields of the violations, in order.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        self.violations
            .iter()
            .map(|(field, _)| field.as_str())
            .collect()
    }

    /// The description of the violation of this field.
    ///
    /// # Panics
    ///
    /// Where there is none.
    #[must_use]
    pub fn violation(&self, field: &str) -> &str {
        let found = self.violations.iter().find(|(name, _)| name == field);
        found.map_or_else(
            || panic!("no violation of {field} in {self:#?}"),
            |(_, description)| description,
        )
    }
}
