use super::*;

fn text(write: impl Fn(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn r_tok_7_system_tokens() {
    let zone = Zone::named("America/Los_Angeles").unwrap();
    let time = Datetime::parse("2013-08-08T23:34:13Z").unwrap();
    assert_eq!(text(|out| zone.write_system_date(time, out)), "Aug 08, 2013");
    assert_eq!(text(|out| zone.write_system_time(time, out)), "04:34 PM (GMT -0700)");
    assert_eq!(text(|out| zone.write_system_datetime(time, out)), "2013-08-08 16:34:13");
    let midnight = Datetime::parse("2013-08-08T00:05:00Z").unwrap();
    assert_eq!(text(|out| Zone::utc().write_system_time(midnight, out)), "12:05 AM (GMT +0000)");
    let india = Zone::named("Asia/Kolkata").unwrap();
    assert_eq!(text(|out| india.write_system_time(midnight, out)), "05:35 AM (GMT +0530)");
}

#[test]
fn r_fld_2_dates_and_datetimes_are_read_as_iso_8601_and_as_written_by_system_tokens() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    for (given, utc) in [
        ("2010-05-07", "2010-05-06T22:00:00Z"),
        ("20100507", "2010-05-06T22:00:00Z"),
        ("2010-05-07T15:41:32Z", "2010-05-07T15:41:32Z"),
        ("2010-05-07 15:41:32", "2010-05-07T13:41:32Z"),
        ("2010-05-07T15:41", "2010-05-07T13:41:00Z"),
        ("20100507T154132Z", "2010-05-07T15:41:32Z"),
        ("20100507T1541+02", "2010-05-07T13:41:00Z"),
        ("2010-05-07T15:41:32.5-0700", "2010-05-07T22:41:32.5Z"),
        ("2010-05-07T15:41:32,25+05:30", "2010-05-07T10:11:32.25Z"),
        ("Aug 08, 2013", "2013-08-07T22:00:00Z"),
        ("2010-03-28 02:30:00", "2010-03-28T01:30:00Z"),
        ("2010-10-31 02:30:00", "2010-10-31T00:30:00Z"),
    ] {
        let read = berlin.read_datetime(given).unwrap_or_else(|| panic!("{given}"));
        assert_eq!(read.to_string(), utc, "{given}");
    }
    for given in [
        "", "2010", "2010-5-7", "2010-13-01", "2010-02-30", "0000-01-01", "2010-05-07T", "2010-05-07T25:00",
        "2010-05-07T15:41:32+", "2010-05-07T15:41:32+2", "2010-05-07T15:41:32Zx", "07.05.2010", "Foo 08, 2013",
        "04:34 PM (GMT -0700)", "2010-W18-5",
    ] {
        assert_eq!(berlin.read_datetime(given), None, "{given}");
    }
}

#[test]
fn r_fld_2_a_datetime_is_read_to_its_day_in_the_zone() {
    let tokyo = Zone::named("Asia/Tokyo").unwrap();
    assert_eq!(tokyo.read_date("2010-05-07T20:00:00Z").unwrap().to_string(), "2010-05-08");
    assert_eq!(tokyo.midnight(Date::from_ymd(2010, 5, 7).unwrap()).to_string(), "2010-05-06T15:00:00Z");
}

#[test]
fn r_fld_3_datetimes_are_written_in_utc() {
    assert_eq!(Datetime::from_micros(0).to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(Datetime::from_micros(1_500_000).to_string(), "1970-01-01T00:00:01.5Z");
}

#[test]
fn an_unknown_zone_is_refused() {
    assert_eq!(Zone::named("Mars/Olympus").unwrap_err().kind(), ErrorKind::UnknownZone);
    assert_eq!(Zone::named("Europe/Berlin").unwrap().name(), "Europe/Berlin");
}

proptest::proptest! {
    #[test]
    fn never_panics(text: String) {
        let _ = Zone::utc().read_datetime(&text);
        let _ = Zone::utc().read_date(&text);
    }

    #[test]
    fn what_is_written_is_read_again(micros: i64, days in -719_162_i32..2_932_896) {
        let time = Datetime::from_micros(micros);
        proptest::prop_assert_eq!(Datetime::parse(&time.to_string()), Ok(time));
        let date = Date::from_days(days).unwrap();
        proptest::prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        proptest::prop_assert_eq!(date.days(), days);
        let zone = Zone::named("America/New_York").unwrap();
        let _ = zone.date_of(time);
    }
}
