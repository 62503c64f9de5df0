//! ProgramService.

use leadhook_engine::{Engine, ProgramView, RowResult};
use leadhook_proto::v1::{self, program_service_server};
use leadhook_store::Store;
use tonic::{Request, Response, Status};

use super::mask::Mask;
use crate::{
    convert::{lead::upsert_result, program},
    name,
    page::{Page, fits},
    status::status,
};

/// ProgramService on an engine.
#[derive(Debug)]
pub(crate) struct ProgramService<S> {
    engine: Engine<S>,
}

impl<S: Store> ProgramService<S> {
    pub(crate) fn new(engine: Engine<S>) -> ProgramService<S> {
        ProgramService { engine }
    }
}

fn answer(view: ProgramView) -> Result<Response<v1::Program>, Status> {
    fits(program::message(view)).map(Response::new)
}

#[tonic::async_trait]
impl<S: Store> program_service_server::ProgramService for ProgramService<S> {
    async fn create_program(
        &self,
        request: Request<v1::CreateProgramRequest>,
    ) -> Result<Response<v1::Program>, Status> {
        let request = request.into_inner();
        let draft = program::draft(request.program.unwrap_or_default());
        let created = self.engine.create_program(&request.program_id, draft).await;
        answer(created.map_err(|error| status(&error))?)
    }

    async fn get_program(
        &self,
        request: Request<v1::GetProgramRequest>,
    ) -> Result<Response<v1::Program>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "programs", "name")?;
        let found = self.engine.get_program(id);
        answer(found.map_err(|error| status(&error))?)
    }

    async fn list_programs(
        &self,
        request: Request<v1::ListProgramsRequest>,
    ) -> Result<Response<v1::ListProgramsResponse>, Status> {
        let request = request.into_inner();
        let page = Page::new(
            request.page_size,
            &request.page_token,
            ("programs", &request.filter),
        )?;
        let listed = self
            .engine
            .list_programs(&request.filter, page.after, page.size)
            .map_err(|error| status(&error))?;
        let id = |view: &ProgramView| view.program.id;
        let (programs, next_page_token) = page.write(listed, id, program::message)?;
        Ok(Response::new(v1::ListProgramsResponse {
            programs,
            next_page_token,
        }))
    }

    async fn update_program(
        &self,
        request: Request<v1::UpdateProgramRequest>,
    ) -> Result<Response<v1::Program>, Status> {
        let request = request.into_inner();
        let given = request.program.unwrap_or_default();
        let id = name::id(&given.name, "programs", "program.name")?;
        let mask = Mask::read(request.update_mask.as_ref(), &given);
        let mask = mask.map_err(|error| status(&error))?;
        let change = |stored: Option<&ProgramView>| {
            let stored = stored.cloned().map(program::message);
            program::draft(mask.apply(stored.unwrap_or_default(), &given))
        };
        let updated = self
            .engine
            .update_program(id, request.allow_missing, change);
        answer(updated.await.map_err(|error| status(&error))?)
    }

    async fn delete_program(
        &self,
        request: Request<v1::DeleteProgramRequest>,
    ) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.name, "programs", "name")?;
        let deleted = self.engine.delete_program(id).await;
        deleted.map_err(|error| status(&error))?;
        Ok(Response::new(()))
    }

    async fn batch_upsert_members(
        &self,
        request: Request<v1::BatchUpsertMembersRequest>,
    ) -> Result<Response<v1::BatchUpsertMembersResponse>, Status> {
        let request = request.into_inner();
        let id = name::id(&request.program, "programs", "program")?;
        let rows = request.members.into_iter().map(program::member).collect();
        let results = self.engine.upsert_members(id, rows).await;
        let results = results.map_err(|error| status(&error))?.into_iter();
        let named = |row: RowResult| row.map(|lead| (format!("leads/{}", lead.id), lead.created));
        Ok(Response::new(v1::BatchUpsertMembersResponse {
            results: results.map(|row| upsert_result(named(row))).collect(),
        }))
    }
}
