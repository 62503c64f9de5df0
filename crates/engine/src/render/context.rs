//! What a call brings beside its lead: trigger tokens, a program, and My Tokens (R-TOK-3 to -5, -8).

use std::{collections::HashMap, sync::Arc};

use leadhook_field::Schema;
use leadhook_store::{MyTokenType, Program};
use leadhook_token::name_key;
use serde::{Deserialize, Serialize};

use super::my::{My, MyTokens, bind_my_tokens, nesting_fault};
use crate::{
    campaign::{Campaigns, CompiledCampaign},
    error::{Error, Kind, Violation},
    programs::{Lineage, Programs},
    resource_id::nearest,
};

/// What a caller gives beside the lead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallContext {
    /// Name of a campaign, `campaigns/{campaign}`, or empty.
    pub campaign: String,
    /// Name of a program, `programs/{program}`, or empty.
    pub program: String,
    /// Values of trigger tokens, by their names.
    pub trigger: Vec<(String, String)>,
    /// My Tokens of this call alone; they stand before those of the program.
    pub my_tokens: Vec<MyToken>,
}

/// A My Token as it is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyToken {
    /// Its name, at most 50 characters.
    pub key: String,
    /// None: that of what is overridden, else text.
    pub kind: Option<MyTokenType>,
    /// Its text, which may hold tokens.
    pub value: String,
}

/// The same, checked and bound.
#[derive(Debug, Default)]
pub(crate) struct Context {
    campaign: Option<Arc<CompiledCampaign>>,
    trigger: HashMap<String, String>,
    overrides: MyTokens,
    /// The program and those above it; empty where the call has none.
    lineage: Lineage,
    /// Whether a token that has no value shows an example: in a preview without a lead.
    pub(super) shows_examples: bool,
}

/// How many My Tokens or trigger tokens a call may bring.
const MAX_TOKENS: usize = 1_000;
const MY_TOKENS: &str = "context.my_tokens";

impl Context {
    /// Checks what a caller gave.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults, [`Error::NotFound`] for a campaign or program that is not there.
    pub(crate) fn new(
        given: &CallContext,
        schema: &Schema,
        programs: &Programs,
        campaigns: &Campaigns,
    ) -> Result<Context, Error> {
        let campaign = match &*given.campaign {
            "" => None,
            name => Some(Arc::clone(&campaigns.resource(name)?.compiled)),
        };
        Context::within(campaign, given, schema, programs)
    }

    /// The same for a campaign that is at hand: `given` names none.
    pub(crate) fn within(
        campaign: Option<Arc<CompiledCampaign>>,
        given: &CallContext,
        schema: &Schema,
        programs: &Programs,
    ) -> Result<Context, Error> {
        let of_campaign = || programs.by_id(campaign.as_ref()?.program?);
        let program = match &*given.program {
            "" => of_campaign(),
            name => Some(programs.named(name)?),
        };
        let lineage = program
            .map(|program| programs.lineage(program))
            .unwrap_or_default();
        let mut faults = Vec::new();
        for (field, len) in [
            ("context.trigger", given.trigger.len()),
            (MY_TOKENS, given.my_tokens.len()),
        ] {
            if len > MAX_TOKENS {
                faults.push(Violation::new(
                    field,
                    format!("{len} tokens; at most {MAX_TOKENS} are taken"),
                ));
            }
        }
        Error::unless_valid(Kind::Request, faults)?;
        let trigger = given
            .trigger
            .iter()
            .map(|(name, value)| (name_key(name), value.clone()))
            .collect();
        let context = Context {
            campaign,
            trigger,
            overrides: overrides(&given.my_tokens, &lineage, schema)?,
            lineage,
            shows_examples: false,
        };
        match context.nesting_fault() {
            None => Ok(context),
            Some(message) => Err(Error::Invalid {
                subject: Kind::Request,
                violations: vec![Violation::new(MY_TOKENS, message)],
            }),
        }
    }

    /// The same context, for a preview without a lead.
    pub(crate) fn with_examples(self) -> Context {
        Context {
            shows_examples: true,
            ..self
        }
    }

    /// The My Token of a key that the call sees: its own, else the program's, else the nearest one above it.
    pub(crate) fn my(&self, key: &str) -> Option<&My> {
        self.overrides.get(key).or_else(|| self.lineage.my(key))
    }

    /// The key of the My Token that may have been meant by one that the call does not see.
    pub(crate) fn near_my(&self, key: &str) -> Option<&str> {
        let own = self.overrides.keys().map(|key| &**key);
        nearest(key, own.chain(self.lineage.keys()))
    }

    /// The campaign that the call stands in.
    pub(crate) fn campaign(&self) -> Option<&CompiledCampaign> {
        self.campaign.as_deref()
    }

    /// The program that the call stands in.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.lineage.program()
    }

    /// A trigger token's text; none when it is empty.
    pub(crate) fn trigger(&self, key: &str) -> Option<&str> {
        self.trigger
            .get(key)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Whether the call brings a trigger token, be it empty.
    pub(crate) fn has_trigger(&self, key: &str) -> bool {
        self.trigger.contains_key(key)
    }

    /// What the overrides make of the program's My Tokens, which are sound without them.
    fn nesting_fault(&self) -> Option<String> {
        if self.overrides.is_empty() {
            return None;
        }
        let holders = self.overrides.iter().filter_map(|(key, my)| {
            let holds = my.inner().next().is_some();
            holds.then_some(&**key)
        });
        nesting_fault(holders.chain(self.lineage.holders()), |key| self.my(key))
    }
}

fn overrides(given: &[MyToken], lineage: &Lineage, schema: &Schema) -> Result<MyTokens, Error> {
    let mut faults = Vec::new();
    let typed = given.iter().map(|token| {
        let overridden = || lineage.my(&name_key(&token.key)).map(|my| my.kind);
        let kind = token.kind.or_else(overridden).unwrap_or(MyTokenType::Text);
        (&*token.key, kind, &*token.value)
    });
    let bound = bind_my_tokens(typed, MY_TOKENS, schema, &mut faults);
    Error::unless_valid(Kind::Request, faults)?;
    Ok(bound)
}

#[cfg(test)]
mod tests;
