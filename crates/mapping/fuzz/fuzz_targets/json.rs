//! JSON bodies are accepted exactly when serde_json accepts them as UTF-8, surrogates apart.

#![no_main]

use leadhook_field::{FieldType, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Reason, Target};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|body: &[u8]| {
    let paths = ["a", "a.b", "a[0]", "[1].a", "a.b[2].c", r#"["\u0000"]"#];
    let targets: Vec<Target> = [
        FieldType::TextArea,
        FieldType::Integer,
        FieldType::Datetime,
        FieldType::Float,
    ]
    .iter()
    .flat_map(|field_type| {
        paths.map(|path| Target::new(Path::parse(Format::Json, path).unwrap(), *field_type))
    })
    .collect();
    let mut out = Vec::new();
    Plan::new(Format::Json, &targets).apply(body, None, &Zone::utc(), &mut out);
    assert_eq!(out.len(), targets.len());

    if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") {
        return;
    }
    let is_invalid = |outcome: &Outcome| matches!(outcome, Outcome::Problem(problem) if problem.reason == Reason::InvalidResponse);
    let text = std::str::from_utf8(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body));
    let expected = text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    let accepted = !out.iter().any(is_invalid);
    assert_eq!(out.iter().all(is_invalid), !accepted, "all or none");
    let has_surrogates = body
        .windows(3)
        .any(|bytes| matches!(bytes, [b'\\', b'u', b'd' | b'D']));
    assert!(
        accepted == expected || (has_surrogates && !accepted),
        "ours: {out:?}"
    );
});
