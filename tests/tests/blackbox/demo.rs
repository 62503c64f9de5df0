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
        "campaigns/enrich-all of programs/spring-webinar is active",
        "1200 leads, 1200 calls in ",
        "x 200 OK",
        "p50 ",
    ] {
        assert!(shown.contains(line), "{line} is missing:\n{shown}");
    }
    assert!(
        !shown.contains("grpcurl"),
        "nothing is up to be looked at:\n{shown}"
    );
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
    let bodies: Vec<_> = service
        .requests()
        .iter()
        .map(leadhook_tests::Received::text)
        .collect();
    let reason = r#""reason": "for the Spring Webinar, by Enrich all""#;
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|it| it.contains(reason)), "{bodies:?}");
}

/// What a demo that fails says, on standard output and on standard error.
async fn failed(mut demo: Command) -> (String, String) {
    let output = tokio::task::spawn_blocking(move || demo.output())
        .await
        .expect("no panic")
        .expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (shown, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    (shown, said)
}

#[tokio::test]
async fn leads_without_addresses_are_refused_before_anything_starts() {
    let dir = tempfile::tempdir().expect("a directory");
    let leads = dir.path().join("leads.csv");
    std::fs::write(&leads, "Emial,First Name\na@example.com,Ada\n").expect("a file");
    let mut demo = Command::new(binary());
    demo.arg("demo").arg("--leads").arg(&leads);
    let (shown, said) = failed(demo).await;
    assert_eq!(shown, "");
    let why = "lacks a column `Email Address` (or `Email`): the columns in its heading line are `Emial`, `First Name`";
    assert!(said.contains(why), "{said}");
}

#[tokio::test]
async fn fails_and_says_why_when_every_call_fails() {
    let nowhere = Target::nowhere().await;
    let dir = tempfile::tempdir().expect("a directory");
    let leads = dir.path().join("leads.csv");
    // More than one: the circuit opens on the way, and what is left would wait.
    let rows = (0..40).map(|lead| format!("{lead}@example.com\n"));
    let rows = std::iter::once("Email Address\n".to_owned()).chain(rows);
    std::fs::write(&leads, rows.collect::<String>()).expect("a file");
    let mut demo = Command::new(binary());
    demo.args(["demo", "--exit", "--url", &format!("http://{nowhere}/")]);
    demo.arg("--leads").arg(&leads);
    let (_, said) = failed(demo).await;
    let why = format!("every call failed; the first: 0 CONNECT: no connection to {nowhere}: ");
    assert!(said.contains(&why), "{said}");
}
