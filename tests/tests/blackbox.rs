//! The server as its clients see it: the binary is started, gRPC is spoken to it, services are called by it.
//!
//! What needs Python or Node stands in modules that `cargo xtask integration` can leave out: `httpbin`, `clients`, and the
//! tests of `contract` that begin with `buf`.
