//! The store itself: its parts, and the contract carried out with them.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use leadhook_field::{Datetime, Value};
use leadhook_filter::Filter;
use leadhook_store::{
    Activity, ActivityId, ActivityQuery, Call, CallId, CallQuery, CampaignId, CampaignVersion,
    Catalog, CatalogChange, Claim, Claimed, Company, CompanyId, CompanyUpsert, CompanyUpserted,
    Error, FirstMatch, Hold, LeadColumn, LeadEntry, LeadId, LeadQuery, LeadUpsert, LeadUpserted,
    MemberUpsert, MemberUpserted, NewCall, NewRun, NewStep, Page, ProgramId, Projection,
    Qualification, Reactions, Recorded, Remember, Remembered, RequestKey, Revision, Run, RunId,
    RunLead, RunLeads, RunLeadsPage, RunQuery, Source, Stepped, Store, Subject, Waiting, WebhookId,
    WebhookVersion,
};
use rusqlite::Connection;
use tokio::sync::watch;

use crate::{
    campaigns, catalog,
    claims::{self, Claims},
    companies, connection, entries, erase,
    error::sqlite,
    kinds::Kinds,
    list_activities, list_calls, list_leads,
    lock::{self, Held},
    matching, members, migrate,
    readers::{FEW, Readers},
    record, requests, retries, rows,
    run_leads::{self, Chosen},
    runs, step, subjects, upsert,
    writer::{Links, Write, Writer},
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
    reactions: Arc<OnceLock<Arc<dyn Reactions>>>,
    claims: Arc<Claims>,
    last_call: watch::Receiver<CallId>,
    waiting_changed: watch::Receiver<u64>,
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
        entries::attach_all(&connection)?;
        retries::let_go_all(&connection)?;
        let last = connection
            .query_row("SELECT coalesce(max(id), 0) FROM call", [], |row| {
                row.get(0)
            })
            .map_err(sqlite)?;
        let (tell_last_call, last_call) = watch::channel(CallId(last));
        let (tell_waiting_changed, waiting_changed) = watch::channel(0);
        let (reactions, claims) = (Arc::default(), Arc::default());
        let links = Links {
            reactions: Arc::clone(&reactions),
            last_call: tell_last_call,
            waiting_changed: tell_waiting_changed,
            claims: Arc::clone(&claims),
        };
        Ok(SqliteStore {
            writer: Writer::start(connection, links)?,
            readers: Readers::new(dir.to_owned()),
            kinds: Arc::default(),
            reactions,
            claims,
            last_call,
            waiting_changed,
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
        let is_few = ids.len() <= FEW;
        let read = move |connection: &Connection| subjects::read(connection, &ids, &projection);
        if is_few {
            self.readers.peek(read).await
        } else {
            self.readers.read(read).await
        }
    }

    async fn list_leads(&self, query: LeadQuery) -> Result<Page<LeadEntry, LeadId>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .scan(move |connection, abandoned| {
                list_leads::list(connection, &kinds, &query, abandoned)
            })
            .await
    }

    async fn upsert_leads(
        &self,
        rows: Vec<LeadUpsert>,
        source: Source,
        now: Datetime,
        remember: Option<Remember>,
    ) -> Result<Vec<LeadUpserted>, Error> {
        self.writer
            .write(rows.len(), move |write| {
                upsert::upsert(write, rows, source, now, remember)
            })
            .await
    }

    async fn delete_lead(&self, id: LeadId, now: Datetime) -> Result<bool, Error> {
        self.writer
            .write(1, move |write| erase::erase(write, id, now))
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

    async fn record(&self, calls: Arc<[NewCall]>) -> Result<Vec<Recorded>, Error> {
        self.writer
            .write(calls.len(), move |write| record::record(write, &calls))
            .await
    }

    async fn call(&self, id: CallId) -> Result<Option<Call>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .peek(move |connection| list_calls::get(connection, &kinds, id))
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
            .peek(move |connection| requests::remembered(connection, &key, now))
            .await
    }

    async fn campaign_versions(
        &self,
        versions: Vec<(CampaignId, Revision)>,
    ) -> Result<Vec<Option<CampaignVersion>>, Error> {
        self.readers
            .read(move |connection| campaigns::versions(connection, &versions))
            .await
    }

    fn react(&self, reactions: Arc<dyn Reactions>) {
        // Said once; whoever says it again is not heard.
        let _ = self.reactions.set(reactions);
    }

    async fn first_matches(
        &self,
        leads: Vec<LeadId>,
        filters: Arc<[Filter<LeadColumn>]>,
    ) -> Result<Vec<FirstMatch>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .read(move |connection| matching::first(connection, &kinds, &leads, &filters))
            .await
    }

    async fn step(&self, steps: Vec<NewStep>) -> Result<Vec<Stepped>, Error> {
        self.writer
            .write(steps.len(), move |write| step::step(write, steps))
            .await
    }

    async fn create_run(&self, mut run: NewRun) -> Result<Run, Error> {
        let leads = std::mem::replace(&mut run.leads, RunLeads::Named(Vec::new()));
        let kinds = Arc::clone(&self.kinds);
        let chosen = self
            .readers
            .scan(move |connection, abandoned| Chosen::read(connection, &kinds, leads, abandoned))
            .await?;
        self.writer
            .write(chosen.rows(), move |write| {
                runs::create(write, &run, &chosen)
            })
            .await
    }

    async fn run(&self, id: RunId) -> Result<Option<Run>, Error> {
        self.readers
            .peek(move |connection| runs::get(connection, id))
            .await
    }

    async fn list_runs(&self, query: RunQuery) -> Result<Page<Run, RunId>, Error> {
        self.readers
            .read(move |connection| runs::list(connection, &query))
            .await
    }

    async fn open_runs(&self) -> Result<Vec<Run>, Error> {
        self.readers.read(runs::open).await
    }

    async fn run_leads(&self, run: RunId, from: u32, limit: usize) -> Result<RunLeadsPage, Error> {
        self.readers
            .read(move |connection| run_leads::read(connection, run, from, limit))
            .await
    }

    async fn enter_run(
        &self,
        run: RunId,
        leads: Vec<RunLead>,
        qualification: Qualification,
        now: Datetime,
    ) -> Result<Vec<bool>, Error> {
        if qualification == Qualification::EveryTime {
            return Ok(vec![true; leads.len()]);
        }
        self.writer
            .write(leads.len(), move |write| {
                runs::enter(write, run, &leads, qualification, now)
            })
            .await
    }

    async fn detach(&self, run: RunId, leads: Vec<RunLead>, now: Datetime) -> Result<(), Error> {
        self.writer
            .write(leads.len(), move |write| {
                runs::detach(write, run, &leads, now)
            })
            .await
    }

    async fn cancel_run(&self, id: RunId) -> Result<Option<Run>, Error> {
        self.writer
            .write(1, move |write| {
                runs::cancel(write, id)?;
                runs::get(write.connection, id)
            })
            .await
    }

    async fn end_cancelled_run(&self, id: RunId, now: Datetime) -> Result<(), Error> {
        let part = || {
            self.writer.write(runs::CANCELLED as usize, move |write| {
                runs::end_cancelled(write, id, now)
            })
        };
        while !part().await? {}
        Ok(())
    }

    async fn claim(&self, what: Claim, limit: usize) -> Result<Claimed, Error> {
        let (claims, kinds) = (Arc::clone(&self.claims), Arc::clone(&self.kinds));
        self.readers
            .read(move |connection| claims::claim(connection, &kinds, &claims, what, limit))
            .await
    }

    async fn hold(&self, holds: Vec<Hold>) -> Result<(), Error> {
        let hold = |write: &mut Write<'_>, Hold { what, webhook }| match what {
            Waiting::Entry(entry) => entries::hold(write, entry, webhook),
            Waiting::Call(call) => retries::hold(write, call, webhook),
        };
        self.writer
            .write(holds.len(), move |write| {
                holds.into_iter().try_for_each(|one| hold(write, one))?;
                write.memory.runs.flush(write.connection)
            })
            .await
    }

    async fn holding(&self) -> Result<Vec<WebhookId>, Error> {
        self.readers.read(claims::holding).await
    }

    fn waiting_changed(&self) -> watch::Receiver<u64> {
        self.waiting_changed.clone()
    }

    async fn list_activities(
        &self,
        query: ActivityQuery,
    ) -> Result<Page<Activity, ActivityId>, Error> {
        let kinds = Arc::clone(&self.kinds);
        self.readers
            .scan(move |connection, abandoned| {
                list_activities::list(connection, &kinds, &query, abandoned)
            })
            .await
    }
}
