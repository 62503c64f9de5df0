//! How a webhook stands: whether its calls go out.

use std::sync::Arc;

use leadhook_store::{Store, Webhook};

use crate::{
    engine::Engine,
    lane::{LaneState, Tell},
    snapshot::Current,
};

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

/// Tells people that a service fails, asks to be left alone, or answers again.
pub(crate) fn tell_of_lanes(current: Arc<Current>) -> Box<Tell> {
    Box::new(move |webhook, before, now| {
        let snapshot = current.get();
        let Some(live) = snapshot.webhook_by_id(webhook) else {
            return;
        };
        let webhook = format_args!("webhooks/{}", live.webhook.name);
        match (before, now) {
            (_, LaneState::Held) => {
                tracing::warn!(
                    %webhook,
                    "its service asks by Retry-After to be left alone, and runs wait"
                );
            }
            (_, LaneState::CircuitOpen) => {
                tracing::warn!(%webhook, "its circuit opens: its service fails, and runs wait");
            }
            (LaneState::CircuitOpen, _) => {
                tracing::info!(%webhook, "its circuit is closed: its service answers again");
            }
            _ => {}
        }
    })
}
