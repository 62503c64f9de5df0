//! Reading a typical filter, and matching it against a record of twelve fields.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use leadhook_filter::{Filter, Schema, Type, Value};

const FILTER: &str = r#"Country = "Sweden" AND LeadScore > 50 AND ("Job Title":engineer OR "Job Title":cto) AND NOT Email:example.com"#;

const FIELDS: [(&str, Type); 12] = [
    ("Email", Type::Text),
    ("First Name", Type::Text),
    ("Last Name", Type::Text),
    ("Job Title", Type::Text),
    ("Country", Type::Text),
    ("City", Type::Text),
    ("LeadScore", Type::Number),
    ("Unsubscribed", Type::Boolean),
    ("Date of Birth", Type::Date),
    ("create_time", Type::Timestamp),
    ("update_time", Type::Timestamp),
    ("Website", Type::Text),
];

const RECORD: [Value<'_>; 12] = [
    Value::Text("astrid.lindqvist@nordvik.se"),
    Value::Text("Astrid"),
    Value::Text("Lindqvist"),
    Value::Text("Principal Engineer"),
    Value::Text("SWEDEN"),
    Value::Text("Göteborg"),
    Value::Integer(72),
    Value::Boolean(false),
    Value::Date(5_000),
    Value::Timestamp(1_700_000_000_000_000),
    Value::Timestamp(1_700_000_000_000_000),
    Value::Text("https://nordvik.se"),
];

/// Fields are slots, as in a store that has decoded a row.
struct Leads;

impl Schema for Leads {
    type Field = usize;

    fn field(&self, name: &str) -> Option<(usize, Type)> {
        let slot = FIELDS.iter().position(|(field, _)| *field == name)?;
        Some((slot, FIELDS[slot].1))
    }
}

fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(FILTER.len() as u64));
    group.bench_function("typical", |b| {
        b.iter(|| Filter::parse(black_box(FILTER), &Leads));
    });
    let wide = vec!["Email = someone@example.com"; 2_000].join(" OR ");
    group.throughput(Throughput::Bytes(wide.len() as u64));
    group.bench_function("2000 conditions", |b| {
        b.iter(|| Filter::parse(black_box(&wide), &Leads));
    });
    group.finish();
}

fn matching(c: &mut Criterion) {
    let mut group = c.benchmark_group("match");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [
        ("typical", FILTER),
        ("equal text", "Country = sweden"),
        ("equal text, not ASCII", "City = GÖTEBORG"),
        ("contains", "Email:nordvik.se"),
        ("number", "LeadScore > 50"),
    ] {
        let filter = Filter::parse(text, &Leads).expect("the filter is right");
        assert!(filter.matches(|slot| Some(RECORD[*slot])), "{text}");
        group.bench_function(name, |b| {
            b.iter(|| filter.matches(|slot| Some(black_box(RECORD[*slot]))));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("contains in 30 kB");
    let filter = Filter::parse("Website:needle", &Leads).expect("the filter is right");
    for (name, value) in [
        ("ASCII", "Lorem ipsum, no such word. ".repeat(1_110)),
        ("Greek", "λορεμ ιψσυμ ".repeat(1_300)),
    ] {
        group.throughput(Throughput::Bytes(value.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| filter.matches(|_| Some(Value::Text(black_box(&value)))));
        });
    }
    group.finish();
}

criterion_group!(benches, parse, matching);
criterion_main!(benches);
