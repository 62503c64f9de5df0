//! What a group asks the store of its leads: by one query for all of them, unless a damaged row is in the way.

use leadhook_store::{LeadId, Store};

use super::group::{Group, Passenger};
use crate::{engine::Shared, error::Error};

impl Group {
    /// Asks the store about leads until it answers, in their order. The damaged row of one is that one's error alone. None when told to stop.
    pub(super) async fn ask<S, T, F>(
        &self,
        shared: &Shared<S>,
        leads: &[Passenger],
        ask: impl Fn(Vec<LeadId>) -> F,
    ) -> Option<Vec<Result<T, Error>>>
    where
        S: Store,
        F: Future<Output = Result<Vec<T>, Error>>,
    {
        let ids: Vec<_> = leads.iter().map(|passenger| passenger.lead).collect();
        let insisted = shared.insist(&self.stopping, || in_parts(&ids, &ask));
        insisted.await
    }

    /// The step at hand has failed for one lead, whose row is damaged.
    pub(super) fn fail(&self, passenger: &mut Passenger, damage: &Error) {
        let (campaign, step, lead) = (&*self.flow.name, self.step, passenger.lead.0);
        tracing::error!(campaign, step, lead, %damage, "a step cannot be carried out for a lead");
        passenger.has_failed = true;
    }
}

/// Asks about all leads at once; about halves of them where a row is damaged, down to the one whose row it is.
///
/// # Errors
/// The store failed otherwise.
async fn in_parts<T, F>(
    leads: &[LeadId],
    ask: impl Fn(Vec<LeadId>) -> F,
) -> Result<Vec<Result<T, Error>>, Error>
where
    F: Future<Output = Result<Vec<T>, Error>>,
{
    let mut answers = Vec::with_capacity(leads.len());
    let mut parts = vec![leads];
    while let Some(part) = parts.pop() {
        match ask(part.to_vec()).await {
            Ok(found) => answers.extend(found.into_iter().map(Ok)),
            Err(damage) if damage.is_lasting() => match part {
                [_] => answers.push(Err(damage)),
                part => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            },
            Err(error) => return Err(error),
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests;
