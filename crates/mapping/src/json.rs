//! JSON bodies: a trie of all paths, walked along with the body in one pass (R-MAP-2, R-MAP-4, R-MAP-6, R-MAP-8).
//!
//! The [`scanner`] is our own and not serde's for three reasons, each of which was tried: serde tells neither where a
//! value ends nor whether a key that nobody asks for holds half a surrogate pair; a path that goes on below what turns out to be a
//! number makes serde parse that number, and fail for `1e400`; and a value that one path reads and another passes
//! through would be read twice. Here a value that a path reads is a slice of the body, and is looked at only when
//! the whole body is known to be well-formed. Texts and numbers are then read by `serde_json` and `leadhook-field`.

mod leaf;
mod nesting;
mod scanner;
mod surrogates;
#[cfg(test)]
mod tests;
mod trie;
mod walk;

use leadhook_field::Zone;

use crate::outcome::Outcome;
use crate::path::Path;
use crate::plan::{FieldTarget, Invalid};
use crate::slots::with_slots;
use trie::Trie;

/// Reads what the paths of a plan name.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    trie: Trie,
}

impl Reader {
    pub(crate) fn new(paths: &[&Path]) -> Self {
        Self {
            trie: Trie::new(paths),
        }
    }

    /// Adds one outcome per target.
    pub(crate) fn read(
        &self,
        text: &str,
        targets: &[FieldTarget],
        zone: &Zone,
        out: &mut Vec<Outcome>,
    ) -> Result<(), Invalid> {
        with_slots(self.trie.leaves(), |found| {
            walk::walk(&self.trie, text, found)?;
            out.extend(
                targets
                    .iter()
                    .zip(self.trie.leaf_of_target())
                    .map(|(target, leaf)| match leaf.and_then(|leaf| found[leaf]) {
                        Some(raw) => leaf::outcome(raw, target.field_type, zone),
                        None => Outcome::not_found(&target.path),
                    }),
            );
            Ok(())
        })
    }
}
