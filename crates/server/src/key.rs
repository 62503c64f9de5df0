//! The installation's key: a file beside the data, made on the first start.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    path::Path,
};

use anyhow::{Context, bail};
use leadhook_engine::InstallationKey;

/// Name of the key file in the data directory.
const FILE: &str = "installation.key";

/// Reads the key of a data directory, which must exist; makes one when there is none.
pub(crate) fn read_or_create(dir: &Path) -> anyhow::Result<InstallationKey> {
    let path = dir.join(FILE);
    match File::open(&path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)
                .with_context(|| format!("the key file {} cannot be read", path.display()))?;
            let Ok(bytes) = <[u8; InstallationKey::LEN]>::try_from(bytes.as_slice()) else {
                bail!(
                    "the key file {} has {} bytes instead of {}; restore it from a backup: without it stored secrets cannot be opened",
                    path.display(),
                    bytes.len(),
                    InstallationKey::LEN
                );
            };
            Ok(InstallationKey::new(&bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => create(dir, &path),
        Err(error) => {
            Err(error).with_context(|| format!("the key file {} cannot be opened", path.display()))
        }
    }
}

/// Written beside and renamed, so that a crash leaves either no key or a whole one.
fn create(dir: &Path, path: &Path) -> anyhow::Result<InstallationKey> {
    let mut bytes = [0; InstallationKey::LEN];
    getrandom::fill(&mut bytes).context("the system gives no randomness")?;
    let new = path.with_extension("key.new");
    let written = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(dir)?.sync_all()
    };
    written().with_context(|| format!("the key file {} cannot be written", path.display()))?;
    Ok(InstallationKey::new(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_a_damaged_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        read_or_create(dir.path()).unwrap();
        let first = fs::read(dir.path().join(FILE)).unwrap();
        read_or_create(dir.path()).unwrap();
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), first);
        fs::write(dir.path().join(FILE), b"short").unwrap();
        let error = read_or_create(dir.path()).unwrap_err().to_string();
        assert!(error.contains("5 bytes instead of 32"), "{error}");
    }
}
