use super::*;
use crate::time::{Date, Datetime};

fn kind(result: Result<impl std::fmt::Debug, Error>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn r_fld_1_texts_have_a_length_in_code_points_but_text_area_in_bytes() {
    for field_type in [
        FieldType::String,
        FieldType::Email,
        FieldType::Phone,
        FieldType::Url,
        FieldType::Reference,
    ] {
        assert!(field_type.check_text(&"\u{1F600}".repeat(255)).is_ok());
        assert_eq!(kind(field_type.check_text(&"a".repeat(256))), ErrorKind::TooLong);
    }
    assert!(FieldType::TextArea.check_text(&"é".repeat(15_000)).is_ok());
    assert_eq!(kind(FieldType::TextArea.check_text(&"a".repeat(30_001))), ErrorKind::TooLong);
}

#[test]
fn r_fld_1_integers_have_32_bits() {
    for field_type in [FieldType::Integer, FieldType::Score, FieldType::Percent] {
        assert_eq!(field_type.read_number("2147483647"), Ok(Value::Integer(i32::MAX)));
        assert_eq!(field_type.read_number("-2147483648"), Ok(Value::Integer(i32::MIN)));
        assert_eq!(kind(field_type.read_number("2147483648")), ErrorKind::OutOfRange);
        assert_eq!(kind(field_type.read_number("1e999999999")), ErrorKind::OutOfRange);
    }
}

#[test]
fn r_map_4_numbers_fit_where_they_are_exact() {
    let zone = Zone::utc();
    assert_eq!(FieldType::Integer.read_number("1.0"), Ok(Value::Integer(1)));
    assert_eq!(FieldType::Score.read_number("1e2"), Ok(Value::Integer(100)));
    assert_eq!(kind(FieldType::Integer.read_number("1.5")), ErrorKind::TypeMismatch);
    assert_eq!(kind(FieldType::Integer.read_number("1e-1")), ErrorKind::TypeMismatch);
    assert_eq!(FieldType::Float.read_number("1e2"), Ok(Value::Float(100.0)));
    assert_eq!(kind(FieldType::Currency.read_number("1e400")), ErrorKind::OutOfRange);
    let digits = "123456789012345678901234567890.5";
    assert_eq!(FieldType::String.read_number(digits), Ok(Value::Text(digits.into())));
    assert_eq!(kind(FieldType::String.read_number("1e400")), ErrorKind::TooLong);
    assert!(FieldType::TextArea.read_number("1e400").is_ok());
    for field_type in [FieldType::Boolean, FieldType::Date, FieldType::Datetime] {
        assert_eq!(kind(field_type.read_number("1")), ErrorKind::TypeMismatch);
    }
    assert_eq!(FieldType::Integer.from_f64(-0.0), Ok(Value::Integer(0)));
    assert_eq!(kind(FieldType::Float.from_f64(f64::NAN)), ErrorKind::OutOfRange);
    assert_eq!(FieldType::String.from_bool(true).unwrap().to_text(&zone), "true");
    assert_eq!(kind(FieldType::Integer.from_bool(true)), ErrorKind::TypeMismatch);
}

#[test]
fn r_fld_2_reads_from_text() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let date = Value::Date(Date::from_ymd(2010, 5, 7).unwrap());
    let time = Value::Datetime(Datetime::parse("2010-05-07T13:41:32Z").unwrap());
    for (field_type, text, value) in [
        (FieldType::Integer, " +42 ", Some(Value::Integer(42))),
        (FieldType::Float, "-1.5e1", Some(Value::Float(-15.0))),
        (FieldType::Boolean, "tRuE", Some(Value::Boolean(true))),
        (FieldType::Boolean, "0", Some(Value::Boolean(false))),
        (FieldType::Boolean, " no ", Some(Value::Boolean(false))),
        (FieldType::Date, " 2010-05-07 ", Some(date.clone())),
        (FieldType::Date, "2010-05-06T23:00:00Z", Some(date)),
        (FieldType::Datetime, "2010-05-07 15:41:32", Some(time)),
        (FieldType::Email, "not an address", Some(Value::Text("not an address".into()))),
        (FieldType::String, " kept ", Some(Value::Text(" kept ".into()))),
        (FieldType::String, "", None),
        (FieldType::Integer, "  ", None),
    ] {
        assert_eq!(field_type.read(text, &zone), Ok(value), "{field_type:?} {text}");
    }
    for (field_type, text) in [
        (FieldType::Integer, "4 2"),
        (FieldType::Integer, "1,000"),
        (FieldType::Float, "inf"),
        (FieldType::Float, "NaN"),
        (FieldType::Boolean, "y"),
        (FieldType::Date, "tomorrow"),
        (FieldType::Datetime, "12:00"),
    ] {
        assert_eq!(kind(field_type.read(text, &zone)), ErrorKind::TypeMismatch, "{text}");
    }
}

#[test]
fn errors_name_value_type_and_what_fits() {
    let error = FieldType::Integer.read("many", &Zone::utc()).unwrap_err().to_string();
    assert_eq!(error, "`many` does not fit the type integer, which takes a whole number such as `42`");
}

proptest::proptest! {
    #[test]
    fn never_panics(text: String, number: f64) {
        for field_type in FieldType::ALL {
            let _ = field_type.read(&text, &Zone::utc());
            let _ = field_type.read_number(&text);
            let _ = field_type.from_f64(number);
        }
    }

    #[test]
    fn what_is_written_is_read_again(number: i32, float: f64, boolean: bool) {
        let zone = Zone::utc();
        proptest::prop_assume!(float.is_finite());
        for (field_type, value) in [
            (FieldType::Integer, Value::Integer(number)),
            (FieldType::Float, Value::Float(float)),
            (FieldType::Boolean, Value::Boolean(boolean)),
        ] {
            proptest::prop_assert_eq!(field_type.read(&value.to_text(&zone), &zone), Ok(Some(value)));
        }
    }
}
