//! The part of CampaignService that is about runs.

use std::time::Duration;

use leadhook_engine::{Engine, Error, ListRuns, RunWatch};
use leadhook_proto::v1;
use leadhook_store::Store;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::{
    convert::run::{message, run_request},
    name,
    page::Page,
    status::status,
};

/// What WatchRun answers with.
pub(super) type Runs = ReceiverStream<Result<v1::Run, Status>>;

/// States of a run that wait for their reader at most: an older one is not worth more.
const STREAM_BUFFER: usize = 1;
/// At most so often a run is told: 10 times a second.
const INTERVAL: Duration = Duration::from_millis(100);

pub(super) async fn request_campaign<S: Store>(
    engine: &Engine<S>,
    request: Request<v1::RequestCampaignRequest>,
) -> Result<Response<v1::Run>, Status> {
    let request = run_request(request.into_inner())?;
    let run = engine.request_campaign(request).await;
    Ok(Response::new(message(run.map_err(|error| status(&error))?)))
}

pub(super) async fn get_run<S: Store>(
    engine: &Engine<S>,
    request: Request<v1::GetRunRequest>,
) -> Result<Response<v1::Run>, Status> {
    let id = name::run(&request.into_inner().name, "name")?;
    let run = engine.get_run(id).await;
    Ok(Response::new(message(run.map_err(|error| status(&error))?)))
}

pub(super) async fn list_runs<S: Store>(
    engine: &Engine<S>,
    request: Request<v1::ListRunsRequest>,
) -> Result<Response<v1::ListRunsResponse>, Status> {
    let request = request.into_inner();
    let arguments = ("runs", &request.filter);
    let page = Page::new(request.page_size, &request.page_token, arguments)?;
    let list = ListRuns {
        filter: request.filter,
        after: page.after,
        limit: page.size,
    };
    let listed = engine.list_runs(&list).await;
    let listed = listed.map_err(|error| status(&error))?;
    let (runs, next_page_token) = page.write(listed, |view| view.run.id, message)?;
    Ok(Response::new(v1::ListRunsResponse {
        runs,
        next_page_token,
    }))
}

pub(super) async fn cancel_run<S: Store>(
    engine: &Engine<S>,
    request: Request<v1::CancelRunRequest>,
) -> Result<Response<v1::Run>, Status> {
    let id = name::run(&request.into_inner().name, "name")?;
    let run = engine.cancel_run(id).await;
    Ok(Response::new(message(run.map_err(|error| status(&error))?)))
}

pub(super) async fn watch_run<S: Store>(
    engine: &Engine<S>,
    request: Request<v1::WatchRunRequest>,
) -> Result<Response<Runs>, Status> {
    let id = name::run(&request.into_inner().name, "name")?;
    // One that is not there is told before the stream begins.
    engine.get_run(id).await.map_err(|error| status(&error))?;
    let (runs, stream) = mpsc::channel(STREAM_BUFFER);
    tokio::spawn(follow(engine.watch_run(id), runs));
    Ok(Response::new(ReceiverStream::new(stream)))
}

/// Tells a run at once, then when it changed, to its end; a slow reader is told less often.
async fn follow<S: Store>(mut watch: RunWatch<S>, runs: mpsc::Sender<Result<v1::Run, Status>>) {
    loop {
        let told = match watch.next().await {
            Ok(Some(view)) => Ok(message(view)),
            Ok(None) => return,
            Err(error) => Err(status(&error)),
        };
        let is_error = told.is_err();
        if runs.send(told).await.is_err() || is_error {
            return;
        }
        tokio::select! {
            biased;
            () = runs.closed() => return,
            goes_on = watch.changed() => if !goes_on {
                let _ = runs.send(Err(status(&Error::ShuttingDown))).await;
                return;
            },
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
