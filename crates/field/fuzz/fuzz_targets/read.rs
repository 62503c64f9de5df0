//! Whatever text comes: nothing panics, what is read is of the type, and its canonical text reads as the same value.

#![no_main]

use std::sync::LazyLock;

use leadhook_field::{Datetime, FieldType, Schema, Value, Zone, canonical_number};
use libfuzzer_sys::fuzz_target;

static ZONES: LazyLock<[Zone; 3]> = LazyLock::new(|| {
    ["UTC", "America/St_Johns", "Pacific/Apia"]
        .map(|name| Zone::named(name).expect("it is in the database"))
});
static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::standard);

fuzz_target!(|text: &str| {
    for zone in ZONES.iter() {
        for field_type in FieldType::ALL {
            if let Ok(Some(value)) = field_type.read(text, zone) {
                assert!(field_type.holds(&value), "{field_type:?} {value:?}");
                // A text has no fraction of a second, and one hour in a year twice.
                if !matches!(value, Value::Datetime(_)) {
                    let again = field_type.read(&value.to_text(zone), zone);
                    assert_eq!(again, Ok(Some(value)));
                }
            }
        }
    }
    for field_type in FieldType::ALL {
        if let Ok(value) = field_type.read_number(text) {
            assert!(field_type.holds(&value), "{field_type:?} {value:?}");
        }
    }
    if let Ok(number) = canonical_number(text, 1_000) {
        assert!(number.len() <= 1_000);
        assert_eq!(canonical_number(&number, 1_000).as_ref(), Ok(&number));
    }
    if let Ok(time) = Datetime::parse(text) {
        assert_eq!(Datetime::parse(&time.to_string()), Ok(time));
    }
    if SCHEMA.find(text).is_none() {
        let _ = SCHEMA.suggest(None, text);
    }
});
