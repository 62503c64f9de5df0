//! Writing short and long values, beside the crates that one would use for each encoding.
//!
//! All write the same bytes into a buffer that is used again.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadhook_encoding::{form, json};

type Write = fn(&str, &mut Vec<u8>);

/// 12 bytes, as most values are.
const SHORT: &str = "Göteborg SE";

/// 300 bytes without anything to escape in JSON.
fn long() -> String {
    let text = "A note about the lead, with words, 3 numbers and some punctuation; née Ångström. ";
    let mut long = text.repeat(4);
    long.truncate(long.floor_char_boundary(300));
    long
}

/// 300 bytes, an escape every 20.
fn quoted() -> String {
    let mut quoted = "said \"yes\", then\nleft ".repeat(14);
    quoted.truncate(300);
    quoted
}

fn json(criterion: &mut Criterion) {
    let serde: Write =
        |text, out| serde_json::to_writer(out, text).expect("a Vec takes everything");
    for (name, text) in [
        ("json, 12 bytes", SHORT.to_owned()),
        ("json, 300 bytes", long()),
        ("json, 300 bytes with escapes", quoted()),
    ] {
        compare(
            criterion,
            name,
            &text,
            json::write_string,
            ("serde_json", serde),
        );
    }
}

fn form(criterion: &mut Criterion) {
    let rival: Write = |text, out| {
        for piece in form_urlencoded::byte_serialize(text.as_bytes()) {
            out.extend_from_slice(piece.as_bytes());
        }
    };
    for (name, text) in [
        ("form, 12 bytes", SHORT.to_owned()),
        ("form, 300 bytes", long()),
    ] {
        compare(
            criterion,
            name,
            &text,
            form::write,
            ("form_urlencoded", rival),
        );
    }
}

fn compare(criterion: &mut Criterion, name: &str, text: &str, ours: Write, rival: (&str, Write)) {
    let written = |write: Write| {
        let mut out = Vec::new();
        write(text, &mut out);
        out
    };
    assert_eq!(written(ours), written(rival.1), "{name}");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(text.len() as u64));
    for (name, write) in [("leadhook-encoding", ours), rival] {
        let mut out = Vec::with_capacity(4 * text.len());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                write(black_box(text), &mut out);
                black_box(out.len())
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(3));
    targets = json, form
}
criterion_main!(benches);
