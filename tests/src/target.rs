//! A service over bare TCP: what it was sent is kept byte for byte, what it answers is a script, the wrong things included.

use std::collections::VecDeque;
use std::net::SocketAddr;
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
    connections: watch::Sender<usize>,
}

/// What comes next, and what comes when that is used up.
#[derive(Debug)]
struct Script {
    next: VecDeque<Answer>,
    then: Answer,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            script: Mutex::new(Script {
                next: first.into_iter().collect(),
                then,
            }),
            received: watch::Sender::default(),
            connections: watch::Sender::default(),
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

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// Changes what is answered from the next request on.
    ///
    /// # Panics
    ///
    /// Where a connection panicked.
    pub fn answer(&self, answer: Answer) {
        *self.shared.script.lock().expect("nobody panics with it") = Script {
            next: VecDeque::new(),
            then: answer,
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
    while let Ok((stream, _)) = listener.accept().await {
        let number = shared.connections.borrow().saturating_add(1);
        shared.connections.send_replace(number);
        connections.spawn(serve(stream, number, Arc::clone(&shared)));
    }
}

async fn serve(mut stream: TcpStream, connection: usize, shared: Arc<Shared>) {
    // A failing socket is the caller's doing, and shows in what the caller records.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Ok(Some(request)) = received::read(&mut stream, &mut buffer, connection).await {
        let answer = shared.next_answer();
        shared
            .received
            .send_modify(|received| received.push(request));
        if !answer.write(&mut stream).await {
            return;
        }
    }
}

impl Shared {
    fn next_answer(&self) -> Answer {
        let mut script = self.script.lock().expect("nobody panics with it");
        script
            .next
            .pop_front()
            .unwrap_or_else(|| script.then.clone())
    }
}

#[cfg(test)]
mod tests;
