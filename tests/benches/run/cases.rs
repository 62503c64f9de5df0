//! The cases of the table. Each is one round of it: what it measures beside what it is compared with, one after the other.

use crate::figure::Figures;
use crate::store::Prepared;
use crate::{Services, say};

mod campaign;
mod fair;
mod restart;
mod stream;
mod unary;

/// The names by which cases are chosen, in the order in which they are measured.
pub(crate) const NAMES: [&str; 7] = [
    "slow", "instant", "stream", "million", "unary", "fair", "restart",
];

/// What all cases share: services and stores live as long as the bench.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) services: Services,
    pub(crate) figures: Figures,
    stores: Vec<Prepared>,
}

impl Bench {
    pub(crate) fn new(services: Services) -> Bench {
        Bench {
            services,
            figures: Figures::default(),
            stores: Vec::new(),
        }
    }

    /// One round of a case.
    pub(crate) async fn round(&mut self, case: &str) {
        say(&format!("-- {case}"));
        match case {
            "slow" => campaign::slow(self).await,
            "instant" => campaign::instant(self).await,
            "stream" => stream::round(self).await,
            "million" => campaign::million(self).await,
            "unary" => unary::round(self).await,
            "fair" => fair::round(self).await,
            "restart" => restart::round(self).await,
            _ => panic!("there is no case {case}, only {NAMES:?}"),
        }
    }

    /// The store with so many leads, and what is observed; it is made when it is asked for first.
    async fn store(&mut self, leads: usize) -> (&Prepared, &mut Services, &mut Figures) {
        let known = self.stores.iter().position(|store| store.leads == leads);
        let at = match known {
            Some(at) => at,
            None => {
                self.stores.push(Prepared::new(leads, &self.services).await);
                self.stores.len() - 1
            }
        };
        (&self.stores[at], &mut self.services, &mut self.figures)
    }
}
