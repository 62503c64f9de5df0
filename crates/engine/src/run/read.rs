//! Runs as they are shown: what is durable of them, and what is under way now.

use leadhook_filter::{Filter, Schema, Type, Value};
use leadhook_store::{Page, Run, RunId, RunQuery, RunState, Store};
use tokio::sync::watch;

use crate::{
    call::Figure,
    engine::Engine,
    error::{Error, Kind, Violation},
};

/// A run, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// What is durable.
    pub run: Run,
    /// Resource id of its campaign.
    pub campaign: String,
    /// Leads whose call is under way.
    pub in_flight: u64,
    /// Leads in a Wait step, or held back by a limit or a pause.
    pub waiting: u64,
    /// Leads between attempts.
    pub retrying: u64,
}

/// A page of runs, oldest first.
#[derive(Clone, Debug, Default)]
pub struct ListRuns {
    /// R-FIL-3: name, campaign, state, the counts, create_time, end_time; empty: all.
    pub filter: String,
    /// Only those after this one.
    pub after: Option<RunId>,
    /// At most so many.
    pub limit: usize,
}

/// A watch of one run.
#[derive(Debug)]
pub struct RunWatch<S> {
    engine: Engine<S>,
    id: RunId,
    /// What is recorded of it, and what moves; none: it is over.
    changes: Option<[watch::Receiver<()>; 2]>,
    is_over: bool,
}

/// Runs that are read at a time.
const READ: usize = 100;

impl<S: Store> Engine<S> {
    /// A run.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn get_run(&self, id: RunId) -> Result<RunView, Error> {
        let run = self.shared.store.run(id).await?;
        let run = run.ok_or_else(|| not_found(id))?;
        let mut views = self.run_views(vec![run]).await?;
        Ok(views.remove(0))
    }

    /// A page of runs, oldest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter, [`Error::Store`].
    pub async fn list_runs(&self, list: &ListRuns) -> Result<Page<RunView, RunId>, Error> {
        let filter = Filter::parse(&list.filter, &RunSchema)
            .map_err(|error| Error::filter(Violation::of_filter(&error)))?;
        let limit = list.limit.max(1);
        let (mut rows, mut next, mut scanned) = (Vec::new(), list.after, 0);
        loop {
            let query = RunQuery {
                after: next,
                limit: READ,
            };
            let page = self.shared.store.list_runs(query).await?;
            let mut left = page.rows.len();
            for view in self.run_views(page.rows).await? {
                left -= 1;
                let texts = Texts::of(&view);
                next = Some(view.run.id);
                if filter.matches(|column| column.read(&view, &texts)) {
                    rows.push(view);
                }
                scanned += 1;
                if rows.len() == limit || scanned == self.shared.settings.max_scanned {
                    let is_last = left == 0 && page.next.is_none();
                    next = next.filter(|_| !is_last);
                    return Ok(Page { rows, next });
                }
            }
            if page.next.is_none() {
                return Ok(Page { rows, next: None });
            }
        }
    }

    /// Begins to watch a run.
    #[must_use]
    pub fn watch_run(&self, id: RunId) -> RunWatch<S> {
        let live = self.shared.runs.get(id);
        RunWatch {
            changes: live.map(|live| [live.changes(), live.gauge.moves()]),
            engine: self.clone(),
            id,
            is_over: false,
        }
    }

    async fn run_views(&self, runs: Vec<Run>) -> Result<Vec<RunView>, Error> {
        let snapshot = self.snapshot();
        let mut views = Vec::with_capacity(runs.len());
        for run in runs {
            let campaign = match snapshot.campaigns.get(run.campaign) {
                Some(live) => live.campaign.name.clone(),
                None => {
                    let key = (run.campaign, run.version);
                    let read = self.shared.store.campaign_versions(vec![key]).await?;
                    let version = read.into_iter().flatten().next();
                    version.map(|version| version.name).unwrap_or_default()
                }
            };
            let live = self.shared.runs.get(run.id);
            let count = |figure| live.as_ref().map_or(0, |live| live.gauge.count(figure));
            let (retried, counts) = (count(Figure::Retried), &run.counts);
            // What is durable and what is live are of moments close to each other, not of one: they may not come to more leads than there are.
            let left = counts
                .total
                .saturating_sub(counts.done() + counts.cancelled);
            let in_flight = (count(Figure::InFlight) + retried).min(left);
            let retrying = counts
                .retrying
                .saturating_sub(retried)
                .min(left - in_flight);
            let waiting = counts.waiting.saturating_sub(count(Figure::TakenUp));
            let waiting = waiting + count(Figure::Held);
            views.push(RunView {
                campaign,
                in_flight,
                waiting: waiting.min(left - in_flight - retrying),
                retrying,
                run,
            });
        }
        Ok(views)
    }
}

impl<S: Store> RunWatch<S> {
    /// The run as it is; none behind the state in which it ended.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn next(&mut self) -> Result<Option<RunView>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let view = self.engine.get_run(self.id).await?;
        self.is_over = matches!(view.run.state, RunState::Completed | RunState::Cancelled);
        Ok(Some(view))
    }

    /// Waits until the run may have changed since [`next`](Self::next) was called; false when the server stops.
    pub async fn changed(&mut self) -> bool {
        let stopping = &self.engine.shared.calls.stopping;
        let Some([recorded, moved]) = &mut self.changes else {
            return true;
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => false,
            // An error means that the run is over.
            _ = recorded.changed() => true,
            _ = moved.changed() => true,
        }
    }
}

pub(super) fn not_found(id: RunId) -> Error {
    Error::not_found(Kind::Run, format!("runs/{id}"))
}

/// What a filter of runs may name.
struct RunSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Campaign,
    State,
    CreateTime,
    EndTime,
    Count(Count),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Total,
    Done,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
    InFlight,
    Waiting,
    Retrying,
}

const STATES: [&str; 4] = ["RUNNING", "COMPLETED", "CANCELLED", "CANCELLING"];

const COLUMNS: [(&str, Column, Type); 14] = [
    ("name", Column::Name, Type::Name("runs")),
    ("campaign", Column::Campaign, Type::Name("campaigns")),
    ("state", Column::State, Type::Enum(&STATES)),
    ("create_time", Column::CreateTime, Type::Timestamp),
    ("end_time", Column::EndTime, Type::Timestamp),
    ("total", Column::Count(Count::Total), Type::Number),
    ("done", Column::Count(Count::Done), Type::Number),
    ("succeeded", Column::Count(Count::Succeeded), Type::Number),
    ("failed", Column::Count(Count::Failed), Type::Number),
    ("skipped", Column::Count(Count::Skipped), Type::Number),
    ("cancelled", Column::Count(Count::Cancelled), Type::Number),
    ("in_flight", Column::Count(Count::InFlight), Type::Number),
    ("waiting", Column::Count(Count::Waiting), Type::Number),
    ("retrying", Column::Count(Count::Retrying), Type::Number),
];

impl Schema for RunSchema {
    type Field = Column;

    fn field(&self, name: &str) -> Option<(Column, Type)> {
        let (_, column, ty) = COLUMNS.iter().find(|(column, ..)| *column == name)?;
        Some((*column, *ty))
    }

    fn names(&self) -> Vec<String> {
        COLUMNS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

/// The texts of a run that have to be made.
struct Texts {
    name: String,
    campaign: String,
}

impl Texts {
    fn of(view: &RunView) -> Texts {
        Texts {
            name: format!("runs/{}", view.run.id),
            campaign: format!("campaigns/{}", view.campaign),
        }
    }
}

impl Column {
    fn read<'v>(self, view: &RunView, texts: &'v Texts) -> Option<Value<'v>> {
        let run = &view.run;
        Some(match self {
            Column::Name => Value::Text(&texts.name),
            Column::Campaign => Value::Text(&texts.campaign),
            Column::State => Value::Enum(match run.state {
                RunState::Running => 0,
                RunState::Completed => 1,
                RunState::Cancelled => 2,
                RunState::Cancelling => 3,
            }),
            Column::CreateTime => Value::Timestamp(run.created.as_micros()),
            Column::EndTime => Value::Timestamp(run.ended?.as_micros()),
            Column::Count(count) => Value::Integer(i64::try_from(count.of(view)).ok()?),
        })
    }
}

impl Count {
    fn of(self, view: &RunView) -> u64 {
        let counts = &view.run.counts;
        match self {
            Count::Total => counts.total,
            Count::Done => counts.done(),
            Count::Succeeded => counts.succeeded,
            Count::Failed => counts.failed,
            Count::Skipped => counts.skipped,
            Count::Cancelled => counts.cancelled,
            Count::InFlight => view.in_flight,
            Count::Waiting => view.waiting,
            Count::Retrying => view.retrying,
        }
    }
}
