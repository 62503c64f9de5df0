//! How a webhook stands: whether its calls go out.

use leadhook_store::{Store, Webhook};

use crate::{engine::Engine, lane::LaneState};

/// Whether calls of a webhook go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookState {
    /// They do, as far as its limits and a Retry-After of its service allow.
    Active,
    /// A person paused it: runs wait, calls of clients are refused (R-CALL-12).
    Paused,
    /// Its service failed too often lately: runs wait, calls of clients are recorded with CIRCUIT_OPEN (R-CALL-12).
    CircuitOpen,
}

impl<S: Store> Engine<S> {
    /// How a webhook stands now.
    #[must_use]
    pub fn webhook_state(&self, webhook: &Webhook) -> WebhookState {
        if webhook.paused {
            return WebhookState::Paused;
        }
        match self.shared.calls.lanes.state(webhook.id) {
            LaneState::CircuitOpen => WebhookState::CircuitOpen,
            LaneState::Paused | LaneState::Held | LaneState::Open => WebhookState::Active,
        }
    }
}
