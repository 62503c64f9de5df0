use super::*;

fn custom(id: u32, api_name: &str, rest_name: &str, display_name: &str) -> Field {
    Field {
        id: FieldId(id),
        api_name: api_name.to_owned(),
        rest_name: rest_name.to_owned(),
        display_name: display_name.to_owned(),
        field_type: FieldType::String,
        object: Object::Lead,
        read_only: false,
        custom: true,
    }
}

fn tier() -> Field {
    custom(1_000, "LoyaltyTier", "loyaltyTier", "Tier of Loyalty")
}

fn found<'a>(schema: &'a Schema, name: &str) -> Option<(&'a str, Object)> {
    let field = schema.find(name)?;
    Some((field.api_name.as_str(), field.object))
}

#[test]
fn r_lead_3_any_form_of_a_name_finds_its_field() {
    let mut schema = Schema::standard();
    schema.add(tier()).unwrap();
    for (name, api_name) in [
        ("Title", "Title"),
        ("  JOB \t title ", "Title"),
        ("dateOfBirth", "DateofBirth"),
        ("billingcity", "BillingCity"),
        ("Num Employees", "NumberOfEmployees"),
        ("LOYALTYTIER", "LoyaltyTier"),
        ("tier OF  loyalty", "LoyaltyTier"),
    ] {
        assert_eq!(
            found(&schema, name).map(|(name, _)| name),
            Some(api_name),
            "{name}"
        );
    }
    for name in [
        "",
        " ",
        "jobTitle",
        "JobTitle",
        "Titl",
        "Loyalty",
        "person.City",
        ".City",
    ] {
        assert_eq!(found(&schema, name), None, "{name}");
    }
}

#[test]
fn r_lead_3_lead_fields_come_before_company_fields() {
    let schema = Schema::standard();
    for (name, api_name, object) in [
        ("Address", "Address", Object::Lead),
        ("City", "City", Object::Lead),
        ("SFDC Type", "SFDCType", Object::Lead),
        ("company.address", "BillingStreet", Object::Company),
        ("company.City", "BillingCity", Object::Company),
        ("COMPANY. city ", "BillingCity", Object::Company),
        ("company.SFDC Type", "CompanySFDCType", Object::Company),
        ("company.billingCity", "BillingCity", Object::Company),
        ("lead.City", "City", Object::Lead),
        ("industry", "Industry", Object::Company),
        ("Company", "Company", Object::Company),
    ] {
        assert_eq!(found(&schema, name), Some((api_name, object)), "{name}");
    }
    for name in [
        "lead.Industry",
        "company.Email",
        "lead.company.City",
        "lead.",
    ] {
        assert_eq!(found(&schema, name), None, "{name}");
    }
    let city = |object| schema.find_in(object, "City").unwrap().api_name.as_str();
    assert_eq!(
        [city(Object::Lead), city(Object::Company)],
        ["City", "BillingCity"]
    );
    assert_eq!(schema.find_in(Object::Lead, "Industry"), None);
    assert_eq!(schema.find_in(Object::Company, "company.City"), None);
}

#[test]
fn r_lead_3_the_order_does_not_depend_on_what_came_first() {
    let mut schema = Schema {
        fields: BTreeMap::new(),
        bearers: HashMap::new(),
    };
    let company = Field {
        object: Object::Company,
        ..custom(1, "Shared", "b", "c")
    };
    schema.insert(company);
    for (field, first) in [
        (custom(2, "D", "e", "Shared"), "D"),
        (custom(3, "F", "shared", "g"), "F"),
        (custom(4, "Shared", "h", "i"), "Shared"),
    ] {
        schema.insert(field);
        assert_eq!(found(&schema, "shared"), Some((first, Object::Lead)));
    }
}

#[test]
fn r_lead_3_a_name_that_any_field_bears_in_any_form_is_refused() {
    let mut schema = Schema::standard();
    schema.add(tier()).unwrap();
    for (api_name, rest_name, display_name, bearer) in [
        ("firstname", "new", "New", "FirstName"),
        ("New", "leadScore", "New", "LeadScore"),
        ("New", "new", "first  NAME", "FirstName"),
        ("New", "new", "BillingCity", "BillingCity"),
        ("Industry", "new", "New", "Industry"),
        ("New", "tier of loyalty", "New", "LoyaltyTier"),
    ] {
        let error = schema
            .add(custom(1_001, api_name, rest_name, display_name))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NameTaken);
        assert!(
            error
                .to_string()
                .ends_with(&format!("the field {bearer} bears it")),
            "{error}"
        );
    }
    // One field may bear one name in several forms.
    schema.add(custom(1_001, "New", "new", "NEW")).unwrap();
}

#[test]
fn r_tok_1_no_field_is_named_with_what_ends_a_token() {
    let long = "x".repeat(256);
    let mut schema = Schema::standard();
    for name in [
        "",
        " ",
        "a:b",
        "a=b",
        "{a",
        "a}",
        "a\nb",
        "\u{85}",
        "company.Tier",
        "Lead . Tier",
        &long,
    ] {
        for field in [
            custom(1_000, "Ok", "ok", name),
            custom(1_000, "Ok", name, "Ok"),
        ] {
            let error = schema.add(field).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidName, "{name:?}");
        }
    }
    for name in ["a.b", "Größe (cm)", "100 %", &long[1..]] {
        schema.add(custom(1_000, "Ok", "ok", name)).unwrap();
        schema.remove(FieldId(1_000)).unwrap();
    }
}

#[test]
fn api_names_are_letters_digits_and_underscores() {
    let mut schema = Schema::standard();
    let long = "x".repeat(65);
    for name in ["", "1st", "_a", "a b", "a-b", "é", "a\n", &long] {
        let error = schema.add(custom(1_000, name, "ok", "Ok")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{name:?}");
    }
    for name in ["a", "A_1__c", &long[1..]] {
        schema.add(custom(1_000, name, "ok", "Ok")).unwrap();
        schema.remove(FieldId(1_000)).unwrap();
    }
}

#[test]
fn ids_are_given_once_and_apart_from_standard_ones() {
    let mut schema = Schema::standard();
    schema.add(tier()).unwrap();
    for (id, kind) in [
        (1_000, ErrorKind::NameTaken),
        (82, ErrorKind::InvalidName),
        (1, ErrorKind::InvalidName),
    ] {
        let error = schema.add(custom(id, "New", "new", "New")).unwrap_err();
        assert_eq!(error.kind(), kind, "{id}");
    }
    assert_eq!(
        found(&schema, "New"),
        None,
        "what is refused leaves nothing behind"
    );
}

#[test]
fn r_fld_1_formulas_are_built_in() {
    let formula = Field {
        field_type: FieldType::Formula,
        ..tier()
    };
    let error = Schema::standard().add(formula).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
}

#[test]
fn r_lead_2_read_only_fields_say_why() {
    let schema = Schema::standard();
    for (name, message) in [
        ("Id", "the field Id is read-only: the server writes it"),
        (
            "Full Name",
            "the field FullName is read-only: it is made of other fields",
        ),
    ] {
        let error = schema.find(name).unwrap().check_writable().unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::ReadOnly, message)
        );
    }
    assert_eq!(schema.find("Email").unwrap().check_writable(), Ok(()));
}

#[test]
fn a_removed_field_leaves_its_names() {
    let mut schema = Schema::standard();
    schema.add(tier()).unwrap();
    assert_eq!(schema.get(FieldId(1_000)), Some(&tier()));
    assert_eq!(schema.iter().last(), Some(&tier()));
    assert_eq!(schema.remove(FieldId(1_000)), Some(tier()));
    assert_eq!(schema.remove(FieldId(1_000)), None);
    assert_eq!(found(&schema, "LoyaltyTier"), None);
    assert_eq!(schema.suggest(None, "LoyaltyTie"), None);
    schema.add(tier()).unwrap();
}

#[test]
fn a_name_shared_with_a_removed_field_means_the_other_one() {
    let mut schema = Schema::standard();
    let city = schema.find("lead.City").unwrap().id;
    schema.remove(city);
    assert_eq!(
        found(&schema, "City"),
        Some(("BillingCity", Object::Company))
    );
}

#[test]
fn r_def_2_near_misses_are_suggested() {
    let schema = Schema::standard();
    for (object, name, api_name) in [
        (None, "Emial Address", Some("Email")),
        (None, "E-mail Address", Some("Email")),
        (None, "emailaddress", Some("Email")),
        (None, "Frist Name", Some("FirstName")),
        (None, "Job Titel", Some("Title")),
        (None, "Ctiy", Some("City")),
        (None, "company.Ctiy", Some("BillingCity")),
        (Some(Object::Company), "Ctiy", Some("BillingCity")),
        (Some(Object::Company), "Industri", Some("Industry")),
        (Some(Object::Lead), "Industri", None),
        (None, "Something Else Entirely", None),
        (None, "X", None),
        (None, "", None),
    ] {
        let near = schema
            .suggest(object, name)
            .map(|field| field.api_name.as_str());
        assert_eq!(near, api_name, "{object:?} {name}");
    }
}

#[test]
fn what_is_longer_than_any_name_is_compared_with_none() {
    let endless = "Email Address".repeat(1_000_000);
    assert_eq!(Schema::standard().suggest(None, &endless), None);
}

proptest::proptest! {
    #[test]
    fn never_panics(name in ".{0,40}|(lead|company) ?\\. ?[A-Za-z ]{0,12}") {
        let mut schema = Schema::standard();
        let _ = schema.find(&name);
        let _ = schema.suggest(None, &name);
        if schema.add(custom(1_000, "New", "new_rest", &name)).is_ok() {
            proptest::prop_assert_eq!(found(&schema, &name), Some(("New", Object::Lead)));
            proptest::prop_assert_eq!(found(&schema, &name.to_lowercase()), Some(("New", Object::Lead)));
        }
    }
}
