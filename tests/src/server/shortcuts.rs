//! What nearly every test does with a server, in one line each. They panic on errors: a test about an error calls the client.

use leadhook_proto::v1::{
    BatchUpsertLeadsRequest, Call, CallWebhookRequest, CreateWebhookRequest, GetCallRequest,
    GetLeadRequest, ImportLeadsProgress, ImportLeadsRequest, Lead, ListCallsRequest,
    ListLeadsRequest, Subject, UpsertResult, Webhook,
};
use tonic::Status;

use crate::{Fault, Server};

impl Server {
    /// Saves a webhook under this id.
    ///
    /// # Panics
    ///
    /// Where it is refused.
    pub async fn create_webhook(&self, id: &str, webhook: Webhook) -> Webhook {
        self.try_create_webhook(id, webhook)
            .await
            .unwrap_or_else(|fault| panic!("webhook {id}: {fault:#?}"))
    }

    /// Saves a webhook under this id, or says why not.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn try_create_webhook(&self, id: &str, webhook: Webhook) -> Result<Webhook, Fault> {
        let request = CreateWebhookRequest {
            webhook: Some(webhook),
            webhook_id: id.to_owned(),
            validate_only: false,
        };
        Ok(self
            .webhooks()
            .create_webhook(request)
            .await
            .map_err(|status| Fault::of(&status))?
            .into_inner())
    }

    /// Calls a webhook, "webhooks/{id}", for a subject.
    ///
    /// # Panics
    ///
    /// Where there is no call.
    pub async fn call(&self, webhook: &str, subject: Subject) -> Call {
        self.try_call(webhook, subject)
            .await
            .unwrap_or_else(|fault| panic!("call of {webhook}: {fault:#?}"))
    }

    /// Calls a webhook for a subject, or says why there is no call.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn try_call(&self, webhook: &str, subject: Subject) -> Result<Call, Fault> {
        let request = CallWebhookRequest {
            webhook: webhook.to_owned(),
            subject: Some(subject),
            ..CallWebhookRequest::default()
        };
        Ok(self
            .calls()
            .call_webhook(request)
            .await
            .map_err(|status| Fault::of(&status))?
            .into_inner())
    }

    /// Saves a webhook under a name of its own, and calls it.
    ///
    /// # Panics
    ///
    /// Where it is refused, or there is no call.
    pub async fn call_once(&self, webhook: Webhook, subject: Subject) -> Call {
        let webhook = self.create_webhook("", webhook).await;
        self.call(&webhook.name, subject).await
    }

    /// One call, in full.
    ///
    /// # Panics
    ///
    /// Where it is not there.
    pub async fn get_call(&self, name: &str) -> Call {
        let answer = self
            .calls()
            .get_call(GetCallRequest {
                name: name.to_owned(),
            })
            .await;
        answer
            .unwrap_or_else(|status| panic!("{name}: {status:?}"))
            .into_inner()
    }

    /// The first page of calls that a filter selects, newest first.
    ///
    /// # Panics
    ///
    /// Where the filter is refused.
    pub async fn list_calls(&self, filter: &str) -> Vec<Call> {
        let request = ListCallsRequest {
            filter: filter.to_owned(),
            page_size: 1_000,
            ..ListCallsRequest::default()
        };
        let answer = self.calls().list_calls(request).await;
        answer
            .unwrap_or_else(|status| panic!("{filter}: {status:?}"))
            .into_inner()
            .calls
    }

    /// All calls that a filter selects, newest first.
    ///
    /// # Panics
    ///
    /// Where the filter is refused.
    pub async fn all_calls(&self, filter: &str) -> Vec<Call> {
        let mut request = ListCallsRequest {
            filter: filter.to_owned(),
            page_size: 1_000,
            ..ListCallsRequest::default()
        };
        let mut calls = Vec::new();
        loop {
            let page = self.calls().list_calls(request.clone()).await;
            let page = page.unwrap_or_else(|status| panic!("{filter}: {status:?}"));
            let page = page.into_inner();
            calls.extend(page.calls);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return calls;
            }
        }
    }

    /// Upserts leads by their e-mail addresses.
    ///
    /// # Panics
    ///
    /// Where the batch as such is refused.
    pub async fn upsert(&self, leads: impl IntoIterator<Item = Lead>) -> Vec<UpsertResult> {
        let request = BatchUpsertLeadsRequest {
            leads: leads.into_iter().collect(),
            ..BatchUpsertLeadsRequest::default()
        };
        let answer = self.leads().batch_upsert_leads(request).await;
        answer
            .unwrap_or_else(|status| panic!("upsert: {status:?}"))
            .into_inner()
            .results
    }

    /// One lead: all lead fields that have a value.
    ///
    /// # Panics
    ///
    /// Where it is not there.
    pub async fn get_lead(&self, name: &str) -> Lead {
        let answer = self
            .leads()
            .get_lead(GetLeadRequest {
                name: name.to_owned(),
                fields: Vec::new(),
            })
            .await;
        answer
            .unwrap_or_else(|status| panic!("{name}: {status:?}"))
            .into_inner()
    }

    /// The names of the leads that a filter selects, oldest first; the default page of them.
    ///
    /// # Errors
    ///
    /// What the server answers.
    pub async fn find_leads(&self, filter: &str) -> Result<Vec<String>, Fault> {
        let request = ListLeadsRequest {
            filter: filter.to_owned(),
            ..ListLeadsRequest::default()
        };
        let answer = self
            .leads()
            .list_leads(request)
            .await
            .map_err(|status| Fault::of(&status))?;
        Ok(answer
            .into_inner()
            .leads
            .into_iter()
            .map(|lead| lead.name)
            .collect())
    }

    /// Imports CSV in one chunk, and gives every message of the answer.
    ///
    /// # Errors
    ///
    /// What ends the stream.
    pub async fn import_csv(
        &self,
        csv: impl Into<Vec<u8>>,
    ) -> Result<Vec<ImportLeadsProgress>, Fault> {
        let request = ImportLeadsRequest {
            csv: csv.into().into(),
            ..ImportLeadsRequest::default()
        };
        self.import(vec![request]).await
    }

    /// Imports what these messages say, and gives every message of the answer.
    ///
    /// # Errors
    ///
    /// What ends the stream.
    pub async fn import(
        &self,
        requests: Vec<ImportLeadsRequest>,
    ) -> Result<Vec<ImportLeadsProgress>, Fault> {
        self.import_messages(requests)
            .await
            .map_err(|status| Fault::of(&status))
    }

    async fn import_messages(
        &self,
        requests: Vec<ImportLeadsRequest>,
    ) -> Result<Vec<ImportLeadsProgress>, Status> {
        let mut answers = self
            .leads()
            .import_leads(tokio_stream::iter(requests))
            .await?
            .into_inner();
        let mut progress = Vec::new();
        while let Some(message) = answers.message().await? {
            progress.push(message);
        }
        Ok(progress)
    }
}
