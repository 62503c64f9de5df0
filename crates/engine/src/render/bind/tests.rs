use leadhook_field::{Object, Schema};

use super::{Bound, Fault, Source, projection};

fn bind(text: &str) -> Result<Bound, Vec<Fault>> {
    Bound::new(text, &Schema::standard())
}

#[test]
fn r_tok_1_a_field_goes_by_any_of_its_names() {
    let schema = Schema::standard();
    let email = schema.find_in(Object::Lead, "Email").unwrap().id;
    for token in [
        "{{lead.Email Address}}",
        "{{LEAD.email  ADDRESS}}",
        "{{lead. Email\nAddress }}",
        "{{lead.Email}}",
        "{{lead.email:DEFAULT=x}}",
    ] {
        match &bind(token).unwrap().sources[..] {
            [Source::Field { field, .. }] => assert_eq!(*field, email, "{token}"),
            other => panic!("{token}: {other:?}"),
        }
    }
}

#[test]
fn r_def_2_names_that_nothing_bears_are_refused_with_what_may_have_been_meant() {
    for (token, suggestion) in [
        ("{{lead.Frist Name}}", Some("{{lead.First Name}}")),
        ("{{lead.Emial Address}}", Some("{{lead.Email Address}}")),
        ("{{lead.Industry}}", Some("{{company.Industry}}")),
        ("{{company.First Name}}", Some("{{lead.First Name}}")),
        ("{{company.Industri}}", Some("{{company.Industry}}")),
        ("{{lead.Favourite Colour of All}}", None),
        ("{{system.dat}}", Some("{{system.date}}")),
        ("{{system.datetme}}", Some("{{system.dateTime}}")),
        ("{{system.weather}}", None),
        ("{{campaign.nam}}", Some("{{campaign.Name}}")),
        ("{{program.descripton}}", Some("{{program.Description}}")),
        ("{{program.owner}}", None),
    ] {
        let faults = bind(&format!("a\nbé{token}")).unwrap_err();
        assert_eq!(faults.len(), 1, "{token}");
        assert_eq!(faults[0].suggestion.as_deref(), suggestion, "{token}");
        assert_eq!(
            (faults[0].position.line, faults[0].position.column),
            (2, 3),
            "{token}"
        );
    }
}

#[test]
fn r_def_2_names_in_my_trigger_and_member_are_free() {
    for token in [
        "{{my.anything}}",
        "{{trigger.Whatever Else}}",
        "{{member.webinar url}}",
    ] {
        assert!(bind(token).is_ok(), "{token}");
    }
}

#[test]
fn r_def_2_all_faults_are_told() {
    let faults = bind("{{lead.Nobody}}{{company.Nothing}}\n{{system.never}}{{lead.First Name}}")
        .unwrap_err();
    let places: Vec<_> = faults
        .iter()
        .map(|fault| (fault.position.line, fault.position.column))
        .collect();
    assert_eq!(places, [(1, 1), (1, 16), (2, 1)]);
    let grammar = bind("{{lead.First Name=x}}{{lead.City").unwrap_err();
    assert_eq!(grammar.len(), 2, "{grammar:?}");
}

#[test]
fn fields_have_their_slots_in_one_projection_leads_before_companies() {
    let schema = Schema::standard();
    let mut one =
        bind("{{company.Industry}}{{lead.City}}{{lead.First Name}}{{lead.City}}").unwrap();
    let two = bind("{{lead.Email Address}}{{system.date}}").unwrap();
    let projection = projection([&one, &two]);
    assert_eq!((projection.lead.len(), projection.company.len()), (3, 1));
    one.place(&projection);
    let all: Vec<_> = projection.lead.iter().chain(&projection.company).collect();
    let named: Vec<_> = one
        .sources
        .iter()
        .map(|source| match source {
            Source::Field { slot, .. } => schema.get(*all[*slot]).unwrap().display_name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(named, ["Industry", "City", "First Name", "City"]);
}

#[test]
fn r_def_4_a_fault_in_a_secret_is_not_told_in_its_words() {
    let fault = bind("{{lead.hunter2}}").unwrap_err().remove(0);
    assert!(fault.message.contains("hunter2"));
    let hidden = fault.clone().without_words();
    assert!(!hidden.message.contains("hunter2"));
    assert_eq!((hidden.position, hidden.suggestion), (fault.position, None));
}
