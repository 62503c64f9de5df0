//! What marketing teams do with webhooks, each from beginning to end: what the services received, what became of the leads.

mod alerts;
mod chains;
mod enrichment;
mod programs;
mod repeats;
mod retries;

use leadhook_tests::{Received, Target};

/// What a service received, in any order of arrival.
fn bodies(target: &Target) -> Vec<String> {
    let mut bodies: Vec<_> = target.requests().iter().map(Received::text).collect();
    bodies.sort_unstable();
    bodies
}
