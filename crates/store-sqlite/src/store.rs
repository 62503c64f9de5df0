//! The store itself: its parts, and the contract carried out with them.

use std::{path::Path, sync::Arc};

use leadhook_field::{Datetime, Value};
use leadhook_store::{
    Call, CallId, CallQuery, Catalog, CatalogChange, Company, CompanyId, CompanyUpsert,
    CompanyUpserted, Error, LeadEntry, LeadId, LeadQuery, LeadUpsert, LeadUpserted, MemberUpsert,
    MemberUpserted, NewCall, Page, ProgramId, Projection, Recorded, Remember, Remembered,
    RequestKey, Revision, Store, Subject, WebhookId, WebhookVersion,
};
use tokio::sync::watch;

use crate::{
    catalog, companies, connection, erase,
    error::sqlite,
    kinds::Kinds,
    list_calls, list_leads,
    lock::{self, Held},
    members, migrate,
    readers::Readers,
    record, requests, rows, subjects, upsert,
    writer::Writer,
};

/// leadhook's records in one SQLite file, in a directory that this process holds alone.
///
/// Dropping it carries out what was handed over, then lets the directory go.
#[derive(Debug)]
pub struct SqliteStore {
    // Dropped in this order: the writer's connection is the last one, and closing it empties the log; then the directory is let go.
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) kinds: Arc<Kinds>,
    last_call: watch::Receiver<CallId>,
    _held: Held,
}

impl SqliteStore {
    /// Opens the store in a directory, which is made if need be and closed to others (0700); `holder` is what a second process is told of this one.
    ///
    /// # Errors
    /// [`Locked`](leadhook_store::ErrorKind::Locked): another process holds it, and which;
    /// [`Incompatible`](leadhook_store::ErrorKind::Incompatible): a newer version's, or another program's;
    /// [`Unwritable`](leadhook_store::ErrorKind::Unwritable), [`Corrupt`](leadhook_store::ErrorKind::Corrupt).
    pub fn open(dir: &Path, holder: &str) -> Result<SqliteStore, Error> {
        let held = lock::hold(dir, holder)?;
        let mut connection = connection::writer(dir)?;
        migrate::check(&connection, dir)?;
        connection::set_up_writer(&connection)?;
        migrate::migrate(&mut connection)?;
        let last = connection
            .query_row("SELECT coalesce(max(id), 0) FROM call", [], |row| {
                row.get(0)
            })
            .map_err(sqlite)?;
        let (published, last_call) = watch::channel(CallId(last));
        Ok(SqliteStore {
            writer: Writer::start(connection, published)?,
            readers: Readers::new(dir.to_owned()),
            kinds: Arc::default(),
            last_call,
            _held: held,
        })
    }
}

impl Store for SqliteStore {
    async fn catalog(&self) -> Result<Catalog, Error> {
        self.readers.read(catalog::read).await
    }

    async fn change_catalog(
        &self,
        expected: Revision,
        changes: Vec<CatalogChange>,
    ) -> Result<Revision, Error> {
        self.writer
            .write(changes.len(), move |write| {
                catalog::change(write, expected, changes)
            })
            .await
    }

    async fn webhook_versions(
        &self,
        versions: Vec<(WebhookId, Revision)>,
    ) -> Result<Vec<Option<WebhookVersion>>, Error> {
        self.readers
            .read(move |connection| catalog::versions(connection, &versions))
            .await
    }

    async fn leads(&self, ids: Vec<LeadId>) -> Result<Vec<Option<LeadEntry>>, Error> {
        let read = move |connection: &_| {
            ids.into_iter()
                .map(|id| list_leads::entry(connection, id))
                .collect()
        };
        self.readers.read(read).await
    }

    async fn subjects(
        &self,
        ids: Vec<LeadId>,
        projection: Arc<Projection>,
    ) -> Result<Vec<Option<Subject>>, Error> {
        self.readers
            .read(move |connection| subjects::read(connection, &ids, &projection))
            .await
    }

    async fn list_leads(&self, query: LeadQuery) -> Result<Page<LeadEntry, LeadId>, Error> {
        self.readers
            .scan(move |connection, abandoned| list_leads::list(connection, &query, abandoned))
            .await
    }

    async fn upsert_leads(
        &self,
        rows: Vec<LeadUpsert>,
        now: Datetime,
        remember: Option<Remember>,
    ) -> Result<Vec<LeadUpserted>, Error> {
        self.writer
            .write(rows.len(), move |write| {
                upsert::upsert(write, rows, now, remember)
            })
            .await
    }

    async fn delete_lead(&self, id: LeadId) -> Result<bool, Error> {
        self.writer
            .write(1, move |write| erase::erase(write, id))
            .await
    }

    async fn company(&self, id: CompanyId) -> Result<Option<Company>, Error> {
        self.readers
            .read(move |connection| rows::company(connection, id))
            .await
    }

    async fn upsert_companies(
        &self,
        rows: Vec<CompanyUpsert>,
    ) -> Result<Vec<CompanyUpserted>, Error> {
        self.writer
            .write(rows.len(), move |write| companies::upsert(write, rows))
            .await
    }

    async fn upsert_members(
        &self,
        program: ProgramId,
        rows: Vec<MemberUpsert>,
    ) -> Result<Option<Vec<MemberUpserted>>, Error> {
        self.writer
            .write(rows.len(), move |write| {
                members::upsert(write, program, rows)
            })
            .await
    }

    async fn members(
        &self,
        program: ProgramId,
        leads: Vec<LeadId>,
        keys: Arc<[Box<str>]>,
    ) -> Result<Vec<Vec<Option<Value>>>, Error> {
        self.readers
            .read(move |connection| members::read(connection, program, &leads, &keys))
            .await
    }

    async fn record(&self, calls: Vec<NewCall>) -> Result<Vec<Recorded>, Error> {
        self.writer
            .write(calls.len(), move |write| record::record(write, calls))
            .await
    }

    async fn call(&self, id: CallId) -> Result<Option<Call>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .read(move |connection| list_calls::get(connection, &kinds, id))
            .await
    }

    async fn list_calls(&self, query: CallQuery) -> Result<Page<Call, CallId>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .scan(move |connection, abandoned| {
                list_calls::list(connection, &kinds, &query, abandoned)
            })
            .await
    }

    fn last_call(&self) -> watch::Receiver<CallId> {
        self.last_call.clone()
    }

    async fn remembered(
        &self,
        key: RequestKey,
        now: Datetime,
    ) -> Result<Option<Remembered>, Error> {
        self.readers
            .read(move |connection| requests::remembered(connection, &key, now))
            .await
    }
}
