//! What was made with effort and may be asked for again: kept by its key, up to a bound.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Things by their keys; when there are too many all are forgotten, which costs making each once more.
pub(crate) struct Kept<K, V> {
    max: usize,
    things: Mutex<HashMap<K, V>>,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    pub(crate) fn new(max: usize) -> Kept<K, V> {
        Kept {
            max,
            things: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        things.get(key).cloned()
    }

    /// Keeps a thing, and gives it back.
    pub(crate) fn put(&self, key: K, thing: V) -> V {
        let mut things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        if things.len() >= self.max {
            things.clear();
        }
        things.insert(key, thing.clone());
        thing
    }
}

impl<K, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_kept_by_their_keys_up_to_the_bound() {
        let kept = Kept::new(3);
        for number in 0..3 {
            assert_eq!(kept.put(number, number * 10), number * 10);
        }
        assert_eq!((kept.get(&0), kept.get(&2)), (Some(0), Some(20)));
        kept.put(3, 30);
        assert_eq!((kept.get(&2), kept.get(&3)), (None, Some(30)));
    }
}
