//! WebhookService.

use leadhook_engine::{Engine, Error, Kind, PreviewSource, Refused, SampleResponse, Violation};
use leadhook_proto::v1::{
    self, ErrorReason, preview_webhook_request::Source, webhook_service_server,
};
use leadhook_store::Store;
use tonic::{Request, Response, Status};

use super::mask;
use crate::{
    convert::{call, webhook},
    name,
    page::Page,
    status::{invalid_argument, status},
};

/// WebhookService on an engine.
#[derive(Debug)]
pub(crate) struct WebhookService<S> {
    engine: Engine<S>,
}

impl<S: Store> WebhookService<S> {
    pub(crate) fn new(engine: Engine<S>) -> WebhookService<S> {
        WebhookService { engine }
    }

    fn message(&self, stored: &leadhook_store::Webhook) -> v1::Webhook {
        let state = self.engine.webhook_state(stored);
        webhook::message(stored, state, &self.engine.schema())
    }
}

#[tonic::async_trait]
impl<S: Store> webhook_service_server::WebhookService for WebhookService<S> {
    async fn create_webhook(
        &self,
        request: Request<v1::CreateWebhookRequest>,
    ) -> Result<Response<v1::Webhook>, Status> {
        let request = request.into_inner();
        let given = request.webhook.unwrap_or_default();
        let name = given.name.clone();
        let mut draft = webhook::draft(given);
        let mut id = request.webhook_id;
        if id.is_empty() && !name.is_empty() {
            match name::read(&name, "webhooks", "webhook.name") {
                Ok(named) => named.clone_into(&mut id),
                Err(fault) => draft.refused.push(Refused::Fault(fault)),
            }
        }
        let stored = self
            .engine
            .create_webhook(&id, draft, request.validate_only)
            .await;
        let stored = stored.map_err(|error| status(&error))?;
        Ok(Response::new(self.message(&stored)))
    }

    async fn get_webhook(
        &self,
        request: Request<v1::GetWebhookRequest>,
    ) -> Result<Response<v1::Webhook>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "webhooks", "name")?;
        let stored = self
            .engine
            .get_webhook(id)
            .map_err(|error| status(&error))?;
        Ok(Response::new(self.message(&stored)))
    }

    async fn list_webhooks(
        &self,
        request: Request<v1::ListWebhooksRequest>,
    ) -> Result<Response<v1::ListWebhooksResponse>, Status> {
        let request = request.into_inner();
        let page = Page::new(
            request.page_size,
            &request.page_token,
            ("webhooks", &request.filter),
        )?;
        let listed = self
            .engine
            .list_webhooks(&request.filter, page.after, page.size)
            .map_err(|error| status(&error))?;
        let (webhooks, next_page_token) =
            page.write(listed, |stored| stored.id, |stored| self.message(&stored))?;
        Ok(Response::new(v1::ListWebhooksResponse {
            webhooks,
            next_page_token,
        }))
    }

    async fn update_webhook(
        &self,
        request: Request<v1::UpdateWebhookRequest>,
    ) -> Result<Response<v1::Webhook>, Status> {
        let request = request.into_inner();
        let given = request.webhook.unwrap_or_default();
        let id = name::id(&given.name, "webhooks", "webhook.name")?.to_owned();
        let mask = mask::Mask::read(request.update_mask.as_ref(), &given)
            .map_err(|error| status(&error))?;
        let change = |stored: Option<&leadhook_store::Webhook>| {
            let stored = stored.map(|stored| self.message(stored));
            webhook::draft(mask.apply(stored.unwrap_or_default(), &given))
        };
        let stored = self
            .engine
            .update_webhook(&id, &given.etag, request.allow_missing, change)
            .await;
        let stored = stored.map_err(|error| status(&error))?;
        Ok(Response::new(self.message(&stored)))
    }

    async fn delete_webhook(
        &self,
        request: Request<v1::DeleteWebhookRequest>,
    ) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "webhooks", "name")?;
        let deleted = self.engine.delete_webhook(id, &request.etag).await;
        deleted.map_err(|error| status(&error))?;
        Ok(Response::new(()))
    }

    async fn preview_webhook(
        &self,
        request: Request<v1::PreviewWebhookRequest>,
    ) -> Result<Response<v1::PreviewWebhookResponse>, Status> {
        let request = request.into_inner();
        let source = match request.source {
            None => {
                return Err(status(&Error::Invalid {
                    subject: Kind::Request,
                    violations: vec![Violation::new(
                        "source",
                        "is required: the name of a stored webhook, or a webhook",
                    )],
                }));
            }
            Some(Source::Name(name)) => {
                PreviewSource::Stored(name::id(&name, "webhooks", "name")?.to_owned())
            }
            Some(Source::Webhook(given)) => {
                let replaces = given
                    .name
                    .strip_prefix("webhooks/")
                    .unwrap_or_default()
                    .to_owned();
                PreviewSource::Draft(Box::new(webhook::draft(given)), replaces)
            }
        };
        let subject = request.subject.map(call::subject).transpose()?.flatten();
        let context = call::context(request.context.unwrap_or_default());
        let sample = request.sample_response.map(sample).transpose()?;
        let preview = self
            .engine
            .preview(&source, subject.as_ref(), &context, sample.as_ref())
            .await;
        Ok(Response::new(webhook::preview(
            preview.map_err(|error| status(&error))?,
        )))
    }

    async fn list_tokens(
        &self,
        request: Request<v1::ListTokensRequest>,
    ) -> Result<Response<v1::ListTokensResponse>, Status> {
        let request = request.into_inner();
        let page = Page::new(
            request.page_size,
            &request.page_token,
            (
                "tokens",
                &request.query,
                &request.campaign,
                &request.program,
            ),
        )?;
        let start = usize::try_from(page.after.unwrap_or(0)).unwrap_or_default();
        let all = self
            .engine
            .list_tokens(&request.query, &request.campaign, &request.program)
            .map_err(|error| status(&error))?;
        let end = start.saturating_add(page.size);
        let next_page_token = if end < all.len() {
            page.token(i64::try_from(end).unwrap_or(i64::MAX))
        } else {
            String::new()
        };
        let tokens = all
            .into_iter()
            .skip(start)
            .take(page.size)
            .map(|token| v1::TokenInfo {
                token: token.token,
                scope: token.scope.to_owned(),
                r#type: token.kind.to_ascii_uppercase(),
                description: token.description,
                example: token.example,
            })
            .collect();
        Ok(Response::new(v1::ListTokensResponse {
            tokens,
            next_page_token,
        }))
    }

    async fn pause_webhook(
        &self,
        request: Request<v1::PauseWebhookRequest>,
    ) -> Result<Response<v1::Webhook>, Status> {
        self.pause(&request.into_inner().name, true).await
    }

    async fn resume_webhook(
        &self,
        request: Request<v1::ResumeWebhookRequest>,
    ) -> Result<Response<v1::Webhook>, Status> {
        self.pause(&request.into_inner().name, false).await
    }
}

impl<S: Store> WebhookService<S> {
    async fn pause(&self, name: &str, paused: bool) -> Result<Response<v1::Webhook>, Status> {
        let id = name::id(name, "webhooks", "name")?;
        let stored = self.engine.pause_webhook(id, paused).await;
        Ok(Response::new(
            self.message(&stored.map_err(|error| status(&error))?),
        ))
    }
}

fn sample(sample: v1::SampleResponse) -> Result<SampleResponse, Status> {
    let code = u16::try_from(sample.code)
        .ok()
        .filter(|code| *code == 0 || (100..=599).contains(code));
    let code = code.ok_or_else(|| {
        invalid_argument(
            ErrorReason::InvalidRequest,
            Violation::new(
                "sample_response.code",
                format!("{} is no HTTP status code; 0 stands for 200", sample.code),
            ),
        )
    })?;
    Ok(SampleResponse {
        code,
        body: sample.body,
    })
}
