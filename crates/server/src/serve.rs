//! `leadhook serve`: the parts put together, started, and stopped in order.

use std::{future::Future, net::SocketAddr, num::NonZero, path::PathBuf, time::Duration};

use anyhow::Context;
use leadhook_engine::{Engine, Environment, Settings};
use leadhook_http::Client;
use leadhook_proto::v1::{
    call_service_server::CallServiceServer, campaign_service_server::CampaignServiceServer,
    lead_service_server::LeadServiceServer, program_service_server::ProgramServiceServer,
    webhook_service_server::WebhookServiceServer,
};
use leadhook_store_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tonic::{
    service::Routes,
    transport::{Server, server::TcpIncoming},
};

use crate::{
    budget::Budget,
    cli::Serve,
    descriptors::calls_that_fit,
    key,
    limits::LimitsLayer,
    service::{CallService, CampaignService, LeadService, ProgramService, WebhookService},
};

/// What a stream may send before it is read, in bytes.
const STREAM_WINDOW: u32 = 64 << 10;
/// The same for all streams of a connection. h2 takes small messages that wait to be read for an attack and cuts the connection when their
/// overhead, up to 256 bytes each, exceeds half of this. A stream's window of the smallest messages has about 2 MiB of it, so here the sender is slowed down
/// long before.
const CONNECTION_WINDOW: u32 = 16 << 20;

/// A connection that does not answer a ping of this interval is closed.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How long answers that are ready may take to reach their clients when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// What health checks may ask for; empty: the server as a whole.
const SERVICES: [&str; 6] = [
    "",
    "leadhook.v1.WebhookService",
    "leadhook.v1.LeadService",
    "leadhook.v1.CallService",
    "leadhook.v1.ProgramService",
    "leadhook.v1.CampaignService",
];

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn run(options: Serve) -> anyhow::Result<()> {
    let server = Running::start(options).await?;
    announce(server.address);
    server.until(stop_signal()).await
}

#[expect(clippy::print_stdout, reason = "the line that says that it answers")]
fn announce(address: SocketAddr) {
    println!("leadhook listening on {address}");
}

/// A server that is ready to answer.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) engine: Engine<SqliteStore>,
    listener: TcpListener,
    budget: Budget,
    max_streams: u32,
    max_connection_age: Duration,
}

impl Running {
    /// Opens the data directory, takes the address, and starts the engine.
    pub(crate) async fn start(options: Serve) -> anyhow::Result<Running> {
        let bound = TcpListener::bind(options.listen).await;
        let address = match &bound {
            Ok(listener) => listener.local_addr()?,
            Err(_) => options.listen,
        };
        let dir = match &options.data_dir {
            Some(dir) => dir.clone(),
            None => default_data_dir()?,
        };
        // Who starts a second server is told that the directory is in use, not that the address is.
        let store = SqliteStore::open(&dir, &format!("listening on {address}"))?;
        let listener = bound.with_context(|| {
            format!("the address {address} cannot be listened on; choose another with --listen")
        })?;
        let max_in_flight = calls_that_fit(options.limits.max_in_flight);
        let client = client(&options, max_in_flight)?;
        let environment = Environment::system(client, key::read_or_create(&dir)?);
        let settings = Settings {
            max_timeout: Duration::from_secs(options.limits.max_timeout),
            kept_response: options.limits.kept_response as usize,
            zone: options.time_zone,
            default_concurrency: options.limits.max_concurrency.get() as usize,
            max_in_flight: max_in_flight.get() as usize,
            ..Settings::default()
        };
        let engine = Engine::open(store, environment, settings).await?;
        Ok(Running {
            address,
            engine,
            listener,
            budget: Budget::new(options.limits.request_memory),
            max_streams: options.limits.max_streams,
            max_connection_age: Duration::from_secs(options.limits.max_connection_age),
        })
    }

    /// Answers until `stop` ends; then finishes the calls in flight.
    pub(crate) async fn until(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let (health_reporter, health) = tonic_health::server::health_reporter();
        let engine = self.engine.clone();
        let stopping = async {
            stop.await;
            // First say so, then turn new calls away, then let those in flight end.
            for service in SERVICES {
                health_reporter
                    .set_service_status(service, tonic_health::ServingStatus::NotServing)
                    .await;
            }
            engine.stop();
        };
        for service in SERVICES {
            health_reporter
                .set_service_status(service, tonic_health::ServingStatus::Serving)
                .await;
        }
        let routes = Routes::new(health)
            .add_service(reflection_v1()?)
            .add_service(reflection_v1alpha()?)
            .add_service(WebhookServiceServer::new(WebhookService::new(
                self.engine.clone(),
            )))
            .add_service(LeadServiceServer::new(LeadService::new(
                self.engine.clone(),
            )))
            .add_service(CallServiceServer::new(CallService::new(
                self.engine.clone(),
            )))
            .add_service(ProgramServiceServer::new(ProgramService::new(
                self.engine.clone(),
            )))
            .add_service(CampaignServiceServer::new(CampaignService::new(
                self.engine.clone(),
            )));
        let served = Server::builder()
            .max_concurrent_streams(self.max_streams)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .http2_keepalive_interval(Some(KEEPALIVE))
            // Without a grace period: with one, tonic tells the client nothing at this age, and cuts what is under way at the period's end.
            .max_connection_age(self.max_connection_age)
            .layer(LimitsLayer {
                budget: self.budget,
            })
            .add_routes(routes)
            .serve_with_incoming_shutdown(
                TcpIncoming::from(self.listener).with_nodelay(Some(true)),
                stopping,
            );
        let drained = async {
            engine.stopping().await;
            engine.finish().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = served => ended.context("the server ended")?,
            // A client that keeps a stream open does not keep the server up.
            () = drained => {}
        }
        engine.finish().await;
        Ok(())
    }
}

fn client(options: &Serve, max_in_flight: NonZero<u32>) -> anyhow::Result<Client> {
    let mut builder = Client::builder()
        .max_body(options.limits.max_response as usize)
        // As many as are used at once: none is closed to be dialled anew by the next call. All hosts share the open files.
        .max_idle_per_host(max_in_flight.get() as usize)
        .max_connections(max_in_flight.get() as usize);
    for cidr in &options.allow_address {
        builder = builder.allow_address(*cidr);
    }
    if let Some(path) = &options.ca_certificate {
        let pem = std::fs::read(path)
            .with_context(|| format!("the certificate file {} cannot be read", path.display()))?;
        builder = builder
            .add_root_certificate_pem(&pem)
            .with_context(|| format!("the certificate file {} is not usable", path.display()))?;
    }
    Ok(builder.build()?)
}

/// `$XDG_DATA_HOME/leadhook`, or what the platform has in its place.
fn default_data_dir() -> anyhow::Result<PathBuf> {
    let data = directories::BaseDirs::new()
        .context("no home directory is known; say where to keep the data with --data-dir")?;
    Ok(data.data_dir().join("leadhook"))
}

/// Ends with SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = ctrl_c => {}
        () = terminate => {}
    }
}

fn reflection_v1() -> anyhow::Result<
    tonic_reflection::server::v1::ServerReflectionServer<
        impl tonic_reflection::server::v1::ServerReflection,
    >,
> {
    Ok(tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(leadhook_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?)
}

fn reflection_v1alpha() -> anyhow::Result<
    tonic_reflection::server::v1alpha::ServerReflectionServer<
        impl tonic_reflection::server::v1alpha::ServerReflection,
    >,
> {
    Ok(tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(leadhook_proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1alpha()?)
}
