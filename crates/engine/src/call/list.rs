//! Calls read back: one, or a page of them.

use std::sync::Arc;

use leadhook_filter::Filter;
use leadhook_store::{CallId, CallQuery, CallSchema, Order, Page, Store};

use super::view::CallView;
use crate::{
    engine::Engine,
    error::{Error, Violation},
};

/// The order of a list of calls.
pub type CallOrder = Order;

/// Which calls are listed.
#[derive(Clone, Debug)]
pub struct ListCalls {
    /// R-FIL-3; empty: all.
    pub filter: String,
    /// Newest first, unless asked otherwise.
    pub order: CallOrder,
    /// Those after this one, in that order.
    pub after: Option<CallId>,
    /// At most so many.
    pub limit: usize,
    /// The page ends early at this size, in bytes.
    pub max_bytes: usize,
    /// With request and response.
    pub full: bool,
}

impl<S: Store> Engine<S> {
    /// A call, whole.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn get_call(&self, id: CallId) -> Result<CallView, Error> {
        let call = self.shared.store.call(id).await?;
        self.view(call.ok_or_else(|| Error::call_not_found(id))?)
            .await
    }

    /// A page of calls.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter, [`Error::Store`].
    pub async fn list_calls(&self, list: ListCalls) -> Result<Page<CallView, CallId>, Error> {
        let query = CallQuery {
            filter: Arc::new(call_filter(&list.filter)?),
            order: list.order,
            after: list.after,
            limit: list.limit.max(1),
            max_bytes: list.max_bytes,
            max_scanned: self.shared.settings.max_scanned,
            full: list.full,
        };
        let page = self.shared.store.list_calls(query).await?;
        let (next, rows) = (page.next, self.views(page.rows).await?);
        Ok(Page { rows, next })
    }
}

/// Parses a filter of calls.
pub(super) fn call_filter(text: &str) -> Result<Filter<leadhook_store::CallField>, Error> {
    Filter::parse(text, &CallSchema).map_err(|error| Error::filter(Violation::of_filter(&error)))
}
