//! Which crate may know which: invariants 1 and 2 of `ARCHITECTURE.md`, as two tables.
//!
//! Both speak of what a crate needs to be built and used. What only its tests and benches use is its own affair.

use cargo_metadata::{DependencyKind, Metadata};

use crate::Result;

/// The crates of this workspace, and which others each may depend on. An edge that is not here is a fault.
const EDGES: &[(&str, &[&str])] = &[
    ("leadhook-token", &[]),
    ("leadhook-field", &[]),
    ("leadhook-encoding", &[]),
    ("leadhook-filter", &[]),
    ("leadhook-http", &[]),
    ("leadhook-mapping", &["leadhook-field"]),
    ("leadhook-store", &["leadhook-field", "leadhook-filter"]),
    (
        "leadhook-store-sqlite",
        &["leadhook-field", "leadhook-filter", "leadhook-store"],
    ),
    (
        "leadhook-engine",
        &[
            "leadhook-token",
            "leadhook-field",
            "leadhook-encoding",
            "leadhook-filter",
            "leadhook-http",
            "leadhook-mapping",
            "leadhook-store",
        ],
    ),
    ("leadhook-proto", &[]),
    (
        "leadhook",
        &[
            "leadhook-token",
            "leadhook-field",
            "leadhook-encoding",
            "leadhook-filter",
            "leadhook-http",
            "leadhook-mapping",
            "leadhook-store",
            "leadhook-store-sqlite",
            "leadhook-engine",
            "leadhook-proto",
        ],
    ),
    // Black box: the tests know the contract, and nothing of what is behind it.
    ("leadhook-tests", &["leadhook-proto"]),
    ("xtask", &[]),
];

/// What only some crates may know: the wire, the database, HTTP and TLS.
const GUARDED: &[(&[&str], &[&str])] = &[
    (
        &[
            "tonic",
            "tonic-health",
            "tonic-prost",
            "tonic-reflection",
            "tonic-types",
            "tonic-web",
        ],
        &["leadhook-proto", "leadhook", "leadhook-tests"],
    ),
    (
        &["prost", "prost-types"],
        &["leadhook-proto", "leadhook", "leadhook-tests", "xtask"],
    ),
    (&["rusqlite", "libsqlite3-sys"], &["leadhook-store-sqlite"]),
    (
        &[
            "hyper",
            "hyper-util",
            "hyper-rustls",
            "rustls",
            "tokio-rustls",
            "rustls-native-certs",
            "webpki-roots",
        ],
        &["leadhook-http", "leadhook", "leadhook-tests"],
    ),
];

/// Fails when a crate depends on what it may not, naming every such edge.
pub(crate) fn check(metadata: &Metadata) -> Result {
    let faults: Vec<_> = edges(metadata)
        .filter_map(|(from, to)| fault(from, to))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; ").into())
    }
}

/// Who depends on whom, as the manifests say.
fn edges(metadata: &Metadata) -> impl Iterator<Item = (&str, &str)> {
    metadata.packages.iter().flat_map(|package| {
        let needed = package
            .dependencies
            .iter()
            .filter(|needed| needed.kind != DependencyKind::Development);
        needed.map(|needed| (package.name.as_str(), needed.name.as_str()))
    })
}

fn fault(from: &str, to: &str) -> Option<String> {
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == from) else {
        return Some(format!("{from} is not in the table of xtask/src/graph.rs"));
    };
    if EDGES.iter().any(|(name, _)| *name == to) && !allowed.contains(&to) {
        return Some(format!("{from} may not depend on {to}"));
    }
    let guard = GUARDED.iter().find(|(guarded, _)| guarded.contains(&to));
    guard
        .filter(|(_, knowing)| !knowing.contains(&from))
        .map(|_| format!("{from} may not know {to}"))
}

#[cfg(test)]
mod tests;
