//! A webhook as it is sent to be saved: nothing in it is believed yet.

use leadhook_store::{Authentication, RequestTokenEncoding, RequestType, ResponseType};

use crate::{error::Violation, vault::Secret};

/// A webhook to be saved. Secrets may be [`REDACTED`](crate::REDACTED), which keeps what is stored (R-DEF-4).
#[derive(Clone, Debug)]
pub struct Draft {
    /// What people call it; at most 255 characters.
    pub display_name: String,
    /// Free text; at most 30,000 bytes.
    pub description: String,
    /// Template of the URL.
    pub url: String,
    /// The method; required.
    pub request_type: Option<RequestType>,
    /// Template of the payload; empty: none.
    pub payload_template: String,
    /// How token values are encoded.
    pub request_token_encoding: RequestTokenEncoding,
    /// How answers are read.
    pub response_type: ResponseType,
    /// At most 100.
    pub custom_headers: Vec<DraftHeader>,
    /// At most 1,000.
    pub response_mappings: Vec<DraftMapping>,
    /// In microseconds; none: the default.
    pub timeout_micros: Option<i64>,
    /// None: one attempt.
    pub retry_policy: Option<DraftRetryPolicy>,
    /// Calls in flight; 0: the server's default.
    pub max_concurrency: i32,
    /// Attempts per second, from 0.001 to 1e9; 0: unlimited.
    pub max_rate: f64,
    /// None: no authentication of ours.
    pub authentication: Option<Authentication<Secret>>,
    /// R-ENC-7.
    pub marketo_escapes: bool,
    /// Codes beyond 2xx whose answers are mapped.
    pub also_map_codes: Vec<i32>,
    /// What was sent and stands in no other field of the draft: it is refused together with all other faults.
    pub refused: Vec<Refused>,
}

/// Why something that was sent cannot be drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is a fault.
    Fault(Violation),
    /// A part of the contract that this version does not carry out yet, by its field path: `webhook.client_certificate`. It is
    /// [`Error::Unimplemented`](crate::Error::Unimplemented) only where nothing else is wrong.
    Unimplemented(&'static str),
}

/// A header to be saved.
#[derive(Clone, Debug)]
pub struct DraftHeader {
    /// Its name.
    pub key: String,
    /// Template of its value; a secret where `sensitive`.
    pub value: Secret,
    /// Whether its value is shown to no one.
    pub sensitive: bool,
}

/// A mapping to be saved.
#[derive(Clone, Debug)]
pub struct DraftMapping {
    /// The path.
    pub response_attribute: String,
    /// A lead or company field, by any of its names (R-LEAD-3).
    pub field: String,
}

/// A retry policy to be saved (R-CALL-6).
#[derive(Clone, Debug, Default)]
pub struct DraftRetryPolicy {
    /// The first included; 0: 5; at most 20.
    pub max_attempts: i32,
    /// In microseconds; none: 1 s.
    pub initial_backoff_micros: Option<i64>,
    /// In microseconds; none: 10 min.
    pub max_backoff_micros: Option<i64>,
    /// Empty: the default list.
    pub retry_codes: Vec<i32>,
}
