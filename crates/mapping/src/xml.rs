//! XML bodies: a trie of all paths, walked along with quick-xml's events in one pass (R-MAP-3, R-MAP-4, R-MAP-6).

mod attributes;
mod declaration;
mod leaf;
mod matches;
pub(crate) mod names;
mod references;
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
                    .map(|(target, leaf)| match leaf {
                        Some(leaf) => leaf::outcome(&found[leaf], target, zone),
                        None => Outcome::not_found(&target.path),
                    }),
            );
            Ok(())
        })
    }
}
