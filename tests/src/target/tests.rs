//! The script itself has to be right, or a black-box test says nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Answer, Target};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

async fn connect(target: &Target) -> TcpStream {
    TcpStream::connect(target.address())
        .await
        .expect("it listens")
}

async fn until_end(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.map(|_| bytes)
}

#[tokio::test]
async fn requests_are_kept_byte_for_byte() {
    let target = Target::start(Answer::empty()).await;
    let mut stream = connect(&target).await;
    stream
        .write_all(b"POST /%7e/../x?a=b&c HTTP/1.1\r\nx-Odd:  v \r\nContent-Length: 3\r\n\r\nabc")
        .await
        .unwrap();
    stream
        .write_all(
            b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n",
        )
        .await
        .unwrap();
    let requests = target.received(2).await;
    assert_eq!(requests[0].path(), "/%7e/../x?a=b&c");
    assert_eq!(
        requests[0].head,
        b"POST /%7e/../x?a=b&c HTTP/1.1\r\nx-Odd:  v \r\nContent-Length: 3\r\n\r\n"
    );
    assert_eq!(requests[0].header("X-ODD").as_deref(), Some("v"));
    assert_eq!(
        (requests[0].body.as_slice(), requests[1].body.as_slice()),
        (&b"abc"[..], &b"def"[..])
    );
    assert_eq!((target.connections(), requests[1].connection), (1, 1));
}

#[tokio::test]
async fn a_script_is_followed_and_then_its_end_repeats() {
    let target = Target::scripted(
        [Answer::status(503, "Try Later", "")],
        Answer::json("{}").close(),
    )
    .await;
    let mut stream = connect(&target).await;
    stream.write_all(&[GET, GET].concat()).await.unwrap();
    let answers = String::from_utf8(until_end(&mut stream).await.unwrap()).unwrap();
    assert!(
        answers
            .starts_with("HTTP/1.1 503 Try Later\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"),
        "{answers}"
    );
    assert!(answers.ends_with("\r\n\r\n{}"), "{answers}");
}

#[tokio::test]
async fn chunks_and_broken_promises_stand_on_the_wire() {
    for (answer, body) in [
        (
            Answer::chunked(&[], &[b"abc", b"d"]),
            "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
        ),
        (Answer::promising(10, "half"), "half"),
        (Answer::promising(1, "longer"), "longer"),
    ] {
        let target = Target::start(answer.close()).await;
        let mut stream = connect(&target).await;
        stream.write_all(GET).await.unwrap();
        let answer = String::from_utf8(until_end(&mut stream).await.unwrap()).unwrap();
        assert_eq!(answer.split_once("\r\n\r\n").unwrap().1, body);
    }
}

#[tokio::test]
async fn a_reset_is_no_close() {
    let target = Target::start(Answer::raw("").reset()).await;
    let mut stream = connect(&target).await;
    stream.write_all(GET).await.unwrap();
    let error = until_end(&mut stream).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn never_means_neither_answer_nor_end() {
    let target = Target::start(Answer::never()).await;
    let mut stream = connect(&target).await;
    stream.write_all(GET).await.unwrap();
    target.received(1).await;
    let waited = tokio::time::timeout(Duration::from_millis(50), until_end(&mut stream)).await;
    assert!(waited.is_err(), "{waited:?}");
}
