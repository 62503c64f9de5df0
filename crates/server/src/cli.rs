//! The command line; each flag of `serve` is also an environment variable `LEADHOOK_...`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use leadhook_field::Zone;
use leadhook_http::Cidr;
use tracing_subscriber::EnvFilter;

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
    /// Address to answer gRPC on; port 0 takes a free one.
    #[arg(
        long,
        env = "LEADHOOK_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS"
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
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Demo {
    /// End when the summary is shown, rather than stay up to be looked at.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Your own leads: a CSV file with a heading line.
    #[arg(long, value_name = "FILE")]
    pub(crate) leads: Option<PathBuf>,
    /// Your own service, called instead of the sample one.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}

/// What is logged: `RUST_LOG`, else warnings and what leadhook itself reports.
pub(crate) fn log_filter() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"))
}

fn zone(name: &str) -> Result<Zone, String> {
    Zone::named(name).map_err(|error| error.to_string())
}

fn cidr(text: &str) -> Result<Cidr, String> {
    text.parse()
        .map_err(|error: leadhook_http::CidrError| error.to_string())
}
