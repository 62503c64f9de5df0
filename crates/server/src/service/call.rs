//! CallService.

use std::time::Duration;

use leadhook_engine::{CallWatch, Engine, Error, ListActivities, ListCalls, Violation, WatchCalls};
use leadhook_proto::v1::{self, ErrorReason, call_service_server};
use leadhook_store::{Order, Store};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use self::stream::call_all;
use crate::{
    convert::{
        activity,
        call::{call_request, message},
    },
    name,
    page::{MAX_BYTES, Page, fits},
    status::{invalid_argument, status, unimplemented},
};

mod stream;

/// CallService on an engine.
#[derive(Debug)]
pub(crate) struct CallService<S> {
    engine: Engine<S>,
}

/// Answers of a stream that wait for their reader at most.
const STREAM_BUFFER: usize = 256;
/// Calls that the reader of a watch may be behind.
const MAX_BEHIND: usize = 10_000;
/// How often a reader that takes nothing is looked after.
const BEHIND_CHECK: Duration = Duration::from_secs(1);

impl<S: Store> CallService<S> {
    pub(crate) fn new(engine: Engine<S>) -> CallService<S> {
        CallService { engine }
    }
}

#[tonic::async_trait]
impl<S: Store> call_service_server::CallService for CallService<S> {
    type CallWebhooksStream = ReceiverStream<Result<v1::CallWebhooksResponse, Status>>;
    type WatchCallsStream = ReceiverStream<Result<v1::Call, Status>>;

    async fn call_webhook(
        &self,
        request: Request<v1::CallWebhookRequest>,
    ) -> Result<Response<v1::Call>, Status> {
        let request = call_request(request.into_inner())?;
        let call = self
            .engine
            .call(request)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(message(call)))
    }

    async fn call_webhooks(
        &self,
        request: Request<Streaming<v1::CallWebhooksRequest>>,
    ) -> Result<Response<Self::CallWebhooksStream>, Status> {
        let (answers, stream) = mpsc::channel(STREAM_BUFFER);
        let payments = request.extensions().get().cloned().unwrap_or_default();
        let engine = self.engine.clone();
        tokio::spawn(call_all(engine, request.into_inner(), payments, answers));
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn get_call(
        &self,
        request: Request<v1::GetCallRequest>,
    ) -> Result<Response<v1::Call>, Status> {
        let id = name::call(&request.into_inner().name, "name")?;
        let call = self
            .engine
            .get_call(id)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(fits(message(call))?))
    }

    async fn list_calls(
        &self,
        request: Request<v1::ListCallsRequest>,
    ) -> Result<Response<v1::ListCallsResponse>, Status> {
        let request = request.into_inner();
        let order = order(&request.order_by)?;
        let newest_first = order == Order::NewestFirst;
        let arguments = ("calls", &request.filter, newest_first);
        let page = Page::new(request.page_size, &request.page_token, arguments)?;
        let list = ListCalls {
            filter: request.filter,
            order,
            after: page.after,
            limit: page.size,
            max_bytes: MAX_BYTES,
            full: request.view == i32::from(v1::CallView::Full),
        };
        let listed = self
            .engine
            .list_calls(list)
            .await
            .map_err(|error| status(&error))?;
        let (calls, next_page_token) = page.write(listed, |call| call.id, message)?;
        Ok(Response::new(v1::ListCallsResponse {
            calls,
            next_page_token,
        }))
    }

    async fn watch_calls(
        &self,
        request: Request<v1::WatchCallsRequest>,
    ) -> Result<Response<Self::WatchCallsStream>, Status> {
        let request = request.into_inner();
        let after = match request.after.as_str() {
            "" => None,
            after => Some(name::call(after, "after")?),
        };
        let full = request.view == i32::from(v1::CallView::Full);
        let watch = WatchCalls {
            filter: request.filter,
            full,
            after,
        };
        let watch = self
            .engine
            .watch_calls(&watch)
            .map_err(|error| status(&error))?;
        let (calls, stream) = mpsc::channel(STREAM_BUFFER);
        tokio::spawn(follow(watch, calls));
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn replay_calls(
        &self,
        _: Request<v1::ReplayCallsRequest>,
    ) -> Result<Response<v1::Run>, Status> {
        Err(unimplemented("CallService.replay_calls"))
    }

    async fn list_activities(
        &self,
        request: Request<v1::ListActivitiesRequest>,
    ) -> Result<Response<v1::ListActivitiesResponse>, Status> {
        let request = request.into_inner();
        let lead = name::lead(&request.lead, "lead")?;
        let arguments = ("activities", lead, &request.filter);
        let page = Page::new(request.page_size, &request.page_token, arguments)?;
        let list = ListActivities {
            lead,
            filter: request.filter,
            after: page.after,
            limit: page.size,
            max_bytes: MAX_BYTES,
        };
        let listed = self
            .engine
            .list_activities(list)
            .await
            .map_err(|error| status(&error))?;
        let (activities, next_page_token) =
            page.write(listed, |activity| activity.id, activity::message)?;
        Ok(Response::new(v1::ListActivitiesResponse {
            activities,
            next_page_token,
        }))
    }
}

fn order(order_by: &str) -> Result<Order, Status> {
    let words: Vec<_> = order_by.split_whitespace().collect();
    match words[..] {
        [] | ["create_time", "desc"] => Ok(Order::NewestFirst),
        ["create_time"] | ["create_time", "asc"] => Ok(Order::OldestFirst),
        _ => Err(invalid_argument(
            ErrorReason::InvalidRequest,
            Violation::new(
                "order_by",
                format!(
                    "`{order_by}` is neither `create_time desc`, the default, nor `create_time`"
                ),
            ),
        )),
    }
}

/// Hands on what a watch sees; ends a reader that takes nothing while thousands of calls pass.
async fn follow<S: Store>(mut watch: CallWatch<S>, calls: mpsc::Sender<Result<v1::Call, Status>>) {
    loop {
        let seen = tokio::select! {
            biased;
            () = calls.closed() => return,
            seen = watch.next() => seen,
        };
        let seen = match seen {
            Ok(Some(seen)) => seen,
            Ok(None) => {
                let _ = calls.send(Err(status(&Error::ShuttingDown))).await;
                return;
            }
            Err(error) => {
                let _ = calls.send(Err(status(&error))).await;
                return;
            }
        };
        for call in seen {
            let permit = loop {
                tokio::select! {
                    biased;
                    permit = calls.reserve() => match permit {
                        Ok(permit) => break permit,
                        Err(_) => return,
                    },
                    () = tokio::time::sleep(BEHIND_CHECK) => {
                        if watch.is_behind(MAX_BEHIND).await.unwrap_or(false) {
                            let error = status(&Error::SlowReader { limit: MAX_BEHIND });
                            let _ = calls.send(Err(error)).await;
                            return;
                        }
                    }
                }
            };
            permit.send(Ok(message(call)));
        }
    }
}
