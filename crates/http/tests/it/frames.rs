//! HTTP/2 frames written by hand (RFC 9113 §4.1): `h2` takes every request that it reads, services in haste do not.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use crate::{
    server::{Server, get, url},
    tls::Authority,
};

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

async fn write(stream: &mut TlsStream<TcpStream>, kind: u8, flags: u8, id: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len())
        .expect("a short frame")
        .to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    stream
        .write_all(&[&head, payload].concat())
        .await
        .expect("a client");
    stream.flush().await.expect("a client");
}

/// The kind and stream of the next frame; none when the client has closed.
async fn read(stream: &mut TlsStream<TcpStream>) -> Option<(u8, u32)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await.ok()?;
    Some((
        head[3],
        u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
    ))
}

#[tokio::test]
async fn r_call_8_a_request_beyond_a_goaway_is_sent_over_a_fresh_connection() {
    let authority = Authority::new();
    let acceptor = authority.acceptor("localhost", &[b"h2"]);
    let server = Server::start(move |_, peer| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor
                .accept(peer.into_stream())
                .await
                .expect("a handshake");
            stream.read_exact(&mut [0; 24]).await.expect("the preface");
            write(&mut stream, SETTINGS, 0, 0, &[]).await;
            while let Some((kind, id)) = read(&mut stream).await {
                match (kind, id) {
                    // `:status: 200`, the end of head and stream
                    (HEADERS, 1) => write(&mut stream, HEADERS, 0x5, id, &[0x88]).await,
                    // The last stream that counts is 1; the connection stays open.
                    (HEADERS, _) => {
                        write(&mut stream, GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]).await;
                    }
                    _ => {}
                }
            }
        }
    })
    .await;
    let client = authority.client();
    let request = get(url(&format!(
        "https://localhost:{}/",
        server.address.port()
    )));
    for connections in [1, 2, 3] {
        let exchange = client
            .send(&request)
            .await
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(exchange.status, 200);
        assert_eq!(server.connections(), connections);
    }
}
