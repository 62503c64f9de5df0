//! The service that the demo calls: its own sample, or the user's.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use anyhow::{Context, bail};
use leadhook_http::Cidr;

use super::sample_service::SampleService;

/// What is called, and which otherwise refused addresses that needs.
#[derive(Debug)]
pub(crate) struct Target {
    url: String,
    allowed: Vec<Cidr>,
    sample: Option<SampleService>,
}

impl Target {
    /// The user's own service, else the sample service, which is started.
    pub(crate) async fn choose(url: Option<String>) -> anyhow::Result<Target> {
        match url {
            Some(url) => Target::own(url).await,
            None => Target::sample().await,
        }
    }

    async fn sample() -> anyhow::Result<Target> {
        let sample = SampleService::start()
            .await
            .context("the sample service cannot be started on this machine's loopback address")?;
        Ok(Target {
            url: format!(
                "http://{}/v1/enrich?country={{{{lead.Country}}}}",
                sample.address
            ),
            allowed: vec![single(sample.address.ip())?],
            sample: Some(sample),
        })
    }

    /// Whoever names a host wants it called, so its addresses are allowed, private ones too, and no others.
    async fn own(url: String) -> anyhow::Result<Target> {
        let Some((host, port)) = host_and_port(&url) else {
            bail!("--url {url} is no URL; write it like http://127.0.0.1:8000/people");
        };
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
            .await
            .with_context(|| {
                format!("the host {host} of --url has no address; is it spelt right?")
            })?
            .collect();
        let allowed = addresses.iter().map(|address| single(address.ip()));
        Ok(Target {
            allowed: allowed.collect::<anyhow::Result<_>>()?,
            sample: None,
            url,
        })
    }

    /// A template: the sample's has a token.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Calls that may be under way at once: to a user's own service what the help says; none said for the sample, which takes the server's
    /// default.
    pub(crate) fn max_concurrency(&self) -> Option<i32> {
        self.sample.is_none().then_some(64)
    }

    /// The addresses of the service and no others.
    pub(crate) fn allowed(&self) -> &[Cidr] {
        &self.allowed
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sample {
            Some(sample) => write!(f, "a sample enrichment service on {}", sample.address),
            None => write!(f, "{}", without_userinfo(&self.url)),
        }
    }
}

fn single(address: IpAddr) -> anyhow::Result<Cidr> {
    Ok(address.to_string().parse()?)
}

/// Of a URL that may hold tokens after its host, so that no URL parser takes it.
fn host_and_port(url: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit('@').next()?;
    let (host, port) = match host_port.rsplit_once(':') {
        // The last colon of a bare IPv6 address is none before a port.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (host_port, default_port),
    };
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    (!host.is_empty()).then_some((host, port))
}

/// A password is not for the terminal.
fn without_userinfo(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls_with_tokens_credentials_and_ipv6_addresses_are_found() {
        for (url, expected) in [
            ("http://localhost/x", Some(("localhost", 80))),
            ("https://api.example.com", Some(("api.example.com", 443))),
            ("http://127.0.0.1:8000/people", Some(("127.0.0.1", 8000))),
            (
                "HTTP://a:p@ss@h:81?e={{lead.Email Address}}",
                Some(("h", 81)),
            ),
            ("http://[::1]:8080/", Some(("::1", 8080))),
            ("http://[::1]/", Some(("::1", 80))),
            ("http://h/{{lead.Website}}://", Some(("h", 80))),
            ("http://h:port/", None),
            ("http:///path", None),
            ("ftp://h/", None),
            ("localhost:8000", None),
        ] {
            assert_eq!(host_and_port(url), expected, "{url}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(
            without_userinfo("https://me:secret@h/p?a@b"),
            "https://h/p?a@b"
        );
    }

    #[tokio::test]
    async fn the_users_own_service_may_be_called_on_its_own_address_only() {
        let target = Target::own("http://127.0.0.1:9/x".to_owned())
            .await
            .unwrap();
        let allowed: Vec<String> = target.allowed().iter().map(ToString::to_string).collect();
        assert_eq!(allowed, ["127.0.0.1/32"]);
    }
}
