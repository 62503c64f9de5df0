//! The directory, and who holds it.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
    time::SystemTime,
};

use leadhook_field::Datetime;
use leadhook_store::{Error, ErrorKind};

use crate::connection::{self, private_file};

/// Name of the lock file.
const FILE: &str = "leadhook.lock";
/// How much of another's lock file is repeated.
const MAX_HOLDER: u64 = 400;

/// A directory that this process holds, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

/// Makes the directory if need be, closes it to others, and takes it.
pub(crate) fn hold(dir: &Path, holder: &str) -> Result<Held, Error> {
    make(dir).map_err(|error| unusable(dir, "cannot be made", error))?;
    close_to_others(dir)?;
    let path = dir.join(FILE);
    let mut file = private_file()
        .open(&path)
        .map_err(|error| unusable(dir, "cannot be written to", error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(locked(dir, &mut file)),
        Err(TryLockError::Error(error)) => return Err(unusable(dir, "cannot be locked", error)),
    }
    let since = Datetime::from(SystemTime::now());
    let text = format!("process {}, {holder}, since {since}\n", std::process::id());
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    };
    write(&mut file).map_err(|error| unusable(dir, "cannot be written to", error))?;
    Ok(Held { _file: file })
}

fn locked(dir: &Path, file: &mut File) -> Error {
    let mut holder = String::new();
    let _ = file.take(MAX_HOLDER).read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "another process",
        holder => holder,
    };
    Error::new(
        ErrorKind::Locked,
        format!(
            "the data directory {} is in use by {holder}; stop that first, or choose another directory",
            dir.display()
        ),
    )
}

fn unusable(dir: &Path, what: &str, error: io::Error) -> Error {
    let message = format!(
        "the data directory {} {what}; choose another directory",
        dir.display()
    );
    Error::new(ErrorKind::Unwritable, message).with_source(error)
}

/// Makes a directory, and those above it, for nobody else.
fn make(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// 0700 for a directory that was there, too, if it is empty or a store's: what is in it is nobody else's to read. One that others may enter
/// and that holds other things is not for us to close; it may be everybody's.
#[cfg(unix)]
fn close_to_others(dir: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let read = |error| unusable(dir, "cannot be read", error);
    let mode = fs::metadata(dir).map_err(read)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let is_ours = [FILE, connection::FILE]
        .iter()
        .any(|file| dir.join(file).exists())
        || fs::read_dir(dir).map_err(read)?.next().is_none();
    if !is_ours {
        return Err(Error::new(
            ErrorKind::Unwritable,
            format!(
                "the data directory {} is open to others (mode {mode:o}) and holds other things; close it with chmod 700, or choose another \
                 directory",
                dir.display()
            ),
        ));
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
        .map_err(|error| unusable(dir, "cannot be closed to others", error))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> Result<(), Error> {
    Ok(())
}
