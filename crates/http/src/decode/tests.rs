use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use http::HeaderValue;
use proptest::prelude::*;
use std::io::Write;

use super::*;

const LIMIT: usize = 1 << 20;

fn text() -> String {
    "{\"naïve\":[1,2,3,4,5,6,7,8,9]}".repeat(20)
}

/// `text()`, by the reference encoders.
const BROTLI: &str = "1b5702e82d0aec0679215ab400614e75edbdd75b7b7daf5ac4cd6e981b8ccd4d1ac5d2556165c161b4905ef4e501128b1aeb06";
const ZSTD_WITH_CHECKSUM: &str = "28b52ffd645801350100f07b226e61c3af7665223a5b312c322c332c342c352c362c372c382c395d7d0100de08957202ffb14aec";
const ZSTD: &str = "28b52ffd605801350100f07b226e61c3af7665223a5b312c322c332c342c352c362c372c382c395d7d0100de08957202";
/// 10 MiB of zeros.
const BROTLI_BOMB: &str = "cbffff3ff82700e2b14020f7fe2fffff3ff04f00c4611180eefd07";

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("hexadecimal") as u8;
    hex.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

fn raw_deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

/// `text()` in every coding.
fn encoded() -> [(Coding, Vec<u8>); 7] {
    let text = text();
    let text = text.as_bytes();
    [
        (Coding::Gzip, gzip(text)),
        (Coding::Deflate, zlib(text)),
        (Coding::Deflate, raw_deflate(text)),
        (Coding::Brotli, bytes(BROTLI)),
        (Coding::Zstd, bytes(ZSTD_WITH_CHECKSUM)),
        (Coding::Zstd, bytes(ZSTD)),
        (Coding::Zstd, zstd(text)),
    ]
}

#[test]
fn r_call_7_every_coding_is_removed_and_held_to_the_limit() {
    let text = text();
    for (coding, body) in encoded() {
        assert_eq!(
            remove(coding, &body, LIMIT).as_deref(),
            Ok(text.as_bytes()),
            "{coding:?}"
        );
        let exact = remove(coding, &body, text.len());
        assert_eq!(exact.as_deref(), Ok(text.as_bytes()), "{coding:?}");
        for limit in [text.len() - 1, 64, 1, 0] {
            assert_eq!(
                remove(coding, &body, limit),
                Err(Fault::TooLarge),
                "{coding:?} {limit}"
            );
        }
    }
}

#[test]
fn r_call_4_a_body_that_ends_in_the_middle_or_goes_on_is_none() {
    for (coding, body) in encoded() {
        for length in 1..body.len() {
            let result = remove(coding, &body[..length], LIMIT);
            let fault = result.expect_err("it is not whole");
            assert!(
                matches!(fault, Fault::Truncated | Fault::Malformed),
                "{coding:?} {length}: {fault:?}"
            );
        }
        let longer = [&body[..], b"x"].concat();
        assert!(
            remove(coding, &longer, LIMIT).is_err(),
            "{coding:?} with more behind it"
        );
    }
}

#[test]
fn checksums_are_checked() {
    for (coding, mut body) in [
        (Coding::Gzip, gzip(b"hello")),
        (Coding::Zstd, bytes(ZSTD_WITH_CHECKSUM)),
        (Coding::Deflate, zlib(b"hello")),
    ] {
        let at = body.len() - if coding == Coding::Gzip { 8 } else { 1 };
        body[at] ^= 1;
        assert_eq!(
            remove(coding, &body, LIMIT),
            Err(Fault::Malformed),
            "{coding:?}"
        );
    }
}

#[test]
fn several_members_or_frames_are_their_concatenation() {
    let members = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
    assert_eq!(
        remove(Coding::Gzip, &members, LIMIT).as_deref(),
        Ok(&b"one two"[..])
    );
    let skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc".to_vec();
    let frames = [zstd(b"one "), skipped.clone(), zstd(b"two")].concat();
    assert_eq!(
        remove(Coding::Zstd, &frames, LIMIT).as_deref(),
        Ok(&b"one two"[..])
    );
    assert_eq!(remove(Coding::Zstd, &frames, 6), Err(Fault::TooLarge));
    assert_eq!(
        remove(Coding::Zstd, &skipped[..9], LIMIT),
        Err(Fault::Truncated)
    );
}

#[test]
fn r_call_7_bombs_are_not_unfolded() {
    let zeros = vec![0; 10 << 20];
    for (coding, body) in [
        (Coding::Gzip, gzip(&zeros)),
        (Coding::Deflate, zlib(&zeros)),
        (Coding::Deflate, raw_deflate(&zeros)),
        (Coding::Brotli, bytes(BROTLI_BOMB)),
        (Coding::Zstd, zstd(&zeros)),
    ] {
        assert_eq!(
            remove(coding, &body, LIMIT),
            Err(Fault::TooLarge),
            "{coding:?}"
        );
    }
    let twice = gzip(&gzip(&zeros));
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_static("gzip, gzip"),
    );
    let failure = decode(&headers, twice.into(), LIMIT).expect_err("a bomb in a bomb");
    assert_eq!(failure.kind(), FailureKind::TooLarge);
}

#[test]
fn a_zstd_window_beyond_8_mib_is_refused_before_it_is_allocated() {
    // A frame header alone: no single segment, window descriptor of 2 GiB.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
    assert_eq!(remove(Coding::Zstd, &frame, LIMIT), Err(Fault::Malformed));
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(content in proptest::collection::vec(any::<u8>(), 0..5_000)) {
        for (coding, body) in [
            (Coding::Gzip, gzip(&content)),
            (Coding::Deflate, zlib(&content)),
            (Coding::Deflate, raw_deflate(&content)),
            (Coding::Zstd, zstd(&content)),
        ] {
            let decoded = remove(coding, &body, LIMIT);
            prop_assert_eq!(decoded.as_deref(), Ok(&content[..]), "{:?}", coding);
        }
    }

    #[test]
    fn never_panics_and_never_passes_the_limit(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        damaged in any::<(prop::sample::Index, u8)>(),
        limit in 0_usize..700,
    ) {
        let mut bodies: Vec<_> = encoded().into_iter().collect();
        for (_, body) in &mut bodies {
            let at = damaged.0.index(body.len());
            body[at] = damaged.1;
        }
        bodies.extend([Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd].map(|coding| (coding, body.clone())));
        for (coding, body) in bodies {
            if let Ok(decoded) = remove(coding, &body, limit) {
                prop_assert!(decoded.len() <= limit);
            }
        }
    }
}
