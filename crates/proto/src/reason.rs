//! What stands in `google.rpc.ErrorInfo`: the domain, and reasons without the prefix that proto enums need.

use crate::v1::ErrorReason;

/// The `domain` of every `google.rpc.ErrorInfo` that leadhook answers with.
pub const ERROR_DOMAIN: &str = "leadhook";

const PREFIX: &str = "ERROR_REASON_";

impl ErrorReason {
    /// The reason as it stands in `google.rpc.ErrorInfo`: the value's name without `ERROR_REASON_`.
    ///
    /// ```
    /// use leadhook_proto::v1::ErrorReason;
    ///
    /// assert_eq!(ErrorReason::InvalidWebhook.reason(), "INVALID_WEBHOOK");
    /// ```
    #[must_use]
    pub fn reason(self) -> &'static str {
        let name = self.as_str_name();
        name.strip_prefix(PREFIX).unwrap_or(name)
    }

    /// The value that a `google.rpc.ErrorInfo` names; `None` for a reason that this version does not know.
    ///
    /// ```
    /// use leadhook_proto::v1::ErrorReason;
    ///
    /// assert_eq!(ErrorReason::from_reason("IN_USE"), Some(ErrorReason::InUse));
    /// assert_eq!(ErrorReason::from_reason("OUT_OF_TUNE"), None);
    /// ```
    #[must_use]
    pub fn from_reason(reason: &str) -> Option<Self> {
        Self::from_str_name(&format!("{PREFIX}{reason}"))
    }
}
