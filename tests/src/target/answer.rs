//! What a scripted service does once a request is complete.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// An answer: bytes to send, pauses between them, and how it ends.
///
/// The head is written as given, in the order given; nothing is added but what the constructors say.
#[derive(Clone, Debug)]
pub struct Answer {
    steps: Vec<Step>,
    end: End,
}

#[derive(Clone, Debug)]
enum Step {
    Send(Bytes),
    Pause(Duration),
    Until(watch::Receiver<bool>),
}

/// What answers wait for: a test opens it.
#[derive(Debug, Default)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// Lets through what waits, and whatever comes.
    pub fn open(&self) {
        self.0.send_replace(true);
    }
}

/// What becomes of the connection after the answer.
#[derive(Clone, Debug)]
enum End {
    Keep,
    Close,
    Reset,
    Hang,
}

impl Answer {
    /// `200 OK` with a JSON body.
    #[must_use]
    pub fn json(body: &str) -> Self {
        Self::full(200, "OK", &[("Content-Type", "application/json")], body)
    }

    /// `200 OK` with an XML body.
    #[must_use]
    pub fn xml(body: &str) -> Self {
        Self::full(200, "OK", &[("Content-Type", "application/xml")], body)
    }

    /// `200 OK` without a body.
    #[must_use]
    pub fn empty() -> Self {
        Self::full(200, "OK", &[], "")
    }

    /// A status line with this code and reason phrase, and a body.
    #[must_use]
    pub fn status(code: u16, reason: &str, body: impl AsRef<[u8]>) -> Self {
        Self::full(code, reason, &[], body)
    }

    /// A status line, these headers, Content-Length, and a body.
    #[must_use]
    pub fn full(code: u16, reason: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        headers.push(("Content-Length", &length));
        Self::raw(head(code, reason, &headers)).then(body)
    }

    /// `200 OK` with a body in these chunks.
    #[must_use]
    pub fn chunked(headers: &[(&str, &str)], chunks: &[&[u8]]) -> Self {
        let mut headers = headers.to_vec();
        headers.push(("Transfer-Encoding", "chunked"));
        let mut answer = Self::raw(head(200, "OK", &headers));
        for chunk in chunks {
            let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
            framed.extend_from_slice(chunk);
            framed.extend_from_slice(b"\r\n");
            answer = answer.then(framed);
        }
        answer.then("0\r\n\r\n")
    }

    /// `200 OK` that promises `promised` bytes and sends `body`, fewer or more; the connection is kept.
    #[must_use]
    pub fn promising(promised: usize, body: impl AsRef<[u8]>) -> Self {
        let length = promised.to_string();
        Self::raw(head(200, "OK", &[("Content-Length", &length)])).then(body)
    }

    /// Exactly these bytes; the connection is kept.
    #[must_use]
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            steps: Vec::new(),
            end: End::Keep,
        }
        .then(bytes)
    }

    /// Nothing at all, for ever.
    #[must_use]
    pub fn never() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Hang,
        }
    }

    /// Then sends these bytes, by themselves.
    #[must_use]
    pub fn then(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps
            .push(Step::Send(Bytes::copy_from_slice(bytes.as_ref())));
        self
    }

    /// Then does nothing for so long.
    #[must_use]
    pub fn pause(mut self, duration: Duration) -> Self {
        self.steps.push(Step::Pause(duration));
        self
    }

    /// The same, but not before the gate is open.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.steps.insert(0, Step::Until(gate.0.subscribe()));
        self
    }

    /// Closes the connection afterwards.
    #[must_use]
    pub fn close(self) -> Self {
        Self {
            end: End::Close,
            ..self
        }
    }

    /// Resets the connection afterwards: RST rather than FIN.
    #[must_use]
    pub fn reset(self) -> Self {
        Self {
            end: End::Reset,
            ..self
        }
    }

    /// Sends nothing more, and keeps the connection open for ever.
    #[must_use]
    pub fn hang(self) -> Self {
        Self {
            end: End::Hang,
            ..self
        }
    }

    /// Answers; says whether the connection goes on.
    pub(super) async fn write(self, stream: &mut TcpStream) -> bool {
        for step in self.steps {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return false;
                    }
                }
                Step::Pause(duration) => tokio::time::sleep(duration).await,
                Step::Until(mut gate) => {
                    // A gate that is gone lets through, too: its test is over.
                    let _ = gate.wait_for(|is_open| *is_open).await;
                }
            }
        }
        match self.end {
            End::Keep => true,
            End::Close => {
                let _ = stream.shutdown().await;
                false
            }
            End::Reset => {
                // With a linger time of zero, closing a socket resets it.
                let _ = stream.set_zero_linger();
                false
            }
            End::Hang => {
                let _ = until_closed(stream).await;
                false
            }
        }
    }
}

async fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

fn head(code: u16, reason: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {code} {reason}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}
