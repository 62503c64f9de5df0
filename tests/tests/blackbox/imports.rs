//! CSV by stream: any heading, any chunks, every bad row told.

use leadhook_proto::v1::{ImportLeadsProgress, ImportLeadsRequest};
use leadhook_tests::{Server, make};
use tonic::Code;

fn totals(progress: &[ImportLeadsProgress]) -> (i64, i64, i64, i64) {
    let last = progress.last().expect("a message");
    assert!(last.done && progress.iter().filter(|message| message.done).count() == 1);
    (last.read, last.created, last.updated, last.failed)
}

#[tokio::test]
async fn csv_of_any_heading_and_any_chunks_goes_in() {
    let server = Server::start().await;
    let csv = "\u{feff}Email Address,FirstName,leadScore,Company Name\r\n\
               ada@example.com,\"Ada \"\"the\"\" Söns, 東京 🦊\",7,\"Line\nbreak & Co\"\r\n\
               empty@example.com,,,\r\n";
    for size in [1, 7, csv.len()] {
        let chunk = |csv: &[u8]| ImportLeadsRequest {
            csv: csv.to_vec().into(),
            ..ImportLeadsRequest::default()
        };
        let progress = server
            .import(csv.as_bytes().chunks(size).map(chunk).collect())
            .await
            .expect("all rows are good");
        let first_time = i64::from(size == 1) * 2;
        assert_eq!(
            totals(&progress),
            (2, first_time, 2 - first_time, 0),
            "chunks of {size}"
        );
    }
    let ada = server.get_lead("leads/1").await;
    assert_eq!(
        ada.fields["FirstName"],
        make::value("Ada \"the\" Söns, 東京 🦊")
    );
    assert_eq!(ada.fields["LeadScore"], make::value(7.0));
}

#[tokio::test]
async fn r_lead_1_an_empty_cell_leaves_the_field_unless_empty_clears() {
    let server = Server::start().await;
    server
        .import_csv("Email,FirstName\na@example.com,Ada\n")
        .await
        .expect("a good row");
    server
        .import_csv("Email,FirstName\na@example.com,\n")
        .await
        .expect("a good row");
    assert_eq!(
        server.get_lead("leads/1").await.fields["FirstName"],
        make::value("Ada")
    );
    let clearing = ImportLeadsRequest {
        csv: "Email,FirstName\na@example.com,\n".into(),
        empty_clears: true,
        ..ImportLeadsRequest::default()
    };
    server.import(vec![clearing]).await.expect("a good row");
    assert!(
        !server
            .get_lead("leads/1")
            .await
            .fields
            .contains_key("FirstName")
    );
}

#[tokio::test]
async fn r_lead_2_every_bad_row_is_told_with_row_line_field_and_reason() {
    let server = Server::start().await;
    let csv = b"Email,LeadScore,FirstName\n\
        good@example.com,1,\"two\nlines\"\n\
        bad@example.com,many,Bad\n\
        too,few\n\
        too@example.com,1,many,cells\n\
        ,1,Nobody\n\
        utf8@example.com,1,\xff\n\
        last@example.com,2,Last\n";
    let progress = server
        .import_csv(&csv[..])
        .await
        .expect("the good rows go in");
    assert_eq!(totals(&progress), (7, 2, 0, 5));
    let errors: Vec<_> = progress
        .iter()
        .flat_map(|message| &message.errors)
        .collect();
    let places: Vec<_> = errors.iter().map(|error| (error.row, error.line)).collect();
    assert_eq!(places, [(2, 4), (3, 5), (4, 6), (5, 7), (6, 8)]);
    assert!(
        errors[0].field.contains("LeadScore") && errors[0].message.contains("many"),
        "{:?}",
        errors[0]
    );
    assert!(
        errors.iter().all(|error| !error.message.is_empty()),
        "{errors:?}"
    );
    assert!(errors[4].message.contains("UTF-8"), "{:?}", errors[4]);
    assert_eq!(server.find_leads("").await.expect("leads").len(), 2);
}

#[tokio::test]
async fn r_lead_2_unknown_and_read_only_headings_refuse_the_import_before_any_row() {
    let server = Server::start().await;
    let fault = server
        .import_csv("Email,Frist Name,CreatedAt,City\na@example.com,x,y,z\n")
        .await
        .unwrap_err();
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "INVALID_LEAD")
    );
    let told = format!("{:?}", fault.violations);
    assert!(
        told.contains("Frist Name") && told.contains("CreatedAt") && !told.contains("City"),
        "{told}"
    );
    assert_eq!(fault.violations.len(), 2);
    assert_eq!(server.find_leads("").await, Ok(Vec::new()));
}

#[tokio::test]
async fn leads_that_come_one_in_a_message_do_not_cut_the_connection() {
    const COUNT: i64 = 10_000;
    let server = Server::start().await;
    let messages = (0..COUNT).map(|number| ImportLeadsRequest {
        leads: vec![make::lead([(
            "Email",
            format!("a{number}@example.com").as_str(),
        )])],
        ..Default::default()
    });
    let mut progress = server
        .leads()
        .import_leads(tokio_stream::iter(messages.collect::<Vec<_>>()))
        .await
        .expect("the import begins")
        .into_inner();
    let mut last = None;
    while let Some(message) = progress.message().await.expect("the import goes on") {
        last = Some(message);
    }
    let last = last.expect("the last message");
    assert_eq!((last.created, last.failed, last.done), (COUNT, 0, true));
}
