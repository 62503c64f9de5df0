//! Programs changed, listed and deleted.

use leadhook_proto::v1::{
    CreateFieldRequest, DeleteFieldRequest, Field, FieldType, ListProgramsRequest, Program,
    UpdateProgramRequest,
};
use leadhook_tests::Server;
use tonic::Code;

use super::{create, delete, get, pairs, program, text, told, tree, update};

#[tokio::test]
async fn r_def_5_what_is_in_use_is_not_deleted() {
    let server = Server::start().await;
    tree(&server).await;
    let field = CreateFieldRequest {
        field: Some(Field {
            r#type: FieldType::String.into(),
            ..Field::default()
        }),
        field_id: "Shoe".into(),
    };
    told(server.leads().create_field(field)).await.unwrap();
    let user = Program {
        name: "programs/event".into(),
        ..program("", &[text("Size", "{{lead.Shoe}}")])
    };
    update(&server, user, &["my_tokens"]).await.unwrap();
    let request = DeleteFieldRequest {
        name: "fields/Shoe".into(),
    };
    let fault = told(server.leads().delete_field(request.clone()))
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code, &*fault.reason),
        (Code::FailedPrecondition, "IN_USE")
    );
    assert!(
        fault.message.contains("programs/event"),
        "{}",
        fault.message
    );
    let fault = delete(&server, "programs/year").await.unwrap_err();
    assert_eq!(
        (fault.code, &*fault.reason),
        (Code::FailedPrecondition, "IN_USE")
    );
    assert!(
        fault.message.contains("programs/event"),
        "{}",
        fault.message
    );
    delete(&server, "programs/event").await.unwrap();
    delete(&server, "programs/year").await.unwrap();
    told(server.leads().delete_field(request)).await.unwrap();
    assert_eq!(
        delete(&server, "programs/year").await.unwrap_err().code,
        Code::NotFound
    );
}

#[tokio::test]
async fn r_lead_4_programs_are_listed_oldest_first_and_filtered() {
    let server = Server::start().await;
    tree(&server).await;
    let folder = Program {
        folder: true,
        display_name: "Old events".into(),
        ..Program::default()
    };
    let made = create(&server, "", folder).await.unwrap();
    assert!(
        made.name.starts_with("programs/old-events-"),
        "{}",
        made.name
    );
    let list = async |filter: &str, page_size: i32, page_token: &str| {
        let request = ListProgramsRequest {
            page_size,
            page_token: page_token.into(),
            filter: filter.into(),
        };
        let page = told(server.programs().list_programs(request))
            .await
            .unwrap();
        let names: Vec<_> = page
            .programs
            .into_iter()
            .map(|program| program.name)
            .collect();
        (names, page.next_page_token)
    };
    let (first, token) = list("", 3, "").await;
    assert_eq!(
        first,
        ["programs/region", "programs/year", "programs/event"]
    );
    assert_eq!(
        list("", 3, &token).await,
        (vec![made.name.clone()], String::new())
    );
    assert_eq!(list("folder = true", 0, "").await.0, [made.name]);
    assert_eq!(
        list("parent = \"programs/year\"", 0, "").await.0,
        ["programs/event"]
    );
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names_and_may_create() {
    let server = Server::start().await;
    tree(&server).await;
    let given = Program {
        name: "programs/event".into(),
        display_name: "Spring".into(),
        ..program("programs/region", &[])
    };
    let before = get(&server, "programs/event").await.unwrap();
    // Without a mask: what is set, and so not the My Tokens.
    let moved = update(&server, given.clone(), &[]).await.unwrap();
    assert_eq!(
        (&*moved.display_name, &*moved.parent),
        ("Spring", "programs/region")
    );
    assert_eq!((&moved.my_tokens, moved.id), (&before.my_tokens, before.id));
    let inherited = pairs(&moved.inherited_my_tokens);
    assert_eq!(inherited[0], ("Budget", "1000.50", "programs/region"));
    let cleared = update(&server, given, &["*"]).await.unwrap();
    assert_eq!(cleared.my_tokens, []);
    let fault = update(&server, cleared, &["id", "my_tokens.key"])
        .await
        .unwrap_err();
    assert_eq!(fault.fields(), ["update_mask.paths[1]"]);
    let missing = Program {
        name: "programs/fresh".into(),
        ..program("programs/event", &[text("A", "1")])
    };
    let fault = update(&server, missing.clone(), &["*"]).await.unwrap_err();
    assert_eq!(fault.code, Code::NotFound);
    let request = UpdateProgramRequest {
        program: Some(missing),
        update_mask: None,
        allow_missing: true,
    };
    let made = told(server.programs().update_program(request))
        .await
        .unwrap();
    assert_eq!(get(&server, "programs/fresh").await, Ok(made));
}
