use leadhook_field::Value;

use super::{MAX_NAME, MAX_TEXT, MemberInput, read_row};
use crate::leads::Input;

fn read(lead: &str, fields: &[(&str, Input)]) -> Result<Vec<(String, Option<Value>)>, Vec<String>> {
    let row = MemberInput {
        lead: lead.to_owned(),
        fields: fields
            .iter()
            .map(|(name, input)| ((*name).to_owned(), input.clone()))
            .collect(),
    };
    match read_row("members[3]", row) {
        Ok(upsert) => Ok(upsert
            .writes
            .into_iter()
            .map(|write| (write.key.into_string(), write.value))
            .collect()),
        Err(fault) => Err(fault.violations().iter().map(ToString::to_string).collect()),
    }
}

fn text(text: &str) -> Input {
    Input::Text(text.to_owned())
}

#[test]
fn r_tok_8_members_have_values_of_the_type_that_they_are_given_in() {
    let read = read(
        "leads/7",
        &[
            ("Webinar  URL", text("https://example.com/")),
            ("digits", text("42")),
            ("paid", Input::Boolean(true)),
            ("seats", Input::Number(2.5)),
            ("x", Input::Null),
            ("y", text("")),
        ],
    );
    let value = |key: &str, value| (key.to_owned(), value);
    assert_eq!(
        read.unwrap(),
        [
            value(
                "webinar url",
                Some(Value::Text("https://example.com/".into()))
            ),
            value("digits", Some(Value::Text("42".into()))),
            value("paid", Some(Value::Boolean(true))),
            value("seats", Some(Value::Float(2.5))),
            value("x", None),
            value("y", None),
        ]
    );
}

#[test]
fn all_faults_of_a_row_are_told_with_their_places() {
    let long_name = "n".repeat(MAX_NAME + 1);
    let long_text = text(&"t".repeat(MAX_TEXT + 1));
    for (lead, fields, faults) in [
        (
            "companies/7",
            &[][..],
            &["members[3].lead: `companies/7` is no name"][..],
        ),
        (
            "leads/07",
            &[("a:b", Input::Null)][..],
            &[
                "members[3].lead: ",
                "members[3].fields[\"a:b\"]: `:` cannot",
            ],
        ),
        (
            "leads/7",
            &[("URL", text("a")), ("url ", text("b"))],
            &["members[3].fields[\"url \"]: is given twice"],
        ),
        (
            "leads/7",
            &[("x", Input::Number(f64::NAN))],
            &["members[3].fields[\"x\"]: NaN is no number"],
        ),
        (
            "leads/7",
            &[("x", Input::Other)],
            &["members[3].fields[\"x\"]: is a list or an object"],
        ),
        (
            "leads/7",
            &[("x", long_text)],
            &["members[3].fields[\"x\"]: has 30001 bytes"],
        ),
        (
            "leads/7",
            &[(&*long_name, text("a"))],
            &["members[3].fields[\"nnn"],
        ),
    ] {
        let told = read(lead, fields).unwrap_err();
        assert_eq!(told.len(), faults.len(), "{told:?}");
        for (told, fault) in told.iter().zip(faults) {
            assert!(told.starts_with(fault), "{told}");
        }
    }
    let names: Vec<_> = (0..101).map(|at| format!("k{at}")).collect();
    let many: Vec<_> = names.iter().map(|name| (&**name, text("v"))).collect();
    assert_eq!(read("leads/7", &many[..100]).unwrap().len(), 100);
    assert_eq!(
        read("leads/7", &many).unwrap_err(),
        ["members[3].fields: has 101 fields; a membership has at most 100"]
    );
}
