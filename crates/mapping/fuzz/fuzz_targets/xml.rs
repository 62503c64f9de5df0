//! XML bodies never panic, and what roxmltree refuses for other reasons than its limits, namespaces and DTDs is refused.

#![no_main]

use leadhook_field::{FieldType, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Reason, Target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let paths = ["a", "a.b", "a.b[1]", "a.@b", "a.x:b.@x:c", "a.a.a.a"];
    let targets: Vec<Target> = [FieldType::String, FieldType::Integer, FieldType::Datetime]
        .iter()
        .flat_map(|field_type| {
            paths.map(|path| Target::new(Path::parse(Format::Xml, path).unwrap(), *field_type))
        })
        .collect();
    let mut out = Vec::new();
    Plan::new(Format::Xml, &targets).apply(body, Some("utf-8"), &Zone::utc(), &mut out);
    assert_eq!(out.len(), targets.len());

    let Ok(text) = std::str::from_utf8(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)) else {
        return;
    };
    if text.contains(':')
        || text.contains("xmlns")
        || text.contains("<!D")
        || body.starts_with(b"\xFF\xFE")
        || body.starts_with(b"\xFE\xFF")
    {
        return;
    }
    let is_invalid = |outcome: &Outcome| matches!(outcome, Outcome::Problem(problem) if problem.reason == Reason::InvalidResponse);
    let accepted = !out.iter().any(is_invalid);
    assert_eq!(out.iter().all(is_invalid), !accepted, "all or none");
    if accepted && let Err(error) = roxmltree::Document::parse(text) {
        panic!("accepted, and roxmltree says: {error}");
    }
});
