use super::*;

#[test]
fn names_are_read_as_written() {
    for field_type in FieldType::ALL {
        assert_eq!(FieldType::from_name(field_type.name()), Some(field_type));
    }
    assert_eq!(FieldType::TextArea.name(), "text_area");
    assert_eq!(FieldType::from_name("Text Area"), None);
}

#[test]
fn types_are_text_numbers_or_neither() {
    use FieldType::{
        Boolean, Currency, Date, Datetime, Email, Float, Formula, Integer, Percent, Phone,
        Reference, Score, String, TextArea, Url,
    };
    let of = |holds: fn(FieldType) -> bool| {
        let all = FieldType::ALL.into_iter();
        all.filter(|field_type| holds(*field_type))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(FieldType::is_text),
        [String, TextArea, Email, Phone, Url, Reference, Formula]
    );
    assert_eq!(
        of(FieldType::is_number),
        [Integer, Float, Currency, Percent, Score]
    );
    assert_eq!(
        of(|it| !it.is_text() && !it.is_number()),
        [Boolean, Date, Datetime]
    );
}

#[test]
fn r_fld_1_texts_have_a_length_in_code_points_but_text_area_in_bytes() {
    for (field_type, char, most) in [
        (FieldType::String, "\u{1F600}", 255),
        (FieldType::Email, "é", 255),
        (FieldType::Phone, "1", 255),
        (FieldType::Url, "あ", 255),
        (FieldType::Reference, "x", 255),
        (FieldType::Formula, "é", 767),
        (FieldType::TextArea, "é", 15_000),
        (FieldType::TextArea, "x", 30_000),
    ] {
        assert_eq!(field_type.check_text(&char.repeat(most)), Ok(()));
        let error = field_type.check_text(&char.repeat(most + 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLong, "{field_type:?} {char}");
    }
}

#[test]
fn r_fld_1_any_scalar_value_is_text() {
    for text in [
        "\0\u{1}\u{7f}",
        "\u{fffe}\u{10ffff}",
        "a\r\nb",
        "not an address",
    ] {
        for field_type in FieldType::ALL.into_iter().filter(|it| it.is_text()) {
            assert_eq!(field_type.check_text(text), Ok(()));
        }
    }
}

#[test]
fn what_is_too_long_is_told_with_its_length() {
    let error = FieldType::String.check_text(&"é".repeat(256)).unwrap_err();
    let shown = "é".repeat(40);
    assert_eq!(
        error.to_string(),
        format!("`{shown}...` has 256 characters; the type string holds at most 255")
    );
}

#[test]
fn a_type_holds_values_of_its_own() {
    let long = Value::Text("x".repeat(256).into());
    for (field_type, value, holds) in [
        (FieldType::String, Value::Text("x".into()), true),
        (FieldType::String, Value::Text("".into()), false),
        (FieldType::String, long.clone(), false),
        (FieldType::TextArea, long, true),
        (FieldType::String, Value::Integer(1), false),
        (FieldType::Percent, Value::Integer(1), true),
        (FieldType::Float, Value::Integer(1), false),
        (FieldType::Float, Value::Float(1.0), true),
        (FieldType::Currency, Value::Float(f64::NAN), false),
        (FieldType::Boolean, Value::Boolean(false), true),
        (FieldType::Integer, Value::Boolean(false), false),
    ] {
        assert_eq!(field_type.holds(&value), holds, "{field_type:?} {value:?}");
    }
}
