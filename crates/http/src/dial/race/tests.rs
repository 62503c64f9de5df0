use super::*;

fn addresses(text: &[&str]) -> Vec<SocketAddr> {
    text.iter()
        .map(|text| text.parse().expect("an address"))
        .collect()
}

#[test]
fn families_alternate_beginning_with_the_preferred_one() {
    let cases: [(&[&str], &[&str]); 4] = [
        (&[], &[]),
        (&["1.1.1.1:1", "1.1.1.2:1"], &["1.1.1.1:1", "1.1.1.2:1"]),
        (
            &["[2a00::1]:1", "[2a00::2]:1", "[2a00::3]:1", "1.1.1.1:1"],
            &["[2a00::1]:1", "1.1.1.1:1", "[2a00::2]:1", "[2a00::3]:1"],
        ),
        (
            &["1.1.1.1:1", "1.1.1.2:1", "[2a00::1]:1", "[2a00::2]:1"],
            &["1.1.1.1:1", "[2a00::1]:1", "1.1.1.2:1", "[2a00::2]:1"],
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(alternate(addresses(given)), addresses(expected));
    }
}

#[test]
fn no_more_than_16_addresses_are_tried() {
    let many = (0..1_000)
        .map(|number| SocketAddr::from(([1, 1, 1, 1], number)))
        .collect();
    assert_eq!(alternate(many).len(), MAX_ADDRESSES);
}

#[tokio::test]
async fn the_first_error_is_told_when_none_answers() {
    assert_eq!(
        connect(&[]).await.expect_err("no address").kind(),
        io::ErrorKind::NotFound
    );
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = nobody.local_addr().expect("it is bound");
    drop(nobody);
    let error = connect(&[address, address, address])
        .await
        .expect_err("nobody listens");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}
