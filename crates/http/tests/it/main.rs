//! The client against services that answer byte by byte as a test says.

mod coding;
mod failures;
mod frames;
mod guard;
mod http1;
mod http2;
mod http2_service;
mod limits;
mod pool;
mod server;
mod tls;
