//! What a call between two attempts needs to be sent again: the rendered request but for its payload, which stands with its record, and the inline
//! lead that it is for. It may hold secrets, so a store gets it sealed (R-DEF-4).

use bytes::Bytes;
use leadhook_field::{Date, Datetime, FieldId, Value};
use leadhook_http::{HeaderName, HeaderValue, Request, Url};
use leadhook_store::{LeadId, Values};

use super::subject::CallSubjectData;
use crate::{compile::Compiled, engine::Shared};

/// Seals a request and whom it is for.
pub(super) fn seal<S>(shared: &Shared<S>, request: &Request, subject: &CallSubjectData) -> Bytes {
    let mut nonce = [0; 12];
    (shared.environment.random)(&mut nonce);
    let plain = write(request, subject);
    shared.environment.key.seal_bytes(plain, nonce).into()
}

fn write(request: &Request, subject: &CallSubjectData) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let url = &request.url;
    let text = [
        url.scheme().as_str(),
        "://",
        url.authority(),
        url.path_and_query(),
    ]
    .concat();
    put(text.as_bytes(), &mut out);
    put_number(request.headers.len(), &mut out);
    for (name, value) in &request.headers {
        put(name.as_str().as_bytes(), &mut out);
        put(value.as_bytes(), &mut out);
    }
    if let CallSubjectData::Inline { lead, company } = subject {
        put_values(lead, &mut out);
        put_values(company, &mut out);
    }
    out
}

/// What was sealed.
pub(crate) struct Opened {
    pub(crate) request: Request,
    pub(crate) subject: CallSubjectData,
}

/// Opens what [`seal`] made; none where it was sealed with another key, or is damaged.
pub(crate) fn open<S>(
    shared: &Shared<S>,
    sealed: &[u8],
    webhook: &Compiled,
    lead: Option<LeadId>,
    body: Bytes,
) -> Option<Opened> {
    let plain = shared.environment.key.open_bytes(sealed.to_vec()).ok()?;
    let Plain {
        url,
        headers,
        subject,
    } = read(&plain, lead)?;
    let request = Request {
        method: webhook.method,
        url,
        headers,
        body,
        timeout: webhook.timeout,
    };
    Some(Opened { request, subject })
}

/// What is sealed, read back.
#[derive(Debug)]
struct Plain {
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    subject: CallSubjectData,
}

/// What [`write`] wrote; none where it did not.
fn read(plain: &[u8], lead: Option<LeadId>) -> Option<Plain> {
    let mut reader = Reader(plain);
    let url = Url::parse(reader.text()?).ok()?;
    let headers = (0..reader.number()?).map(|_| {
        let name = HeaderName::from_bytes(reader.bytes()?).ok()?;
        let value = HeaderValue::from_bytes(reader.bytes()?).ok()?;
        Some((name, value))
    });
    let headers = headers.collect::<Option<_>>()?;
    let subject = match lead {
        Some(lead) => CallSubjectData::Stored(lead),
        None => CallSubjectData::Inline {
            lead: reader.values()?,
            company: reader.values()?,
        },
    };
    let Reader(rest) = reader;
    rest.is_empty().then_some(Plain {
        url,
        headers,
        subject,
    })
}

const TEXT: u8 = 0;
const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const BOOLEAN: u8 = 3;
const DATE: u8 = 4;
const DATETIME: u8 = 5;

fn put_values(values: &Values, out: &mut Vec<u8>) {
    put_number(values.iter().count(), out);
    for (field, value) in values.iter() {
        out.extend_from_slice(&field.0.to_le_bytes());
        match value {
            Value::Text(text) => {
                out.push(TEXT);
                put(text.as_bytes(), out);
            }
            Value::Integer(number) => {
                out.push(INTEGER);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Float(number) => {
                out.push(FLOAT);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Boolean(boolean) => out.extend_from_slice(&[BOOLEAN, u8::from(*boolean)]),
            Value::Date(date) => {
                out.push(DATE);
                put(date.to_string().as_bytes(), out);
            }
            Value::Datetime(time) => {
                out.push(DATETIME);
                out.extend_from_slice(&time.as_micros().to_le_bytes());
            }
        }
    }
}

fn put(bytes: &[u8], out: &mut Vec<u8>) {
    put_number(bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn put_number(number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(number as u64).to_le_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn values(&mut self) -> Option<Values> {
        (0..self.number()?).map(|_| self.value()).collect()
    }

    fn value(&mut self) -> Option<(FieldId, Value)> {
        let field = FieldId(u32::from_le_bytes(self.array()?));
        let [tag] = self.array()?;
        let value = match tag {
            TEXT => Value::Text(self.text()?.into()),
            INTEGER => Value::Integer(i32::from_le_bytes(self.array()?)),
            FLOAT => Value::Float(f64::from_le_bytes(self.array()?)),
            BOOLEAN => Value::Boolean(self.array()? != [0]),
            DATE => Value::Date(Date::parse(self.text()?).ok()?),
            DATETIME => Value::Datetime(Datetime::from_micros(i64::from_le_bytes(self.array()?))),
            _ => return None,
        };
        Some((field, value))
    }
}

#[cfg(test)]
mod tests;
