//! Header values: token values go in as text (R-HDR-1).

use leadhook_encoding::header;

use super::{bind::Bound, scene::Scene};

/// A header's value, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct HeaderTemplate {
    pub(crate) bound: Bound,
}

impl HeaderTemplate {
    /// Writes the value of a call behind what `out` holds, without spaces at its ends, and hands each token's text to `seen`.
    pub(crate) fn render(
        &self,
        scene: &Scene<'_>,
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
        mut seen: impl FnMut(&[u8]),
    ) {
        let start = out.len();
        self.bound.template.render(out, |at, out| {
            let before = out.len();
            match scene.value(&self.bound.sources[at], scratch) {
                Some(value) => header::write(value.text, out),
                None => {
                    let default = self.bound.template.tokens()[at].default();
                    header::write(default.unwrap_or_default(), out);
                }
            }
            seen(&out[before..]);
        });
        trim(out, start);
    }
}

/// Takes spaces and tabs off both ends of what stands behind `start`.
pub(crate) fn trim(out: &mut Vec<u8>, start: usize) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let kept = out.len()
        - out[start..]
            .iter()
            .rev()
            .take_while(|byte| is_space(byte))
            .count();
    out.truncate(kept);
    let leading = out[start..]
        .iter()
        .take_while(|byte| is_space(byte))
        .count();
    out.drain(start..start + leading);
}

#[cfg(test)]
mod tests;
