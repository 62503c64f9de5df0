//! Requests that bear a `request_id` and are under way (R-CALL-9): the first is carried out, its repetitions wait for its
//! answer. Answers that are durable are the store's to remember; here is only what is not answered yet.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use leadhook_store::RequestKey;
use tokio::sync::watch;

mod canonical;

pub(crate) use self::canonical::{Canonical, Digest, digest, digest_and_size};

/// The requests of a method that are under way, with answers of type `T`.
#[derive(Debug)]
pub(crate) struct Requests<T> {
    under_way: Arc<Mutex<HashMap<RequestKey, UnderWay<T>>>>,
}

#[derive(Debug)]
struct UnderWay<T> {
    payload: [u8; 32],
    answer: watch::Receiver<Option<T>>,
}

/// What a request finds when it begins.
#[derive(Debug)]
pub(crate) enum Begun<T> {
    /// It is to be carried out, if the store does not remember it.
    First(Guard<T>),
    /// Its repetition: the answer of the first.
    Done(T),
    /// Another payload is under way with this `request_id`.
    OtherPayload,
}

/// The right to carry a request out. Dropped without an answer, it passes to one of those that wait.
#[derive(Debug)]
pub(crate) struct Guard<T> {
    under_way: Arc<Mutex<HashMap<RequestKey, UnderWay<T>>>>,
    key: RequestKey,
    answer: watch::Sender<Option<T>>,
}

impl<T> Default for Requests<T> {
    fn default() -> Self {
        Requests {
            under_way: Arc::default(),
        }
    }
}

impl<T: Clone> Requests<T> {
    /// Begins a request, or waits for the one of this key that is under way.
    pub(crate) async fn begin(&self, key: &RequestKey, payload: [u8; 32]) -> Begun<T> {
        loop {
            let mut answer = match self.enter(key, payload) {
                Entered::First(guard) => return Begun::First(guard),
                Entered::OtherPayload => return Begun::OtherPayload,
                Entered::Waiting(answer) => answer,
            };
            // An error means that the first gave up: then one of those that wait is the first.
            if let Ok(answer) = answer.wait_for(Option::is_some).await
                && let Some(answer) = answer.as_ref()
            {
                return Begun::Done(answer.clone());
            }
        }
    }

    fn enter(&self, key: &RequestKey, payload: [u8; 32]) -> Entered<T> {
        match lock(&self.under_way).entry(key.clone()) {
            Entry::Occupied(first) if first.get().payload != payload => Entered::OtherPayload,
            Entry::Occupied(first) => Entered::Waiting(first.get().answer.clone()),
            Entry::Vacant(place) => {
                let (sender, answer) = watch::channel(None);
                place.insert(UnderWay { payload, answer });
                let under_way = Arc::clone(&self.under_way);
                Entered::First(Guard {
                    under_way,
                    key: key.clone(),
                    answer: sender,
                })
            }
        }
    }
}

enum Entered<T> {
    First(Guard<T>),
    Waiting(watch::Receiver<Option<T>>),
    OtherPayload,
}

impl<T> Guard<T> {
    /// Gives the answer to all that wait. What comes from now on asks the store, so the answer is durable by now.
    pub(crate) fn done(self, answer: T) {
        self.answer.send_replace(Some(answer));
    }
}

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        lock(&self.under_way).remove(&self.key);
    }
}

fn lock<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
