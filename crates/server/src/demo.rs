//! `leadhook demo`: the main job for someone who has just cloned it. This module is the story; each part of it is a module below.
//!
//! The demo is a client like any other: whatever it does to the server goes over the public gRPC API.

mod campaign;
mod columns;
mod definition;
mod explain;
mod import;
mod look_around;
mod report;
mod run;
mod sample_service;
mod table;
mod tally;
mod target;

use std::{io::Write, net::SocketAddr, path::Path, pin::pin};

use anyhow::Context;
use leadhook_field::Zone;
use tokio::sync::oneshot;
use tonic::transport::Channel;

use self::{import::Source, table::Snapshot, target::Target};
use crate::{
    cli::{Demo, Limits, Serve},
    serve::{self, Running},
};

/// Starts a server of its own on a temporary data directory, shows the main job on it, and stops it again.
pub(crate) async fn run(options: Demo) -> anyhow::Result<()> {
    let source = Source::open(options.leads)?;
    let target = Target::choose(options.url).await?;
    let dir = tempfile::Builder::new()
        .prefix("leadhook-demo-")
        .tempdir()
        .context("there is no place for a temporary data directory")?;

    let server = Running::start(settings(dir.path(), &target)).await?;
    let address = server.address;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.until(async {
        let _ = stopped.await;
    }));

    let mut interrupted = pin!(serve::stop_signal());
    let told = tokio::select! {
        told = tell(address, source, &target, options.exit) => told,
        () = &mut interrupted => Ok(()),
    };
    if told.is_ok() && !options.exit {
        say("\nThe server stays up until Ctrl-C; its data goes with it.")?;
        interrupted.await;
    }
    drop(stop);
    serving.await.context("the server broke off")??;
    told
}

/// The story, from a connection to the lines to look around with, which are for a server that stays up.
async fn tell(
    address: SocketAddr,
    source: Source,
    target: &Target,
    exit: bool,
) -> anyhow::Result<()> {
    let channel = Channel::from_shared(format!("http://{address}"))?
        .connect()
        .await
        .with_context(|| format!("the server at {address} does not answer"))?;
    say(&format!(
        "A leadhook server answers gRPC on {address}; webhooks go to {target}.\n"
    ))?;

    let created = definition::create_fields(&channel, source.columns()).await?;
    say(&report::fields(&created))?;
    let program = campaign::create_program(&channel).await?;
    let webhook = definition::create_webhook(&channel, target).await?;
    say(&report::webhook(&webhook))?;
    let campaign = campaign::create(&channel, &program.name, &webhook.name).await?;
    say(&report::campaign(&campaign))?;

    let imported = import::run(&channel, source).await?;
    say(&report::import(&imported))?;
    let leads = import::names(&channel).await?;
    let shown = table::choose(&leads);
    let before = Snapshot::take(&channel, &shown).await?;

    let run = run::request_and_watch(&channel, &campaign.name, &webhook.name).await?;
    let tally = run::tally(&channel, &run).await?;
    let after = Snapshot::take(&channel, &shown).await?;
    say(&table::before_and_after(&before, &after))?;
    say(&report::summary(&run, &tally))?;
    if exit {
        return tally.verdict();
    }
    let names = look_around::Names {
        webhook: &webhook.name,
        campaign: &campaign.name,
        run: &run.name,
        lead: shown.first().map_or("leads/1", String::as_str),
    };
    say(&look_around::lines(address, &names, &tally))
}

fn settings(dir: &Path, target: &Target) -> Serve {
    Serve {
        // A free port: the demo never collides with a server that is already there.
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: Some(dir.to_owned()),
        time_zone: Zone::utc(),
        allow_address: target.allowed().to_vec(),
        ca_certificate: None,
        limits: Limits::DEFAULT,
    }
}

/// A piece of the story on standard output. A reader that has gone away is an error, not a panic.
fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("nobody reads the demo's output any more")
}
