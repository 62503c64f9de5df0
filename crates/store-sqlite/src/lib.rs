//! leadhook's embedded store on SQLite: one writer that groups commits, readers beside it.
//!
//! [`SqliteStore`] is the whole of it; what it does is written in [`leadhook_store::Store`].
//!
//! ```
//! use leadhook_store::Store;
//! use leadhook_store_sqlite::SqliteStore;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let dir = tempfile::tempdir()?;
//! let store = SqliteStore::open(dir.path(), "an example")?;
//! assert!(store.catalog().await?.webhooks.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # How it keeps things
//!
//! One file, `leadhook.db`, in WAL mode with `synchronous=FULL`, in a directory that is closed to others (0700). One thread writes: it
//! takes all that waits, carries each out within a savepoint, commits once, and only then answers. Readers are connections of their own
//! and never wait for it. A process holds the directory alone; the second one is told who holds it.
//!
//! # Where what stands
//!
//! | | |
//! |---|---|
//! | `lock`, `connection`, `migrate` | the directory, its files, their schema |
//! | `writer`, `readers` | the thread that writes, the pool that reads |
//! | `catalog`, `campaigns`, `upsert`, `companies`, `record`, `step`, `runs`, `erase`, `requests` | what is written, method by method |
//! | `touched`, `leads`, `lookup`, `last_ids`, `call_times`, `new_call_rows` | what those share of leads and calls |
//! | `react`, `qualification`, `chains`, `progress`, `entries`, `activities` | what things that happen to leads make: entries, and where those go |
//! | `run_progress`, `ended`, `run_leads` | how far runs are, whose leads they have |
//! | `retries`, `lines`, `claims` | calls between two attempts, where things wait, and what of it is given out |
//! | `subjects`, `list_leads`, `matching`, `called`, `list_calls`, `list_activities`, `merge`, `scan` | what is read |
//! | `codec`, `rows`, `call_rows`, `kinds` | what a row is |

mod activities;
mod call_rows;
mod call_times;
mod called;
mod campaigns;
mod catalog;
mod chains;
mod claims;
mod codec;
mod companies;
mod connection;
mod ended;
mod entries;
mod erase;
mod error;
mod kinds;
mod last_ids;
mod leads;
mod lines;
mod list_activities;
mod list_calls;
mod list_leads;
mod lock;
mod lookup;
mod matching;
mod members;
mod merge;
mod migrate;
mod new_call_rows;
mod progress;
mod qualification;
mod react;
mod readers;
mod record;
mod requests;
mod retries;
mod rows;
mod run_leads;
mod run_progress;
mod runs;
mod scan;
mod step;
mod store;
mod subjects;
mod touched;
mod upsert;
mod writer;

pub use crate::store::SqliteStore;

#[cfg(test)]
mod plans;

/// The example of the README, held by a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
