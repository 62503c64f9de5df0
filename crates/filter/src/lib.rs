//! A typed subset of AIP-160 filters: pest grammar, syntax tree, checked against a schema that the caller gives.
