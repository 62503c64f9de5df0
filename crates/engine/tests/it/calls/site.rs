//! An engine that may call the loopback, a service there, and webhooks that call it.

use std::path::Path;

use leadhook_engine::{
    CallContext, CallOrder, CallRequest, CallSubject, CallView, Draft, DraftMapping, Engine,
    Environment, Error, InlineLead, InstallationKey, ListCalls, Settings,
};
use leadhook_http::Client;
use leadhook_store::{ErrorKind, LeadId, RequestTokenEncoding, RequestType, ResponseType};
use leadhook_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::service::Service;
use crate::world::{lead, text};

pub(super) struct Site {
    pub(super) engine: Engine<SqliteStore>,
    pub(super) service: Service,
    directory: TempDir,
}

/// A site without an engine.
pub(super) struct Stopped {
    pub(super) service: Service,
    pub(super) directory: TempDir,
}

impl Stopped {
    /// An engine that knows only what was written.
    pub(super) async fn start(self, settings: Settings) -> Site {
        self.start_in(environment(), settings).await
    }

    async fn start_in(self, environment: Environment, settings: Settings) -> Site {
        let Stopped { service, directory } = self;
        Site {
            engine: open(directory.path(), environment, settings).await,
            service,
            directory,
        }
    }
}

impl Site {
    pub(super) async fn new() -> Site {
        Site::with(Settings::default()).await
    }

    pub(super) async fn with(settings: Settings) -> Site {
        Site::within(environment(), settings).await
    }

    /// In a world that the test gives.
    pub(super) async fn within(environment: Environment, settings: Settings) -> Site {
        let stopped = Stopped {
            service: Service::start().await,
            directory: TempDir::new().unwrap(),
        };
        stopped.start_in(environment, settings).await
    }

    /// The same data and service.
    pub(super) async fn stop(self) -> Stopped {
        self.engine.finish().await;
        Stopped {
            service: self.service,
            directory: self.directory,
        }
    }

    /// The same data and service, with an engine that knows only what was written.
    pub(super) async fn restart(self) -> Site {
        self.stop().await.start(Settings::default()).await
    }

    /// Changes the data behind the engine's back.
    pub(super) fn execute(&self, sql: &str) {
        let data = Connection::open(self.directory.path().join("leadhook.db"));
        data.unwrap().execute_batch(sql).unwrap();
    }

    /// A webhook that posts a lead's first name as JSON and reads JSON.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            display_name: "Enrich".to_owned(),
            description: String::new(),
            url: self.service.url.clone(),
            request_type: Some(RequestType::Post),
            payload_template: "{\"name\":{{lead.First Name}}}".to_owned(),
            request_token_encoding: RequestTokenEncoding::Json,
            response_type: ResponseType::Json,
            custom_headers: Vec::new(),
            response_mappings: Vec::new(),
            timeout_micros: None,
            retry_policy: None,
            max_concurrency: 0,
            max_rate: 0.0,
            authentication: None,
            marketo_escapes: false,
            also_map_codes: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Saves it under the name `enrich`.
    pub(super) async fn save(&self, change: impl FnOnce(&mut Draft)) {
        self.save_as("enrich", change).await;
    }

    pub(super) async fn save_as(&self, name: &str, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft();
        change(&mut draft);
        let saved = self.engine.create_webhook(name, draft, false).await;
        saved.unwrap();
    }

    /// Saves it anew.
    pub(super) async fn update(&self, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft();
        change(&mut draft);
        let updated = self
            .engine
            .update_webhook("enrich", "", false, |_| draft.clone())
            .await;
        updated.unwrap();
    }

    /// A stored lead.
    pub(super) async fn lead(&self, fields: &[(&str, &str)]) -> LeadId {
        let rows = vec![lead(fields)];
        let mut upserted = self.engine.upsert_leads(rows, "", "").await.unwrap();
        upserted.remove(0).unwrap().id
    }

    /// All calls, oldest first.
    pub(super) async fn calls(&self) -> Vec<CallView> {
        let list = ListCalls {
            filter: String::new(),
            order: CallOrder::OldestFirst,
            after: None,
            limit: 1_000,
            max_bytes: 1 << 20,
            full: true,
        };
        self.engine.list_calls(list).await.unwrap().rows
    }
}

/// A call in a task of its own.
pub(super) fn spawn(site: &Site, request: CallRequest) -> JoinHandle<Result<CallView, Error>> {
    let engine = site.engine.clone();
    tokio::spawn(async move { engine.call(request).await })
}

/// A call for an inline lead of this first name.
pub(super) fn inline(first_name: &str) -> CallRequest {
    CallRequest {
        webhook: "enrich".to_owned(),
        subject: CallSubject::Inline(InlineLead {
            fields: vec![("First Name".to_owned(), text(first_name))],
            company_fields: Vec::new(),
        }),
        context: CallContext::default(),
        request_id: String::new(),
    }
}

/// A call for a stored lead.
pub(super) fn stored(lead: LeadId) -> CallRequest {
    CallRequest {
        subject: CallSubject::Lead(lead),
        ..inline("")
    }
}

/// The same with a request_id.
pub(super) fn with_id(request: CallRequest, request_id: &str) -> CallRequest {
    CallRequest {
        request_id: request_id.to_owned(),
        ..request
    }
}

pub(super) fn mapping(response_attribute: &str, field: &str) -> DraftMapping {
    DraftMapping {
        response_attribute: response_attribute.to_owned(),
        field: field.to_owned(),
    }
}

/// An engine that is dropped lets go of its store once its tasks have seen that it is gone.
pub(super) async fn open(
    directory: &Path,
    environment: Environment,
    settings: Settings,
) -> Engine<SqliteStore> {
    let mut opened = SqliteStore::open(directory, "the engine's tests");
    for _ in 0..10_000 {
        if !matches!(&opened, Err(error) if error.kind() == ErrorKind::Locked) {
            break;
        }
        tokio::task::yield_now().await;
        opened = SqliteStore::open(directory, "the engine's tests");
    }
    let engine = Engine::open(opened.unwrap(), environment, settings).await;
    engine.unwrap()
}

/// The system's, which may call the loopback.
pub(super) fn environment() -> Environment {
    let client = Client::builder()
        .allow_address("127.0.0.0/8".parse().unwrap())
        .build()
        .unwrap();
    Environment::system(client, InstallationKey::new(&[7; 32]))
}
