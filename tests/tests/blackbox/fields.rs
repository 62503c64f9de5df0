//! Fields of your own: made, used like standard ones, deleted when nobody uses them.

use leadhook_proto::v1::{
    CreateFieldRequest, DeleteFieldRequest, Field, FieldType, ListFieldsRequest,
};
use leadhook_tests::{Answer, Fault, Server, Target, make};
use tonic::{Code, Status};

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> Fault {
    Fault::of(&answer.expect_err("it should be refused"))
}

#[tokio::test]
async fn custom_fields_work_like_standard_ones_until_they_are_deleted() {
    let server = Server::start().await;
    let field = |display_name: &str| Field {
        display_name: display_name.into(),
        r#type: FieldType::Integer.into(),
        ..Field::default()
    };
    let create = |id: &str, field| CreateFieldRequest {
        field: Some(field),
        field_id: id.into(),
    };
    let made = server
        .leads()
        .create_field(create("Shoe_Size", field("Shoe Size")))
        .await
        .expect("it is new")
        .into_inner();
    assert_eq!(
        (made.name.as_str(), made.custom, made.read_only),
        ("fields/Shoe_Size", true, false)
    );
    let taken = (Code::AlreadyExists, "ALREADY_EXISTS");
    let clash = (Code::InvalidArgument, "INVALID_FIELD");
    for (id, display_name, expected) in [
        ("Shoe_Size", "Other", taken),
        ("Other", "shoe size", clash),
        ("Other", "First Name", clash),
        ("Other", "firstName", clash),
    ] {
        let fault = refused(
            server
                .leads()
                .create_field(create(id, field(display_name)))
                .await,
        );
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            expected,
            "{id} {display_name}"
        );
    }
    assert_eq!(
        refused(
            server
                .leads()
                .create_field(create("Other", field("a{b")))
                .await
        )
        .code,
        Code::InvalidArgument
    );

    let target = Target::start(Answer::json(r#"{"size": 43}"#)).await;
    server
        .create_webhook(
            "x",
            make::json_webhook(
                &target.url("/"),
                "{{lead.Shoe Size}}",
                &[("size", "Shoe Size")],
            ),
        )
        .await;
    server
        .upsert([make::lead([
            ("Email", "a@example.com"),
            ("Shoe Size", "42"),
        ])])
        .await;
    server.call("webhooks/x", make::stored("leads/1")).await;
    assert_eq!(target.request().text(), "42");
    assert_eq!(
        server.get_lead("leads/1").await.fields["Shoe_Size"],
        make::value(43.0)
    );

    let delete = DeleteFieldRequest {
        name: "fields/Shoe_Size".into(),
    };
    let fault = refused(server.leads().delete_field(delete.clone()).await);
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::FailedPrecondition, "IN_USE"),
        "R-DEF-5"
    );
    assert!(fault.metadata["users"].contains("webhooks/x"), "{fault:?}");
    let webhook = leadhook_proto::v1::DeleteWebhookRequest {
        name: "webhooks/x".into(),
        etag: String::new(),
    };
    server
        .webhooks()
        .delete_webhook(webhook)
        .await
        .expect("it is there");
    server
        .leads()
        .delete_field(delete)
        .await
        .expect("nobody uses it");
    let request = ListFieldsRequest {
        filter: "custom = true".into(),
        ..ListFieldsRequest::default()
    };
    assert!(
        server
            .leads()
            .list_fields(request)
            .await
            .expect("fields")
            .into_inner()
            .fields
            .is_empty()
    );
}
