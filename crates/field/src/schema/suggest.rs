//! The field that was meant by a name that none bears (R-DEF-2).

use super::{Schema, name};
use crate::{
    field::{Field, Object},
    text::name_key,
};

/// Changes beyond which a name was hardly meant.
const MAX_CHANGES: usize = 3;

impl Schema {
    /// The field whose name is nearest to a name that none bears, of one object or of both; none when nothing is near.
    ///
    /// Near is what takes one change for every four characters begun, and at most three: a character that is missing, too many, another
    /// one, or swapped with its neighbour. Of those equally near the one comes first that [`find`](Schema::find) would take first.
    ///
    /// ```
    /// use leadhook_field::{Object, Schema};
    ///
    /// let schema = Schema::standard();
    /// assert_eq!(schema.suggest(None, "E-Mail Adress").unwrap().display_name, "Email Address");
    /// assert_eq!(schema.suggest(Some(Object::Company), "Ctiy").unwrap().api_name, "BillingCity");
    /// assert_eq!(schema.suggest(None, "Shoe Size"), None);
    /// ```
    #[must_use]
    pub fn suggest(&self, object: Option<Object>, name: &str) -> Option<&Field> {
        let (object, name) = match name::qualified(name) {
            Some((named, name)) => (Some(named), name),
            None => (object, name),
        };
        // A name that is much longer than any is near to none, and not worth the comparing.
        let length = name.chars().take(2 * name::MAX_NAME).count();
        if length > name::MAX_NAME + MAX_CHANGES {
            return None;
        }
        let key = name_key(name);
        let length = key.chars().count();
        let allowed = length.div_ceil(4).min(MAX_CHANGES);
        let near = self.bearers.iter().filter_map(|(known, bearers)| {
            let bearer = bearers
                .iter()
                .find(|bearer| object.is_none_or(|object| bearer.object == object))?;
            // The changes are at least the difference in length.
            if known.chars().count().abs_diff(length) > allowed {
                return None;
            }
            let changes = strsim::damerau_levenshtein(known, &key);
            (changes <= allowed).then_some((changes, *bearer))
        });
        let (_, bearer) = near.min()?;
        self.get(bearer.id)
    }
}
