//! What is told of activities.

use leadhook_engine::ActivityView;
use leadhook_proto::v1;

use super::time;

pub(crate) fn message(activity: ActivityView) -> v1::Activity {
    v1::Activity {
        name: activity.name(),
        lead: format!("leads/{}", activity.lead),
        r#type: activity.activity_type.to_owned(),
        time: Some(time::timestamp(activity.time)),
        primary_attribute: activity.primary_attribute,
        attributes: activity
            .attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}
