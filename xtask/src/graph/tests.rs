use super::{check, edges, fault};
use crate::workspace::metadata;

#[test]
fn the_workspace_holds_to_the_invariants() {
    check(&metadata().expect("cargo answers")).unwrap();
}

#[test]
fn the_edges_are_those_of_the_manifests() {
    let metadata = metadata().expect("cargo answers");
    let edges: Vec<_> = edges(&metadata).collect();
    for edge in [
        ("leadhook-mapping", "leadhook-field"),
        ("xtask", "clap"),
        ("leadhook-proto", "tonic"),
    ] {
        assert!(edges.contains(&edge), "{edge:?} is missing");
    }
    assert!(
        !edges.contains(&("leadhook-proto", "tokio")),
        "a dev-dependency is no edge"
    );
}

#[test]
fn edges_that_the_invariants_forbid_are_faults() {
    for (from, to, says) in [
        (
            "leadhook-token",
            "leadhook-encoding",
            "leadhook-token may not depend on leadhook-encoding",
        ),
        (
            "leadhook-field",
            "leadhook-token",
            "leadhook-field may not depend on leadhook-token",
        ),
        (
            "leadhook-mapping",
            "leadhook-filter",
            "leadhook-mapping may not depend on leadhook-filter",
        ),
        (
            "leadhook-engine",
            "leadhook-store-sqlite",
            "leadhook-engine may not depend on leadhook-store-sqlite",
        ),
        (
            "leadhook-engine",
            "leadhook-proto",
            "leadhook-engine may not depend on leadhook-proto",
        ),
        (
            "leadhook-tests",
            "leadhook-engine",
            "leadhook-tests may not depend on leadhook-engine",
        ),
        (
            "leadhook-engine",
            "tonic",
            "leadhook-engine may not know tonic",
        ),
        (
            "leadhook-store",
            "rusqlite",
            "leadhook-store may not know rusqlite",
        ),
        ("leadhook", "rusqlite", "leadhook may not know rusqlite"),
        (
            "leadhook-engine",
            "hyper",
            "leadhook-engine may not know hyper",
        ),
        (
            "leadhook-store-sqlite",
            "rustls",
            "leadhook-store-sqlite may not know rustls",
        ),
        (
            "leadhook-new",
            "serde",
            "leadhook-new is not in the table of xtask/src/graph.rs",
        ),
    ] {
        assert_eq!(fault(from, to).as_deref(), Some(says));
    }
}

#[test]
fn edges_that_the_invariants_allow_are_none() {
    for (from, to) in [
        ("leadhook-mapping", "leadhook-field"),
        ("leadhook-store-sqlite", "rusqlite"),
        ("leadhook", "hyper"),
        ("leadhook-http", "rustls"),
        ("leadhook-token", "pest"),
    ] {
        assert_eq!(fault(from, to), None);
    }
}
