//! The quick start of the README in other languages, and what grpcurl shows someone who looks around.

use std::path::{Path, PathBuf};
use std::process::Command;

use leadhook_tests::{Answer, Server, Target, environment, make, run};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a quick start prints, with `example.TOP` for the addresses that its leads have.
fn quick_start(id: &str, top: &str) -> String {
    format!(
        "saved webhooks/{id}\n\
         called for blaise@example.{top}: 200 OK\n  \
           would set Title to Countess\n  \
           would set LeadScore to 42\n  \
           row 3, line 4: "
    )
}

fn assert_quick_start(printed: &str, id: &str, top: &str) {
    let lines = quick_start(id, top);
    assert!(printed.starts_with(&lines), "{printed}");
    let rest = format!(
        "imported: 2 created, 0 updated, 1 failed\n\
         called for ada@example.{top}: 200 OK\n  \
           Countess, score 42\n\
         2 calls on record, newest first\n  \
           200 OK, lead: leads/1\n  \
           200 OK, lead: inline\n\
         refused: INVALID_ARGUMENT\n"
    );
    assert!(printed.contains(&rest), "{printed}");
    assert!(printed.contains("leadhook INVALID_WEBHOOK"), "{printed}");
    assert!(
        printed.contains("  webhook.url: ") && printed.contains("{{lead.Email Address}}"),
        "{printed}"
    );
    assert!(
        printed.contains("  webhook.payload_template: "),
        "{printed}"
    );
}

async fn service() -> Target {
    Target::start(Answer::json(r#"{"title": "Countess", "score": 42}"#)).await
}

/// Runs a client while the service keeps answering.
async fn output(mut command: Command) -> String {
    tokio::task::spawn_blocking(move || run(&mut command))
        .await
        .expect("the client does what it should")
}

#[tokio::test]
async fn python_runs_the_quick_start() {
    let (server, service) = (Server::start().await, service().await);
    let mut python = Command::new(environment("LEADHOOK_PYTHON"));
    python.arg(repository().join("examples/clients/python/quickstart.py"));
    python.arg(server.address()).arg(service.url("/people"));
    assert_quick_start(&output(python).await, "quickstart-python", "com");
    let bodies: Vec<_> = service
        .requests()
        .iter()
        .map(leadhook_tests::Received::text)
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"email": "blaise@example.com", "name": "friend"}"#,
            r#"{"email": "ada@example.com", "name": "Ada"}"#
        ]
    );
}

#[tokio::test]
async fn node_runs_the_quick_start() {
    let (server, service) = (Server::start().await, service().await);
    let mut node = Command::new("node");
    node.arg(PathBuf::from(environment("LEADHOOK_NODE")).join("quickstart.mjs"));
    node.arg(server.address())
        .arg(service.url("/people"))
        .arg(repository().join("proto"));
    assert_quick_start(&output(node).await, "quickstart-node", "org");
}

/// grpcurl without proto files: everything it knows comes from reflection.
async fn grpcurl(options: &[&str], server: &Server, arguments: &[&str]) -> String {
    let program = PathBuf::from(environment("LEADHOOK_PYTHON")).with_file_name("grpcurl");
    let mut grpcurl = Command::new(program);
    grpcurl
        .arg("-plaintext")
        .args(options)
        .arg(server.address())
        .args(arguments);
    output(grpcurl).await
}

#[tokio::test]
async fn grpcurl_lists_the_services() {
    let server = Server::start().await;
    let services = grpcurl(&[], &server, &["list"]).await;
    for service in [
        "leadhook.v1.CallService",
        "leadhook.v1.LeadService",
        "leadhook.v1.WebhookService",
        "grpc.health.v1.Health",
    ] {
        assert!(services.lines().any(|line| line == service), "{services}");
    }
}

#[tokio::test]
async fn grpcurl_describes_with_comments() {
    let server = Server::start().await;
    let described = grpcurl(&[], &server, &["describe", "leadhook.v1.CallService"]).await;
    assert!(described.contains("// One call, now;"), "{described}");
}

#[tokio::test]
async fn grpcurl_calls_for_an_inline_lead() {
    let (server, service) = (Server::start().await, service().await);
    server
        .create_webhook(
            "look",
            make::json_webhook(&service.url("/"), "{}", &[("title", "Title")]),
        )
        .await;
    let request = r#"{"webhook": "webhooks/look", "subject": {"inline": {"fields": {"Email": "ada@example.com"}}}}"#;
    let call = grpcurl(
        &["-d", request],
        &server,
        &["leadhook.v1.CallService/CallWebhook"],
    )
    .await;
    let call: serde_json::Value = serde_json::from_str(&call).expect("grpcurl prints JSON");
    assert_eq!(
        (&call["responseCode"], &call["succeeded"]),
        (&200.into(), &true.into())
    );
    assert_eq!(call["fieldChanges"][0]["newValue"], "Countess");
}

/// The shell blocks of the README that speak to a server, as one script for this server and this service.
fn readme_script(server: &Server, service: &Target) -> String {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    let script: Vec<_> = blocks
        .filter(|block| block.contains("grpcurl -plaintext"))
        .collect();
    assert!(
        script.len() > 5,
        "the blocks of the quick start: {script:?}"
    );
    format!("set -e\n{}", script.concat())
        .replace("127.0.0.1:50051", server.address())
        .replace("http://127.0.0.1:8000/", &service.url("/"))
}

#[tokio::test]
async fn grpcurl_runs_the_quick_start_of_the_readme() {
    let (server, service) = (Server::start().await, service().await);
    let tools = PathBuf::from(environment("LEADHOOK_PYTHON"));
    let tools = tools.parent().expect("a directory of tools").to_owned();
    let path = std::env::var_os("PATH").expect("a path");
    let path = std::iter::once(tools).chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(readme_script(&server, &service))
        .current_dir(repository())
        .env("PATH", std::env::join_paths(path).expect("a path"));
    let printed = output(shell).await;
    for line in [
        r#""value": "[redacted]""#,
        r#""newValue": "Countess""#,
        r#""created": "1200""#,
    ] {
        assert!(printed.contains(line), "{line} is missing:\n{printed}");
    }
    assert!(!printed.contains("s3cret"), "{printed}");
}

#[tokio::test]
async fn python_writes_the_sample_leads_again() {
    let mut generate = Command::new(environment("LEADHOOK_PYTHON"));
    generate.arg(repository().join("examples/leads/generate.py"));
    generate.arg("--check");
    output(generate).await;
}
