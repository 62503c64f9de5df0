//! Bodies as services that enrich leads send them, about 2 KB each.

use std::fmt::Write;

/// An answer with a person, a company and a list of 13 events.
pub(crate) fn json() -> String {
    let mut body = String::from(
        r#"{"status":"ok","requestId":"7d9f1a6e-41c5-4c3e-9f57-0b1f6f7c2a11","person":{"id":4711,"fullName":"Zoë \"Zo\" Ångström","title":"Head of Growth","emails":["zoe@example.com","z.angstrom@example.org"],"score":87,"verified":true,"geo":{"city":"Malmö","country":"Sweden","lat":55.60498,"lng":13.003822}},"company":{"name":"Fjäll & Söner AB","domain":"example.com","metrics":{"employees":420,"annualRevenue":12500000.75,"raised":null},"tags":["B2B","SaaS","Logistics"]},"events":["#,
    );
    for event in 0..13 {
        let comma = if event == 0 { "" } else { "," };
        write!(
            body,
            r#"{comma}{{"id":{},"type":"page_view","at":"2026-03-{:02}T10:{:02}:00Z","url":"https://example.com/p/{event}","ms":{}}}"#,
            90_000 + event,
            event + 1,
            event * 3,
            event * 137
        )
        .expect("a String takes everything");
    }
    body.push_str(r#"],"took":12.5,"next":null}"#);
    body
}

/// The same in SOAP, with 13 items that have attributes.
pub(crate) fn xml() -> String {
    let mut body = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <EnrichResponse xmlns="urn:example:enrich" status="ok">
      <person id="4711"><fullName>Zo&#xEB; "Zo" &#197;ngstr&#246;m</fullName><title>Head of Growth</title><score>87</score></person>
      <company><name>Fj&#228;ll &amp; S&#246;ner AB</name><employees>420</employees></company>
      <events>
"#,
    );
    for event in 0..13 {
        writeln!(
            body,
            r#"        <event id="{}" type="page_view"><at>2026-03-{:02}</at><url>https://example.com/p/{event}</url></event>"#,
            90_000 + event,
            event + 1
        )
        .expect("a String takes everything");
    }
    body.push_str("      </events>\n    </EnrichResponse>\n  </soap:Body>\n</soap:Envelope>\n");
    body
}
