//! The installation's key: what seals secrets before they reach a store, and makes idempotency keys that tell nothing.
//!
//! Secrets are sealed with AES-256-GCM under a key derived from the installation's, with a random nonce. Who holds the
//! database but not the key sees no secret (R-DEF-4).

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use leadhook_store::{IdempotencyKey, Sealed};
use zeroize::{Zeroize, Zeroizing};

/// A text that must not be shown. Printing it shows a placeholder; it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The text itself, for where it is sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::REDACTED)
    }
}

/// The key of an installation. All engines on one store have the same.
#[derive(Clone)]
pub struct InstallationKey {
    seal: std::sync::Arc<LessSafeKey>,
    derive: hmac::Key,
}

impl fmt::Debug for InstallationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstallationKey")
    }
}

/// A secret that this key does not open: it was sealed with another one, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stored secret does not open with this installation's key; restore the key file that belongs to the data, or give the secret again"
)]
pub struct Unopenable;

impl InstallationKey {
    /// Length of a key, in bytes.
    pub const LEN: usize = 32;

    /// The key made of these bytes, which should be random.
    #[must_use]
    pub fn new(bytes: &[u8; Self::LEN]) -> InstallationKey {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        // One purpose, one key: what derives must not help to open.
        let mut sealing = [0; Self::LEN];
        sealing.copy_from_slice(hmac::sign(&root, b"leadhook seal v1").as_ref());
        let derive = hmac::Key::new(
            hmac::HMAC_SHA256,
            hmac::sign(&root, b"leadhook idempotency v1").as_ref(),
        );
        let key = UnboundKey::new(&AES_256_GCM, &sealing).expect("AES-256 takes 32 bytes");
        sealing.zeroize();
        InstallationKey {
            seal: std::sync::Arc::new(LessSafeKey::new(key)),
            derive,
        }
    }

    /// Seals a secret; `nonce` is random.
    pub(crate) fn seal(&self, secret: &Secret, nonce: [u8; NONCE_LEN]) -> Sealed {
        let sealed = self.seal_bytes(secret.expose().as_bytes().to_vec(), nonce);
        Sealed(STANDARD_NO_PAD.encode(sealed))
    }

    /// Opens a sealed secret.
    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Secret, Unopenable> {
        let bytes = STANDARD_NO_PAD.decode(&sealed.0).map_err(|_| Unopenable)?;
        let opened = self.open_bytes(bytes)?;
        let text = String::from_utf8(opened.to_vec()).map_err(|_| Unopenable)?;
        Ok(Secret::new(text))
    }

    /// Seals bytes; `nonce` is random.
    pub(crate) fn seal_bytes(&self, mut bytes: Vec<u8>, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut bytes,
            )
            .expect("what is sealed is far shorter than AES-GCM's limit of 64 GiB");
        let mut sealed = nonce.to_vec();
        sealed.append(&mut bytes);
        sealed
    }

    /// Opens sealed bytes; they are wiped when dropped.
    pub(crate) fn open_bytes(&self, mut bytes: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        let (nonce, ciphertext) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(Unopenable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopenable)?;
        let opened = self
            .seal
            .open_in_place(nonce, Aad::empty(), ciphertext)
            .map_err(|_| Unopenable)?;
        let opened = Zeroizing::new(opened.to_vec());
        bytes.zeroize();
        Ok(opened)
    }

    /// Derives the idempotency key of what `parts` identify (R-HDR-3). Each part is framed, so that no two lists of parts
    /// give the same bytes.
    pub(crate) fn idempotency_key(&self, parts: &[&[u8]]) -> IdempotencyKey {
        let mut context = hmac::Context::with_key(&self.derive);
        for part in parts {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let mut key = [0; 16];
        key.copy_from_slice(&tag.as_ref()[..16]);
        IdempotencyKey(key)
    }
}

#[cfg(test)]
mod tests;
