use super::*;

fn key(byte: u8) -> InstallationKey {
    InstallationKey::new(&[byte; InstallationKey::LEN])
}

#[test]
fn r_def_4_what_is_sealed_opens_with_the_same_key_alone() {
    let secret = Secret::new("pass word \u{1F511}");
    let sealed = key(1).seal(&secret, [7; NONCE_LEN]);
    assert!(!sealed.0.contains("pass"));
    assert_eq!(key(1).open(&sealed), Ok(secret));
    assert_eq!(key(2).open(&sealed), Err(Unopenable));
}

#[test]
fn damaged_seals_are_refused() {
    let sealed = key(1).seal(&Secret::new("x"), [0; NONCE_LEN]);
    for text in ["", "AA", "not base64!", &sealed.0[..sealed.0.len() - 2]] {
        assert_eq!(
            key(1).open(&Sealed(text.to_owned())),
            Err(Unopenable),
            "{text}"
        );
    }
}

#[test]
fn r_def_4_debug_shows_no_secret() {
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "[redacted]");
}

#[test]
fn r_hdr_3_keys_depend_on_every_part_and_on_the_installation() {
    let a = key(1).idempotency_key(&[b"CallWebhook", b"ab", b"c"]);
    assert_eq!(a, key(1).idempotency_key(&[b"CallWebhook", b"ab", b"c"]));
    assert_ne!(a, key(1).idempotency_key(&[b"CallWebhook", b"a", b"bc"]));
    assert_ne!(a, key(2).idempotency_key(&[b"CallWebhook", b"ab", b"c"]));
    assert_eq!(a.to_string().len(), 32);
}
