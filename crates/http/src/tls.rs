//! How TLS is spoken: one crypto provider, named here; the platform's roots and those that the operator adds.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use crate::error::{Error, ErrorKind};

/// HTTP/2 where the service has it.
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Reads the root certificates of a PEM file.
pub(crate) fn read_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let error = |message: String| Error::new(ErrorKind::RootCertificate, message);
    let mut roots = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate
            .map_err(|cause| error(format!("the root certificates are no valid PEM: {cause}")))?;
        // Judged here, so that the file at fault is known.
        RootCertStore::empty()
            .add(certificate.clone())
            .map_err(|cause| {
                error(format!(
                    "certificate {} of the file cannot be a root: {cause}",
                    roots.len() + 1
                ))
            })?;
        roots.push(certificate);
    }
    if roots.is_empty() {
        let message =
            "the file holds no certificate; it must be PEM, with `-----BEGIN CERTIFICATE-----`";
        return Err(error(message.to_owned()));
    }
    Ok(roots)
}

/// The connector of a client.
pub(crate) fn connector(extra: Vec<CertificateDer<'static>>) -> Result<TlsConnector, Error> {
    let mut roots = platform_roots();
    for certificate in extra {
        roots.add(certificate).map_err(|cause| {
            Error::new(
                ErrorKind::RootCertificate,
                format!("root certificate is refused: {cause}"),
            )
        })?;
    }
    // Named rather than taken from the process: what some other crate installs there changes nothing here.
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::new(ErrorKind::Tls, format!("TLS cannot be set up: {cause}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = ALPN.map(<[u8]>::to_vec).into();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// What the platform trusts; Mozilla's list where it has none, as in a bare container.
fn platform_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // Single certificates that do not parse are common in platform stores and no reason to call nobody.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
