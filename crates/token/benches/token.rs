//! Rendering 300 bytes of JSON with 8 tokens, beside what one would write by hand for this very payload; and parsing.
//!
//! All write the same bytes into a buffer that is used again. By hand means that the template is taken apart at compile time.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadhook_encoding::{Encoding, Kind, Scalar, json};
use leadhook_token::Template;

const TEMPLATE: &str = r#"{"source":"leadhook","event":"lead.updated","person":{"email":{{lead.Email Address}},"first":{{lead.First Name}},"last":{{lead.Last Name}},"title":{{lead.Job Title:default=none}},"phone":{{lead.Phone Number}}},"company":{"name":{{company.Company Name}},"site":{{company.Website}},"city":{{company.Billing City}}}}"#;

const OWN: [&str; 9] = [
    r#"{"source":"leadhook","event":"lead.updated","person":{"email":"#,
    r#","first":"#,
    r#","last":"#,
    r#","title":"#,
    r#","phone":"#,
    r#"},"company":{"name":"#,
    r#","site":"#,
    r#","city":"#,
    "}}",
];

const VALUES: [&str; 8] = [
    "astrid.lindqvist@nordvik.example",
    "Astrid",
    "Lindqvist-Ångström",
    "Head of \"Growth\"",
    "+46 31 123 45 67",
    "Nordvik & Söner AB",
    "https://www.nordvik.example/",
    "Göteborg",
];

fn render(criterion: &mut Criterion) {
    let template = Template::parse(TEMPLATE).expect("a valid template");
    let mut expected = Vec::new();
    by_hand(&mut expected, json::write_string);
    let mut group = criterion.benchmark_group("render, 300 bytes of JSON, 8 tokens");
    group.throughput(Throughput::Bytes(expected.len() as u64));

    let mut out = Vec::with_capacity(1_024);
    group.bench_function("leadhook-token", |bencher| {
        bencher.iter(|| {
            let values = black_box(&VALUES);
            out.clear();
            template.render(&mut out, |at, out| {
                let value = Scalar {
                    text: values[at],
                    kind: Kind::Text,
                };
                Encoding::Json.write(value, false, out);
            });
            black_box(out.len())
        });
    });
    assert_eq!(out, expected);

    group.bench_function("by hand, leadhook-encoding's escapes", |bencher| {
        bencher.iter(|| by_hand(&mut out, json::write_string).len());
    });
    assert_eq!(out, expected);

    group.bench_function("by hand, serde_json's escapes", |bencher| {
        bencher.iter(|| {
            by_hand(&mut out, |value, out| {
                serde_json::to_writer(out, value).expect("a Vec takes everything");
            })
            .len()
        });
    });
    assert_eq!(out, expected);
    group.finish();
}

fn by_hand(out: &mut Vec<u8>, write: impl Fn(&str, &mut Vec<u8>)) -> &[u8] {
    let values = black_box(&VALUES);
    out.clear();
    for (own, value) in OWN.iter().zip(values) {
        out.extend_from_slice(own.as_bytes());
        write(value, out);
    }
    out.extend_from_slice(OWN[VALUES.len()].as_bytes());
    black_box(out)
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, text) in [
        ("300 bytes, 8 tokens", TEMPLATE.to_owned()),
        ("1 MiB of text", "some text { with } braces ".repeat(40_330)),
        ("1 MiB of tokens", "{{lead.First Name}} ".repeat(52_428)),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("leadhook-token", name), |bencher| {
            bencher.iter(|| Template::parse(black_box(&text)).expect("a valid template"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(3));
    targets = render, parse
}
criterion_main!(benches);
