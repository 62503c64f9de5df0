//! What a scripted service was sent.

use std::io;
use std::time::Instant;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// One request, as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The head with its empty line, every byte of it.
    pub head: Vec<u8>,
    /// The body; of a chunked one the chunks put together.
    pub body: Vec<u8>,
    /// On which connection it came, from 1.
    pub connection: usize,
    /// When all of it had come.
    pub arrived: Instant,
}

impl Received {
    /// The request line: "POST /people HTTP/1.1".
    #[must_use]
    pub fn line(&self) -> String {
        self.lines().next().unwrap_or_default()
    }

    /// The method: "POST".
    #[must_use]
    pub fn method(&self) -> String {
        self.line().split(' ').next().unwrap_or_default().to_owned()
    }

    /// What stands after the method: "/people?x=1".
    #[must_use]
    pub fn path(&self) -> String {
        self.line().split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// Names and values of the headers in their order; bytes that are not UTF-8 as replacement characters.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        let headers = self.lines().skip(1);
        let header = |line: String| {
            line.split_once(':')
                .map(|(name, value)| (name.into(), value.trim().into()))
        };
        headers.filter_map(header).collect()
    }

    /// Every value of a header, its name in any case.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        let headers = self.headers().into_iter();
        headers
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    /// The only value of a header; `None` where it was not sent.
    ///
    /// # Panics
    ///
    /// Where it was sent several times.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.all(name);
        assert!(
            values.len() < 2,
            "{name} was sent several times: {values:?}"
        );
        values.into_iter().next()
    }

    /// The body as text; bytes that are not UTF-8 as replacement characters.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let text = String::from_utf8_lossy(&self.head).into_owned();
        text.split("\r\n")
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// Reads the next request; `None` when the connection ended before it was complete. What came beyond it stays in `buffer`.
pub(super) async fn read(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    connection: usize,
) -> io::Result<Option<Received>> {
    let head = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break buffer.drain(..end + 4).collect::<Vec<_>>();
        }
        if !more(stream, buffer).await? {
            return Ok(None);
        }
    };
    let mut request = Received {
        head,
        body: Vec::new(),
        connection,
        arrived: Instant::now(),
    };
    if request
        .header("Transfer-Encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        loop {
            let Some(chunk) = chunk(stream, buffer).await? else {
                return Ok(None);
            };
            if chunk.is_empty() {
                request.arrived = Instant::now();
                return Ok(Some(request));
            }
            request.body.extend_from_slice(&chunk);
        }
    }
    let length = request
        .header("Content-Length")
        .map_or(Ok(0), |length| length.parse())
        .map_err(io::Error::other)?;
    let body = exactly(stream, buffer, length).await?;
    let arrived = Instant::now();
    Ok(body.map(|body| Received {
        body,
        arrived,
        ..request
    }))
}

async fn chunk(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let line = loop {
        if let Some(end) = find(buffer, b"\r\n") {
            break buffer.drain(..end + 2).collect::<Vec<_>>();
        }
        if !more(stream, buffer).await? {
            return Ok(None);
        }
    };
    let size = String::from_utf8_lossy(&line);
    let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
    let chunk = exactly(stream, buffer, size + 2).await?;
    Ok(chunk.map(|mut chunk| {
        chunk.truncate(size);
        chunk
    }))
}

async fn exactly(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    length: usize,
) -> io::Result<Option<Vec<u8>>> {
    while buffer.len() < length {
        if !more(stream, buffer).await? {
            return Ok(None);
        }
    }
    Ok(Some(buffer.drain(..length).collect()))
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<bool> {
    Ok(stream.read_buf(buffer).await? > 0)
}

fn find(buffer: &[u8], pattern: &[u8]) -> Option<usize> {
    buffer
        .windows(pattern.len())
        .position(|window| window == pattern)
}
