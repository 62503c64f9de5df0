/// A behaviour that the list above forgot would be tested by nobody.
#[test]
fn every_behaviour_is_in_the_list() {
    let list = include_str!("../suite.rs");
    let groups = [
        ("called_webhook", include_str!("called_webhook.rs")),
        ("activities", include_str!("activities.rs")),
        ("campaigns", include_str!("campaigns.rs")),
        ("catalog", include_str!("catalog.rs")),
        ("claims", include_str!("claims.rs")),
        ("companies", include_str!("companies.rs")),
        ("detach", include_str!("detach.rs")),
        ("durability", include_str!("durability.rs")),
        ("entries", include_str!("entries.rs")),
        ("erase", include_str!("erase.rs")),
        ("leads", include_str!("leads.rs")),
        ("list_calls", include_str!("list_calls.rs")),
        ("list_leads", include_str!("list_leads.rs")),
        ("programs", include_str!("programs.rs")),
        ("record", include_str!("record.rs")),
        ("requests", include_str!("requests.rs")),
        ("runs", include_str!("runs.rs")),
        ("waiting", include_str!("waiting.rs")),
        ("waiting_entries", include_str!("waiting_entries.rs")),
    ];
    for (group, source) in groups {
        let listed = list
            .split(&format!("            {group} {{\n"))
            .nth(1)
            .and_then(|rest| rest.split('}').next())
            .unwrap_or_default();
        let listed: Vec<_> = listed.split_whitespace().collect();
        let written: Vec<_> = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn "))
            .filter_map(|line| line.split(['<', '(']).next())
            .collect();
        assert!(!written.is_empty(), "{group}");
        assert_eq!(listed, written, "{group}");
    }
}
