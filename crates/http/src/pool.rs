//! Connections that are kept: by scheme, host and port, bounded in number and time.
//!
//! What a single origin keeps, and how calls share dials to it, is in [`origin`]; this is the map of them and what clears it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

pub(crate) use self::origin::{Lease, Leased, Origin, Which};
use crate::{names::Names, resolve::Resolve, url::Url};

mod origin;

/// A sweep looks at each connection, so it comes no more often than this by default.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

/// How much is kept, and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_connections: usize,
    pub(crate) max_idle_per_host: usize,
    pub(crate) idle_timeout: Duration,
}

/// All origins with connections.
pub(crate) struct Pool {
    limits: Limits,
    resolver: Arc<dyn Resolve>,
    origins: Mutex<HashMap<Box<str>, Arc<Origin>>>,
    open: Arc<AtomicUsize>,
    is_swept: AtomicBool,
}

/// Counts a connection as long as it is open.
#[derive(Debug)]
pub(crate) struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    pub(crate) fn new(limits: Limits, resolver: Arc<dyn Resolve>) -> Arc<Pool> {
        Arc::new(Pool {
            limits,
            resolver,
            origins: Mutex::default(),
            open: Arc::default(),
            is_swept: AtomicBool::new(false),
        })
    }

    /// Where the URL's connections are kept.
    pub(crate) fn origin(self: &Arc<Pool>, url: &Url) -> Arc<Origin> {
        if let Some(origin) = self.lock().get(url.origin()) {
            return origin.clone();
        }
        let new = || {
            let names = Names::new(self.resolver.clone());
            Arc::new(Origin::new(self.limits, names, Arc::downgrade(self)))
        };
        let origin = self
            .lock()
            .entry(url.origin().into())
            .or_insert_with(new)
            .clone();
        // Behind the insertion: a sweep that ends before it found nothing leaves this one to begin, one that is under way finds it.
        self.start_sweeping();
        origin
    }

    /// Counts a connection that is about to be dialled. Where as many are open as should be, those that rest make room for it: of each origin's the half
    /// that was used least recently, so that it need not be done for every dial.
    fn open(&self) -> Open {
        let open = Open(Arc::clone(&self.open));
        if open.0.fetch_add(1, Ordering::Relaxed) >= self.limits.max_connections {
            let origins: Vec<_> = self.lock().values().cloned().collect();
            for origin in origins {
                origin.close_half();
            }
        }
        open
    }

    /// A task looks after the pool as long as it holds anything.
    fn start_sweeping(self: &Arc<Pool>) {
        if self.is_swept.swap(true, Ordering::AcqRel) {
            return;
        }
        let interval = SWEEP_INTERVAL
            .min(self.limits.idle_timeout)
            .max(Duration::from_millis(1));
        tokio::spawn(sweep(Arc::downgrade(self), interval));
    }

    /// Closes what has been idle for too long or was closed by its service; whether anything is left.
    fn clear(&self) -> bool {
        let origins: Vec<_> = self.lock().values().cloned().collect();
        for origin in origins {
            origin.clear();
        }
        let mut origins = self.lock();
        // One that a call holds is about to have a connection.
        origins.retain(|_, origin| Arc::strong_count(origin) > 1 || !origin.is_empty());
        if origins.is_empty() {
            // Under the lock: whoever adds the next origin starts the next sweep.
            self.is_swept.store(false, Ordering::Release);
        }
        !origins.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Origin>>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sweep(pool: Weak<Pool>, interval: Duration) {
    loop {
        sleep(interval).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.clear() {
            return;
        }
    }
}
