//! Secrets that an update carries as `[redacted]`: they keep what is stored, as long as they go to the same place (R-DEF-4).

use std::collections::{HashMap, VecDeque};

use leadhook_store::{Authentication, Definition, HeaderText};

use super::{draft::Draft, userinfo::Userinfo};
use crate::{REDACTED, error::Violation, vault::Secret};

/// Fills in the secrets that a draft carries as `[redacted]` from what is stored.
pub(super) fn keep(
    draft: &mut Draft,
    stored: Option<&Definition<Option<Secret>>>,
    faults: &mut Vec<Violation>,
) {
    // Which place secrets go to is told by the URL as it is typed, before any password is put back.
    let origin = Userinfo::origin(&draft.url);
    let mut keeper = Keeper {
        kept: Vec::new(),
        faults,
    };
    keeper.url_password(draft, stored);
    keeper.headers(draft, stored);
    keeper.authentication(draft, stored);
    let Keeper { kept, .. } = keeper;
    if let Some(stored) = stored.filter(|stored| Userinfo::origin(&stored.url) != origin) {
        for field in kept {
            faults.push(Violation::new(
                field,
                format!(
                    "the URL's scheme, host or port changes from {} to {origin}: a secret goes to another place only when \
                     it is given again",
                    Userinfo::origin(&stored.url)
                ),
            ));
        }
    }
}

struct Keeper<'a> {
    /// Which secrets were filled in.
    kept: Vec<String>,
    faults: &'a mut Vec<Violation>,
}

impl Keeper<'_> {
    fn url_password(&mut self, draft: &mut Draft, stored: Option<&Definition<Option<Secret>>>) {
        let password = Userinfo::find(&draft.url).and_then(|userinfo| userinfo.password);
        let Some(range) = password.filter(|range| &draft.url[range.clone()] == REDACTED) else {
            return;
        };
        let found = stored.and_then(|stored| stored.url_password.as_ref()?.as_ref());
        if let Some(password) = self.found("webhook.url", found) {
            draft.url.replace_range(range, password.expose());
        }
    }

    fn headers(&mut self, draft: &mut Draft, stored: Option<&Definition<Option<Secret>>>) {
        let headers = stored
            .map(|stored| stored.custom_headers.as_slice())
            .unwrap_or_default();
        let mut by_name: HashMap<String, VecDeque<&HeaderText<Option<Secret>>>> = HashMap::new();
        for header in headers {
            by_name
                .entry(header.key.to_ascii_lowercase())
                .or_default()
                .push_back(&header.value);
        }
        for (at, header) in draft.custom_headers.iter_mut().enumerate() {
            // A header whose value was given again takes its turn all the same: they are matched in order.
            let next = by_name
                .get_mut(&header.key.to_ascii_lowercase())
                .and_then(VecDeque::pop_front);
            if header.value.expose() != REDACTED {
                continue;
            }
            let next = match next {
                Some(HeaderText::Sensitive(secret)) => secret.as_ref(),
                _ => None,
            };
            let field = format!("webhook.custom_headers[{at}].value");
            if let Some(secret) = self.found(&field, next) {
                header.value = secret;
                header.sensitive = true;
            }
        }
    }

    fn authentication(&mut self, draft: &mut Draft, stored: Option<&Definition<Option<Secret>>>) {
        let stored = stored.and_then(|stored| stored.authentication.as_ref());
        match &mut draft.authentication {
            Some(Authentication::Basic { password, .. }) if password.expose() == REDACTED => {
                let found = match stored {
                    Some(Authentication::Basic { password, .. }) => password.as_ref(),
                    _ => None,
                };
                if let Some(secret) = self.found("webhook.authentication.basic.password", found) {
                    *password = secret;
                }
            }
            Some(Authentication::Bearer { token }) if token.expose() == REDACTED => {
                let found = match stored {
                    Some(Authentication::Bearer { token }) => token.as_ref(),
                    _ => None,
                };
                if let Some(secret) = self.found("webhook.authentication.bearer.token", found) {
                    *token = secret;
                }
            }
            _ => {}
        }
    }

    fn found(&mut self, field: &str, stored: Option<&Secret>) -> Option<Secret> {
        if stored.is_some() {
            self.kept.push(field.to_owned());
        } else {
            self.faults.push(Violation::new(
                field,
                format!("`{REDACTED}` keeps a stored secret, but none is stored here: give the secret itself"),
            ));
        }
        stored.cloned()
    }
}

#[cfg(test)]
mod tests;
