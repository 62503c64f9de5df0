//! The contract that engine and server are written against.

use std::{future::Future, sync::Arc};

use leadhook_field::{Datetime, Value};
use leadhook_filter::Filter;
use tokio::sync::watch;

use crate::{
    Activity, ActivityId, ActivityQuery, Call, CallId, CallQuery, CampaignId, CampaignVersion,
    Catalog, CatalogChange, Claim, Claimed, Company, CompanyId, CompanyUpsert, CompanyUpserted,
    Error, FirstMatch, Hold, LeadColumn, LeadEntry, LeadId, LeadQuery, LeadUpsert, LeadUpserted,
    MemberUpsert, MemberUpserted, NewCall, NewRun, NewStep, Page, ProgramId, Projection,
    Qualification, Reactions, Recorded, Remember, Remembered, RequestKey, Revision, Run, RunId,
    RunLead, RunLeadsPage, RunQuery, Source, Stepped, Subject, WebhookId, WebhookVersion,
};

/// A durable place for leadhook's records.
///
/// - Every method that writes answers only when its write is durable; an error means that nothing of it was written.
/// - A method is one transaction at most, save where it says otherwise. What several writers send at once may share a commit.
/// - Reads see every write that was answered before they began.
/// - A future that is dropped may still have its effect: a write once handed over is carried out.
pub trait Store: Send + Sync + 'static {
    /// Everything that is defined.
    fn catalog(&self) -> impl Future<Output = Result<Catalog, Error>> + Send;

    /// Applies the changes if the catalog is still at `expected`, and gives the next revision, `expected + 1`.
    /// Whoever makes the changes puts that revision into what they create ([`Webhook::version`](crate::Webhook::version)).
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict): the catalog is at another revision.
    fn change_catalog(
        &self,
        expected: Revision,
        changes: Vec<CatalogChange>,
    ) -> impl Future<Output = Result<Revision, Error>> + Send;

    /// Definitions as they were, those of deleted webhooks included; in the order asked.
    fn webhook_versions(
        &self,
        versions: Vec<(WebhookId, Revision)>,
    ) -> impl Future<Output = Result<Vec<Option<WebhookVersion>>, Error>> + Send;

    /// Campaigns as they were, those that are deleted included; in the order asked.
    fn campaign_versions(
        &self,
        versions: Vec<(CampaignId, Revision)>,
    ) -> impl Future<Output = Result<Vec<Option<CampaignVersion>>, Error>> + Send;

    /// Says once, before anything is written, what is to be done about things that happen to leads.
    fn react(&self, reactions: Arc<dyn Reactions>);

    /// Leads with their companies, in the order asked.
    fn leads(
        &self,
        ids: Vec<LeadId>,
    ) -> impl Future<Output = Result<Vec<Option<LeadEntry>>, Error>> + Send;

    /// What webhooks need of leads, in the order asked: decoded straight into slots.
    fn subjects(
        &self,
        ids: Vec<LeadId>,
        projection: Arc<Projection>,
    ) -> impl Future<Output = Result<Vec<Option<Subject>>, Error>> + Send;

    /// A page of leads, in id order. When the future is dropped, the store soon stops looking for them.
    fn list_leads(
        &self,
        query: LeadQuery,
    ) -> impl Future<Output = Result<Page<LeadEntry, LeadId>, Error>> + Send;

    /// Which of some filters is the first that each of some leads matches, in the order asked.
    fn first_matches(
        &self,
        leads: Vec<LeadId>,
        filters: Arc<[Filter<LeadColumn>]>,
    ) -> impl Future<Output = Result<Vec<FirstMatch>, Error>> + Send;

    /// Updates or creates leads, row after row, in one commit (R-LEAD-1, -5), with the entries that it causes. What is to be
    /// remembered is so in the same commit. A company without name goes when its last lead leaves it or is erased; one with a name stays.
    fn upsert_leads(
        &self,
        rows: Vec<LeadUpsert>,
        source: Source,
        now: Datetime,
        remember: Option<Remember>,
    ) -> impl Future<Output = Result<Vec<LeadUpserted>, Error>> + Send;

    /// Erases a lead with its entries, memberships and activities and, in its calls, request, response, changes and details of attempts and problems
    /// (R-LEAD-6); whether it was there. Entries of runs end as [`Skipped`](crate::Ending::Skipped).
    ///
    /// Its calls that wait for an attempt have ended with their last one.
    fn delete_lead(
        &self,
        id: LeadId,
        now: Datetime,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// A company.
    fn company(&self, id: CompanyId)
    -> impl Future<Output = Result<Option<Company>, Error>> + Send;

    /// Updates or creates companies, row after row, in one commit.
    fn upsert_companies(
        &self,
        rows: Vec<CompanyUpsert>,
    ) -> impl Future<Output = Result<Vec<CompanyUpserted>, Error>> + Send;

    /// Makes leads members of a program, or changes what their memberships hold, row after row, in one commit; none when the program is not
    /// there.
    fn upsert_members(
        &self,
        program: ProgramId,
        rows: Vec<MemberUpsert>,
    ) -> impl Future<Output = Result<Option<Vec<MemberUpserted>>, Error>> + Send;

    /// What memberships of a program hold under some keys: for each lead in the order asked a value, or none, for each key. Who is no member
    /// has none.
    fn members(
        &self,
        program: ProgramId,
        leads: Vec<LeadId>,
        keys: Arc<[Box<str>]>,
    ) -> impl Future<Output = Result<Vec<Vec<Option<Value>>>, Error>> + Send;

    /// Records calls together with what they write to their leads, the entries that this causes, and the progress of the entries whose steps
    /// they are, in one commit and in the order given; the ids of those that are new ascend, and are later than any
    /// recorded before. A lead that is no longer there gets nothing; its call is recorded without what R-LEAD-6 erases.
    ///
    /// They are shared, so that who gets an error can hand them in again.
    fn record(
        &self,
        calls: Arc<[NewCall]>,
    ) -> impl Future<Output = Result<Vec<Recorded>, Error>> + Send;

    /// A call, whole.
    fn call(&self, id: CallId) -> impl Future<Output = Result<Option<Call>, Error>> + Send;

    /// A page of calls. When the future is dropped, the store soon stops looking for them.
    fn list_calls(
        &self,
        query: CallQuery,
    ) -> impl Future<Output = Result<Page<Call, CallId>, Error>> + Send;

    /// The id of the last call that is durable, and each later one: what a tail waits for.
    fn last_call(&self) -> watch::Receiver<CallId>;

    /// Records steps of flows that made no call, as [`record`](Store::record) does calls.
    fn step(&self, steps: Vec<NewStep>)
    -> impl Future<Output = Result<Vec<Stepped>, Error>> + Send;

    /// Makes a run. Its leads are those of this moment.
    fn create_run(&self, run: NewRun) -> impl Future<Output = Result<Run, Error>> + Send;

    /// A run.
    fn run(&self, id: RunId) -> impl Future<Output = Result<Option<Run>, Error>> + Send;

    /// A page of runs, oldest first.
    fn list_runs(
        &self,
        query: RunQuery,
    ) -> impl Future<Output = Result<Page<Run, RunId>, Error>> + Send;

    /// The runs that are not over, oldest first.
    fn open_runs(&self) -> impl Future<Output = Result<Vec<Run>, Error>> + Send;

    /// Leads of a run that have not ended, from a position on.
    fn run_leads(
        &self,
        run: RunId,
        from: u32,
        limit: usize,
    ) -> impl Future<Output = Result<RunLeadsPage, Error>> + Send;

    /// Says that leads of a run enter its flow, and which of them may (R-CMP-8); those that may not have ended as
    /// [`Skipped`](crate::Ending::Skipped). A lead that entered before, in the same run, may.
    fn enter_run(
        &self,
        run: RunId,
        leads: Vec<RunLead>,
        qualification: Qualification,
        now: Datetime,
    ) -> impl Future<Output = Result<Vec<bool>, Error>> + Send;

    /// Gives leads of a run rows of their own that are under way for long, so that they hold up nobody behind them: entries before their first step,
    /// given out already. The record of the step, which still names their positions, finds them.
    fn detach(
        &self,
        run: RunId,
        leads: Vec<RunLead>,
        now: Datetime,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Begins to cancel a run that is running; gives it as it is then.
    fn cancel_run(&self, id: RunId) -> impl Future<Output = Result<Option<Run>, Error>> + Send;

    /// Ends a run that is being cancelled, once nothing of it is under way: what has not ended is cancelled, and its entries are gone.
    /// Many entries may take several commits; a store that was closed between them has a run that is still being cancelled.
    fn end_cancelled_run(
        &self,
        id: RunId,
        now: Datetime,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// What may go on, at most so many, entries and calls together. Each is given out once, until a record says how it goes on, or it is held back; a
    /// store that is opened anew gives them out anew.
    fn claim(
        &self,
        what: Claim,
        limit: usize,
    ) -> impl Future<Output = Result<Claimed, Error>> + Send;

    /// Gives back what was claimed, held back by webhooks from now on.
    fn hold(&self, holds: Vec<Hold>) -> impl Future<Output = Result<(), Error>> + Send;

    /// The webhooks that hold something back, in id order.
    fn holding(&self) -> impl Future<Output = Result<Vec<WebhookId>, Error>> + Send;

    /// Changes whenever a commit made an entry or a wait that is not held back, or let one go on later: then it is worth to claim what is due.
    fn waiting_changed(&self) -> watch::Receiver<u64>;

    /// A page of a lead's activities, oldest first (R-CMP-5).
    fn list_activities(
        &self,
        query: ActivityQuery,
    ) -> impl Future<Output = Result<Page<Activity, ActivityId>, Error>> + Send;

    /// The answer to a request, when it was given less than 24 h before `now`.
    fn remembered(
        &self,
        key: RequestKey,
        now: Datetime,
    ) -> impl Future<Output = Result<Option<Remembered>, Error>> + Send;
}
