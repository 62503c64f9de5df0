use leadhook_field::{Field, FieldId, FieldType, Object, Schema};

use super::{FieldDraft, display_name, rest_name};
use crate::error::{Error, Kind, Violation};

fn draft(api_name: &str) -> FieldDraft {
    FieldDraft {
        api_name: api_name.to_owned(),
        field_type: Some(FieldType::String),
        ..FieldDraft::default()
    }
}

fn check(draft: FieldDraft) -> Result<Field, Error> {
    draft
        .with_defaults()
        .check(&Schema::standard(), FieldId(FieldId::FIRST_CUSTOM + 1))
}

fn faults(draft: FieldDraft) -> Vec<Violation> {
    match check(draft) {
        Err(Error::Invalid {
            subject: Kind::Field,
            violations,
        }) => violations,
        other => panic!("expected faults, got {other:?}"),
    }
}

#[test]
fn names_that_are_left_out_are_made_of_the_api_name() {
    let cases = [
        ("FavoriteColor", "favoriteColor", "Favorite Color"),
        ("Favorite_Color__c", "favorite_Color__c", "Favorite Color"),
        ("SFDCOwner", "sfdcOwner", "SFDC Owner"),
        ("OwnerIP", "ownerIP", "Owner IP"),
        ("color", "color", "color"),
        ("Plan2", "plan2", "Plan2"),
        ("ID", "id", "ID"),
    ];
    for (api, rest, display) in cases {
        assert_eq!(
            (rest_name(api).as_str(), display_name(api).as_str()),
            (rest, display),
            "{api}"
        );
    }
}

#[test]
fn the_standard_rest_names_are_made_alike() {
    let schema = Schema::standard();
    let others: Vec<_> = schema
        .iter()
        .filter(|field| rest_name(&field.api_name) != field.rest_name)
        .map(|field| (field.api_name.as_str(), field.rest_name.as_str()))
        .collect();
    // Marketo's own exceptions.
    assert_eq!(
        others,
        [
            ("DateofBirth", "dateOfBirth"),
            ("CompanySFDCType", "companySfdcType"),
            ("CompanySFDCCreatedDate", "companySfdcCreatedDate"),
        ]
    );
}

#[test]
fn a_field_belongs_to_the_lead_unless_it_says_otherwise() {
    let field = check(draft("FavoriteColor")).unwrap();
    assert_eq!(
        (field.object, field.custom, field.read_only),
        (Object::Lead, true, false)
    );
    let company = FieldDraft {
        object: Some(Object::Company),
        ..draft("Tier")
    };
    assert_eq!(check(company).unwrap().object, Object::Company);
}

#[test]
fn r_lead_3_a_name_that_any_field_bears_in_any_form_is_refused() {
    assert!(matches!(
        check(draft("Email")),
        Err(Error::AlreadyExists { kind: Kind::Field, name }) if name == "fields/Email"
    ));
    let cases = [
        ("email", "", "", vec!["field_id"]),
        ("Mine", "leadScore", "", vec!["field.rest_name"]),
        ("Mine", "", "job  title", vec!["field.display_name"]),
        // A company's name counts as a lead's does.
        ("Mine", "", "Industry", vec!["field.display_name"]),
        ("Name", "mine", "My Name", vec!["field_id"]),
        (
            "Mine",
            "create_time",
            "company.City",
            vec!["field.rest_name", "field.display_name"],
        ),
    ];
    for (api, rest, display, expected) in cases {
        let draft = FieldDraft {
            rest_name: rest.to_owned(),
            display_name: display.to_owned(),
            ..draft(api)
        };
        let told: Vec<_> = faults(draft).into_iter().map(|fault| fault.field).collect();
        assert_eq!(told, expected, "{api} {rest} {display}");
    }
}

#[test]
fn r_tok_1_no_name_has_what_ends_a_token() {
    for mark in ["{", "}", ":", "="] {
        let draft = FieldDraft {
            display_name: format!("My{mark}Field"),
            ..draft("Mine")
        };
        let told = faults(draft);
        assert_eq!(told[0].field, "field.display_name");
        assert!(told[0].message.contains(mark), "{}", told[0].message);
        assert_eq!(
            faults(self::draft(&format!("My{mark}Field")))[0].field,
            "field_id"
        );
    }
}

#[test]
fn all_faults_are_told() {
    let wrong = FieldDraft {
        api_name: "1st".to_owned(),
        rest_name: "a b".to_owned(),
        display_name: "x".repeat(256),
        field_type: None,
        object: None,
        read_only: true,
    };
    let told: Vec<_> = faults(wrong).into_iter().map(|fault| fault.field).collect();
    assert_eq!(
        told,
        [
            "field_id",
            "field.rest_name",
            "field.display_name",
            "field.read_only",
            "field.type"
        ]
    );
    let formula = FieldDraft {
        field_type: Some(FieldType::Formula),
        ..draft("Sum")
    };
    assert_eq!(faults(formula)[0].field, "field.type");
    assert_eq!(faults(draft(&"x".repeat(65)))[0].field, "field_id");
}

#[test]
fn an_api_name_that_is_left_out_is_made_of_the_display_name() {
    for (display_name, api_name) in [
        ("Favorite Color", "FavoriteColor"),
        (" shoe-size (EU) ", "ShoeSizeEU"),
        ("Loyalty_Tier__c", "Loyalty_Tier__c"),
        ("Größe", "GrE"),
    ] {
        let draft = FieldDraft {
            display_name: display_name.to_owned(),
            ..draft("")
        };
        assert_eq!(draft.with_defaults().api_name, api_name);
    }
    let nameless = FieldDraft {
        display_name: "色".to_owned(),
        ..draft("")
    };
    assert_eq!(faults(nameless.with_defaults())[0].field, "field_id");
}
