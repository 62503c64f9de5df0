use super::*;

#[test]
fn r_tok_9_text_forms() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let time = Datetime::parse("2010-05-07T13:41:32.987654Z").unwrap();
    for (value, text) in [
        (Value::Text("as it is ".into()), "as it is "),
        (Value::Integer(-7), "-7"),
        (Value::Integer(i32::MIN), "-2147483648"),
        (Value::Float(-0.0), "0"),
        (Value::Float(3.0), "3"),
        (Value::Float(0.1), "0.1"),
        (Value::Float(1.5e-7), "0.00000015"),
        (Value::Float(1e21), "1000000000000000000000"),
        (Value::Boolean(true), "true"),
        (Value::Boolean(false), "false"),
        (
            Value::Date(Date::from_ymd(2010, 5, 7).unwrap()),
            "2010-05-07",
        ),
        (Value::Date(Date::from_ymd(7, 5, 7).unwrap()), "0007-05-07"),
        (Value::Datetime(time), "2010-05-07 15:41:32"),
    ] {
        assert_eq!(value.to_text(&zone), text);
    }
}

#[test]
fn r_tok_9_the_largest_float_is_written_out() {
    let text = Value::Float(f64::MAX).to_text(&Zone::utc());
    assert_eq!(text.len(), 309);
    assert_eq!(text.parse(), Ok(f64::MAX));
}

#[test]
fn text_is_written_behind_what_is_there() {
    let mut out = b"n=".to_vec();
    Value::Integer(1).write_text(&Zone::utc(), &mut out);
    Value::Text("é".into()).write_text(&Zone::utc(), &mut out);
    assert_eq!(out, "n=1é".as_bytes());
}

#[test]
fn only_a_text_has_text() {
    assert_eq!(Value::Text("42".into()).as_text(), Some("42"));
    assert_eq!(Value::Integer(42).as_text(), None);
}
