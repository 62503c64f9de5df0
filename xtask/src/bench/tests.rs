use std::collections::BTreeMap;

use serde_json::json;

use super::{identity, ratios};

#[test]
fn a_rival_is_measured_against_ours() {
    let group = BTreeMap::from([
        ("leadhook-token".to_owned(), 200.0),
        ("handlebars".to_owned(), 1_500.0),
    ]);
    let printed = ratios(&BTreeMap::from([("render".to_owned(), group)]));
    let lines: Vec<Vec<_>> = printed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        ["render:", "handlebars", "1500.0", "ns", "7.50", "x", "ours"]
    );
    assert_eq!(lines[1], ["render:", "leadhook-token", "200.0", "ns"]);
}

#[test]
fn without_ours_there_is_no_ratio() {
    let group = BTreeMap::from([("parse".to_owned(), 10.0)]);
    assert!(!ratios(&BTreeMap::from([("filter".to_owned(), group)])).contains("ours"));
}

#[test]
fn inputs_of_one_group_are_compared_apart() {
    let benchmark = json!({"group_id": "map", "function_id": "leadhook", "value_str": "2 KiB"});
    assert_eq!(
        identity(&benchmark),
        ("map/2 KiB".into(), "leadhook".into())
    );
    let benchmark = json!({"group_id": "map", "function_id": "leadhook", "value_str": null});
    assert_eq!(identity(&benchmark), ("map".into(), "leadhook".into()));
}
