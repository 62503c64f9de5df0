//! The connections of one origin, and who dials the next one.
//!
//! An HTTP/1 connection serves one call at a time: a call takes the one that was used last, else dials its own. An HTTP/2 connection serves
//! many: as long as it is not known what an origin speaks, or when its connections are full, one call dials and the others wait for
//! what comes of it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::{sync::Mutex as AsyncMutex, time::Instant};

use super::{Limits, Pool};
use crate::{
    dial::{Dialed, Dialer},
    failure::Failure,
    http1::Http1,
    http2::{Http2, Slot},
    names::Names,
    url::{Scheme, Url},
};

/// Scheme, host and port, and what is connected to them.
pub(crate) struct Origin {
    limits: Limits,
    names: Names,
    pool: Weak<Pool>,
    kept: Mutex<Kept>,
    /// Held by the call that dials for others; what it failed with serves those that waited for it.
    dialing: AsyncMutex<Option<(Instant, Failure)>>,
}

#[derive(Default)]
struct Kept {
    /// What the origin spoke last.
    speaks: Speaks,
    /// Least recently used first.
    http1: VecDeque<Idle>,
    http2: Vec<Shared>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Speaks {
    #[default]
    Unknown,
    Http1,
    Http2,
}

struct Idle {
    connection: Box<Http1>,
    since: Instant,
}

struct Shared {
    connection: Arc<Http2>,
    dialed: Instant,
}

/// Which connections a call may be given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// Any.
    Any,
    /// One that was dialled after this: those before have let a call down.
    DialedAfter(Instant),
}

/// A connection that a call may use.
pub(crate) struct Lease {
    pub(crate) connection: Leased,
    /// Other calls used it before, or at the same time.
    pub(crate) is_reused: bool,
}

pub(crate) enum Leased {
    Http1(Box<Http1>),
    Http2(Slot),
}

impl Origin {
    pub(super) fn new(limits: Limits, names: Names, pool: Weak<Pool>) -> Origin {
        Origin {
            limits,
            names,
            pool,
            kept: Mutex::default(),
            dialing: AsyncMutex::default(),
        }
    }

    /// A connection for a call: one that is kept, else a new one.
    pub(crate) async fn lease(
        &self,
        dialer: &Dialer,
        url: &Url,
        which: Which,
    ) -> Result<Lease, Failure> {
        if let Some(lease) = self.take(which) {
            return Ok(lease);
        }
        if self.dials_alone(url) {
            return Box::pin(self.dial(dialer, url)).await;
        }
        let asked = Instant::now();
        let mut dialing = self.dialing.lock().await;
        // Somebody else's dial may have settled it.
        if let Some(lease) = self.take(which) {
            return Ok(lease);
        }
        if self.dials_alone(url) {
            drop(dialing);
            return Box::pin(self.dial(dialer, url)).await;
        }
        if let Some((at, failure)) = &*dialing
            && *at > asked
        {
            return Err(failure.clone());
        }
        let result = Box::pin(self.dial(dialer, url)).await;
        *dialing = result
            .as_ref()
            .err()
            .map(|failure| (Instant::now(), failure.clone()));
        result
    }

    /// Takes an HTTP/1 connection back, when it can be used again.
    pub(crate) fn give_back(&self, mut connection: Box<Http1>) {
        if !connection.is_usable() {
            return;
        }
        let idle = Idle {
            connection,
            since: Instant::now(),
        };
        let mut kept = self.lock();
        if kept.http1.len() < self.limits.max_idle_per_host {
            kept.http1.push_back(idle);
        }
    }

    fn take(&self, which: Which) -> Option<Lease> {
        let slot = {
            let mut kept = self.lock();
            kept.http2.retain(|shared| shared.connection.is_usable());
            kept.http2
                .iter()
                .filter(|shared| which.admits(shared.dialed))
                .find_map(|shared| shared.connection.reserve())
        };
        if let Some(slot) = slot {
            return Some(Lease {
                connection: Leased::Http2(slot),
                is_reused: true,
            });
        }
        match which {
            Which::Any => {
                let connection = Leased::Http1(self.take_http1()?);
                Some(Lease {
                    connection,
                    is_reused: true,
                })
            }
            // What lies there was dialled for another call.
            Which::DialedAfter(_) => None,
        }
    }

    /// The connection that was used last, as it is the least likely to be closed by now.
    fn take_http1(&self) -> Option<Box<Http1>> {
        loop {
            let Idle {
                mut connection,
                since,
            } = self.lock().http1.pop_back()?;
            if since.elapsed() < self.limits.idle_timeout && connection.is_usable() {
                return Some(connection);
            }
        }
    }

    /// Whether a call's dial can serve that call alone.
    fn dials_alone(&self, url: &Url) -> bool {
        url.scheme() == Scheme::Http || self.lock().speaks == Speaks::Http1
    }

    async fn dial(&self, dialer: &Dialer, url: &Url) -> Result<Lease, Failure> {
        let dialed = Instant::now();
        let open = self.pool.upgrade().map(|pool| pool.open());
        let connection = match dialer.dial(url, &self.names).await? {
            Dialed::Http1(stream) => {
                let connection = Http1::new(stream, open).await?;
                self.lock().speaks = Speaks::Http1;
                Leased::Http1(Box::new(connection))
            }
            Dialed::Http2(stream) => {
                let max_streams = self.max_streams();
                let connection = Http2::new(stream, open, max_streams).await?;
                let mut kept = self.lock();
                kept.speaks = Speaks::Http2;
                let slot = connection.reserve_first();
                kept.http2.push(Shared { connection, dialed });
                Leased::Http2(slot)
            }
        };
        Ok(Lease {
            connection,
            is_reused: false,
        })
    }

    /// How many streams the origin allows on the connections that it has.
    fn max_streams(&self) -> Option<usize> {
        let kept = self.lock();
        kept.http2
            .last()
            .map(|shared| shared.connection.max_streams())
    }

    /// Closes what has been idle for too long, and what the service has closed.
    pub(super) fn clear(&self) {
        let is_fresh = |since: Instant| since.elapsed() < self.limits.idle_timeout;
        let mut kept = self.lock();
        kept.http2.retain(|shared| {
            shared.connection.is_usable() && shared.connection.idle_since().is_none_or(is_fresh)
        });
        kept.http1
            .retain_mut(|idle| is_fresh(idle.since) && idle.connection.is_usable());
    }

    /// Closes connections that rest: of HTTP/1 the half that was used least recently, of HTTP/2 all, which are few.
    pub(super) fn close_half(&self) {
        let mut kept = self.lock();
        let half = kept.http1.len().div_ceil(2);
        let closed: Vec<_> = kept.http1.drain(..half).collect();
        kept.http2
            .retain(|shared| shared.connection.idle_since().is_none());
        drop(kept);
        drop(closed);
    }

    pub(super) fn is_empty(&self) -> bool {
        let kept = self.lock();
        kept.http1.is_empty() && kept.http2.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Which {
    fn admits(self, dialed: Instant) -> bool {
        match self {
            Which::Any => true,
            Which::DialedAfter(time) => dialed > time,
        }
    }
}
