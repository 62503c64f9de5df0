//! Entries whose steps are recorded: where they stood, and where they go.

use leadhook_field::Datetime;
use leadhook_store::{
    CallId, CampaignId, Chain, ChainId, Ending, EntryId, Error, ErrorKind, LeadId, Next, Passage,
    Revision, RunId, RunState, Stepped,
};

use crate::{
    chains,
    entries::{self, Found, NewRow, Place, Until},
    run_progress::{Left, Standing},
    writer::Write,
};

/// An entry, as its step finds it.
#[derive(Debug)]
pub(crate) struct Passing {
    stand: Stand,
    run: Option<RunId>,
    /// The chain that counts its row.
    counted: Option<ChainId>,
    /// Where it stands in a chain; what its step causes makes it part of one.
    pub(crate) chain: Chain,
}

#[derive(Clone, Copy, Debug)]
enum Stand {
    Position {
        position: u32,
        campaign: CampaignId,
        version: Revision,
    },
    Row {
        id: EntryId,
        standing: Standing,
        is_given_out: bool,
    },
}

impl Passing {
    /// None: it has ended before, or has got a row. Then this step was recorded already.
    pub(crate) fn find(
        write: &mut Write<'_>,
        passage: Passage,
        lead: LeadId,
    ) -> Result<Option<Passing>, Error> {
        match passage {
            Passage::Position {
                run,
                position,
                campaign,
                version,
            } => {
                let Some(progress) = write.memory.runs.get(write.connection, run)? else {
                    return Ok(None);
                };
                if progress.has_ended(position) {
                    let row = entries::find_detached(write, run, lead)?;
                    return Ok(row.map(Passing::of));
                }
                Ok(Some(Passing {
                    stand: Stand::Position {
                        position,
                        campaign,
                        version,
                    },
                    run: Some(run),
                    counted: None,
                    chain: Chain::default(),
                }))
            }
            Passage::Row(id) => Ok(entries::find(write, id)?.map(Passing::of)),
        }
    }

    fn of(row: Found) -> Passing {
        Passing {
            stand: Stand::Row {
                id: row.id,
                standing: row.standing,
                is_given_out: row.is_given_out,
            },
            run: row.run,
            counted: row.chain.id,
            chain: row.chain,
        }
    }

    /// Goes where the step leads. `call` is the one that it made, if any.
    pub(crate) fn go(
        self,
        write: &mut Write<'_>,
        lead: LeadId,
        next: Next,
        call: Option<CallId>,
        at: Datetime,
    ) -> Result<Stepped, Error> {
        let place = |step, has_failed, due, until| Place {
            step,
            due,
            until,
            waits: matches!(until, Until::Held(_)) || until == Until::Due && due > at,
            has_failed,
            chain: self.chain,
        };
        let place = match next {
            Next::End(ending) => {
                self.leave(write, Left::Ended(ending), at)?;
                return Ok(Stepped::default());
            }
            Next::Step { .. } | Next::Held { .. } if self.is_cancelled(write)? => {
                self.leave(write, Left::Cancelled, at)?;
                return Ok(Stepped::default());
            }
            Next::Step {
                step,
                due,
                has_failed,
                new_chain: false,
            } => place(step, has_failed, due, Until::Due),
            Next::Step {
                step,
                due,
                has_failed,
                new_chain: true,
            } => Place {
                chain: Chain::default(),
                ..place(step, has_failed, due, Until::Due)
            },
            Next::Held {
                step,
                has_failed,
                webhook,
            } => place(step, has_failed, at, Until::Held(webhook)),
            Next::Retry { step, has_failed } => {
                let call = call.ok_or_else(no_call)?;
                place(step, has_failed, at, Until::Called(call))
            }
        };
        let entry = self.go_on(write, lead, place)?;
        Ok(Stepped {
            entry: Some(entry),
            is_gone: false,
        })
    }

    /// Ends because its lead is not there any more.
    pub(crate) fn vanish(self, write: &mut Write<'_>, at: Datetime) -> Result<(), Error> {
        self.leave(write, Left::Ended(Ending::Skipped), at)
    }

    fn is_cancelled(&self, write: &mut Write<'_>) -> Result<bool, Error> {
        let Some(run) = self.run else {
            return Ok(false);
        };
        let progress = write.memory.runs.get(write.connection, run)?;
        Ok(progress.is_some_and(|progress| progress.state == RunState::Cancelling))
    }

    fn go_on(&self, write: &mut Write<'_>, lead: LeadId, place: Place) -> Result<EntryId, Error> {
        chains::change(write.connection, self.counted, place.chain.id)?;
        let progress = match self.run {
            Some(run) => write.memory.runs.get(write.connection, run)?,
            None => None,
        };
        match self.stand {
            Stand::Row {
                id,
                standing,
                is_given_out,
            } => {
                if let Some(progress) = progress {
                    progress.move_row(standing, place.standing());
                }
                entries::update(write, id, is_given_out, place)?;
                Ok(id)
            }
            Stand::Position {
                position,
                campaign,
                version,
            } => {
                if let Some(progress) = progress {
                    progress.open_row(position)?;
                    progress.move_row(Standing::OnTheWay, place.standing());
                }
                let row = NewRow {
                    campaign,
                    version,
                    lead,
                    run: self.run,
                    trigger: &Vec::new(),
                    place,
                };
                entries::insert(write, &row)
            }
        }
    }

    fn leave(&self, write: &mut Write<'_>, how: Left, at: Datetime) -> Result<(), Error> {
        if let Stand::Row { id, .. } = self.stand {
            entries::delete(write, id, self.counted)?;
        }
        let Some(run) = self.run else {
            return Ok(());
        };
        let Some(progress) = write.memory.runs.get(write.connection, run)? else {
            return Ok(());
        };
        match self.stand {
            Stand::Row { standing, .. } => progress.close_row(standing, how, at),
            Stand::Position { position, .. } => {
                progress.end_position(position, how, at)?;
            }
        }
        Ok(())
    }
}

fn no_call() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "an entry waits for its call only once that is recorded as waiting",
    )
}
