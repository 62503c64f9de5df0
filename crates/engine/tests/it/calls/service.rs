//! An HTTP service whose every answer is given by the test.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it looks for what must not come.
const LOOK: Duration = Duration::from_millis(100);

/// The service; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) url: String,
    requests: mpsc::UnboundedReceiver<Received>,
}

/// A request that waits for its answer. Dropped without one, its connection ends.
#[derive(Debug)]
pub(super) struct Received {
    head: String,
    pub(super) body: String,
    answer: oneshot::Sender<String>,
}

impl Service {
    pub(super) async fn start() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, sender.clone()));
            }
        });
        Service { url, requests }
    }

    /// The next request.
    pub(super) async fn next(&mut self) -> Received {
        let received = timeout(PATIENCE, self.requests.recv()).await;
        received
            .expect("a request comes")
            .expect("the service runs")
    }

    /// Answers the next request.
    pub(super) async fn answer(&mut self, status: &str, body: &str) -> String {
        let received = self.next().await;
        let sent = received.body.clone();
        received.answer(status, body);
        sent
    }

    /// Sees that no request waits, and that none comes.
    pub(super) async fn is_idle(&mut self) -> bool {
        timeout(LOOK, self.requests.recv()).await.is_err()
    }
}

impl Received {
    /// The request line and the headers as they came.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// `status` is a status code with its phrase, and may go on with headers.
    pub(super) fn answer(self, status: &str, body: &str) {
        let len = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {len}\r\n\r\n{body}");
        // A client that has gone away takes no answer.
        let _ = self.answer.send(answer);
    }
}

async fn serve(mut connection: TcpStream, requests: mpsc::UnboundedSender<Received>) {
    let mut bytes = Vec::new();
    while let Some((head, body)) = read(&mut connection, &mut bytes).await {
        let (answer, answered) = oneshot::channel();
        if requests.send(Received { head, body, answer }).is_err() {
            return;
        }
        let Ok(answer) = answered.await else { return };
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// One request; none when the connection ends.
async fn read(connection: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<(String, String)> {
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|at| at == b"\r\n\r\n") {
            break end + 4;
        }
        more(connection, bytes).await?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().unwrap())
    });
    let all = end + length.unwrap_or(0);
    while bytes.len() < all {
        more(connection, bytes).await?;
    }
    let body = String::from_utf8(bytes[end..all].to_vec()).unwrap();
    bytes.drain(..all);
    Some((head, body))
}

async fn more(connection: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = connection.read_buf(bytes).await.ok()?;
    (read > 0).then_some(())
}
