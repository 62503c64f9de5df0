//! The URL of a call (R-URL-2, -3, -4).
//!
//! Its authority (scheme, userinfo, host, port) may come from the template and from what runs the campaign (my, program,
//! campaign and system tokens), and goes in raw; where it ends is found in the rendered text, since a My Token may hold a
//! whole URL. Behind it every token value is encoded, so that a value can add neither host, nor parameter, nor way up.

use std::ops::Range;

use leadhook_encoding::{Encoding, url};
use leadhook_http::percent_decode;
use leadhook_token::Segment;

use super::{
    bind::{Bound, Source, is_trusted},
    scene::Scene,
};

/// Longest rendered URL, in bytes.
const MAX_URL: usize = 8 << 10;
/// My Tokens visited while the authority is written; what holds more is no URL.
const MAX_VISITS: usize = 1_000;

/// A URL template, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct UrlTemplate {
    pub(crate) bound: Bound,
    pub(crate) encoding: Encoding,
}

/// A rendered URL.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RenderedUrl {
    /// Without userinfo.
    pub(crate) text: String,
    /// `user:password` of the userinfo, decoded, for a Basic header.
    pub(crate) credentials: Option<Vec<u8>>,
    /// What each token of the template became, as ranges of `text`; none when userinfo was taken out of it.
    pub(crate) values: Option<Vec<Range<usize>>>,
}

/// Why there is no URL to call (INVALID_URL).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidUrl {
    #[error("a value of a lead, company, member or trigger stands in the scheme, host or port")]
    ValueInAuthority,
    #[error("a path segment became `.` or `..` by a token's value")]
    DotSegment,
    #[error("the rendered URL has more than 8 KiB")]
    TooLong,
    #[error("the rendered text is no http or https URL")]
    NoUrl,
}

impl UrlTemplate {
    /// Renders the URL of a call.
    pub(crate) fn render(
        &self,
        scene: &Scene<'_>,
        scratch: &mut Vec<u8>,
    ) -> Result<RenderedUrl, InvalidUrl> {
        let mut writer = Writer::new(self.encoding);
        let mut values = Vec::with_capacity(self.bound.sources.len());
        for segment in self.bound.template.segments() {
            match segment {
                Segment::Text(text) => writer.own(text),
                Segment::Token(at, token) => {
                    let start = writer.out.len();
                    let default = token.default().unwrap_or_default();
                    writer.token(&self.bound.sources[at], default, scene, scratch)?;
                    values.push(start..writer.out.len());
                }
            }
            if writer.out.len() > MAX_URL {
                return Err(InvalidUrl::TooLong);
            }
        }
        writer.finish(values)
    }
}

/// Which part of the URL is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Authority,
    Path,
    /// Also a fragment, which is not sent.
    Query,
}

struct Writer {
    out: Vec<u8>,
    encoding: Encoding,
    part: Part,
    /// Where the path begins, once the authority has ended.
    path: usize,
    /// What tokens wrote, wherever they stand.
    written: Vec<Range<usize>>,
    visits: usize,
}

impl Writer {
    fn new(encoding: Encoding) -> Writer {
        Writer {
            out: Vec::new(),
            encoding,
            part: Part::Authority,
            path: 0,
            written: Vec::new(),
            visits: 0,
        }
    }

    /// Text that goes in raw: the template's own, or what stands in for it in the authority.
    fn own(&mut self, text: &str) {
        let start = self.out.len();
        self.out.extend_from_slice(text.as_bytes());
        if self.part == Part::Authority {
            let Some(scheme) = find(&self.out, b"://") else {
                return;
            };
            let host = scheme + 3;
            let Some(end) = self.out[host..]
                .iter()
                .position(|byte| b"/?#".contains(byte))
            else {
                return;
            };
            self.path = host + end;
            self.part = Part::Path;
        }
        if self.part == Part::Path
            && self.out[start.max(self.path)..]
                .iter()
                .any(|byte| b"?#".contains(byte))
        {
            self.part = Part::Query;
        }
    }

    fn token(
        &mut self,
        source: &Source,
        default: &str,
        scene: &Scene<'_>,
        scratch: &mut Vec<u8>,
    ) -> Result<(), InvalidUrl> {
        let start = self.out.len();
        match source {
            Source::My(key) if self.part == Part::Authority => {
                self.my_in_authority(key, default, scene)?;
            }
            _ => {
                let value = scene
                    .value(source, scratch)
                    .map_or(default, |value| value.text);
                self.value(source, value)?;
            }
        }
        self.written.push(start..self.out.len());
        Ok(())
    }

    /// A My Token that begins in the authority: its own text is raw, and may end the authority; values within it are still values.
    fn my_in_authority(
        &mut self,
        key: &str,
        default: &str,
        scene: &Scene<'_>,
    ) -> Result<(), InvalidUrl> {
        self.visits += 1;
        if self.visits > MAX_VISITS || self.out.len() > MAX_URL {
            return Err(InvalidUrl::TooLong);
        }
        let before = self.out.len();
        if let Some(my) = scene.context.my(key) {
            let mut scratch = Vec::new();
            for segment in my.text.template.segments() {
                match segment {
                    Segment::Text(text) => self.own(text),
                    Segment::Token(at, token) => {
                        let default = token.default().unwrap_or_default();
                        match &my.text.sources[at] {
                            Source::My(key) => self.my_in_authority(key, default, scene)?,
                            source => {
                                let value = scene
                                    .value_in_my(source, &mut scratch)
                                    .map_or(default, |value| value.text);
                                self.value(source, value)?;
                            }
                        }
                    }
                }
            }
        }
        if self.out.len() == before && scene.context.shows_examples && default.is_empty() {
            self.own(if before == 0 {
                "https://example.com"
            } else {
                "example.com"
            });
        } else if self.out.len() == before {
            self.own(default);
        }
        Ok(())
    }

    fn value(&mut self, source: &Source, value: &str) -> Result<(), InvalidUrl> {
        match (self.part, self.encoding) {
            (Part::Authority, _) if is_trusted(source.scope()) => self.own(value),
            (Part::Authority, _) => return Err(InvalidUrl::ValueInAuthority),
            (_, Encoding::None) => url::write_raw(value, &mut self.out),
            (Part::Path, _) => url::write_path(value, &mut self.out),
            (Part::Query, _) => url::write_query(value, &mut self.out),
        }
        Ok(())
    }

    fn finish(mut self, values: Vec<Range<usize>>) -> Result<RenderedUrl, InvalidUrl> {
        if self.out.len() > MAX_URL {
            return Err(InvalidUrl::TooLong);
        }
        if self.part == Part::Authority {
            self.path = self.out.len();
        }
        if self.has_written_dot_segment() {
            return Err(InvalidUrl::DotSegment);
        }
        let host = find(&self.out, b"://").ok_or(InvalidUrl::NoUrl)? + 3;
        let mut values = Some(values);
        let mut credentials = None;
        let authority = host.min(self.path)..self.path;
        if let Some(at) = self.out[authority].iter().rposition(|byte| *byte == b'@') {
            let userinfo = host..host + at;
            credentials = Some(self.decode_typed(userinfo.clone()));
            self.out.drain(userinfo.start..=userinfo.end);
            values = None;
        }
        if let Some(fragment) = self.out.iter().position(|byte| *byte == b'#') {
            // It is not sent (R-URL-1), and so not recorded either.
            self.out.truncate(fragment);
            for range in values.iter_mut().flatten() {
                *range = range.start.min(fragment)..range.end.min(fragment);
            }
        }
        let text = String::from_utf8(self.out).map_err(|_| InvalidUrl::NoUrl)?;
        Ok(RenderedUrl {
            text,
            credentials,
            values,
        })
    }

    /// R-URL-2: a value must not climb. The segments looked at are those that a token had a part in.
    fn has_written_dot_segment(&self) -> bool {
        let end = self.out[self.path..]
            .iter()
            .position(|byte| b"?#".contains(byte))
            .map_or(self.out.len(), |at| self.path + at);
        let mut start = self.path;
        self.out[self.path..end]
            .split(|byte| *byte == b'/')
            .any(|segment| {
                let range = start..start + segment.len();
                start = range.end + 1;
                is_dots(segment)
                    && self
                        .written
                        .iter()
                        .any(|written| written.start <= range.end && range.start <= written.end)
            })
    }

    /// Userinfo for a Basic header: percent-decoded where it was typed, raw where it comes from a token (R-URL-4).
    fn decode_typed(&self, userinfo: Range<usize>) -> Vec<u8> {
        let mut decoded = Vec::with_capacity(userinfo.len());
        let mut at = userinfo.start;
        for written in &self.written {
            // A My Token may hold more than userinfo.
            let start = written.start.clamp(at, userinfo.end);
            let end = written.end.clamp(start, userinfo.end);
            decoded.extend(percent_decode(&self.out[at..start]));
            decoded.extend_from_slice(&self.out[start..end]);
            at = end;
        }
        decoded.extend(percent_decode(&self.out[at..userinfo.end]));
        decoded
    }
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

/// `.` or `..`, also with `%2e` for a dot.
fn is_dots(mut segment: &[u8]) -> bool {
    let mut dots = 0;
    while !segment.is_empty() {
        segment = match segment {
            [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => rest,
            _ => return false,
        };
        dots += 1;
    }
    dots == 1 || dots == 2
}

#[cfg(test)]
mod tests;
