//! Writes a value in every encoding and place.
//!
//! ```text
//! cargo run -p leadhook-encoding --example encode -- 'R&D "Nord" 1/2'
//! ```

use std::{
    env,
    io::{self, Write},
};

use leadhook_encoding::{form, header, json, url, xml};

type Encode = fn(&str, &mut Vec<u8>);

const ENCODINGS: [(&str, Encode); 7] = [
    ("JSON value", json::write_string),
    ("JSON, in a literal", json::write_fragment),
    ("form data, query", form::write),
    ("XML", xml::write),
    ("path segment", url::write_path),
    ("URL, encoding None", url::write_raw),
    ("header", header::write),
];

fn main() -> io::Result<()> {
    let value = env::args()
        .nth(1)
        .unwrap_or_else(|| "R&D \"Nord\" 1/2 \u{1F600}".into());
    let mut out = Vec::new();
    for (name, encode) in ENCODINGS {
        write!(out, "{name:<20}")?;
        encode(&value, &mut out);
        out.push(b'\n');
    }
    io::stdout().write_all(&out)
}
