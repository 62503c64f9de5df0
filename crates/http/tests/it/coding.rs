//! Content codings (R-CALL-7).

use std::io::Write;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use leadhook_http::{Exchange, Failure, FailureKind};

use crate::server::{Server, builder, client, get};

const TEXT: &str = "{\"naïve\":[1,2,3,4,5,6,7,8,9]}";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

async fn answer(coding: &str, body: &[u8]) -> Result<Exchange, Failure> {
    let head = format!(
        "HTTP/1.1 203 So\r\n{coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let server = Server::always([head.as_bytes(), body].concat()).await;
    client().send(&get(server.url("/"))).await
}

#[tokio::test]
async fn r_call_7_codings_are_removed_over_the_wire() {
    let cases = [
        ("Content-Encoding: gzip", gzip(TEXT.as_bytes())),
        ("Content-Encoding: X-GZip", gzip(TEXT.as_bytes())),
        ("Content-Encoding: deflate", zlib(TEXT.as_bytes())),
        ("Content-Encoding: deflate", raw_deflate(TEXT.as_bytes())),
        (
            "Content-Encoding: deflate, gzip",
            gzip(&zlib(TEXT.as_bytes())),
        ),
        (
            "Content-Encoding: deflate\r\nContent-Encoding: identity,gzip",
            gzip(&zlib(TEXT.as_bytes())),
        ),
        ("Content-Encoding: identity", TEXT.as_bytes().to_vec()),
        ("Content-Encoding:", TEXT.as_bytes().to_vec()),
    ];
    for (coding, body) in cases {
        let exchange = answer(coding, &body)
            .await
            .unwrap_or_else(|failure| panic!("{coding}: {failure}"));
        assert_eq!(exchange.body, TEXT, "{coding}");
    }
}

#[tokio::test]
async fn r_call_7_an_empty_body_needs_no_coding() {
    for coding in ["gzip", "br", "zstd", "deflate", "compress"] {
        let exchange = answer(&format!("Content-Encoding: {coding}"), b"")
            .await
            .expect("an answer");
        assert!(exchange.body.is_empty());
    }
}

#[tokio::test]
async fn r_call_4_bad_codings_are_protocol_failures_that_keep_the_status() {
    let truncated = &gzip(TEXT.as_bytes())[..20];
    let cases: [(&str, &[u8], &str); 5] = [
        (
            "compress",
            b"x",
            "content coding `compress` is none of gzip, deflate, br and zstd",
        ),
        ("gzip", b"plain text", "the body is not valid gzip"),
        ("gzip", truncated, "the gzip body ends in the middle"),
        (
            "gzip, gzip, gzip, gzip, gzip",
            b"x",
            "the body has 5 content codings; at most 4 are removed",
        ),
        ("zstd", b"plain text", "the body is not valid zstd"),
    ];
    for (coding, body, detail) in cases {
        let failure = answer(&format!("Content-Encoding: {coding}"), body)
            .await
            .expect_err(coding);
        assert_eq!(
            (failure.kind(), failure.status()),
            (FailureKind::Protocol, Some(203))
        );
        assert_eq!(failure.detail(), detail);
    }
}

#[tokio::test]
async fn r_call_7_the_limit_holds_after_decoding() {
    let bomb = gzip(&vec![0; 10 << 20]);
    assert!(bomb.len() < 20_000);
    let failure = answer("Content-Encoding: gzip", &bomb)
        .await
        .expect_err("a bomb");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::TooLarge, Some(203))
    );

    let body = gzip(&[b'x'; 5_000]);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let server = Server::always([head.as_bytes(), &body].concat()).await;
    for (limit, succeeds) in [(5_000, true), (4_999, false)] {
        let client = builder().max_body(limit).build().expect("a client");
        assert_eq!(
            client.send(&get(server.url("/"))).await.is_ok(),
            succeeds,
            "{limit}"
        );
    }
}
