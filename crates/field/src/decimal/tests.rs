use super::*;

#[test]
fn r_tok_9_numbers_are_exact_without_exponent_or_needless_zeros() {
    for (text, canonical) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.000e7", "0"),
        ("007", "7"),
        ("+12", "12"),
        ("1.50e3", "1500"),
        ("1.5", "1.5"),
        ("1.", "1"),
        (".5", "0.5"),
        ("-12.3400", "-12.34"),
        ("12e-4", "0.0012"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
        ("1E+2", "100"),
    ] {
        assert_eq!(canonical_number(text, 255).as_deref(), Ok(canonical), "{text}");
        let decimal = Decimal::parse(text).unwrap();
        assert_eq!(decimal.text_len(), canonical.len() as u64, "{text}");
    }
}

#[test]
fn r_fld_2_what_is_no_number() {
    for text in ["", "-", ".", "1,000", "1e", "1e+", "e5", "0x10", "1 ", " 1", "--1", "1.2.3", "NaN"] {
        let error = canonical_number(text, 255).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TypeMismatch, "{text}");
    }
}

#[test]
fn r_map_4_a_huge_exponent_is_refused_without_being_written_out() {
    for text in ["1e999999999", "1e-999999999", "1e99999999999999999999999", "-1e400"] {
        assert_eq!(canonical_number(text, 255).unwrap_err().kind(), ErrorKind::TooLong, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn r_tok_9_agrees_with_the_number_that_it_stands_for(number: f64) {
        proptest::prop_assume!(number.is_finite());
        let text = canonical_number(&format!("{number:e}"), 2_000).unwrap();
        proptest::prop_assert_eq!(text.parse::<f64>().unwrap(), number);
        proptest::prop_assert!(!text.contains('e'));
    }

    #[test]
    fn never_panics(text: String) {
        let _ = canonical_number(&text, 100);
    }
}
