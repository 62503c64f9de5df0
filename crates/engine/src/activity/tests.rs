use leadhook_field::Datetime;
use leadhook_store::{ActivityId, LeadId};

use super::{filter::activity_filter, view::ActivityView};

fn call() -> ActivityView {
    ActivityView {
        id: ActivityId {
            record: 123,
            place: 1,
        },
        lead: LeadId(7),
        activity_type: "Call Webhook",
        time: Datetime::from_micros(1_000_000),
        primary_attribute: "Enrich".to_owned(),
        attributes: vec![
            ("Webhook", "webhooks/enrich".to_owned()),
            ("Response", String::new()),
            ("Error Type", "Unprocessable Entity".to_owned()),
            ("Code", "422".to_owned()),
        ],
    }
}

#[test]
fn r_fil_3_activities_are_filtered_by_fields_and_attributes() {
    for (filter, is_match) in [
        ("", true),
        ("name = activities/7-123-1", true),
        ("name = activities/7-123-2", false),
        ("lead = leads/7", true),
        ("type = \"call webhook\"", true),
        ("type = \"Change Data Value\"", false),
        ("time >= \"1970-01-01T00:00:01Z\"", true),
        ("time < \"1970-01-01T00:00:01Z\"", false),
        ("primary_attribute:rich", true),
        ("attributes.Code = 422", true),
        ("attributes.Code = \"422\" AND attributes.code < 1000", true),
        ("attributes.Code >= 500", false),
        ("\"attributes.Error Type\":entity", true),
        ("attributes.Webhook = webhooks/enrich", true),
        ("attributes.Response = \"\"", true),
        ("attributes.Reason:*", false),
        ("NOT attributes.Campaign = campaigns/x", true),
    ] {
        let parsed = activity_filter(filter).unwrap();
        assert_eq!(call().matches(&parsed), is_match, "{filter}");
    }
}

#[test]
fn r_fil_3_what_no_activity_has_is_refused_with_what_may_be_meant() {
    for (filter, suggested) in [
        ("attributes.Cod = 422", "attributes.Code"),
        ("typ = x", "type"),
        ("attributes.Code = many", "number"),
    ] {
        let refused = activity_filter(filter).unwrap_err().to_string();
        assert!(refused.contains(suggested), "{filter}: {refused}");
    }
}
