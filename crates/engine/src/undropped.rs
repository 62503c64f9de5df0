//! Work that is not left half-way.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// A future that goes on in a task when it is dropped before its end. As long as somebody waits for it, it needs no task: to hand it to another thread
/// and back takes longer than much of what is done here.
pub(crate) struct Undropped<T: Send + 'static> {
    /// None once it has ended.
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    tasks: TaskTracker,
    /// Whoever waits for all tasks waits for it, too.
    _tracked: TaskTrackerToken,
}

impl<T: Send + 'static> Undropped<T> {
    pub(crate) fn new(
        work: impl Future<Output = T> + Send + 'static,
        tasks: &TaskTracker,
    ) -> Undropped<T> {
        Undropped {
            work: Some(Box::pin(work)),
            tasks: tasks.clone(),
            _tracked: tasks.token(),
        }
    }
}

impl<T: Send + 'static> Future for Undropped<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            return Poll::Pending;
        };
        let polled = work.as_mut().poll(cx);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Undropped<T> {
    fn drop(&mut self) {
        // Without a runtime nothing goes on, this no more than the rest.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            self.tasks.spawn_on(
                async move {
                    work.await;
                },
                &runtime,
            );
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Undropped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undropped").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_is_dropped_half_way_goes_on() {
        let tasks = TaskTracker::new();
        let (go_on, gate) = oneshot::channel::<u8>();
        let (ended, end) = oneshot::channel();
        let work = async move {
            let number = gate.await.unwrap();
            ended.send(number).unwrap();
        };
        let mut work = Undropped::new(work, &tasks);
        let pending = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut work).poll(cx)));
        assert!(pending.await.is_pending());
        drop(work);
        tasks.close();
        go_on.send(7).unwrap();
        assert_eq!(end.await, Ok(7));
        tasks.wait().await;
    }

    #[tokio::test]
    async fn who_waits_gets_the_answer_and_leaves_no_task() {
        let tasks = TaskTracker::new();
        assert_eq!(Undropped::new(async { 7 }, &tasks).await, 7);
        assert!(tasks.is_empty());
    }
}
