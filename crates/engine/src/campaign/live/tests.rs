use leadhook_field::Datetime;
use leadhook_store::{CampaignDefinition, CampaignType, Choice, FlowStep, Qualification, Revision};

use super::*;

fn campaign(version: i64, active: bool) -> Campaign {
    let choice = Choice {
        condition: "City = Oslo".to_owned(),
        action: None,
    };
    Campaign {
        id: CampaignId(7),
        name: "score".to_owned(),
        version: Revision(version),
        created: Datetime::from_micros(0),
        updated: Datetime::from_micros(0),
        active,
        definition: CampaignDefinition {
            display_name: String::new(),
            description: String::new(),
            program: None,
            campaign_type: CampaignType::Trigger,
            triggers: Vec::new(),
            flow: vec![FlowStep {
                choices: vec![choice],
                default_action: None,
            }],
            qualification: Qualification::EveryTime,
        },
    }
}

#[test]
fn r_cmp_6_a_version_is_compiled_once_however_often_its_campaign_is_put() {
    let (schema, zone) = (Schema::standard(), Zone::utc());
    let mut campaigns = Campaigns::default();
    let mut put = |version, active| {
        campaigns.put(campaign(version, active), &schema, &zone);
        let live = campaigns.get(CampaignId(7)).expect("it was put");
        assert_eq!(live.campaign.active, active);
        Arc::clone(&live.compiled)
    };
    let first = put(1, false);
    assert!(Arc::ptr_eq(&first, &put(1, true)), "activating parsed anew");
    assert!(
        !Arc::ptr_eq(&first, &put(2, true)),
        "a new version is another"
    );
}
