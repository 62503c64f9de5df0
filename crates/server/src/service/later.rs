//! ProgramService: on the wire, so that clients see the whole contract, but not carried out yet.

use leadhook_proto::v1::{self, program_service_server};
use tonic::{Request, Response, Status};

use crate::status::unimplemented;

/// ProgramService; every method answers UNIMPLEMENTED.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgramService;

macro_rules! later {
    ($service:ident, $server:path, $feature:literal, { $($method:ident: $request:ident => $answer:ty;)* }) => {
        #[tonic::async_trait]
        impl $server for $service {
            $(
                async fn $method(&self, _: Request<v1::$request>) -> Result<Response<$answer>, Status> {
                    Err(unimplemented(concat!($feature, ".", stringify!($method))))
                }
            )*
        }
    };
}

later!(ProgramService, program_service_server::ProgramService, "ProgramService", {
    create_program: CreateProgramRequest => v1::Program;
    get_program: GetProgramRequest => v1::Program;
    list_programs: ListProgramsRequest => v1::ListProgramsResponse;
    update_program: UpdateProgramRequest => v1::Program;
    delete_program: DeleteProgramRequest => ();
    batch_upsert_members: BatchUpsertMembersRequest => v1::BatchUpsertMembersResponse;
});
