//! Calls a URL and shows what came of it:
//! `cargo run -p leadhook-http --example call -- https://example.com/ [allowed range]...`

#![expect(clippy::print_stdout, reason = "an example speaks to who runs it")]

use std::{env, error::Error, time::Duration};

use leadhook_http::{
    Bytes, Client, HeaderName, HeaderValue, Method, Request, Url, registered_phrase,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments
        .next()
        .unwrap_or_else(|| "https://example.com/".to_owned());
    let mut builder = Client::builder();
    for range in arguments {
        builder = builder.allow_address(range.parse()?);
    }
    let client = builder.build()?;
    let coding = HeaderValue::from_static("gzip, deflate, br, zstd");
    let request = Request {
        method: Method::Get,
        url: Url::parse(&url)?,
        headers: vec![(HeaderName::from_static("accept-encoding"), coding)],
        body: Bytes::new(),
        timeout: Duration::from_secs(30),
    };
    match client.send(&request).await {
        Ok(exchange) => {
            let phrase = exchange
                .reason
                .as_deref()
                .or(registered_phrase(exchange.status));
            println!(
                "{:?} {} {}",
                exchange.version,
                exchange.status,
                phrase.unwrap_or_default()
            );
            println!(
                "{}",
                exchange
                    .content_type
                    .as_deref()
                    .unwrap_or("no content type")
            );
            println!(
                "{} bytes in {:?}",
                exchange.body.len(),
                exchange.timing.elapsed
            );
        }
        Err(failure) => println!("{failure}"),
    }
    Ok(())
}
