//! What the demo says on its way.

use std::{fmt::Write, time::Duration};

use leadhook_proto::v1::{Campaign, Field, Run, Webhook};

use prost_types::Timestamp;

use super::{
    import::{Imported, fault},
    tally::Tally,
};

/// Problems of mappings that are shown at most.
const SHOWN_PROBLEMS: usize = 10;

/// The way out for a service that answers in another form.
const MAPPINGS_ARE_THE_SAMPLES: &str = "\nThe mappings are those of the sample service's answers; WebhookService/UpdateWebhook gives the webhook yours.";

/// Which fields were created.
pub(crate) fn fields(created: &[Field]) -> String {
    let names: Vec<String> = created
        .iter()
        .map(|field| {
            let field_type = field
                .r#type()
                .as_str_name()
                .trim_start_matches("FIELD_TYPE_");
            format!("{} ({field_type})", field.display_name)
        })
        .collect();
    format!(
        "Fields beyond the standard ones, by CreateField: {}.",
        names.join(", ")
    )
}

/// The webhook: what it sends, and where the answer goes.
pub(crate) fn webhook(webhook: &Webhook) -> String {
    let mut text = format!(
        "\n{} is a POST of this payload, tokens encoded as JSON:\n",
        webhook.name
    );
    for line in webhook.payload_template.lines() {
        let _ = writeln!(text, "    {line}");
    }
    text.push_str("and writes of the answer:");
    for mapping in &webhook.response_mappings {
        let _ = write!(
            text,
            "\n    {:22} -> {}",
            mapping.response_attribute, mapping.field
        );
    }
    text
}

/// The campaign: what brings a lead in, and what happens to it.
pub(crate) fn campaign(campaign: &Campaign) -> String {
    format!(
        "\n{} of {} is active: Campaign is Requested, then Call Webhook. {{{{my.event}}}} is a My Token of the program.",
        campaign.name, campaign.program
    )
}

/// How many leads went in, and what was wrong with the others.
pub(crate) fn import(imported: &Imported) -> String {
    let mut text = format!(
        "\n{}: {} rows, {} leads created, {} updated, {} refused.",
        imported.what, imported.read, imported.created, imported.updated, imported.failed
    );
    for error in &imported.errors {
        let _ = write!(text, "\n{}", fault(error));
    }
    let shown = i64::try_from(imported.errors.len()).unwrap_or(i64::MAX);
    if imported.failed > shown {
        let _ = write!(text, "\n  and {} more", imported.failed - shown);
    }
    text
}

/// What the run says of calls and speed, then what its calls say: time, codes, and what could not be mapped.
pub(crate) fn summary(run: &Run, tally: &Tally) -> String {
    let calls: i64 = run.codes.values().sum();
    let elapsed = run
        .create_time
        .zip(run.end_time)
        .map_or(Duration::ZERO, |(begin, end)| between(begin, end));
    let mut text = format!(
        "\n{}: {} leads, {calls} calls in {}, {:.0} per second, each on record before the run goes on.",
        run.name,
        run.total,
        shown(elapsed),
        calls as f64 / elapsed.as_secs_f64().max(f64::EPSILON),
    );
    if let Some((p50, p99)) = tally.p50_and_p99() {
        let _ = write!(
            text,
            "\nFrom request to response: p50 {}, p99 {}.",
            shown(p50),
            shown(p99)
        );
    }
    for ((code, error_type), count) in &tally.outcomes {
        let _ = write!(
            text,
            "\n  {count:6} x {code} {error_type}{}",
            hint(error_type)
        );
    }
    if !tally.problems.is_empty() {
        text.push_str("\nNot mapped; the fields are as they were:");
    }
    for ((path, field, reason), count) in tally.problems.iter().take(SHOWN_PROBLEMS) {
        let _ = write!(text, "\n  {count:6} x {path} -> {field}: {reason}");
    }
    if tally.problems.len() > SHOWN_PROBLEMS {
        let _ = write!(
            text,
            "\n  and {} other problems",
            tally.problems.len() - SHOWN_PROBLEMS
        );
    }
    if !tally.problems.is_empty() {
        text.push_str(MAPPINGS_ARE_THE_SAMPLES);
    }
    text
}

/// From one time to a later one; a clock that was set back in between makes it nothing.
fn between(begin: Timestamp, end: Timestamp) -> Duration {
    let nanos = |time: Timestamp| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    let nanos = (nanos(end) - nanos(begin)).max(0);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}

/// What to do about a local failure (R-CALL-4).
fn hint(error_type: &str) -> &'static str {
    match error_type {
        "CONNECT" => ": nothing listens there; is the service running, and is the port right?",
        "DNS" => ": the host of the URL has no address",
        "TLS" => {
            ": the certificate is not trusted, or the port does not speak TLS; for the former see serve --ca-certificate"
        }
        "TIMEOUT" => ": no whole answer within 30 s",
        "CLOSED" => ": the service hung up before its answer was complete",
        "PROTOCOL" => ": what answers there does not speak HTTP; is the port right?",
        "REFUSED_ADDRESS" => ": the host has other addresses now than when the demo began",
        "EMPTY_RESPONSE" => ": the webhook expects JSON, and the answer had no body",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leadhook_proto::v1::{Attempt, Call, RowError};

    #[test]
    fn the_summary_has_calls_speed_percentiles_codes_and_a_way_out() {
        let at = |nanos| Some(Timestamp { seconds: 1, nanos });
        let run = Run {
            name: "runs/1".to_owned(),
            total: 3,
            codes: [(200, 2), (0, 1)].into(),
            create_time: at(0),
            end_time: at(500_000_000),
            ..Run::default()
        };
        let mut tally = Tally::default();
        for (code, word) in [(200, "OK"), (200, "OK"), (0, "CONNECT")] {
            let call = Call {
                response_code: code,
                error_type: word.to_owned(),
                attempts: vec![Attempt {
                    duration: Some(prost_types::Duration {
                        seconds: 0,
                        nanos: 2_500_000,
                    }),
                    ..Attempt::default()
                }],
                ..Call::default()
            };
            tally.call(call);
        }
        let text = summary(&run, &tally);
        for part in [
            "runs/1: 3 leads, 3 calls in 500.0 ms, 6 per second",
            "p50 2.5 ms, p99 2.5 ms",
            "2 x 200 OK",
            "1 x 0 CONNECT: nothing listens there",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Not mapped"), "{text}");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_time() {
        let at = |seconds, nanos| Timestamp { seconds, nanos };
        let millis = Duration::from_millis(3);
        assert_eq!(between(at(1, 999_000_000), at(2, 2_000_000)), millis);
        assert_eq!(between(at(5, 1), at(4, 2)), Duration::ZERO);
    }

    #[test]
    fn refused_rows_are_shown_and_the_others_counted() {
        let error = RowError {
            row: 3,
            field: "Email".to_owned(),
            message: "is missing".to_owned(),
            line: 4,
        };
        let imported = Imported {
            failed: 12,
            errors: vec![error],
            ..Imported::default()
        };
        let text = import(&imported);
        assert!(text.contains("row 3 (line 4), Email: is missing"), "{text}");
        assert!(text.ends_with("and 11 more"), "{text}");
    }
}
