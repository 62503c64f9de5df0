//! Many ascending (or descending) lists of ids, read a chunk at a time, as one.

use std::collections::{BinaryHeap, VecDeque};

use leadhook_store::{Error, Order};

/// Ids that are read of a list at first; each further chunk is twice as long,
const FIRST_CHUNK: u32 = 4;
/// up to so many.
const MAX_CHUNK: u32 = 256;

/// The lists, each with the ids that were read but not given yet.
pub(crate) struct Merge<F> {
    order: Order,
    lists: Vec<List>,
    /// The next id of each list that has one, as `rank` orders it, and where the list stands.
    heads: BinaryHeap<(i64, usize)>,
    read: F,
}

struct List {
    key: i64,
    read: VecDeque<i64>,
    chunk: u32,
    is_ended: bool,
}

impl<F> Merge<F>
where
    F: FnMut(i64, Option<i64>, u32) -> Result<Vec<i64>, Error>,
{
    /// The lists of some keys. `read` gives the next ids of a list after an id, in order, at most so many.
    pub(crate) fn new(
        order: Order,
        keys: impl Iterator<Item = i64>,
        read: F,
    ) -> Result<Merge<F>, Error> {
        let lists = keys.map(|key| List {
            key,
            read: VecDeque::new(),
            chunk: FIRST_CHUNK,
            is_ended: false,
        });
        let mut merge = Merge {
            order,
            lists: lists.collect(),
            heads: BinaryHeap::new(),
            read,
        };
        for at in 0..merge.lists.len() {
            merge.advance(at, None)?;
        }
        Ok(merge)
    }

    /// The next id of all.
    pub(crate) fn next(&mut self) -> Result<Option<i64>, Error> {
        let Some((rank, at)) = self.heads.pop() else {
            return Ok(None);
        };
        let id = rank_of(self.order, rank);
        self.advance(at, Some(id))?;
        Ok(Some(id))
    }

    /// Puts a list's next id among the heads.
    fn advance(&mut self, at: usize, after: Option<i64>) -> Result<(), Error> {
        let list = &mut self.lists[at];
        if list.read.is_empty() && !list.is_ended {
            let ids = (self.read)(list.key, after, list.chunk)?;
            list.is_ended = ids.len() < list.chunk as usize;
            list.chunk = (list.chunk * 2).min(MAX_CHUNK);
            list.read.extend(ids);
        }
        if let Some(id) = list.read.pop_front() {
            self.heads.push((rank_of(self.order, id), at));
        }
        Ok(())
    }
}

/// A number that is the greater the sooner the id comes; the id of a rank, too, since it is its own inverse.
fn rank_of(order: Order, id: i64) -> i64 {
    match order {
        Order::NewestFirst => id,
        Order::OldestFirst => !id,
    }
}

#[cfg(test)]
mod tests;
