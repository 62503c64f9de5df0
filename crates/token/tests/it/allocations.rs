//! Rendering allocates nothing.

use leadhook_token::Template;

#[test]
fn rendering_allocates_nothing_where_there_is_room() {
    let template = Template::parse(
        r#"{"a": {{lead.First Name}}, "b": "{{lead.Last Name:default=none}}", "c": [{{my.n}}{{my.m}}]}"#,
    )
    .unwrap();
    let mut out = Vec::with_capacity(1_000);
    let allocated = allocation_counter::measure(|| {
        template.render(&mut out, |at, out| {
            out.extend_from_slice(template.tokens()[at].name().as_bytes());
        });
    });
    assert_eq!(allocated.count_total, 0);
    assert_eq!(out, br#"{"a": First Name, "b": "Last Name", "c": [nm]}"#);
}
