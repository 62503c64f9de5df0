use std::collections::BTreeMap;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

#[test]
fn a_lead_has_five_attributes_that_follow_from_the_payload() {
    let payload = json!({
        "email": "someone@example.com",
        "company": { "name": "長河 & 合伙人", "employees": 4200 },
        "asked_at": "2013-08-08 16:36:13",
    });
    let (status, body) = enrich(payload.to_string().as_bytes());
    assert_eq!(status, StatusCode::OK);
    assert!(SENIORITIES.contains(&body["person"]["seniority"].as_str().unwrap()));
    assert!(body["person"]["decision_maker"].is_boolean());
    assert!(INDUSTRIES.contains(&body["company"]["industries"][0].as_str().unwrap()));
    assert!((30..=70).contains(&body["score"].as_u64().unwrap()));
    assert_eq!(body["checked_at"], "2013-08-08T16:36:13Z");
    assert_eq!(enrich(payload.to_string().as_bytes()).1, body);
}

#[test]
fn leads_of_one_company_agree_on_its_industry() {
    let industry = |email: &str| {
        let payload = json!({ "email": email, "company": { "name": "Nile & Sons" } });
        enrich(payload.to_string().as_bytes()).1["company"]["industries"].clone()
    };
    assert_eq!(
        industry("someone@example.com"),
        industry("anyone@example.net")
    );
}

#[test]
fn a_few_in_a_hundred_fail() {
    let mut codes = BTreeMap::new();
    for number in 0..2_000 {
        let payload = json!({ "email": format!("lead{number}@example.com") });
        *codes
            .entry(enrich(payload.to_string().as_bytes()).0.as_u16())
            .or_insert(0) += 1;
    }
    assert_eq!(codes.keys().copied().collect::<Vec<_>>(), [200, 404, 503]);
    assert!((20..=120).contains(&codes[&404]), "{codes:?}");
    assert!((15..=100).contains(&codes[&503]), "{codes:?}");
}

#[test]
fn what_is_no_lead_is_told_so() {
    assert_eq!(enrich(b"{").0, StatusCode::BAD_REQUEST);
    assert_eq!(
        enrich(b"{\"email\": null}").0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn it_answers_over_http() {
    let service = SampleService::start().await.unwrap();
    for (path, expected) in [
        ("/v1/enrich?country=x", "HTTP/1.1 400"),
        ("/", "HTTP/1.1 404"),
    ] {
        let mut connection = TcpStream::connect(service.address).await.unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1\r\n\r\n{{"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected), "{answer}");
    }
}
