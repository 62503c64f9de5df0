//! A webhook's definition, compiled.

use leadhook_field::Schema;
use leadhook_store::Definition;

use crate::{environment::Settings, error::Violation, vault::Secret};

#[derive(Debug)]
pub(crate) struct Compiled {}

pub(crate) fn compile(
    _definition: &Definition<Secret>,
    _schema: &Schema,
    _settings: &Settings,
) -> Result<Compiled, Vec<Violation>> {
    Ok(Compiled {})
}
