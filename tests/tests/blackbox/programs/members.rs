//! Members of programs, and their fields as tokens.

use leadhook_proto::v1::{DeleteLeadRequest, Member};
use leadhook_tests::{Fault, Server, make};
use tonic::Code;

use super::{create, members, program, sent, text, told};

#[tokio::test]
async fn r_tok_8_members_are_typed_as_their_values() {
    let server = Server::start().await;
    create(
        &server,
        "webinar",
        program("", &[text("Seat", "{{member.seats}} of 9")]),
    )
    .await
    .unwrap();
    let lead = server
        .upsert([make::lead([("Email", "ada@example.com")])])
        .await
        .remove(0)
        .name;
    let mut fields = make::fields([
        ("Webinar Url", "https://example.com/\"1\""),
        ("digits", "042"),
    ]);
    fields.extend(make::fields([("seats", 2.0), ("rating", 4.5)]));
    fields.extend(make::fields([("paid", true)]));
    let rows = vec![
        Member {
            lead: lead.clone(),
            fields,
        },
        Member {
            lead: "leads/99".into(),
            ..Member::default()
        },
        Member {
            lead: lead.clone(),
            fields: make::fields([("a=b", "x")]),
        },
    ];
    let results = members(&server, "programs/webinar", rows).await.unwrap();
    assert_eq!((&*results[0].name, results[0].created), (&*lead, true));
    let refused = |at: usize| Fault::of_row(results[at].error.as_ref().expect("a refused row"));
    assert_eq!(
        (refused(1).code, &*refused(1).reason),
        (Code::NotFound, "LEAD_NOT_FOUND")
    );
    assert_eq!(refused(2).fields(), ["members[2].fields[\"a=b\"]"]);
    let payload = "[{{member.webinar url}},{{member.digits}},{{member.seats}},{{member.rating}},{{member.paid}},{{member.x}},{{my.Seat}}]";
    let here = ["programs/webinar"];
    let first = sent(&server, payload, &here, make::stored(&lead)).await;
    assert_eq!(
        first,
        [r#"["https://example.com/\"1\"","042",2,4.5,true,null,"2 of 9"]"#]
    );
    // Null clears, what is not named stays; and it outlives the server.
    let mut fields = make::fields([("SEATS", 3.0)]);
    fields.insert("digits".into(), make::value(()));
    let rows = vec![Member {
        lead: lead.clone(),
        fields,
    }];
    let results = members(&server, "programs/webinar", rows).await.unwrap();
    assert!(!results[0].created);
    let server = server.kill().await.restart().await;
    let second = sent(&server, payload, &here, make::stored(&lead)).await;
    assert_eq!(
        second,
        [r#"["https://example.com/\"1\"",null,3,4.5,true,null,"3 of 9"]"#]
    );
    // Out of the program, and for an inline lead, they have no value.
    let payload = "[{{member.seats:default=-}}]";
    assert_eq!(
        sent(&server, payload, &[""], make::stored(&lead)).await,
        [r#"["-"]"#]
    );
    assert_eq!(
        sent(&server, payload, &here, make::nobody()).await,
        [r#"["-"]"#]
    );
    let request = DeleteLeadRequest { name: lead.clone() };
    told(server.leads().delete_lead(request)).await.unwrap();
    let rows = vec![Member {
        lead,
        ..Member::default()
    }];
    let results = members(&server, "programs/webinar", rows).await.unwrap();
    assert!(results[0].error.is_some(), "its lead is gone");
}
