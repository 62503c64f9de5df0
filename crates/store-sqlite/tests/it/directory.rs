//! The directory: who holds it, and who may read it.

use std::{fs, path::Path};

use leadhook_store::{ErrorKind, Store};
use leadhook_store_sqlite::SqliteStore;

#[test]
fn a_second_holder_is_told_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let first = SqliteStore::open(dir.path(), "listening on 127.0.0.1:50051").unwrap();
    let error = SqliteStore::open(dir.path(), "another").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let text = error.to_string();
    let process = format!("process {}", std::process::id());
    for part in [
        &*process,
        "listening on 127.0.0.1:50051",
        "since 20",
        "stop that first",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.contains(&*dir.path().to_string_lossy()), "{text}");
    // The refused one has changed nothing, above all not whom the third is told of.
    assert_eq!(
        SqliteStore::open(dir.path(), "").unwrap_err().to_string(),
        text
    );
    drop(first);
    SqliteStore::open(dir.path(), "another").unwrap();
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[tokio::test]
    async fn directory_and_files_are_nobody_elses_to_read() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("a").join("b");
        let store = SqliteStore::open(&dir, "a test").unwrap();
        store.catalog().await.unwrap();
        assert_eq!((mode(dir.parent().unwrap()), mode(&dir)), (0o700, 0o700));
        let files: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        assert!(files.len() >= 3, "{files:?}");
        for file in &files {
            assert_eq!(mode(file), 0o600, "{file:?}");
        }
        drop(store);
        // What was opened up meanwhile is closed again.
        set_mode(&dir, 0o755);
        set_mode(&dir.join("leadhook.db"), 0o644);
        drop(SqliteStore::open(&dir, "a test").unwrap());
        assert_eq!((mode(&dir), mode(&dir.join("leadhook.db"))), (0o700, 0o600));
    }

    #[test]
    fn an_empty_directory_is_closed_but_not_one_that_others_use() {
        let parent = tempfile::tempdir().unwrap();
        let (empty, used) = (parent.path().join("empty"), parent.path().join("used"));
        for dir in [&empty, &used] {
            fs::create_dir(dir).unwrap();
            set_mode(dir, 0o755);
        }
        fs::write(used.join("something"), "else").unwrap();
        drop(SqliteStore::open(&empty, "a test").unwrap());
        assert_eq!(mode(&empty), 0o700);
        let error = SqliteStore::open(&used, "a test").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unwritable);
        assert!(error.to_string().contains("chmod 700"), "{error}");
        assert_eq!(mode(&used), 0o755);
        assert_eq!(
            fs::read_dir(&used).unwrap().count(),
            1,
            "nothing was made in it"
        );
        set_mode(&used, 0o700);
        SqliteStore::open(&used, "a test").unwrap();
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_told() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    for dir in [file.join("below"), file] {
        let error = SqliteStore::open(&dir, "a test").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unwritable);
        assert!(
            error.to_string().contains("choose another directory"),
            "{error}"
        );
    }
}
