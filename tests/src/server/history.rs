//! What became of a lead, in few words. What the server should not refuse panics when it does.

use leadhook_proto::v1::{Activity, GetLeadRequest, Lead, ListActivitiesRequest};
use prost_types::Value;

use super::Server;
use crate::{eventually, make};

impl Server {
    /// The activities of a lead that a filter selects, oldest first.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn activities(&self, lead: &str, filter: &str) -> Vec<Activity> {
        let mut request = ListActivitiesRequest {
            lead: lead.to_owned(),
            filter: filter.to_owned(),
            page_size: 1_000,
            ..ListActivitiesRequest::default()
        };
        let mut activities = Vec::new();
        loop {
            let page = self.calls().list_activities(request.clone()).await;
            let page = page.expect("a page of activities").into_inner();
            activities.extend(page.activities);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return activities;
            }
        }
    }

    /// What happened to a lead, a line each, oldest first: "New Person: API", "Call Webhook: webhooks/enrich 200",
    /// "Change Data Value: Title = CTO by webhooks/enrich", "Request Campaign: campaigns/sync by campaigns/again",
    /// "Campaign Chain Ended: campaigns/sync".
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn history(&self, lead: &str) -> Vec<String> {
        self.activities(lead, "").await.iter().map(line).collect()
    }

    /// Looks until a lead's history has a line.
    ///
    /// # Panics
    ///
    /// If it does not come.
    pub async fn until_history_has(&self, lead: &str, line: &str) -> Vec<String> {
        eventually(
            async || self.history(lead).await,
            |history| history.iter().any(|found| found == line),
        )
        .await
    }

    /// Looks until a field of a lead has this value.
    ///
    /// # Panics
    ///
    /// If it does not get it.
    pub async fn until_field_is(
        &self,
        lead: &str,
        field: &str,
        value: impl make::IntoValue,
    ) -> Lead {
        let value = make::value(value);
        eventually(
            async || self.get_lead(lead).await,
            |lead| lead.fields.get(field) == Some(&value),
        )
        .await
    }

    /// Some fields of a lead, its company's too: a list of those asked for, `None` where there is no value.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn fields<const N: usize>(
        &self,
        lead: &str,
        fields: [&str; N],
    ) -> [Option<Value>; N] {
        let request = GetLeadRequest {
            name: lead.to_owned(),
            fields: fields.map(str::to_owned).to_vec(),
        };
        let lead = self.leads().get_lead(request).await;
        let mut found = lead.expect("the lead is there").into_inner().fields;
        fields.map(|field| found.remove(field))
    }
}

fn line(activity: &Activity) -> String {
    let attribute = |name| activity.attributes.get(name).map_or("", String::as_str);
    let what = match activity.r#type.as_str() {
        "New Person" => attribute("Source").to_owned(),
        "Call Webhook" => format!("{} {}", attribute("Webhook"), attribute("Code")),
        "Change Data Value" => format!(
            "{} = {} by {}",
            attribute("Field"),
            attribute("New Value"),
            attribute("Source")
        ),
        "Request Campaign" => format!("{} by {}", attribute("Campaign"), attribute("Source")),
        _ => attribute("Campaign").to_owned(),
    };
    format!("{}: {what}", activity.r#type)
}
