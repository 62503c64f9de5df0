//! The contract, behaviour by behaviour.

use leadhook_store::suite::Place;
use leadhook_store_sqlite::SqliteStore;
use tempfile::TempDir;

struct Directory(TempDir);

impl Place for Directory {
    type Store = SqliteStore;

    fn new() -> Directory {
        Directory(tempfile::tempdir().expect("a directory for a test"))
    }

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path(), "a test").expect("nobody else holds it")
    }
}

leadhook_store::suite!(Directory);
