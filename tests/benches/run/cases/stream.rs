//! One CallWebhooks stream of one client process, against the bare reference.

use crate::figure::Asked::{AtLeast, Nothing};
use crate::store::{INSTANT, NARROW};
use crate::{bare, stream, usage};

use super::Bench;

const CALLS: usize = 500_000;
/// Calls that the client keeps under way: enough that the server never waits for the client.
const UNDER_WAY: usize = 4 * NARROW;

pub(super) async fn round(bench: &mut Bench) {
    let (store, services, figures) = bench.store(CALLS).await;
    let (server, _data) = store.start().await;
    let process = server.process();
    let address = server.address().to_owned();
    let ours = async {
        let before = usage::processor_time(process);
        // The server's output is read by this process, which must not wait for the client.
        let client = move || stream::time(&address, INSTANT, CALLS, UNDER_WAY);
        let elapsed = tokio::task::spawn_blocking(client).await;
        (
            elapsed.expect("the client ends"),
            usage::processor_time(process) - before,
        )
    };
    let ((elapsed, processor), bare) =
        bare::beside(&services.instant.url, CALLS, NARROW, ours).await;
    let (ours, bare) = (
        CALLS as f64 / elapsed.as_secs_f64(),
        bare.calls_per_second(),
    );
    let processor = processor.as_secs_f64() * 1e6 / CALLS as f64;
    let mut observe = |what, observed, asked| figures.observe("stream", what, observed, asked);
    observe(
        "bare: 500,000 calls, instant, 256 in flight",
        (bare, "calls/s"),
        Nothing,
    );
    observe(
        "CallWebhooks: the same by one stream, stored leads",
        (ours, "calls/s"),
        Nothing,
    );
    observe(
        "CallWebhooks: calls per second as a share of bare",
        (100.0 * ours / bare, "%"),
        AtLeast(20.0, 30.0),
    );
    observe(
        "CallWebhooks: processor time of the server per call",
        (processor, "us"),
        Nothing,
    );
}
