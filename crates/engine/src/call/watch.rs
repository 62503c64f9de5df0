//! `tail -f` for calls: first all that came after a call, then what comes.

use std::sync::Arc;

use leadhook_filter::Filter;
use leadhook_store::{Call, CallField, CallId, CallQuery, Order, Page, Store};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use super::{list::call_filter, recorder::MAX_LATE, view::CallView};
use crate::{engine::Engine, error::Error};

/// Which calls are watched.
#[derive(Clone, Debug, Default)]
pub struct WatchCalls {
    /// R-FIL-3; empty: all.
    pub filter: String,
    /// With request and response.
    pub full: bool,
    /// First all that came after this one; none: from now on.
    pub after: Option<CallId>,
}

/// A watch of calls. It holds no calls of its own: what its reader has not taken stays in the store.
#[derive(Debug)]
pub struct CallWatch<S> {
    engine: Engine<S>,
    filter: Arc<Filter<CallField>>,
    full: bool,
    last: watch::Receiver<CallId>,
    /// Those that were recorded before, waited, and end now.
    ended_late: broadcast::Receiver<CallId>,
    /// The last call that was looked at.
    seen: CallId,
    /// The last call when the watch began: what is older is caught up with at the reader's own pace.
    began: CallId,
}

/// Calls counted at a time.
const COUNTED: usize = 1_000;
/// Calls of one batch at most.
const BATCH: usize = 100;
/// Bytes of one batch at most, about.
const BATCH_BYTES: usize = 1 << 20;

impl<S: Store> Engine<S> {
    /// Begins to watch calls.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter.
    pub fn watch_calls(&self, watch: &WatchCalls) -> Result<CallWatch<S>, Error> {
        let last = self.shared.store.last_call();
        let began = *last.borrow();
        let seen = watch.after.unwrap_or(began);
        Ok(CallWatch {
            began,
            engine: self.clone(),
            filter: Arc::new(call_filter(&watch.filter)?),
            full: watch.full,
            last,
            ended_late: self.shared.calls.recorder.ended_late(),
            seen,
        })
    }
}

impl<S: Store> CallWatch<S> {
    /// The next calls, oldest first; waits until there are some. A call that waits for attempts comes when it is first recorded, and again when it has
    /// ended. None when the server stops.
    ///
    /// # Errors
    /// [`Error::SlowReader`], [`Error::Store`].
    pub async fn next(&mut self) -> Result<Option<Vec<CallView>>, Error> {
        loop {
            let newest = *self.last.borrow_and_update();
            if newest > self.seen {
                let page = self.read(self.seen, BATCH, self.full).await?;
                // The last page has seen everything up to `newest`, which was read before it.
                let last = page.rows.last().map_or(newest, |call| call.id.max(newest));
                self.seen = page.next.unwrap_or(last);
                if !page.rows.is_empty() {
                    return Ok(Some(self.engine.views(page.rows).await?));
                }
                if page.next.is_some() {
                    continue;
                }
            }
            tokio::select! {
                biased;
                () = self.engine.shared.calls.stopping.cancelled() => return Ok(None),
                changed = self.last.changed() => if changed.is_err() { return Ok(None) },
                late = self.ended_late.recv() => {
                    let ended = match late {
                        Ok(late) => self.late(late).await?,
                        Err(RecvError::Lagged(_)) => {
                            return Err(Error::SlowReader { limit: MAX_LATE });
                        }
                        Err(RecvError::Closed) => return Ok(None),
                    };
                    if !ended.is_empty() {
                        return Ok(Some(self.engine.views(ended).await?));
                    }
                }
            }
        }
    }

    /// A call that ended late, if it has been looked at before and matches.
    async fn late(&self, id: CallId) -> Result<Vec<Call>, Error> {
        if id > self.seen {
            return Ok(Vec::new());
        }
        let page = self.read(CallId(id.0 - 1), 1, self.full).await?;
        Ok(page.rows.into_iter().filter(|call| call.id == id).collect())
    }

    /// Whether more than `limit` calls came since the watch began that its reader has not taken.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn is_behind(&self, limit: usize) -> Result<bool, Error> {
        let mut after = self.seen.max(self.began);
        let mut behind = 0;
        while behind <= limit {
            let page = self.read(after, COUNTED, false).await?;
            behind += page.rows.len();
            match page.next {
                Some(next) => after = next,
                None => return Ok(behind > limit),
            }
        }
        Ok(true)
    }

    async fn read(
        &self,
        after: CallId,
        limit: usize,
        full: bool,
    ) -> Result<Page<Call, CallId>, Error> {
        let query = CallQuery {
            filter: Arc::clone(&self.filter),
            order: Order::OldestFirst,
            after: Some(after),
            limit,
            max_bytes: BATCH_BYTES,
            max_scanned: self.engine.shared.settings.max_scanned,
            full,
        };
        Ok(self.engine.shared.store.list_calls(query).await?)
    }
}
