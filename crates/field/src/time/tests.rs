use std::time::{Duration, SystemTime};

use super::*;
use crate::error::ErrorKind;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn time(text: &str) -> Datetime {
    Datetime::parse(text).unwrap()
}

fn text(write: impl Fn(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn r_tok_7_system_tokens() {
    for (name, now, date, clock, both) in [
        (
            "America/Los_Angeles",
            "2013-08-08T23:34:13Z",
            "Aug 08, 2013",
            "04:34 PM (GMT -0700)",
            "2013-08-08 16:34:13",
        ),
        (
            "UTC",
            "2013-08-08T00:05:00Z",
            "Aug 08, 2013",
            "12:05 AM (GMT +0000)",
            "2013-08-08 00:05:00",
        ),
        (
            "UTC",
            "2024-12-31T12:00:59.999Z",
            "Dec 31, 2024",
            "12:00 PM (GMT +0000)",
            "2024-12-31 12:00:59",
        ),
        (
            "Asia/Kolkata",
            "2013-12-31T18:30:00Z",
            "Jan 01, 2014",
            "12:00 AM (GMT +0530)",
            "2014-01-01 00:00:00",
        ),
        (
            "America/St_Johns",
            "2013-01-01T12:00:00Z",
            "Jan 01, 2013",
            "08:30 AM (GMT -0330)",
            "2013-01-01 08:30:00",
        ),
    ] {
        let (zone, now) = (zone(name), time(now));
        assert_eq!(text(|out| zone.write_system_date(now, out)), date);
        assert_eq!(text(|out| zone.write_system_time(now, out)), clock);
        assert_eq!(text(|out| zone.write_system_datetime(now, out)), both);
    }
}

#[test]
fn r_fld_2_dates_and_datetimes_are_read_in_the_zone() {
    let berlin = zone("Europe/Berlin");
    for (given, utc) in [
        ("2010-05-07", "2010-05-06T22:00:00Z"),
        ("20100507", "2010-05-06T22:00:00Z"),
        ("2010-05-07T15:41:32Z", "2010-05-07T15:41:32Z"),
        ("2010-05-07 15:41:32", "2010-05-07T13:41:32Z"),
        ("2010-01-07 15:41:32", "2010-01-07T14:41:32Z"),
        ("2010-05-07T15:41:32-07:00", "2010-05-07T22:41:32Z"),
        ("Aug 08, 2013", "2013-08-07T22:00:00Z"),
    ] {
        let read = berlin.read_datetime(given);
        assert_eq!(
            read.map(|time| time.to_string()).as_deref(),
            Ok(utc),
            "{given}"
        );
    }
}

#[test]
fn r_fld_2_a_skipped_time_falls_behind_the_gap_and_a_repeated_one_is_the_first() {
    for (name, given, utc) in [
        (
            "Europe/Berlin",
            "2010-03-28 02:30:00",
            "2010-03-28T01:30:00Z",
        ),
        (
            "Europe/Berlin",
            "2010-10-31 02:30:00",
            "2010-10-31T00:30:00Z",
        ),
        // Midnight itself is skipped, and a whole day.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        (
            "Pacific/Apia",
            "2011-12-30 12:00:00",
            "2011-12-30T22:00:00Z",
        ),
    ] {
        assert_eq!(zone(name).read_datetime(given), Ok(time(utc)), "{given}");
    }
}

#[test]
fn r_fld_2_a_datetime_is_read_to_its_day_in_the_zone() {
    let tokyo = zone("Asia/Tokyo");
    for (given, day) in [
        ("2010-05-07T14:59:59Z", "2010-05-07"),
        ("2010-05-07T15:00:00Z", "2010-05-08"),
        ("2010-05-07T23:59:59", "2010-05-07"),
        ("2010-05-07", "2010-05-07"),
        ("May 07, 2010", "2010-05-07"),
    ] {
        assert_eq!(
            tokyo.read_date(given),
            Ok(Date::parse(day).unwrap()),
            "{given}"
        );
    }
    // A day that the zone skipped is a day all the same.
    let apia = zone("Pacific/Apia").read_date("2011-12-30T12:00");
    assert_eq!(apia, Ok(Date::from_ymd(2011, 12, 30).unwrap()));
}

#[test]
fn r_fld_2_a_date_begins_at_midnight_in_the_zone() {
    let day = Date::from_ymd(2010, 5, 7).unwrap();
    for (name, midnight) in [
        ("UTC", "2010-05-07T00:00:00Z"),
        ("Asia/Tokyo", "2010-05-06T15:00:00Z"),
        ("America/Los_Angeles", "2010-05-07T07:00:00Z"),
    ] {
        assert_eq!(zone(name).midnight(day), time(midnight));
        assert_eq!(zone(name).date_of(time(midnight)), day);
    }
}

#[test]
fn the_years_1_to_9999_are_there_to_their_last_day() {
    for (name, given, utc) in [
        ("UTC", "9999-12-31", "9999-12-31T00:00:00Z"),
        ("UTC", "0001-01-01", "0001-01-01T00:00:00Z"),
        (
            "Europe/Berlin",
            "9999-12-31 23:59:59",
            "9999-12-31T22:59:59Z",
        ),
        ("America/Los_Angeles", "9999-12-31", "9999-12-31T08:00:00Z"),
    ] {
        let read = zone(name).read_datetime(given).unwrap();
        assert_eq!(read.to_string(), utc, "{name} {given}");
        assert_eq!(
            zone(name).date_of(read).to_string(),
            given[..10],
            "{name} {given}"
        );
    }
    for (name, given) in [
        ("America/Los_Angeles", "9999-12-31 23:59:59"),
        ("Europe/Berlin", "0001-01-01"),
        ("UTC", "0000-12-31"),
        ("UTC", "Dec 31, 0000"),
        ("UTC", "0001-01-01T00:00:00+01:00"),
    ] {
        assert_eq!(
            zone(name).read_datetime(given),
            Err(Misread::Range),
            "{name} {given}"
        );
    }
    assert_eq!(Datetime::from_micros(i64::MAX), Datetime::MAX);
    assert_eq!(Datetime::from_micros(i64::MIN), Datetime::MIN);
    assert_eq!(Datetime::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    assert_eq!(Datetime::MIN.to_string(), "0001-01-01T00:00:00Z");
    // Clocks go on as they did before.
    let sydney = zone("Australia/Sydney");
    let late = time("9999-12-31T10:00:00Z");
    assert_eq!(
        text(|out| sydney.write_system_datetime(late, out)),
        "9999-12-31 21:00:00"
    );
    // The clocks of these zones are beyond the years by then.
    assert_eq!(zone("Pacific/Kiritimati").date_of(Datetime::MAX), Date::MAX);
    assert_eq!(zone("Pacific/Pago_Pago").date_of(Datetime::MIN), Date::MIN);
    assert_eq!(zone("Europe/Berlin").midnight(Date::MIN), Datetime::MIN);
}

#[test]
fn dates_have_parts() {
    for (parts, days) in [
        ((1970, 1, 1), 0),
        ((1969, 12, 31), -1),
        ((2000, 2, 29), 11_016),
        ((1, 1, 1), Date::MIN.days()),
        ((9999, 12, 31), Date::MAX.days()),
    ] {
        let (year, month, day) = parts;
        let date = Date::from_ymd(year, month, day).unwrap();
        assert_eq!(date.days(), days);
        assert_eq!((date.year(), date.month(), date.day()), parts);
    }
    for (year, month, day) in [
        (0, 1, 1),
        (10_000, 1, 1),
        (u16::MAX, 1, 1),
        (2010, 0, 1),
        (2010, 13, 1),
        (2010, 1, 0),
        (2011, 2, 29),
        (2010, 1, 255),
        (2010, 255, 1),
    ] {
        assert_eq!(
            Date::from_ymd(year, month, day),
            None,
            "{year}-{month}-{day}"
        );
    }
    assert_eq!(Date::from_days(Date::MAX.days() + 1), None);
    assert_eq!(Date::from_days(Date::MIN.days() - 1), None);
    assert_eq!(Date::from_days(i32::MIN), None);
}

#[test]
fn r_fld_3_datetimes_are_written_in_utc() {
    for (micros, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (1_500_000, "1970-01-01T00:00:01.5Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (86_399_000_000, "1970-01-01T23:59:59Z"),
    ] {
        assert_eq!(Datetime::from_micros(micros).to_string(), text);
    }
}

#[test]
fn the_systems_time_is_cut_to_the_microsecond_before_it() {
    let epoch = SystemTime::UNIX_EPOCH;
    for (system, micros) in [
        (epoch, 0),
        (epoch + Duration::from_nanos(1_999), 1),
        (epoch - Duration::from_nanos(1), -1),
        (epoch - Duration::from_nanos(1_000), -1),
        (epoch - Duration::from_nanos(1_001), -2),
    ] {
        assert_eq!(Datetime::from(system).as_micros(), micros);
    }
    let far = epoch + Duration::from_secs(1 << 50);
    assert_eq!(Datetime::from(far), Datetime::MAX);
}

#[test]
fn zones_are_those_of_the_iana_database() {
    for (given, name) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
    ] {
        assert_eq!(zone(given).name(), name);
    }
    assert_eq!(Zone::utc().name(), "UTC");
    for given in [
        "",
        " ",
        "Mars/Olympus",
        "Etc/Unknown",
        "+02:00",
        "CET-1CEST",
        "../etc/passwd",
    ] {
        let error = Zone::named(given).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownZone, "{given}");
    }
}

proptest::proptest! {
    #[test]
    fn what_is_written_is_read_again(micros in Datetime::MIN.as_micros()..=Datetime::MAX.as_micros(), recent: i32) {
        for micros in [micros, i64::from(recent) * SECOND] {
            let time = Datetime::from_micros(micros);
            proptest::prop_assert_eq!(Datetime::parse(&time.to_string()), Ok(time));
            proptest::prop_assert_eq!(Datetime::from(SystemTime::from(time)), time);
        }
    }

    #[test]
    fn dates_are_read_again(days in Date::MIN.days()..=Date::MAX.days()) {
        let date = Date::from_days(days).unwrap();
        proptest::prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        proptest::prop_assert_eq!(Date::from_ymd(date.year(), date.month(), date.day()), Some(date));
    }

    #[test]
    fn agrees_with_jiff_where_that_goes(seconds in -62_135_000_000_i64..253_402_000_000, east: bool) {
        let name = if east { "Australia/Lord_Howe" } else { "America/St_Johns" };
        let theirs = jiff::Timestamp::from_second(seconds).unwrap();
        let ours = Datetime::from_micros(seconds * SECOND);
        proptest::prop_assert_eq!(ours.to_string(), theirs.to_string());
        let local = theirs.in_tz(name).unwrap().datetime();
        let written = text(|out| zone(name).write_system_datetime(ours, out));
        proptest::prop_assert_eq!(written, local.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let back = local.in_tz(name).unwrap().timestamp().as_microsecond();
        let read = zone(name).read_datetime(&local.to_string());
        proptest::prop_assert_eq!(read.map(Datetime::as_micros), Ok(back));
    }
}
