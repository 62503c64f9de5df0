//! The command line; each flag of `serve` is also an environment variable `LEADHOOK_...`.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    num::NonZero,
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use leadhook_field::Zone;
use leadhook_http::Cidr;
use tracing_subscriber::EnvFilter;

use crate::budget::Budget;

/// Marketo's Call Webhook flow step as a service.
#[derive(Debug, Parser)]
#[command(name = "leadhook", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answers gRPC until SIGTERM or Ctrl-C.
    Serve(Serve),
    /// Shows the main job: a server, a sample service, leads, a webhook, and a call for every lead.
    Demo(Demo),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Serve {
    /// Address to answer gRPC on, or a host's name and port, such as localhost:0; port 0 takes a free one.
    #[arg(
        long,
        env = "LEADHOOK_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS",
        value_parser = address
    )]
    pub(crate) listen: SocketAddr,
    /// Where webhooks, leads and calls are kept [default: leadhook in the platform's folder for application data].
    #[arg(long, env = "LEADHOOK_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// IANA time zone that dates are read and written in.
    #[arg(long, env = "LEADHOOK_TIME_ZONE", default_value = "UTC", value_name = "ZONE", value_parser = zone)]
    pub(crate) time_zone: Zone,
    /// Lets webhooks call addresses that are otherwise refused: loopback, private and link-local ones. Repeatable.
    #[arg(
        long,
        env = "LEADHOOK_ALLOW_ADDRESS",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = cidr
    )]
    pub(crate) allow_address: Vec<Cidr>,
    /// A PEM file of certificates that calls trust beside the platform's own.
    #[arg(long, env = "LEADHOOK_CA_CERTIFICATE", value_name = "FILE")]
    pub(crate) ca_certificate: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// Figures that hold for all webhooks.
#[derive(Clone, Debug, Args)]
pub(crate) struct Limits {
    /// The longest timeout that a webhook may have, and its default, in seconds.
    #[arg(long, env = "LEADHOOK_MAX_TIMEOUT", default_value_t = Limits::DEFAULT.max_timeout, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) max_timeout: u64,
    /// The largest response that is read and mapped, in bytes; beyond it a call ends with TOO_LARGE.
    #[arg(long, env = "LEADHOOK_MAX_RESPONSE", default_value_t = Limits::DEFAULT.max_response, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_response: u32,
    /// How much of a response a call's record keeps, in bytes.
    #[arg(long, env = "LEADHOOK_KEPT_RESPONSE", default_value_t = Limits::DEFAULT.kept_response, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(..=2 << 20))]
    pub(crate) kept_response: u32,
    /// Calls in flight to all services together, each with a connection of its own unless it is HTTP/2; more wait for their turn. The last eighth is left to
    /// webhooks that have few. Fewer where the limit of open files does not allow it.
    #[arg(long, env = "LEADHOOK_MAX_IN_FLIGHT", default_value_t = Limits::DEFAULT.max_in_flight, value_name = "COUNT", value_parser = in_flight)]
    pub(crate) max_in_flight: NonZero<u32>,
    /// Calls in flight to a webhook that does not say how many it may have.
    #[arg(long, env = "LEADHOOK_MAX_CONCURRENCY", default_value_t = Limits::DEFAULT.max_concurrency, value_name = "COUNT", value_parser = in_flight)]
    pub(crate) max_concurrency: NonZero<u32>,
    /// Requests that one gRPC connection may have under way; a client with more waits.
    #[arg(long, env = "LEADHOOK_MAX_STREAMS", default_value_t = Limits::DEFAULT.max_streams, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_streams: u32,
    /// What the requests under way of all clients may hold, in bytes, each twice its size; beyond it they wait, or are refused after 10 s.
    #[arg(long, env = "LEADHOOK_REQUEST_MEMORY", default_value_t = Limits::DEFAULT.request_memory, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(i64::from(Budget::MIN)..))]
    pub(crate) request_memory: u32,
    /// Age at which a gRPC connection takes no new requests, so that its client connects anew, in seconds; what is under way is finished.
    #[arg(long, env = "LEADHOOK_MAX_CONNECTION_AGE", default_value_t = Limits::DEFAULT.max_connection_age, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub(crate) max_connection_age: u64,
}

impl Limits {
    pub(crate) const DEFAULT: Limits = Limits {
        max_timeout: 30,
        max_response: 1 << 20,
        kept_response: 64 << 10,
        max_in_flight: NonZero::new(4_096).unwrap(),
        max_concurrency: NonZero::new(100).unwrap(),
        max_streams: 1_000,
        request_memory: 256 << 20,
        max_connection_age: 60 * 60,
    };
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Demo {
    /// End when the summary is shown, rather than stay up to be looked at; with exit code 1 where every call failed.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Your own leads: a CSV file with a heading line.
    #[arg(long, value_name = "FILE")]
    pub(crate) leads: Option<PathBuf>,
    /// Your own service, called instead of the sample one; at most 64 calls are under way at once.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}

/// What is logged: `RUST_LOG`, else warnings and errors.
pub(crate) fn log_filter() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"))
}

/// An address, or the first one that a name has.
fn address(text: &str) -> Result<SocketAddr, String> {
    let example = "write it like 127.0.0.1:50051 or localhost:0";
    let mut found = text
        .to_socket_addrs()
        .map_err(|error| format!("{error}; {example}"))?;
    found
        .next()
        .ok_or_else(|| format!("the name has no address; {example}"))
}

/// Beyond this a machine has no ports for as many connections to one service.
const MOST_IN_FLIGHT: u32 = 65_536;

fn in_flight(text: &str) -> Result<NonZero<u32>, String> {
    let count = text.parse().ok().and_then(NonZero::new);
    count
        .filter(|count| count.get() <= MOST_IN_FLIGHT)
        .ok_or_else(|| format!("a number from 1 to {MOST_IN_FLIGHT} is needed"))
}

fn zone(name: &str) -> Result<Zone, String> {
    Zone::named(name).map_err(|error| error.to_string())
}

fn cidr(text: &str) -> Result<Cidr, String> {
    text.parse()
        .map_err(|error: leadhook_http::CidrError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_in_flight_are_from_1_to_65_536() {
        for count in [1, 4_096, 65_536] {
            assert_eq!(in_flight(&count.to_string()).unwrap().get(), count);
        }
        for none in ["0", "65537", "-1", "many", ""] {
            let error = in_flight(none).unwrap_err();
            assert!(error.contains("from 1 to 65536"), "{none}: {error}");
        }
    }

    #[test]
    fn addresses_are_taken_by_number_and_by_name() {
        assert_eq!(address("127.0.0.1:7").unwrap().to_string(), "127.0.0.1:7");
        let named = address("localhost:0").unwrap();
        assert!(named.ip().is_loopback() && named.port() == 0, "{named}");
        for none in ["localhost", "50051", ":::", "127.0.0.1:99999"] {
            let error = address(none).unwrap_err();
            assert!(error.contains("127.0.0.1:50051"), "{none}: {error}");
        }
    }
}
