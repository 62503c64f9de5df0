//! `leadhook demo`: what someone who has just cloned the project sees first.

use std::process::Command;

use leadhook_tests::{Answer, Target, binary, run};

async fn demo(arguments: &[&str]) -> String {
    let mut demo = Command::new(binary());
    demo.arg("demo").arg("--exit").args(arguments);
    tokio::task::spawn_blocking(move || run(&mut demo))
        .await
        .expect("the demo ends well")
}

#[tokio::test]
async fn calls_for_every_lead_and_sums_up() {
    let shown = demo(&[]).await;
    for line in [
        "1200 rows, 1200 leads created, 0 updated, 0 refused",
        "1200 calls in ",
        "x 200 OK",
        "p50 ",
        "grpcurl -plaintext",
        "buf curl",
    ] {
        assert!(shown.contains(line), "{line} is missing:\n{shown}");
    }
}

#[tokio::test]
async fn takes_the_users_own_leads_and_service() {
    let service = Target::start(Answer::json(r#"{"score": 42}"#)).await;
    let dir = tempfile::tempdir().expect("a directory");
    let leads = dir.path().join("leads.csv");
    std::fs::write(
        &leads,
        "Email Address,First Name\na@example.com,Ada\nb@example.com,Bo\n",
    )
    .expect("a file");
    let leads = leads.to_str().expect("a path of text");
    let shown = demo(&["--leads", leads, "--url", &service.url("/enrich")]).await;
    assert!(shown.contains("2 x 200 OK"), "{shown}");
    assert_eq!(service.requests().len(), 2);
}
