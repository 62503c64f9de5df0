//! LeadService.

use leadhook_engine::{Engine, Error, ImportOptions, Importer, ListFields, ListLeads, Violation};
use leadhook_field::Field;
use leadhook_proto::v1::{self, ErrorReason, lead_service_server};
use leadhook_store::Store;
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status, Streaming};

use crate::{
    budget::Payments,
    convert::{call::MAX_REQUEST_ID, lead},
    limits::refined,
    name,
    page::{MAX_BYTES, Page, fits},
    status::{invalid_argument, status},
};

/// LeadService on an engine.
#[derive(Debug)]
pub(crate) struct LeadService<S> {
    engine: Engine<S>,
}

/// Progress messages that wait for their reader at most.
const PROGRESS_BUFFER: usize = 4;

impl<S: Store> LeadService<S> {
    pub(crate) fn new(engine: Engine<S>) -> LeadService<S> {
        LeadService { engine }
    }
}

#[tonic::async_trait]
impl<S: Store> lead_service_server::LeadService for LeadService<S> {
    type ImportLeadsStream = ReceiverStream<Result<v1::ImportLeadsProgress, Status>>;

    async fn create_field(
        &self,
        request: Request<v1::CreateFieldRequest>,
    ) -> Result<Response<v1::Field>, Status> {
        let request = request.into_inner();
        let draft = lead::field_draft(request.field.unwrap_or_default(), &request.field_id);
        let field = self
            .engine
            .create_field(draft)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(lead::field(field)))
    }

    async fn list_fields(
        &self,
        request: Request<v1::ListFieldsRequest>,
    ) -> Result<Response<v1::ListFieldsResponse>, Status> {
        let request = request.into_inner();
        let page = Page::new(
            request.page_size,
            &request.page_token,
            ("fields", &request.filter),
        )?;
        let list = ListFields {
            filter: request.filter,
            after: page.after,
            limit: page.size,
        };
        let listed = self
            .engine
            .list_fields(&list)
            .map_err(|error| status(&error))?;
        let (fields, next_page_token) =
            page.write(listed, |field: &Field| field.id, lead::field)?;
        Ok(Response::new(v1::ListFieldsResponse {
            fields,
            next_page_token,
        }))
    }

    async fn delete_field(
        &self,
        request: Request<v1::DeleteFieldRequest>,
    ) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let api_name = name::id(&request.name, "fields", "name")?;
        self.engine
            .delete_field(api_name)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(()))
    }

    async fn get_lead(
        &self,
        request: Request<v1::GetLeadRequest>,
    ) -> Result<Response<v1::Lead>, Status> {
        let request = request.into_inner();
        let id = name::lead(&request.name, "name")?;
        let found = self.engine.get_lead(id, &request.fields).await;
        let lead = lead::lead(found.map_err(|error| status(&error))?);
        Ok(Response::new(fits(lead)?))
    }

    async fn list_leads(
        &self,
        request: Request<v1::ListLeadsRequest>,
    ) -> Result<Response<v1::ListLeadsResponse>, Status> {
        let request = request.into_inner();
        let arguments = ("leads", &request.filter, &request.fields);
        let page = Page::new(request.page_size, &request.page_token, arguments)?;
        let list = ListLeads {
            filter: request.filter,
            fields: request.fields,
            after: page.after,
            limit: page.size,
            max_bytes: MAX_BYTES,
        };
        let listed = self
            .engine
            .list_leads(list)
            .await
            .map_err(|error| status(&error))?;
        let (leads, next_page_token) = page.write(listed, |lead| lead.id, lead::lead)?;
        Ok(Response::new(v1::ListLeadsResponse {
            leads,
            next_page_token,
        }))
    }

    async fn batch_upsert_leads(
        &self,
        request: Request<v1::BatchUpsertLeadsRequest>,
    ) -> Result<Response<v1::BatchUpsertLeadsResponse>, Status> {
        let request = request.into_inner();
        if request.request_id.len() > MAX_REQUEST_ID {
            let message = format!("has more than {MAX_REQUEST_ID} bytes");
            return Err(invalid_argument(
                ErrorReason::InvalidRequest,
                Violation::new("request_id", message),
            ));
        }
        let rows = request.leads.into_iter().map(lead::lead_input).collect();
        let results = self
            .engine
            .upsert_leads(rows, &request.lookup_field, &request.request_id)
            .await;
        let results = results.map_err(|error| status(&error))?;
        let named = |result: leadhook_engine::RowResult| {
            result.map(|lead| (format!("leads/{}", lead.id), lead.created))
        };
        Ok(Response::new(v1::BatchUpsertLeadsResponse {
            results: results
                .into_iter()
                .map(|row| lead::upsert_result(named(row)))
                .collect(),
        }))
    }

    async fn import_leads(
        &self,
        request: Request<Streaming<v1::ImportLeadsRequest>>,
    ) -> Result<Response<Self::ImportLeadsStream>, Status> {
        let (progress, stream) = mpsc::channel(PROGRESS_BUFFER);
        let import = Import {
            engine: self.engine.clone(),
            progress,
        };
        let payments = request.extensions().get().cloned().unwrap_or_default();
        tokio::spawn(import.run(request.into_inner(), payments));
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn delete_lead(
        &self,
        request: Request<v1::DeleteLeadRequest>,
    ) -> Result<Response<()>, Status> {
        let id = name::lead(&request.into_inner().name, "name")?;
        self.engine
            .delete_lead(id)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(()))
    }

    async fn batch_upsert_companies(
        &self,
        request: Request<v1::BatchUpsertCompaniesRequest>,
    ) -> Result<Response<v1::BatchUpsertCompaniesResponse>, Status> {
        let request = request.into_inner();
        let rows = request
            .companies
            .into_iter()
            .map(lead::company_input)
            .collect();
        let results = self
            .engine
            .upsert_companies(rows, &request.lookup_field)
            .await;
        let results = results
            .map_err(|error| status(&error))?
            .into_iter()
            .map(|result| {
                lead::upsert_result(
                    result.map(|company| (format!("companies/{}", company.id), company.created)),
                )
            });
        Ok(Response::new(v1::BatchUpsertCompaniesResponse {
            results: results.collect(),
        }))
    }

    async fn get_company(
        &self,
        request: Request<v1::GetCompanyRequest>,
    ) -> Result<Response<v1::Company>, Status> {
        let id = name::company(&request.into_inner().name, "name")?;
        let company = self
            .engine
            .get_company(id)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(fits(lead::company(company))?))
    }
}

/// One ImportLeads stream. What it has counted when its client goes away stays.
struct Import<S> {
    engine: Engine<S>,
    progress: mpsc::Sender<Result<v1::ImportLeadsProgress, Status>>,
}

impl<S: Store> Import<S> {
    async fn run(self, mut requests: Streaming<v1::ImportLeadsRequest>, payments: Payments) {
        if let Err(error) = self.carry_out(&mut requests, &payments).await {
            let _ = self.progress.send(Err(error)).await;
        }
    }

    async fn carry_out(
        &self,
        requests: &mut Streaming<v1::ImportLeadsRequest>,
        payments: &Payments,
    ) -> Result<(), Status> {
        let mut importer = None;
        while let Some(request) = self.next(requests).await? {
            let _payment = payments.take();
            let importer = match &mut importer {
                Some(importer) => importer,
                none => none.insert(self.begin(&request)?),
            };
            let leads: Vec<_> = request.leads.into_iter().map(lead::lead_input).collect();
            if !leads.is_empty() {
                importer.push_leads(leads);
            }
            if !request.csv.is_empty() {
                importer.push_csv(request.csv);
            }
            self.report(importer).await?;
        }
        if self.progress.is_closed() {
            return Ok(());
        }
        let mut importer = match importer {
            Some(importer) => importer,
            None => self.begin(&v1::ImportLeadsRequest::default())?,
        };
        importer.finish();
        self.report(&mut importer).await
    }

    /// The next message; none at the end, and when nobody reads the progress any more.
    async fn next(
        &self,
        requests: &mut Streaming<v1::ImportLeadsRequest>,
    ) -> Result<Option<v1::ImportLeadsRequest>, Status> {
        tokio::select! {
            biased;
            () = self.progress.closed() => Ok(None),
            () = self.engine.stopping() => Err(status(&Error::ShuttingDown)),
            next = requests.next() => next.transpose().map_err(refined),
        }
    }

    fn begin(&self, first: &v1::ImportLeadsRequest) -> Result<Importer<S>, Status> {
        let options = ImportOptions {
            lookup_field: first.lookup_field.clone(),
            empty_clears: first.empty_clears,
        };
        self.engine
            .import_leads(&options)
            .map_err(|error| status(&error))
    }

    /// Works off what was pushed. A reader that is slow slows the import down: no more is read than it takes.
    async fn report(&self, importer: &mut Importer<S>) -> Result<(), Status> {
        while let Some(progress) = importer.next().await.map_err(|error| status(&error))? {
            if self
                .progress
                .send(Ok(lead::progress(progress)))
                .await
                .is_err()
            {
                return Ok(());
            }
        }
        Ok(())
    }
}
