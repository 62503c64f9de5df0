use super::*;

#[test]
fn r_tok_9_numbers_are_exact_without_exponent_or_needless_zeros() {
    for (text, canonical) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.000e7", "0"),
        ("0e999999999999999999999", "0"),
        ("007", "7"),
        ("+12", "12"),
        ("1.50e3", "1500"),
        ("1.5", "1.5"),
        ("1.", "1"),
        ("1.000", "1"),
        ("100", "100"),
        ("10.0e-1", "1"),
        (".5", "0.5"),
        ("00.0050", "0.005"),
        ("-12.3400", "-12.34"),
        ("12e-4", "0.0012"),
        ("12.34e1", "123.4"),
        ("12.34e2", "1234"),
        ("-12.34e-2", "-0.1234"),
        ("101.101e-1", "10.1101"),
        (
            "123456789012345678901234567890.10",
            "123456789012345678901234567890.1",
        ),
        ("1E+2", "100"),
        ("1e00000000000000000000002", "100"),
    ] {
        assert_eq!(
            canonical_number(text, 255).as_deref(),
            Ok(canonical),
            "{text}"
        );
        let decimal = Decimal::parse(text).unwrap();
        assert_eq!(decimal.text_len(), canonical.len() as u64, "{text}");
    }
}

#[test]
fn r_fld_2_what_is_no_number() {
    for text in [
        "", "-", "+", ".", "-.", "1,000", "1 000", "1_000", "1e", "1e+", "1e1.5", "e5", "0x10",
        "1 ", " 1", "--1", "+-1", "1.2.3", "1e2e3", "NaN", "inf", "infinity", "½", "١",
    ] {
        let error = canonical_number(text, 255).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{text}");
    }
}

#[test]
fn r_map_4_a_huge_exponent_is_refused_without_being_written_out() {
    for text in [
        "1e999999999",
        "1e-999999999",
        "1e99999999999999999999999",
        "-1e-99999999999999999999999",
        "-1e400",
    ] {
        let error = canonical_number(text, 255).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLong, "{text}");
    }
}

#[test]
fn r_map_4_the_length_limit_counts_every_character() {
    for text in ["-0.25", "12345", "1e4", "-1e3", "1.2e-2"] {
        let length = canonical_number(text, 255).unwrap().len();
        assert_eq!(length, 5, "{text}");
        assert!(canonical_number(text, 5).is_ok(), "{text}");
        assert!(canonical_number(text, 4).is_err(), "{text}");
    }
}

#[test]
fn whole_numbers_of_18_digits_are_integers() {
    for (text, number) in [
        ("0", Some(0)),
        ("-0.0", Some(0)),
        ("1e17", Some(100_000_000_000_000_000)),
        ("-999999999999999999", Some(-999_999_999_999_999_999)),
        ("12.50e2", Some(1_250)),
        ("1e18", None),
        ("0.5", None),
        ("12.5e-1", None),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().to_i64(), number, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn r_tok_9_agrees_with_the_float_that_it_stands_for(number: f64) {
        proptest::prop_assume!(number.is_finite());
        let text = canonical_number(&format!("{number:e}"), 2_000).unwrap();
        proptest::prop_assert_eq!(&text, &format!("{}", number + 0.0));
    }

    #[test]
    fn r_tok_9_canonical_text_is_its_own(text in "[+-]?[0-9]{1,12}(\\.[0-9]{0,12})?([eE][+-]?[0-9]{1,2})?") {
        let once = canonical_number(&text, 1_000).unwrap();
        proptest::prop_assert_eq!(canonical_number(&once, 1_000).unwrap(), once.clone());
        proptest::prop_assert_eq!(Decimal::parse(&text).unwrap().text_len(), once.len() as u64);
        // The standard library rounds, but both to the same.
        proptest::prop_assert_eq!(once.parse::<f64>().unwrap(), text.parse::<f64>().unwrap());
    }

    #[test]
    fn never_panics(text in ".{0,40}|[-+.eE0-9]{0,40}") {
        let _ = canonical_number(&text, 100);
    }
}
