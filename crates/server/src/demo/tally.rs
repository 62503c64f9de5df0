//! What the calls came to: outcomes, problems of mappings, and how long each took.

use std::{collections::BTreeMap, time::Duration};

use anyhow::bail;
use leadhook_proto::v1::{Call, mapping_problem::Reason};

/// Counts over many calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    succeeded: usize,
    /// Why the first of those that failed did.
    first_failure: Option<String>,
    /// By response code and error type.
    pub(crate) outcomes: BTreeMap<(i32, String), usize>,
    /// By path, field and reason.
    pub(crate) problems: BTreeMap<(String, String, String), usize>,
    /// Of the attempts, from name resolution to the last byte, each.
    durations: Vec<Duration>,
}

impl Tally {
    pub(crate) fn call(&mut self, call: Call) {
        let sent = call.attempts.iter().filter_map(|attempt| attempt.duration);
        self.durations
            .extend(sent.filter_map(|took| Duration::try_from(took).ok()));
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

    /// An error where every call failed: nothing was shown to work.
    pub(crate) fn verdict(&self) -> anyhow::Result<()> {
        match &self.first_failure {
            Some(why) if self.succeeded == 0 => bail!("every call failed; the first: {why}"),
            _ => Ok(()),
        }
    }

    /// The median and the 99th percentile of how long an attempt took; none without one.
    pub(crate) fn p50_and_p99(&self) -> Option<(Duration, Duration)> {
        let mut sorted = self.durations.clone();
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
    use leadhook_proto::v1::{Attempt, MappingProblem};

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
                attempts: vec![Attempt {
                    duration: Some(prost_types::Duration {
                        seconds: 0,
                        nanos: 3_000_000,
                    }),
                    ..Attempt::default()
                }],
                ..Call::default()
            };
            tally.call(call);
        }
        let took = Duration::from_millis(3);
        assert_eq!(tally.p50_and_p99(), Some((took, took)));
        assert_eq!(tally.outcomes[&(200, "OK".to_owned())], 2);
        assert_eq!(tally.failed_code(), Some(503));
        let key = ("a.b".to_owned(), "Title".to_owned(), "NOT_FOUND".to_owned());
        assert_eq!(tally.problems[&key], 5);
    }
}
