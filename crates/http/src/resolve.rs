//! From names to addresses.

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin};

/// A name resolution under way.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Resolves names: the operating system by default, anything else through [`Builder::resolver`](crate::Builder::resolver).
///
/// What it answers is still judged: an address that is guarded is not connected to, wherever it comes from.
///
/// ```
/// use std::net::{Ipv4Addr, SocketAddr};
/// use leadhook_http::{Client, Resolve, Resolving};
///
/// struct Everywhere(Ipv4Addr);
///
/// impl Resolve for Everywhere {
///     fn resolve(&self, _host: &str, port: u16) -> Resolving {
///         let address = SocketAddr::new(self.0.into(), port);
///         Box::pin(async move { Ok(vec![address]) })
///     }
/// }
///
/// let client = Client::builder().resolver(Everywhere(Ipv4Addr::LOCALHOST)).build()?;
/// # Ok::<(), leadhook_http::Error>(())
/// ```
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of `host`, the preferred one first, each with `port`. No address at all is the failure `DNS`.
    fn resolve(&self, host: &str, port: u16) -> Resolving;
}

/// The operating system's resolver, on a thread of its own: `getaddrinfo` blocks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str, port: u16) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

impl fmt::Debug for dyn Resolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolve")
    }
}
