//! What the calls came to: outcomes, problems of mappings, and how long each took.

use std::{collections::BTreeMap, time::Duration};

use anyhow::bail;
use leadhook_proto::v1::{Call, mapping_problem::Reason};

/// Counts over many calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Calls that were under way at once, at most.
    pub(crate) in_flight: usize,
    succeeded: usize,
    /// Why the first of those that failed did.
    first_failure: Option<String>,
    /// By response code and error type.
    pub(crate) outcomes: BTreeMap<(i32, String), usize>,
    /// By path, field and reason.
    pub(crate) problems: BTreeMap<(String, String, String), usize>,
    /// Requests that made no call, by message.
    pub(crate) refused: BTreeMap<String, usize>,
    /// From request to answer, each.
    latencies: Vec<Duration>,
}

impl Tally {
    pub(crate) fn new(in_flight: usize) -> Tally {
        Tally {
            in_flight,
            ..Tally::default()
        }
    }

    pub(crate) fn call(&mut self, call: Call, took: Duration) {
        self.latencies.push(took);
        if call.succeeded {
            self.succeeded += 1;
        } else if self.first_failure.is_none() {
            let detail = call.attempts.last().map_or("", |attempt| &attempt.detail);
            let why = [call.error_type.as_str(), detail].join(": ");
            let why = why.trim_end_matches(": ");
            self.first_failure = Some(format!("{} {why}", call.response_code));
        }
        for problem in call.mapping_problems {
            let reason = problem.reason().as_str_name().trim_start_matches("REASON_");
            let reason = match problem.reason() {
                Reason::NotFound => reason.to_owned(),
                _ => format!("{reason} ({})", problem.detail),
            };
            let key = (problem.response_attribute, problem.field, reason);
            *self.problems.entry(key).or_default() += 1;
        }
        *self
            .outcomes
            .entry((call.response_code, call.error_type))
            .or_default() += 1;
    }

    pub(crate) fn refused(&mut self, message: String) {
        self.first_failure.get_or_insert_with(|| message.clone());
        *self.refused.entry(message).or_default() += 1;
    }

    pub(crate) fn calls(&self) -> usize {
        self.latencies.len()
    }

    /// An error where every call failed: nothing was shown to work.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        match &self.first_failure {
            Some(why) if self.succeeded == 0 => bail!("every call failed; the first: {why}"),
            _ => Ok(()),
        }
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.calls() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The median and the 99th percentile of the time from request to durable answer; none without a call.
    pub(crate) fn p50_and_p99(&self) -> Option<(Duration, Duration)> {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        Some((percentile(&sorted, 50)?, percentile(&sorted, 99)?))
    }

    /// A code other than 2xx that came, the most frequent one.
    pub(crate) fn failed_code(&self) -> Option<i32> {
        let failed = self
            .outcomes
            .iter()
            .filter(|((code, _), _)| !(200..300).contains(code));
        failed
            .max_by_key(|(_, count)| **count)
            .map(|((code, _), _)| *code)
    }
}

/// Nearest rank: the smallest value that at least so many percent do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use leadhook_proto::v1::MappingProblem;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let millis = |numbers: &[u64]| -> Vec<Duration> {
            numbers.iter().copied().map(Duration::from_millis).collect()
        };
        let hundred: Vec<u64> = (1..=100).collect();
        let hundred_and_one: Vec<u64> = (1..=101).collect();
        for (sorted, percent, expected) in [
            (&[][..], 50, None),
            (&[7], 50, Some(7)),
            (&[7], 99, Some(7)),
            (&[1, 2], 50, Some(1)),
            (&[1, 2, 3], 50, Some(2)),
            (&hundred, 50, Some(50)),
            (&hundred, 99, Some(99)),
            (&hundred_and_one, 99, Some(100)),
        ] {
            let found = percentile(&millis(sorted), percent);
            assert_eq!(
                found,
                expected.map(Duration::from_millis),
                "p{percent} of {}",
                sorted.len()
            );
        }
    }

    #[test]
    fn calls_are_counted_by_outcome_and_problem() {
        let mut tally = Tally::default();
        for (code, phrase) in [
            (200, "OK"),
            (503, "Busy"),
            (200, "OK"),
            (503, "Busy"),
            (404, "Not Found"),
        ] {
            let call = Call {
                response_code: code,
                error_type: phrase.to_owned(),
                mapping_problems: vec![MappingProblem {
                    response_attribute: "a.b".to_owned(),
                    field: "Title".to_owned(),
                    reason: Reason::NotFound.into(),
                    detail: String::new(),
                }],
                ..Call::default()
            };
            tally.call(call, Duration::from_millis(3));
        }
        assert_eq!(tally.calls(), 5);
        assert_eq!(tally.outcomes[&(200, "OK".to_owned())], 2);
        assert_eq!(tally.failed_code(), Some(503));
        let key = ("a.b".to_owned(), "Title".to_owned(), "NOT_FOUND".to_owned());
        assert_eq!(tally.problems[&key], 5);
    }
}
