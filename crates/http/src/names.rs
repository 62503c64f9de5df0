//! The addresses of one origin's name, looked up once for all the calls that need them at the same time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use crate::{
    failure::{Failure, FailureKind},
    resolve::Resolve,
};

/// How long an answer, good or bad, serves other calls: a burst of calls makes one look-up rather than thousands, and a name that
/// moves is followed within a second.
const FRESH: Duration = Duration::from_secs(1);

/// What is known of an origin's name.
pub(crate) struct Names {
    resolver: Arc<dyn Resolve>,
    /// Held while a look-up is under way. Who waits for it finds the answer; when it is given up, the next one asks.
    last: Mutex<Option<(Instant, Answer)>>,
}

type Answer = Result<Arc<[SocketAddr]>, Failure>;

impl Names {
    pub(crate) fn new(resolver: Arc<dyn Resolve>) -> Names {
        Names {
            resolver,
            last: Mutex::new(None),
        }
    }

    /// The addresses of `host`, at least one.
    pub(crate) async fn resolve(&self, host: &str, port: u16) -> Answer {
        let mut last = self.last.lock().await;
        match &*last {
            Some((at, answer)) if at.elapsed() < FRESH => answer.clone(),
            _ => {
                let answer = self.look_up(host, port).await;
                *last = Some((Instant::now(), answer.clone()));
                answer
            }
        }
    }

    async fn look_up(&self, host: &str, port: u16) -> Answer {
        let failure = |detail| Failure::new(FailureKind::Dns, detail);
        match self.resolver.resolve(host, port).await {
            Ok(addresses) if addresses.is_empty() => Err(failure(format!("{host} has no address"))),
            Ok(addresses) => Ok(addresses.into()),
            Err(error) => Err(failure(format!("{host} cannot be resolved: {error}"))),
        }
    }
}
