//! The client and how it is set up.

use std::{fmt, sync::Arc, time::Duration};

use rustls::pki_types::CertificateDer;

use crate::{
    body::most_room,
    cidr::Cidr,
    dial::Dialer,
    error::Error,
    exchange::Exchange,
    failure::Failure,
    guard::Guard,
    pool::{Limits, Pool},
    request::Request,
    resolve::{Resolve, SystemResolver},
    room::Memory,
    send, tls,
};

/// Makes calls. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) dialer: Dialer,
    pub(crate) pool: Arc<Pool>,
    pub(crate) max_body: usize,
    pub(crate) memory: Memory,
}

impl Client {
    /// A client to be configured.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Sends a request and reads the whole answer.
    ///
    /// Redirects are answers. Dropping the future ends the attempt and closes what it had opened.
    ///
    /// # Errors
    ///
    /// When no complete answer came within the request's timeout: [`FailureKind`](crate::FailureKind) says why.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time and I/O enabled. Connections belong to the runtime in which they were made: do not use
    /// a client in several.
    pub async fn send(&self, request: &Request) -> Result<Exchange, Failure> {
        send::send(&self.shared, request).await
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
    roots: Vec<CertificateDer<'static>>,
    resolver: Arc<dyn Resolve>,
    max_body: usize,
    body_memory: usize,
    limits: Limits,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            allowed: Vec::new(),
            roots: Vec::new(),
            resolver: Arc::new(SystemResolver),
            max_body: 1 << 20,
            body_memory: 256 << 20,
            limits: Limits {
                max_connections: 4_096,
                max_idle_per_host: 256,
                idle_timeout: Duration::from_secs(90),
            },
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
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Result<Builder, Error> {
        self.roots.extend(tls::read_roots(pem)?);
        Ok(self)
    }

    /// Largest body that is read, in bytes, on the wire and decoded each. Default: 1 MiB.
    pub fn max_body(mut self, bytes: usize) -> Builder {
        self.max_body = bytes;
        self
    }

    /// What the bodies of more than 64 KiB may hold in all, in bytes; at least, and by itself, twice [`Builder::max_body`]. Default: 256 MiB.
    ///
    /// Such a body waits, within its request's timeout and without reading on, until there is room for all that it may become: as much as its Content-Length
    /// says, else the largest body, and twice the largest where a content coding is to be removed. Its room is given back when
    /// the last clone or slice of [`Exchange::body`] is dropped: who keeps a part of a large body for long should copy it.
    pub fn body_memory(mut self, bytes: usize) -> Builder {
        self.body_memory = bytes;
        self
    }

    /// Connections to all hosts beyond which idle ones are closed for those that are dialled; a call is never refused for their number. Default: 4,096.
    pub fn max_connections(mut self, connections: usize) -> Builder {
        self.limits.max_connections = connections;
        self
    }

    /// Idle connections that are kept for one scheme, host and port. Default: 256.
    pub fn max_idle_per_host(mut self, connections: usize) -> Builder {
        self.limits.max_idle_per_host = connections;
        self
    }

    /// How long an idle connection is kept. Default: 90 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Builder {
        self.limits.idle_timeout = timeout;
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
        let dialer = Dialer {
            guard: Guard::new(self.allowed),
            tls: tls::connector(self.roots)?,
        };
        let pool = Pool::new(self.limits, self.resolver);
        Ok(Client {
            shared: Arc::new(Shared {
                dialer,
                pool,
                max_body: self.max_body,
                memory: Memory::new(self.body_memory, most_room(self.max_body)),
            }),
        })
    }
}
