//! How far runs are: held by the writer while they are worked on, and written once per piece of work.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use leadhook_field::Datetime;
use leadhook_store::{Ending, Error, ErrorKind, RUN_WINDOW, RunId, RunState};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    codec::{decode_codes, encode_codes},
    ended::{Ended, Marked},
    error::{corrupt, sqlite},
};

/// How far a run is.
#[derive(Debug)]
pub(crate) struct RunProgress {
    run: RunId,
    pub(crate) state: RunState,
    /// When it was over; none: it is not.
    ended_at: Option<Datetime>,
    total: u32,
    ended: Ended,
    /// Its leads that have a row in `entry`.
    open: u32,
    /// Of those, the ones that wait.
    waiting: u32,
    /// Of those, the ones that wait for their calls.
    retrying: u32,
    succeeded: u32,
    failed: u32,
    skipped: u32,
    cancelled: u32,
    codes: BTreeMap<u16, u64>,
    is_changed: bool,
}

/// How a lead with a row counts in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is on its way: its next step is due at once, or under way.
    OnTheWay,
    /// It waits for its time, or is held back.
    Waiting,
    /// It waits for its call.
    Retrying,
}

/// How a lead of a run left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It went through.
    Ended(Ending),
    /// It had steps left when the run was cancelled.
    Cancelled,
}

impl RunProgress {
    /// Of a run of so many leads that begins; without leads it is over at once.
    pub(crate) fn new(run: RunId, total: u32, now: Datetime) -> RunProgress {
        let mut progress = RunProgress {
            run,
            state: RunState::Running,
            ended_at: None,
            total,
            ended: Ended::default(),
            open: 0,
            waiting: 0,
            retrying: 0,
            succeeded: 0,
            failed: 0,
            skipped: 0,
            cancelled: 0,
            codes: BTreeMap::new(),
            is_changed: true,
        };
        progress.settle(now);
        progress
    }

    fn read(connection: &Connection, run: RunId) -> Result<Option<RunProgress>, Error> {
        let sql =
            "SELECT run_progress.*, total FROM run_progress JOIN run ON id = run WHERE run = ?1";
        let read = |row: &Row<'_>| {
            let state = state_of(row.get(1)?);
            let ended = Ended::read(row.get(3)?, row.get_ref(10)?.as_blob()?);
            let codes = decode_codes(row.get_ref(9)?.as_blob()?);
            let (Some(state), Some(ended), Some(codes)) = (state, ended, codes) else {
                return Ok(None);
            };
            Ok(Some(RunProgress {
                run,
                state,
                ended_at: row.get::<_, Option<i64>>(2)?.map(Datetime::from_micros),
                total: row.get(13)?,
                ended,
                open: row.get(4)?,
                retrying: row.get(11)?,
                waiting: row.get(12)?,
                succeeded: row.get(5)?,
                failed: row.get(6)?,
                skipped: row.get(7)?,
                cancelled: row.get(8)?,
                codes,
                is_changed: false,
            }))
        };
        let row = connection
            .prepare_cached(sql)
            .and_then(|mut select| select.query_row([run.0], read).optional())
            .map_err(sqlite)?;
        match row {
            None => Ok(None),
            Some(None) => Err(corrupt("run_progress", run.0)),
            Some(progress) => Ok(progress),
        }
    }

    /// Writes it if it changed.
    fn write(&mut self, connection: &Connection) -> Result<(), Error> {
        if !self.is_changed {
            return Ok(());
        }
        connection
            .prepare_cached(
                "INSERT INTO run_progress VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
                 ON CONFLICT(run) DO UPDATE SET state = ?2, ended = ?3, low = ?4, open = ?5, succeeded = ?6, \
                 failed = ?7, skipped = ?8, cancelled = ?9, codes = ?10, ahead = ?11, retrying = ?12, waiting = ?13",
            )
            .and_then(|mut write| {
                write.execute(params![
                    self.run.0,
                    number_of(self.state),
                    self.ended_at.map(Datetime::as_micros),
                    self.ended.low(),
                    self.open,
                    self.succeeded,
                    self.failed,
                    self.skipped,
                    self.cancelled,
                    encode_codes(&self.codes),
                    self.ended.bytes(),
                    self.retrying,
                    self.waiting,
                ])
            })
            .map_err(sqlite)?;
        self.is_changed = false;
        Ok(())
    }

    /// Whether a position has ended, or got a row.
    pub(crate) fn has_ended(&self, position: u32) -> bool {
        position >= self.total || self.ended.contains(position)
    }

    /// Counts a call.
    pub(crate) fn count_call(&mut self, code: u16) {
        *self.codes.entry(code).or_default() += 1;
        self.is_changed = true;
    }

    /// The lead at a position has left the run; whether it was still in it.
    pub(crate) fn end_position(
        &mut self,
        position: u32,
        how: Left,
        at: Datetime,
    ) -> Result<bool, Error> {
        let is_new = self.mark(position)?;
        if is_new {
            self.count(how);
            self.settle(at);
        }
        Ok(is_new)
    }

    /// The lead at a position has a row from now on; whether it was still in the run.
    pub(crate) fn open_row(&mut self, position: u32) -> Result<bool, Error> {
        let is_new = self.mark(position)?;
        self.open += u32::from(is_new);
        Ok(is_new)
    }

    /// A row stands otherwise than before.
    pub(crate) fn move_row(&mut self, before: Standing, after: Standing) {
        if let Some(left) = self.figure(before) {
            *left = left.saturating_sub(1);
        }
        if let Some(entered) = self.figure(after) {
            *entered += 1;
        }
        self.is_changed |= before != after;
    }

    fn figure(&mut self, standing: Standing) -> Option<&mut u32> {
        match standing {
            Standing::OnTheWay => None,
            Standing::Waiting => Some(&mut self.waiting),
            Standing::Retrying => Some(&mut self.retrying),
        }
    }

    /// A lead that had a row has left the run.
    pub(crate) fn close_row(&mut self, standing: Standing, how: Left, at: Datetime) {
        self.open = self.open.saturating_sub(1);
        self.move_row(standing, Standing::OnTheWay);
        self.count(how);
        self.settle(at);
    }

    /// Begins to cancel it, if it is running.
    pub(crate) fn cancel(&mut self) {
        if self.state == RunState::Running {
            self.state = RunState::Cancelling;
            self.is_changed = true;
        }
    }

    /// Ends its cancelling: whoever has not ended never will. It has no rows any more.
    pub(crate) fn end_cancelled(&mut self, at: Datetime) {
        let done = self.succeeded + self.failed + self.skipped;
        self.cancelled = self.total.saturating_sub(done);
        self.open = 0;
        self.waiting = 0;
        self.retrying = 0;
        self.ended = Ended::until(self.total);
        self.state = RunState::Cancelled;
        self.ended_at = Some(at);
        self.is_changed = true;
    }

    fn mark(&mut self, position: u32) -> Result<bool, Error> {
        if self.has_ended(position) {
            return Ok(false);
        }
        match self.ended.mark(position) {
            Marked::Before => Ok(false),
            Marked::Now => {
                self.is_changed = true;
                Ok(true)
            }
            Marked::TooFar => Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "position {position} of run {} ended {RUN_WINDOW} or more positions ahead of {}, which has not; \
                     finish that first, or let it wait",
                    self.run,
                    self.ended.low()
                ),
            )),
        }
    }

    fn count(&mut self, how: Left) {
        *match how {
            Left::Ended(Ending::Succeeded) => &mut self.succeeded,
            Left::Ended(Ending::Failed) => &mut self.failed,
            Left::Ended(Ending::Skipped) => &mut self.skipped,
            Left::Cancelled => &mut self.cancelled,
        } += 1;
        self.is_changed = true;
    }

    /// A run whose leads have all left it is over.
    fn settle(&mut self, at: Datetime) {
        if self.state == RunState::Running && self.ended.low() == self.total && self.open == 0 {
            self.state = RunState::Completed;
            self.ended_at = Some(at);
        }
    }
}

/// The runs that the writer works on.
#[derive(Debug, Default)]
pub(crate) struct Runs(HashMap<RunId, RunProgress>);

/// Runs that are held at most between two pieces of work; then they are let go, and read again.
const MAX_HELD: usize = 256;

impl Runs {
    /// A run's progress; none where there is no such run.
    pub(crate) fn get(
        &mut self,
        connection: &Connection,
        run: RunId,
    ) -> Result<Option<&mut RunProgress>, Error> {
        match self.0.entry(run) {
            Entry::Occupied(held) => Ok(Some(held.into_mut())),
            Entry::Vacant(place) => {
                let progress = RunProgress::read(connection, run)?;
                Ok(progress.map(|progress| place.insert(progress)))
            }
        }
    }

    /// Holds a new run.
    pub(crate) fn add(&mut self, progress: RunProgress) {
        self.0.insert(progress.run, progress);
    }

    /// Writes what changed; lets go what is over.
    pub(crate) fn flush(&mut self, connection: &Connection) -> Result<(), Error> {
        for progress in self.0.values_mut() {
            progress.write(connection)?;
        }
        self.0.retain(|_, progress| progress.ended_at.is_none());
        if self.0.len() > MAX_HELD {
            self.0.clear();
        }
        Ok(())
    }
}

/// Stored, so never changed; what is being cancelled stands in statements, too.
fn number_of(state: RunState) -> i64 {
    match state {
        RunState::Running => 1,
        RunState::Completed => 2,
        RunState::Cancelled => 3,
        RunState::Cancelling => 4,
    }
}

pub(crate) fn state_of(number: i64) -> Option<RunState> {
    [
        RunState::Running,
        RunState::Completed,
        RunState::Cancelled,
        RunState::Cancelling,
    ]
    .into_iter()
    .find(|state| number_of(*state) == number)
}
