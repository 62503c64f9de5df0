//! From the text of an element or attribute to what the field takes (R-MAP-3, R-MAP-4, R-MAP-5).

use leadhook_field::Zone;

use super::names::is_white_space;
use super::walk::Found;
use crate::outcome::{Outcome, Reason};
use crate::plan::FieldTarget;

pub(super) fn outcome(found: &Found<'_>, target: &FieldTarget, zone: &Zone) -> Outcome {
    let field_type = target.field_type;
    match found {
        Found::Nothing => Outcome::not_found(&target.path),
        Found::Elements => Outcome::misfit(
            Reason::NotScalar,
            "the element with child elements at",
            target.path.as_str(),
            field_type,
        ),
        Found::Text(text) => match text.trim_matches(is_white_space) {
            "" => Outcome::Clear,
            text => Outcome::read(field_type.read(text, zone), "the text", text, field_type),
        },
    }
}
