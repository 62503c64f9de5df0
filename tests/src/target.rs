//! A service over bare TCP: what it was sent is kept byte for byte, what it answers is a script, the wrong things included.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use answer::{Answer, Gate};
pub use received::Received;

mod answer;
mod received;

/// A scripted HTTP/1.1 service. It stops when this is dropped.
#[derive(Debug)]
pub struct Target {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    script: Mutex<Script>,
    received: watch::Sender<Vec<Received>>,
    connections: watch::Sender<Connections>,
    is_held: watch::Sender<bool>,
    forgets_bodies: AtomicBool,
}

/// How many connections there were in all, how many there are now, and whose the latest is.
#[derive(Clone, Copy, Debug, Default)]
struct Connections {
    all: usize,
    open: usize,
    latest: Option<SocketAddr>,
}

/// What comes next, and what comes when that is used up.
#[derive(Debug)]
struct Script {
    next: VecDeque<Answer>,
    then: Then,
}

/// What answers depend on.
enum Then {
    Nothing(Answer),
    Request(Box<dyn FnMut(&Received) -> Answer + Send>),
}

impl Target {
    /// A service that answers every request alike.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn start(answer: Answer) -> Self {
        Self::scripted([], answer).await
    }

    /// A service that answers the first requests as told, and all others with `then`.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn scripted(first: impl IntoIterator<Item = Answer>, then: Answer) -> Self {
        Self::listen(Script {
            next: first.into_iter().collect(),
            then: Then::Nothing(then),
        })
        .await
    }

    /// A service whose answers depend on what it is asked.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn answering(answer: impl FnMut(&Received) -> Answer + Send + 'static) -> Self {
        Self::listen(Script {
            next: VecDeque::new(),
            then: Then::Request(Box::new(answer)),
        })
        .await
    }

    async fn listen(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            script: Mutex::new(script),
            received: watch::Sender::default(),
            connections: watch::Sender::default(),
            is_held: watch::Sender::default(),
            forgets_bodies: AtomicBool::new(false),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            accepting,
        }
    }

    /// A port on which nothing listens: it was free a moment ago.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn nowhere() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener
            .local_addr()
            .expect("a bound socket has an address")
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL there: `target.url("/people?x=1")`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Everything that came so far, in the order in which it was complete.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.shared.received.borrow().clone()
    }

    /// The only request that came.
    ///
    /// # Panics
    ///
    /// Where none came, or several.
    #[must_use]
    pub fn request(&self) -> Received {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.into_iter().next().expect("there is one")
    }

    /// Waits until so many requests have come.
    ///
    /// # Panics
    ///
    /// Where the service has stopped.
    pub async fn received(&self, count: usize) -> Vec<Received> {
        let mut received = self.shared.received.subscribe();
        received
            .wait_for(|received| received.len() >= count)
            .await
            .expect("the service runs")
            .clone()
    }

    /// How many requests have come so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.received.borrow().len()
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.borrow().all
    }

    /// Waits until all connections are closed, those that nobody has accepted yet too: what their other ends sent has come then. It makes
    /// a connection of its own, which counts.
    ///
    /// # Panics
    ///
    /// Where the service has stopped.
    pub async fn until_left(&self) {
        // They are accepted in their order: once this one is, all before it are.
        let last = TcpStream::connect(self.address).await;
        let last = last.expect("the service listens");
        let own = last.local_addr().expect("it is connected");
        let mut connections = self.shared.connections.subscribe();
        let accepted = connections.wait_for(|it| it.latest == Some(own)).await;
        accepted.map(drop).expect("the service runs");
        drop(last);
        let left = connections.wait_for(|it| it.open == 0).await.map(drop);
        left.expect("the service runs");
    }

    /// Keeps no bodies from now on, where they would be too much.
    pub fn forget_bodies(&self) {
        self.shared.forgets_bodies.store(true, Ordering::Relaxed);
    }

    /// Answers nobody until it is released: requests are taken in, and wait.
    pub fn hold(&self) {
        self.shared.is_held.send_replace(true);
    }

    /// Answers what was held, and whatever comes.
    pub fn release(&self) {
        self.shared.is_held.send_replace(false);
    }

    /// Changes what is answered from the next request on.
    ///
    /// # Panics
    ///
    /// Where a connection panicked.
    pub fn answer(&self, answer: Answer) {
        *self.shared.script.lock().expect("nobody panics with it") = Script {
            next: VecDeque::new(),
            then: Then::Nothing(answer),
        };
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Connections end with the listener: the set aborts what is in it when it is dropped.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        let mut number = 0;
        shared.connections.send_modify(|connections| {
            connections.all += 1;
            connections.open += 1;
            connections.latest = Some(from);
            number = connections.all;
        });
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            serve(stream, number, &shared).await;
            shared.connections.send_modify(|it| it.open -= 1);
        });
    }
}

async fn serve(mut stream: TcpStream, connection: usize, shared: &Shared) {
    // A failing socket is the caller's doing, and shows in what the caller records.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Ok(Some(mut request)) = received::read(&mut stream, &mut buffer, connection).await {
        let answer = shared.next_answer(&request);
        if shared.forgets_bodies.load(Ordering::Relaxed) {
            request.body = Vec::new();
        }
        shared
            .received
            .send_modify(|received| received.push(request));
        let mut is_held = shared.is_held.subscribe();
        // A service that is gone holds nobody: its test is over.
        let _ = is_held.wait_for(|is_held| !is_held).await;
        if !answer.write(&mut stream).await {
            return;
        }
    }
}

impl Shared {
    fn next_answer(&self, request: &Received) -> Answer {
        let mut script = self.script.lock().expect("nobody panics with it");
        let Script { next, then } = &mut *script;
        next.pop_front().unwrap_or_else(|| match then {
            Then::Nothing(answer) => answer.clone(),
            Then::Request(answer) => answer(request),
        })
    }
}

impl fmt::Debug for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Then::Nothing(answer) => f.debug_tuple("Nothing").field(answer).finish(),
            Then::Request(_) => f.debug_tuple("Request").finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests;
