//! From an answer to an outcome (R-CALL-3), and from its body to what is written (R-MAP).

use std::cell::RefCell;

use leadhook_field::{FieldId, Object, Zone};
use leadhook_http::{Exchange, Failure, registered_phrase};
use leadhook_mapping::{Outcome as Mapped, Reason};
use leadhook_store::{FieldWrite, MappingProblem, Outcome, ProblemReason, ResponseType, Writes};

use crate::compile::{Compiled, Mapping};

/// The reason phrase as the server wrote it, else the registered one (R-CALL-4).
pub(super) fn phrase(exchange: &Exchange) -> String {
    exchange
        .reason
        .clone()
        .or_else(|| registered_phrase(exchange.status).map(str::to_owned))
        .unwrap_or_default()
}

/// How a call ends with its last attempt, and whether the answer is mapped.
pub(super) fn outcome(webhook: &Compiled, last: &Result<Exchange, Failure>) -> (Outcome, bool) {
    let exchange = match last {
        Ok(exchange) => exchange,
        Err(failure) => return (local(0, failure.kind().word()), false),
    };
    let is_success = (200..300).contains(&exchange.status);
    if is_success && exchange.body.is_empty() && webhook.response_type != ResponseType::None {
        return (local(1001, "EMPTY_RESPONSE"), false);
    }
    let outcome = Outcome {
        code: exchange.status,
        error_type: phrase(exchange),
        succeeded: is_success,
    };
    (outcome, is_mapped(webhook, exchange.status))
}

/// Whether answers with a status are mapped (R-MAP-1).
pub(super) fn is_mapped(webhook: &Compiled, status: u16) -> bool {
    (200..300).contains(&status) || webhook.also_map_codes.contains(&status)
}

/// An outcome that no server gave.
pub(super) fn local(code: u16, word: &str) -> Outcome {
    Outcome {
        code,
        error_type: word.to_owned(),
        succeeded: false,
    }
}

/// What a mapped answer writes, and which mappings wrote nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct MappedAnswer {
    pub(crate) writes: Writes,
    pub(crate) problems: Vec<MappingProblem>,
}

thread_local! {
    static OUTCOMES: RefCell<Vec<Mapped>> = const { RefCell::new(Vec::new()) };
}

/// Maps an answer's body.
pub(crate) fn map_answer(
    mapping: &Mapping,
    body: &[u8],
    charset: Option<&str>,
    zone: &Zone,
) -> MappedAnswer {
    OUTCOMES.with_borrow_mut(|outcomes| {
        outcomes.clear();
        mapping.plan.apply(body, charset, zone, outcomes);
        let mut answer = MappedAnswer::default();
        for (at, (outcome, (field, object))) in outcomes.drain(..).zip(&mapping.fields).enumerate()
        {
            match outcome {
                Mapped::Value(value) => answer.write(*object, *field, Some(value)),
                Mapped::Clear => answer.write(*object, *field, None),
                Mapped::Problem(problem) => answer.problems.push(MappingProblem {
                    mapping: u16::try_from(at).expect("a webhook has at most 1,000 mappings"),
                    reason: reason(problem.reason),
                    detail: problem.detail,
                }),
            }
        }
        answer
    })
}

impl MappedAnswer {
    /// The last mapping of a field wins (R-MAP-8).
    fn write(&mut self, object: Object, field: FieldId, value: Option<leadhook_field::Value>) {
        let writes = match object {
            Object::Lead => &mut self.writes.lead,
            Object::Company => &mut self.writes.company,
        };
        match writes.iter_mut().find(|write| write.field == field) {
            Some(write) => write.value = value,
            None => writes.push(FieldWrite { field, value }),
        }
    }
}

fn reason(reason: Reason) -> ProblemReason {
    match reason {
        Reason::NotFound => ProblemReason::NotFound,
        Reason::TypeMismatch => ProblemReason::TypeMismatch,
        Reason::OutOfRange => ProblemReason::OutOfRange,
        Reason::TooLong => ProblemReason::TooLong,
        Reason::NotScalar => ProblemReason::NotScalar,
        Reason::InvalidResponse => ProblemReason::InvalidResponse,
    }
}

#[cfg(test)]
mod tests;
