//! How far a page goes through its table: so many rows, and only while somebody waits for it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leadhook_store::{Error, ErrorKind};

/// Whether anybody still waits for a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    /// What tells the query, by being dropped, that nobody waits for it any more.
    pub(crate) fn when_dropped(&self) -> Waiting {
        Waiting(self.clone())
    }

    /// # Errors
    /// When nobody waits; nobody reads this error either.
    pub(crate) fn check(&self) -> Result<(), Error> {
        // Nothing is handed over with the flag: it may be seen a little later.
        if self.0.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Other, "nobody waits for the query"));
        }
        Ok(())
    }
}

/// Held by whoever waits.
#[derive(Debug)]
pub(crate) struct Waiting(Abandoned);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// The rows that a page looks at, one after the other.
#[derive(Debug)]
pub(crate) struct Scan<'a, K = i64> {
    abandoned: &'a Abandoned,
    /// Rows that may still be looked at.
    left: usize,
    /// The last row that the page is done with.
    passed: Option<K>,
    is_cut: bool,
}

impl<'a, K: Copy> Scan<'a, K> {
    pub(crate) fn new(abandoned: &'a Abandoned, max_rows: usize) -> Scan<'a, K> {
        Scan {
            abandoned,
            left: max_rows.max(1),
            passed: None,
            is_cut: false,
        }
    }

    pub(crate) fn abandoned(&self) -> &'a Abandoned {
        self.abandoned
    }

    /// Whether the page may look at one more row, which is there.
    pub(crate) fn may_look(&mut self) -> Result<bool, Error> {
        self.abandoned.check()?;
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.is_cut = true,
        }
        Ok(!self.is_cut)
    }

    /// Notes that a row is on the page, or not wanted there.
    pub(crate) fn pass(&mut self, id: K) {
        self.passed = Some(id);
    }

    /// Ends the page before the row that was looked at last.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Behind which row the next page begins; none where there are no more rows.
    pub(crate) fn next(&self) -> Option<K> {
        self.passed.filter(|_| self.is_cut)
    }
}
