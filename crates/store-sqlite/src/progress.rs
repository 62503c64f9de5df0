//! Entries whose steps are recorded: where they stood, and where they go.

use leadhook_field::Datetime;
use leadhook_store::{
    CampaignId, Chain, ChainId, Ending, EntryId, Error, LeadId, Next, Passage, Revision, RunId,
    RunState, Stepped,
};

use crate::{
    chains,
    entries::{self, NewRow, Place, Surroundings},
    run_progress::Left,
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
    Row(EntryId),
}

impl Passing {
    /// None: it has ended before, or has got a row. Then this step was recorded already.
    pub(crate) fn find(write: &mut Write<'_>, passage: Passage) -> Result<Option<Passing>, Error> {
        match passage {
            Passage::Position {
                run,
                position,
                campaign,
                version,
            } => {
                let progress = write.memory.runs.get(write.connection, run)?;
                let is_there = progress.is_some_and(|progress| !progress.has_ended(position));
                Ok(is_there.then_some(Passing {
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
            Passage::Row(id) => {
                let row = entries::find(write, id)?;
                Ok(row.map(|Surroundings { run, chain }| Passing {
                    stand: Stand::Row(id),
                    run,
                    counted: chain.id,
                    chain,
                }))
            }
        }
    }

    /// Goes where the step leads.
    pub(crate) fn go(
        self,
        write: &mut Write<'_>,
        lead: LeadId,
        next: Next,
        at: Datetime,
    ) -> Result<Stepped, Error> {
        match next {
            Next::End(ending) => self.leave(write, Left::Ended(ending), at)?,
            Next::Step { .. } if self.is_cancelled(write)? => {
                self.leave(write, Left::Cancelled, at)?;
            }
            Next::Step {
                step,
                due,
                has_failed,
                new_chain,
            } => {
                let place = Place {
                    step,
                    due,
                    has_failed,
                    chain: if new_chain {
                        Chain::default()
                    } else {
                        self.chain
                    },
                };
                let entry = self.go_on(write, lead, place)?;
                return Ok(Stepped {
                    entry: Some(entry),
                    is_gone: false,
                });
            }
        }
        Ok(Stepped::default())
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
        match self.stand {
            Stand::Row(id) => {
                entries::update(write, id, place)?;
                Ok(id)
            }
            Stand::Position {
                position,
                campaign,
                version,
            } => {
                let run = self.run;
                if let Some(run) = run
                    && let Some(progress) = write.memory.runs.get(write.connection, run)?
                {
                    progress.open_row(position)?;
                }
                let row = NewRow {
                    campaign,
                    version,
                    lead,
                    run,
                    trigger: &Vec::new(),
                    place,
                };
                entries::insert(write, &row)
            }
        }
    }

    fn leave(&self, write: &mut Write<'_>, how: Left, at: Datetime) -> Result<(), Error> {
        if let Stand::Row(id) = self.stand {
            entries::delete(write, id, self.counted)?;
        }
        let Some(run) = self.run else {
            return Ok(());
        };
        let Some(progress) = write.memory.runs.get(write.connection, run)? else {
            return Ok(());
        };
        match self.stand {
            Stand::Row(_) => progress.close_row(how, at),
            Stand::Position { position, .. } => {
                progress.end_position(position, how, at)?;
            }
        }
        Ok(())
    }
}
