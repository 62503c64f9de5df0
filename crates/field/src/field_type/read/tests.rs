use super::*;
use crate::time::{Date, Datetime};

fn kind(result: Result<impl std::fmt::Debug, Error>) -> ErrorKind {
    result.unwrap_err().kind()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn r_fld_1_integers_have_32_bits() {
    for field_type in [FieldType::Integer, FieldType::Score, FieldType::Percent] {
        for (raw, number) in [
            ("2147483647", i32::MAX),
            ("-2147483648", i32::MIN),
            ("2147483647.000", i32::MAX),
            ("-2.147483648e9", i32::MIN),
        ] {
            assert_eq!(field_type.read_number(raw), Ok(Value::Integer(number)));
        }
        for raw in [
            "2147483648",
            "-2147483649",
            "1e10",
            "9223372036854775808",
            "-1e999999999",
        ] {
            assert_eq!(
                kind(field_type.read_number(raw)),
                ErrorKind::OutOfRange,
                "{raw}"
            );
        }
    }
}

#[test]
fn r_fld_1_floats_have_64_bits() {
    for field_type in [FieldType::Float, FieldType::Currency] {
        for (raw, number) in [
            ("1e2", 100.0),
            ("0.1", 0.1),
            ("-0", 0.0),
            ("1e-400", 0.0),
            ("1.7976931348623157e308", f64::MAX),
            ("9007199254740993", 9_007_199_254_740_992.0),
        ] {
            assert_eq!(
                field_type.read_number(raw),
                Ok(Value::Float(number)),
                "{raw}"
            );
        }
        for raw in ["1e400", "-1e400", "1e99999999999999999999"] {
            assert_eq!(
                kind(field_type.read_number(raw)),
                ErrorKind::OutOfRange,
                "{raw}"
            );
        }
    }
    let Ok(Value::Float(zero)) = FieldType::Float.read_number("-0.0") else {
        panic!("a zero is a number");
    };
    assert!(zero.is_sign_positive());
}

#[test]
fn r_map_4_whole_numbers_go_where_whole_numbers_are() {
    for field_type in [FieldType::Integer, FieldType::Score, FieldType::Percent] {
        for (raw, number) in [
            ("1.0", 1),
            ("1e2", 100),
            ("12.5e1", 125),
            ("-0", 0),
            ("-0.0", 0),
        ] {
            assert_eq!(
                field_type.read_number(raw),
                Ok(Value::Integer(number)),
                "{raw}"
            );
        }
        for raw in ["1.5", "1e-1", "0.000000000000000000001", "99999999999.5"] {
            assert_eq!(
                kind(field_type.read_number(raw)),
                ErrorKind::TypeMismatch,
                "{raw}"
            );
        }
    }
}

#[test]
fn r_map_4_numbers_go_to_text_with_every_digit() {
    let digits = "123456789012345678901234567890.5";
    assert_eq!(FieldType::String.read_number(digits), Ok(text(digits)));
    assert_eq!(FieldType::Email.read_number("1.50e3"), Ok(text("1500")));
    assert_eq!(
        kind(FieldType::String.read_number("1e255")),
        ErrorKind::TooLong
    );
    assert!(FieldType::String.read_number("1e254").is_ok());
    assert!(FieldType::TextArea.read_number("1e29999").is_ok());
    assert_eq!(
        kind(FieldType::TextArea.read_number("1e30000")),
        ErrorKind::TooLong
    );
    assert_eq!(
        kind(FieldType::TextArea.read_number("1e999999999")),
        ErrorKind::TooLong
    );
}

#[test]
fn r_map_4_numbers_go_nowhere_else() {
    for field_type in [FieldType::Boolean, FieldType::Date, FieldType::Datetime] {
        for raw in ["0", "1", "20100507"] {
            assert_eq!(kind(field_type.read_number(raw)), ErrorKind::TypeMismatch);
            assert_eq!(kind(field_type.from_f64(1.0)), ErrorKind::TypeMismatch);
        }
    }
}

#[test]
fn r_map_4_booleans_go_to_boolean_and_text() {
    for field_type in FieldType::ALL {
        let read = field_type.from_bool(true);
        if field_type == FieldType::Boolean {
            assert_eq!(read, Ok(Value::Boolean(true)));
        } else if field_type.is_text() {
            assert_eq!(read, Ok(text("true")));
            assert_eq!(field_type.from_bool(false), Ok(text("false")));
        } else {
            assert_eq!(kind(read), ErrorKind::TypeMismatch);
        }
    }
}

#[test]
fn floats_are_taken_as_their_shortest_decimal_numbers() {
    assert_eq!(FieldType::Integer.from_f64(-0.0), Ok(Value::Integer(0)));
    assert_eq!(FieldType::Score.from_f64(1e2), Ok(Value::Integer(100)));
    assert_eq!(
        kind(FieldType::Integer.from_f64(2_147_483_648.0)),
        ErrorKind::OutOfRange
    );
    assert_eq!(
        kind(FieldType::Integer.from_f64(0.5)),
        ErrorKind::TypeMismatch
    );
    assert_eq!(FieldType::Float.from_f64(0.1), Ok(Value::Float(0.1)));
    assert_eq!(FieldType::String.from_f64(0.1), Ok(text("0.1")));
    assert_eq!(
        FieldType::String.from_f64(1e21),
        Ok(text("1000000000000000000000"))
    );
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for field_type in [FieldType::Integer, FieldType::Float, FieldType::String] {
            assert_eq!(kind(field_type.from_f64(number)), ErrorKind::OutOfRange);
        }
    }
}

#[test]
fn r_fld_2_reads_from_text() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let date = Value::Date(Date::from_ymd(2010, 5, 7).unwrap());
    let time = Value::Datetime(Datetime::parse("2010-05-07T13:41:32Z").unwrap());
    let midnight = Value::Datetime(Datetime::parse("2010-05-06T22:00:00Z").unwrap());
    for (field_type, given, value) in [
        (FieldType::Integer, " +42 ", Some(Value::Integer(42))),
        (FieldType::Integer, "42.0", Some(Value::Integer(42))),
        (FieldType::Integer, "07", Some(Value::Integer(7))),
        (
            FieldType::Percent,
            "\u{a0}4.2E1\n",
            Some(Value::Integer(42)),
        ),
        (FieldType::Float, "-1.5e1", Some(Value::Float(-15.0))),
        (FieldType::Currency, ".5", Some(Value::Float(0.5))),
        (FieldType::Boolean, "tRuE", Some(Value::Boolean(true))),
        (FieldType::Boolean, "1", Some(Value::Boolean(true))),
        (FieldType::Boolean, "Yes", Some(Value::Boolean(true))),
        (FieldType::Boolean, "0", Some(Value::Boolean(false))),
        (FieldType::Boolean, " no ", Some(Value::Boolean(false))),
        (FieldType::Boolean, "FALSE", Some(Value::Boolean(false))),
        (FieldType::Date, " 2010-05-07 ", Some(date.clone())),
        (FieldType::Date, "May 07, 2010", Some(date.clone())),
        (FieldType::Date, "2010-05-06T23:00:00Z", Some(date)),
        (FieldType::Datetime, "2010-05-07 15:41:32", Some(time)),
        (FieldType::Datetime, " 20100507 ", Some(midnight)),
        (
            FieldType::Email,
            "not an address",
            Some(text("not an address")),
        ),
        (FieldType::String, " kept ", Some(text(" kept "))),
        (FieldType::TextArea, "\n", Some(text("\n"))),
        (FieldType::String, "", None),
        (FieldType::Integer, "  ", None),
        (FieldType::Boolean, "", None),
        (FieldType::Datetime, "\t", None),
    ] {
        assert_eq!(
            field_type.read(given, &zone),
            Ok(value),
            "{field_type:?} {given}"
        );
    }
}

#[test]
fn r_fld_2_refuses_what_does_not_fit() {
    let long = "x".repeat(256);
    for (field_type, given, expected) in [
        (FieldType::Integer, "4 2", ErrorKind::TypeMismatch),
        (FieldType::Integer, "42.5", ErrorKind::TypeMismatch),
        (FieldType::Integer, "1,000", ErrorKind::TypeMismatch),
        (FieldType::Integer, "4294967296", ErrorKind::OutOfRange),
        (FieldType::Float, "inf", ErrorKind::TypeMismatch),
        (FieldType::Float, "NaN", ErrorKind::TypeMismatch),
        (FieldType::Float, "1.000,5", ErrorKind::TypeMismatch),
        (FieldType::Currency, "$5", ErrorKind::TypeMismatch),
        (FieldType::Currency, "1e309", ErrorKind::OutOfRange),
        (FieldType::Boolean, "y", ErrorKind::TypeMismatch),
        (FieldType::Boolean, "2", ErrorKind::TypeMismatch),
        (FieldType::Date, "tomorrow", ErrorKind::TypeMismatch),
        (FieldType::Date, "0000-01-01", ErrorKind::OutOfRange),
        (FieldType::Datetime, "12:00", ErrorKind::TypeMismatch),
        (
            FieldType::Datetime,
            "9999-12-31T23:59:59-01:00",
            ErrorKind::OutOfRange,
        ),
        (FieldType::Phone, &long, ErrorKind::TooLong),
    ] {
        let read = field_type.read(given, &Zone::utc());
        assert_eq!(kind(read), expected, "{field_type:?} {given}");
    }
}

#[test]
fn errors_name_value_type_and_what_fits() {
    for (field_type, given, message) in [
        (
            FieldType::Score,
            "many",
            "`many` does not fit the type score, which takes a whole number such as `42`",
        ),
        (
            FieldType::Integer,
            "3000000000",
            "`3000000000` is beyond the range of the type integer, -2147483648 to 2147483647",
        ),
        (
            FieldType::Date,
            "0000-12-31",
            "`0000-12-31` is beyond the range of the type date, the years 1 to 9999",
        ),
        (
            FieldType::Boolean,
            "on",
            "`on` does not fit the type boolean, which takes `true`, `false`, `yes`, `no`, `1` or `0`",
        ),
    ] {
        let error = field_type.read(given, &Zone::utc()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

proptest::proptest! {
    #[test]
    fn never_panics_and_reads_only_what_the_type_holds(
        text in ".{0,40}|[-+.eE0-9]{0,20}|[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ]?[-+:.,0-9Z]{0,16}",
        number: f64,
    ) {
        let zone = Zone::named("America/New_York").unwrap();
        for field_type in FieldType::ALL {
            let read = [
                field_type.read(&text, &zone),
                field_type.read_number(&text).map(Some),
                field_type.from_f64(number).map(Some),
            ];
            for value in read.into_iter().flatten().flatten() {
                proptest::prop_assert!(field_type.holds(&value), "{:?} {:?}", field_type, value);
            }
        }
    }

    #[test]
    fn r_tok_9_what_is_written_is_read_again(
        number: i32,
        float: f64,
        boolean: bool,
        days in Date::MIN.days()..=Date::MAX.days(),
        text in ".{1,60}",
    ) {
        let zone = Zone::named("Europe/Berlin").unwrap();
        proptest::prop_assume!(float.is_finite());
        for (field_type, value) in [
            (FieldType::Integer, Value::Integer(number)),
            (FieldType::Float, Value::Float(float)),
            (FieldType::Boolean, Value::Boolean(boolean)),
            (FieldType::Date, Value::Date(Date::from_days(days).unwrap())),
            (FieldType::String, Value::Text(text.into())),
        ] {
            proptest::prop_assert_eq!(field_type.read(&value.to_text(&zone), &zone), Ok(Some(value)));
        }
    }

    #[test]
    fn r_tok_9_datetimes_are_read_again_to_the_second(seconds in -62_135_596_800_i64..253_402_300_800) {
        let zone = Zone::utc();
        let value = Value::Datetime(Datetime::from_micros(seconds * 1_000_000));
        proptest::prop_assert_eq!(FieldType::Datetime.read(&value.to_text(&zone), &zone), Ok(Some(value)));
    }
}
