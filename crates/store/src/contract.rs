//! The contract that engine and server are written against.

use std::{future::Future, sync::Arc};

use leadhook_field::{Datetime, Value};
use tokio::sync::watch;

use crate::{
    Call, CallId, CallQuery, Catalog, CatalogChange, Company, CompanyId, CompanyUpsert,
    CompanyUpserted, Error, LeadEntry, LeadId, LeadQuery, LeadUpsert, LeadUpserted, MemberUpsert,
    MemberUpserted, NewCall, Page, ProgramId, Projection, Recorded, Remember, Remembered,
    RequestKey, Revision, Subject, WebhookId, WebhookVersion,
};

/// A durable place for leadhook's records.
///
/// - Every method that writes answers only when its write is durable; an error means that nothing of it was written.
/// - A method is one transaction at most. What several writers send at once may share a commit.
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

    /// Updates or creates leads, row after row, in one commit (R-LEAD-1, -5). What is to be
    /// remembered is so in the same commit. A company without name goes when its last lead leaves it or is erased; one with a name stays.
    fn upsert_leads(
        &self,
        rows: Vec<LeadUpsert>,
        now: Datetime,
        remember: Option<Remember>,
    ) -> impl Future<Output = Result<Vec<LeadUpserted>, Error>> + Send;

    /// Erases a lead, its memberships and, in its calls, request, response, changes and details of attempts and problems (R-LEAD-6); whether it was there.
    fn delete_lead(&self, id: LeadId) -> impl Future<Output = Result<bool, Error>> + Send;

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

    /// Records calls together with what they write to their leads, in one commit and in the order given; their ids ascend, and are later than any
    /// recorded before. A lead that is no longer there gets nothing; its call is recorded without what R-LEAD-6 erases.
    fn record(
        &self,
        calls: Vec<NewCall>,
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

    /// The answer to a request, when it was given less than 24 h before `now`.
    fn remembered(
        &self,
        key: RequestKey,
        now: Datetime,
    ) -> impl Future<Output = Result<Option<Remembered>, Error>> + Send;
}
