//! Digests of payloads: what two requests must share to count as one. Each part is framed, so that no two payloads are
//! written alike, and the order of named values, which means nothing, is taken out of it.

use aws_lc_rs::digest::{Context, SHA256};

/// What can be written in one way only.
pub(crate) trait Canonical {
    /// Writes all of it.
    fn write(&self, digest: &mut Digest);
}

/// What is written so far.
pub(crate) struct Digest {
    context: Context,
    size: usize,
}

/// SHA-256 of a payload.
pub(crate) fn digest<T: Canonical + ?Sized>(payload: &T) -> [u8; 32] {
    digest_and_size(payload).0
}

/// SHA-256 of a payload, and how many bytes it has.
pub(crate) fn digest_and_size<T: Canonical + ?Sized>(payload: &T) -> ([u8; 32], usize) {
    let mut digest = Digest {
        context: Context::new(&SHA256),
        size: 0,
    };
    payload.write(&mut digest);
    let sum = digest.context.finish();
    let sum = sum.as_ref().try_into().expect("SHA-256 gives 32 bytes");
    (sum, digest.size)
}

impl Digest {
    fn bytes(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.size += bytes.len();
    }

    /// One part after the other.
    pub(crate) fn part<T: Canonical + ?Sized>(&mut self, part: &T) -> &mut Digest {
        part.write(self);
        self
    }

    /// Values by their names, in whatever order they came.
    pub(crate) fn named<T: Canonical>(&mut self, values: &[(String, T)]) -> &mut Digest {
        let mut values: Vec<_> = values.iter().collect();
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.part(&values.len());
        for (name, value) in values {
            self.part(name).part(value);
        }
        self
    }
}

impl Canonical for u64 {
    fn write(&self, digest: &mut Digest) {
        digest.bytes(&self.to_le_bytes());
    }
}

impl Canonical for i64 {
    fn write(&self, digest: &mut Digest) {
        digest.bytes(&self.to_le_bytes());
    }
}

impl Canonical for usize {
    fn write(&self, digest: &mut Digest) {
        digest.part(&(*self as u64));
    }
}

impl Canonical for u8 {
    fn write(&self, digest: &mut Digest) {
        digest.bytes(&[*self]);
    }
}

impl Canonical for bool {
    fn write(&self, digest: &mut Digest) {
        digest.part(&u8::from(*self));
    }
}

/// By its bits: `0` and `-0` are two.
impl Canonical for f64 {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.to_bits());
    }
}

impl Canonical for str {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.len()).bytes(self.as_bytes());
    }
}

impl Canonical for String {
    fn write(&self, digest: &mut Digest) {
        digest.part(self.as_str());
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.is_some());
        if let Some(value) = self {
            digest.part(value);
        }
    }
}

impl<T: Canonical> Canonical for [T] {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.len());
        for part in self {
            digest.part(part);
        }
    }
}
