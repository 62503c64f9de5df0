//! The gRPC contract of leadhook, generated from `proto/leadhook/v1` and checked in: messages, clients, server traits.
//!
//! - [`v1`] has everything of package `leadhook.v1`: [`v1::Webhook`], [`v1::Lead`], [`v1::Call`], ..., one client and one
//!   server module per service.
//! - [`rpc`] has the messages of `google.rpc` that errors carry; they are those of `tonic-types`, so that
//!   `tonic_types::StatusExt` and [`v1::UpsertResult::error`] speak of the same [`rpc::Status`].
//! - [`v1::ErrorReason`] says why a request failed; [`ErrorReason::reason`](v1::ErrorReason::reason) is what stands in
//!   `google.rpc.ErrorInfo`, beside [`ERROR_DOMAIN`].
//! - [`FILE_DESCRIPTOR_SET`] is what gRPC reflection serves.
//!
//! # Examples
//!
//! A webhook, as a client builds it:
//!
//! ```
//! use leadhook_proto::v1::{RequestTokenEncoding, RequestType, ResponseMapping, ResponseType, Webhook};
//!
//! let webhook = Webhook {
//!     url: "https://enrich.example/people".into(),
//!     request_type: RequestType::Post.into(),
//!     payload_template: r#"{"email": {{lead.Email Address}}}"#.into(),
//!     request_token_encoding: RequestTokenEncoding::Json.into(),
//!     response_type: ResponseType::Json.into(),
//!     response_mappings: vec![ResponseMapping { response_attribute: "person.title".into(), field: "Title".into() }],
//!     ..Webhook::default()
//! };
//! assert_eq!(webhook.request_type(), RequestType::Post);
//! ```
//!
//! Saved by a running server:
//!
//! ```no_run
//! use leadhook_proto::v1::{CreateWebhookRequest, Webhook, webhook_service_client::WebhookServiceClient};
//!
//! # async fn save(webhook: Webhook) -> Result<(), Box<dyn std::error::Error>> {
//! let mut webhooks = WebhookServiceClient::connect("http://127.0.0.1:50051").await?;
//! let request = CreateWebhookRequest { webhook: Some(webhook), webhook_id: "enrich".into(), validate_only: false };
//! let saved = webhooks.create_webhook(request).await?.into_inner();
//! assert_eq!(saved.name, "webhooks/enrich");
//! # Ok(())
//! # }
//! ```
//!
//! # How it is made
//!
//! `cargo xtask codegen` writes `src/generated/`; `cargo xtask codegen --check` fails when it would change a byte. Bytes
//! fields are [`bytes::Bytes`], maps are [`BTreeMap`](std::collections::BTreeMap)s, so that the same message always has the
//! same bytes on the wire. Nothing here validates anything: that is the server's work.

mod reason;

/// Package `leadhook.v1`.
#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    rustdoc::all,
    reason = "generated code; the comments are those of the proto files"
)]
pub mod v1 {
    include!("generated/leadhook.v1.rs");
}

/// The messages of `google.rpc` that errors carry: `Status`, `ErrorInfo`, `BadRequest`, ...
pub mod rpc {
    pub use tonic_types::pb::*;
}

pub use reason::ERROR_DOMAIN;

/// Every file of the API, of `google.rpc`'s error details, and what they import, as a serialized
/// `google.protobuf.FileDescriptorSet`, the comments of our own files included. gRPC reflection serves it: with the error
/// details registered, grpcurl shows an error's details as text rather than as base64.
///
/// ```
/// use prost::Message;
///
/// let set = prost_types::FileDescriptorSet::decode(leadhook_proto::FILE_DESCRIPTOR_SET)?;
/// assert!(set.file.iter().any(|file| file.name() == "leadhook/v1/webhook_service.proto"));
/// # Ok::<(), prost::DecodeError>(())
/// ```
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptors.binpb");
