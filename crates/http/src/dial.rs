//! From a URL to an open connection: resolve, judge, connect, shake hands.
//!
//! Dropping the future of a dial closes whatever it had begun: nothing here runs on its own.

use std::{io, net::SocketAddr, sync::Arc};

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{
    failure::{Failure, FailureKind},
    guard::Guard,
    names::Names,
    stream::Stream,
    url::{Host, Scheme, Url},
};

mod race;

/// Opens connections.
pub(crate) struct Dialer {
    pub(crate) guard: Guard,
    pub(crate) tls: TlsConnector,
}

/// What the service and we agreed to speak.
pub(crate) enum Dialed {
    Http1(Stream),
    Http2(Stream),
}

impl Dialer {
    /// Opens a connection to the URL's host and port.
    pub(crate) async fn dial(&self, url: &Url, names: &Names) -> Result<Dialed, Failure> {
        let addresses = match url.host() {
            Host::Address(address) => Arc::from([SocketAddr::new(address, url.port())]),
            Host::Name(name) => names.resolve(name, url.port()).await?,
        };
        let permitted = self.permitted(url, &addresses)?;
        let tcp = race::connect(&permitted)
            .await
            .map_err(|error| no_connection(url, &error))?;
        // A request is written whole: there is nothing to wait for. A socket that refuses the option still works.
        let _ = tcp.set_nodelay(true);
        match url.scheme() {
            Scheme::Http => Ok(Dialed::Http1(Stream::plain(tcp))),
            Scheme::Https => self.shake_hands(url, tcp).await,
        }
    }

    /// The addresses that may be connected to, in the order to try them.
    fn permitted(&self, url: &Url, addresses: &[SocketAddr]) -> Result<Vec<SocketAddr>, Failure> {
        let permitted: Vec<_> = addresses
            .iter()
            .copied()
            .filter(|address| self.guard.permits(address.ip()))
            .collect();
        match addresses.first() {
            Some(guarded) if permitted.is_empty() => {
                let ip = guarded.ip();
                let what = match url.host() {
                    Host::Address(_) => ip.to_string(),
                    Host::Name(name) => format!("{name} ({ip})"),
                };
                let whole = if ip.is_ipv4() { 32 } else { 128 };
                let detail = format!(
                    "{what} is not reachable from the whole Internet; start the server with `--allow-address {ip}/{whole}` to call it"
                );
                Err(Failure::new(FailureKind::RefusedAddress, detail))
            }
            _ => Ok(race::alternate(permitted)),
        }
    }

    async fn shake_hands(&self, url: &Url, tcp: TcpStream) -> Result<Dialed, Failure> {
        let name = server_name(url)?;
        let tls = self.tls.connect(name, tcp).await.map_err(|error| {
            let detail = format!("TLS handshake with {} failed: {error}", url.authority());
            Failure::new(FailureKind::Tls, detail)
        })?;
        let speaks_http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
        let stream = Stream::tls(tls);
        Ok(if speaks_http2 {
            Dialed::Http2(stream)
        } else {
            Dialed::Http1(stream)
        })
    }
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Failure> {
    match url.host() {
        Host::Address(address) => Ok(ServerName::from(address)),
        // The final dot is no part of a name in a certificate.
        Host::Name(name) => ServerName::try_from(name.strip_suffix('.').unwrap_or(name).to_owned())
            .map_err(|_| {
                let detail = format!("`{name}` cannot be the name in a certificate");
                Failure::new(FailureKind::InvalidUrl, detail)
            }),
    }
}

fn no_connection(url: &Url, error: &io::Error) -> Failure {
    let detail = format!("no connection to {}: {error}", url.authority());
    Failure::new(FailureKind::Connect, detail)
}
