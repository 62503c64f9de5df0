use std::time::Duration;

use leadhook_http::Method;

use super::*;

fn request(url: &str, headers: &[(&'static str, &str)]) -> Request {
    let headers = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        (HeaderName::from_static(name), value)
    });
    Request {
        method: Method::Post,
        url: Url::parse(url).unwrap(),
        headers: headers.collect(),
        body: Bytes::from_static(b"it stands with the record"),
        timeout: Duration::from_secs(1),
    }
}

/// A value of each type, and the edges of each.
fn values() -> Values {
    let values = [
        Value::Text("".into()),
        Value::Text("Ada \u{1f469} \0 {{lead.City}}".into()),
        Value::Integer(i32::MIN),
        Value::Integer(i32::MAX),
        Value::Float(-0.1),
        Value::Float(f64::MAX),
        Value::Boolean(true),
        Value::Boolean(false),
        Value::Date(Date::parse("1815-12-10").unwrap()),
        Value::Date(Date::parse("2026-02-28").unwrap()),
        Value::Datetime(Datetime::from_micros(-1)),
        Value::Datetime(Datetime::from_micros(i64::MAX)),
    ];
    let fields = (1..).map(|id| FieldId(id * 1_000_003));
    fields.zip(values).collect()
}

fn inline() -> CallSubjectData {
    let company = [(FieldId(7), Value::Text("Analytical Engines".into()))];
    CallSubjectData::Inline {
        lead: values(),
        company: company.into_iter().collect(),
    }
}

#[test]
fn r_call_6_what_is_sealed_is_sent_again_as_it_was() {
    let urls = [
        "http://127.0.0.1:8080/",
        "https://user:secret@example.com/a%20b?c=%7B&d",
        "https://example.com:8443/?q=",
    ];
    let headers: [&[(&str, &str)]; 3] = [
        &[],
        &[("x-key", "secret"), ("x-key", "twice")],
        &[("content-type", "application/json"), ("x-empty", "")],
    ];
    for (url, headers) in urls.iter().flat_map(|url| headers.map(|it| (*url, it))) {
        let request = request(url, headers);
        let plain = write(&request, &CallSubjectData::Stored(LeadId(7)));
        let read = read(&plain, Some(LeadId(7))).unwrap();
        assert_eq!(read.url.authority(), request.url.authority(), "{url}");
        assert_eq!(read.url.scheme(), request.url.scheme(), "{url}");
        assert_eq!(read.url.path_and_query(), request.url.path_and_query());
        assert_eq!(read.headers, request.headers, "{url}");
        assert!(matches!(read.subject, CallSubjectData::Stored(LeadId(7))));
    }
}

#[test]
fn r_call_6_an_inline_lead_is_kept_with_all_its_values() {
    let plain = write(&request("https://example.com/", &[]), &inline());
    let read = read(&plain, None).unwrap();
    let CallSubjectData::Inline { lead, company } = read.subject else {
        panic!("{read:?}");
    };
    assert_eq!(lead, values());
    assert_eq!(company.iter().count(), 1);
}

#[test]
fn what_was_cut_off_or_added_to_is_not_read() {
    let plain = write(
        &request("https://example.com/", &[("x-key", "k")]),
        &inline(),
    );
    for len in 0..plain.len() {
        assert!(read(&plain[..len], None).is_none(), "{len} bytes");
    }
    assert!(read(&plain, None).is_some());
    assert!(read(&[&plain[..], b"\0"].concat(), None).is_none());
    // An inline lead is not taken for a stored one.
    assert!(read(&plain, Some(LeadId(7))).is_none());
}

proptest::proptest! {
    #[test]
    fn damage_is_no_panic(at in 0_usize..400, byte: u8) {
        let mut plain = write(&request("https://example.com/", &[("x-key", "k")]), &inline());
        if let Some(damaged) = plain.get_mut(at) {
            *damaged = byte;
        }
        let _ = read(&plain, None);
        let _ = read(&plain, Some(LeadId(7)));
    }
}
