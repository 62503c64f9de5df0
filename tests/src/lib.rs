//! The harness of the black-box tests: the real `leadhook` binary, services for it to call, and short ways to say what a test
//! is about. It knows the contract, and nothing of what is behind it.
//!
//! - [`Server`] starts `leadhook serve` on a free port with a data directory of its own, gives clients for every service,
//!   kills, stops and restarts it, and shows its standard error when the test fails.
//! - [`Target`] is a service over bare TCP that does what a script says, byte for byte, the wrong things above all.
//!   [`TlsTarget`] is one over TLS, HTTP/1.1 or HTTP/2. [`Httpbin`] is httpbin, a third party's idea of HTTP.
//! - [`Kills`] kills a server again and again at moments that a seed spreads, and checks after each what the service was asked.
//! - [`make`] and [`flow`] build messages, [`Fault`] reads the details of errors, [`eventually`] waits for what no stream tells.
//!
//! ```no_run
//! use leadhook_tests::{Answer, Server, Target, make};
//!
//! # async fn test() {
//! let server = Server::start().await;
//! let target = Target::start(Answer::json(r#"{"title": "CTO"}"#)).await;
//! server.create_webhook("enrich", make::json_webhook(&target.url("/people"), "{}", &[("title", "Title")])).await;
//! let call = server.call("webhooks/enrich", make::inline([("Email", "ada@example.com")])).await;
//! assert_eq!((call.response_code, target.requests().len()), (200, 1));
//! # }
//! ```
//!
//! `cargo xtask integration [NAME]` builds the binary and runs the tests. Run by hand, they take the binary from
//! `LEADHOOK_BIN`, or `leadhook` beside the test's own executable. There are no sleeps and no fixed ports.

mod eventually;
mod fault;
pub mod flow;
mod httpbin;
mod kill;
pub mod make;
mod process;
mod server;
mod target;
mod tls;

pub use eventually::eventually;
pub use fault::Fault;
pub use httpbin::Httpbin;
pub use kill::Kills;
pub use process::{environment, run};
pub use server::{Options, Server, Stopped, binary};
pub use target::{Answer, Gate, Received, Target};
pub use tls::{Authority, Protocol, TlsReceived, TlsTarget};
