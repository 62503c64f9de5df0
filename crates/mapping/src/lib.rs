//! Response attribute paths over JSON and XML: compiled once, all answered in one pass over the body.

mod charset;
mod json;
mod outcome;
mod path;
mod plan;
mod slots;
mod xml;

pub use charset::charset_of;
pub use outcome::{MAX_DETAIL_LENGTH, Outcome, Problem, Reason};
pub use path::{MAX_LEVELS, MAX_PATH_LENGTH, Path, PathError, PathErrorKind};
pub use plan::{Format, Plan, Target};
