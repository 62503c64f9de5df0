//! What happened to leads, as it is shown (R-CMP-5), and leads by their calls (R-CMP-4).

use leadhook_engine::{ActivityView, Error, ListActivities, ListLeads};
use leadhook_store::{ActivityId, LeadId};

use super::site::{Site, mapping, stored};

async fn site_with_calls(calls: usize) -> (Site, LeadId) {
    let mut site = Site::new().await;
    site.save(|draft| {
        draft.display_name = "Enrich a lead".to_owned();
        draft.response_mappings = vec![mapping("city", "City"), mapping("score", "Lead Score")];
    })
    .await;
    let lead = site.lead(&[("Email", "ada@example.com")]).await;
    for n in 0..calls {
        let (status, body) = match n % 2 {
            0 => ("200 OK", format!(r#"{{"city":"Oslo {n}","score":{n}}}"#)),
            _ => ("422 Unprocessable Entity", "no".to_owned()),
        };
        let answer = site.service.answer(status, &body);
        let (call, _) = tokio::join!(site.engine.call(stored(lead)), answer);
        call.unwrap();
    }
    (site, lead)
}

fn list(lead: LeadId, filter: &str) -> ListActivities {
    ListActivities {
        lead,
        filter: filter.to_owned(),
        after: None,
        limit: 100,
        max_bytes: 3 << 20,
    }
}

async fn all(site: &Site, lead: LeadId, filter: &str, limit: usize) -> Vec<ActivityView> {
    let (mut after, mut all): (Option<ActivityId>, _) = (None, Vec::new());
    loop {
        let list = ListActivities {
            after,
            limit,
            ..list(lead, filter)
        };
        let page = site.engine.list_activities(list).await.unwrap();
        assert!(page.rows.len() <= limit);
        all.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn r_cmp_5_a_call_and_what_it_changed_are_told_in_words() {
    let (site, lead) = site_with_calls(2).await;
    let calls = all(&site, lead, "type = \"Call Webhook\"", 100).await;
    let [first, second] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert_eq!(first.primary_attribute, "Enrich a lead");
    let call = |activity: &ActivityView| {
        let attributes = activity.attributes.iter();
        attributes
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
    };
    let [webhook, response, error_type, code, name] = &call(second)[..] else {
        panic!("{second:?}");
    };
    assert_eq!(webhook, "Webhook=webhooks/enrich");
    assert_eq!(response, "Response=no");
    assert_eq!(error_type, "Error Type=Unprocessable Entity");
    assert_eq!(code, "Code=422");
    assert!(name.starts_with("Call=calls/"), "{name}");
    let changes = all(&site, lead, "attributes.Source = webhooks/enrich", 100).await;
    let [city, score] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(city.activity_type, "Change Data Value");
    assert_eq!(score.primary_attribute, "Lead Score");
    assert_eq!(
        call(score),
        [
            "Field=LeadScore",
            "Old Value=",
            "New Value=0",
            "Source=webhooks/enrich"
        ]
    );
    assert_eq!(call(city)[2], "New Value=Oslo 0");
    assert_eq!(city.name(), format!("activities/{lead}-{}", city.id));
}

#[tokio::test]
async fn r_lead_4_filtered_pages_of_activities_go_on_where_they_ended() {
    let (site, lead) = site_with_calls(9).await;
    for filter in [
        "",
        "attributes.Code = 422",
        "type = \"Change Data Value\"",
        "type = none",
    ] {
        let whole = all(&site, lead, filter, 1_000).await;
        assert!(whole.windows(2).all(|two| two[0].id < two[1].id));
        for limit in [1, 2, 3] {
            assert_eq!(
                all(&site, lead, filter, limit).await,
                whole,
                "{filter}, {limit} a page"
            );
        }
    }
    assert_eq!(all(&site, lead, "attributes.Code = 422", 2).await.len(), 4);
    let list = ListActivities {
        max_bytes: 1,
        ..list(lead, "attributes.Code = 422")
    };
    let page = site.engine.list_activities(list).await.unwrap();
    assert_eq!(page.rows.len(), 1, "one row at least");
    assert!(page.next.is_some());
}

#[tokio::test]
async fn r_lead_6_activities_of_a_lead_that_is_not_there_are_not_found() {
    let (site, lead) = site_with_calls(1).await;
    site.engine.delete_lead(lead).await.unwrap();
    for lead in [lead, LeadId(99)] {
        let error = site
            .engine
            .list_activities(list(lead, ""))
            .await
            .unwrap_err();
        assert!(matches!(&error, Error::NotFound { .. }), "{error}");
    }
}

#[tokio::test]
async fn r_cmp_4_a_smart_list_names_webhooks_that_are_there() {
    let (site, lead) = site_with_calls(2).await;
    let leads = async |filter: &str| {
        let list = ListLeads {
            filter: filter.to_owned(),
            ..ListLeads::default()
        };
        site.engine.list_leads(list).await.map(|page| {
            page.rows
                .into_iter()
                .map(|view| view.id)
                .collect::<Vec<_>>()
        })
    };
    let found = leads("called_webhook(webhook = \"webhooks/Enrich\", code = 422)").await;
    assert_eq!(found.unwrap(), [lead]);
    assert_eq!(leads("NOT called_webhook(code = 422)").await.unwrap(), []);
    let many = vec!["called_webhook()"; 33].join(" AND ");
    for (filter, said) in [
        (
            "City:* OR called_webhook(webhook = webhooks/enrch)",
            "line 1, column 36: `webhooks/enrch`",
        ),
        (
            "called_webhook(webhook = webhooks/enrch)",
            "did you mean `\"webhooks/enrich\"`",
        ),
        ("called_webhook(webhook = other)", "ListWebhooks"),
        ("called_webhook(code = 4.5)", "a response code such as 503"),
        (many.as_str(), "at most 32"),
    ] {
        let refused = leads(filter).await.unwrap_err();
        assert!(matches!(&refused, Error::Invalid { .. }), "{refused:?}");
        assert!(refused.to_string().contains(said), "{filter}: {refused}");
    }
}
