use super::*;

fn custom(api_name: &str, display_name: &str) -> Field {
    Field {
        id: FieldId(FieldId::FIRST_CUSTOM),
        api_name: api_name.to_owned(),
        rest_name: format!("{}Rest", api_name.to_lowercase()),
        display_name: display_name.to_owned(),
        field_type: FieldType::String,
        object: Object::Lead,
        read_only: false,
        custom: true,
    }
}

#[test]
fn r_lead_3_api_name_before_rest_name_before_display_name_and_lead_before_company() {
    let schema = Schema::standard();
    for (name, api_name, object) in [
        ("Title", "Title", Object::Lead),
        ("jobTitle", "", Object::Lead),
        ("  JOB \t title ", "Title", Object::Lead),
        ("Address", "Address", Object::Lead),
        ("company.address", "BillingStreet", Object::Company),
        ("Company.Industry", "Industry", Object::Company),
        ("lead.City", "City", Object::Lead),
        ("industry", "Industry", Object::Company),
        ("SFDC Type", "SFDCType", Object::Lead),
        ("company.SFDC Type", "CompanySFDCType", Object::Company),
        ("Company", "Company", Object::Company),
    ] {
        let found = schema.find(name).map(|field| (field.api_name.as_str(), field.object));
        let expected = (!api_name.is_empty()).then_some((api_name, object));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn the_standard_fields_have_their_ids() {
    let schema = Schema::standard();
    for (id, api_name) in [
        (FieldId::ID, "Id"),
        (FieldId::CREATED_AT, "CreatedAt"),
        (FieldId::UPDATED_AT, "UpdatedAt"),
        (FieldId::EMAIL, "Email"),
        (FieldId::FIRST_NAME, "FirstName"),
        (FieldId::MIDDLE_NAME, "MiddleName"),
        (FieldId::LAST_NAME, "LastName"),
        (FieldId::FULL_NAME, "FullName"),
        (FieldId::COMPANY, "Company"),
    ] {
        assert_eq!(schema.get(id).unwrap().api_name, api_name);
    }
    assert_eq!(schema.iter().count(), 81);
    assert!(schema.iter().all(|field| field.id.0 < FieldId::FIRST_CUSTOM));
}

#[test]
fn r_lead_3_a_name_that_any_field_bears_in_any_form_is_refused() {
    let mut schema = Schema::standard();
    for (api_name, display_name) in [
        ("firstname", "Another"),
        ("Another", "first  NAME"),
        ("Industry", "Another"),
        ("numEmployees", "Num Employees"),
    ] {
        let error = schema.add(custom(api_name, display_name)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NameTaken, "{api_name} {display_name}");
    }
    schema.add(custom("LoyaltyTier", "Loyalty Tier")).unwrap();
    assert_eq!(schema.find("loyalty tier").unwrap().api_name, "LoyaltyTier");
    assert_eq!(schema.remove(FieldId(FieldId::FIRST_CUSTOM)).unwrap().api_name, "LoyaltyTier");
    assert_eq!(schema.find("loyalty tier"), None);
}

#[test]
fn r_tok_1_no_field_is_named_with_what_ends_a_token() {
    let mut schema = Schema::standard();
    for (api_name, display_name) in [
        ("1st", "First"),
        ("", "First"),
        ("With Space", "First"),
        ("Ok", ""),
        ("Ok", "a:b"),
        ("Ok", "a=b"),
        ("Ok", "{a"),
        ("Ok", "a}"),
        ("Ok", "a\nb"),
    ] {
        let error = schema.add(custom(api_name, display_name)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{api_name} {display_name}");
    }
}

#[test]
fn near_misses_are_suggested() {
    let schema = Schema::standard();
    assert_eq!(schema.suggest(None, "Emial Address").unwrap().api_name, "Email");
    assert_eq!(schema.suggest(Some(Object::Company), "Industri").unwrap().api_name, "Industry");
    assert_eq!(schema.suggest(None, "Something Else Entirely"), None);
}
