use proptest::prelude::*;

use super::*;

#[test]
fn ranges_are_read_and_shown() {
    let cases = [
        ("127.0.0.0/8", Some("127.0.0.0/8")),
        ("127.0.0.1", Some("127.0.0.1/32")),
        ("0.0.0.0/0", Some("0.0.0.0/0")),
        ("::/0", Some("::/0")),
        ("FD00::/8", Some("fd00::/8")),
        ("::1", Some("::1/128")),
        ("10.0.0.1/8", None),
        ("fd00::1/64", None),
        ("10.0.0.0/33", None),
        ("::/129", None),
        ("10.0.0.0/", None),
        ("10.0.0.0/+8", None),
        ("10.0.0/8", None),
        ("localhost", None),
        ("", None),
    ];
    for (text, expected) in cases {
        let shown = text.parse::<Cidr>().ok().map(|cidr| cidr.to_string());
        assert_eq!(shown.as_deref(), expected, "{text:?}");
    }
}

#[test]
fn errors_say_what_to_write() {
    let text = |input: &str| input.parse::<Cidr>().unwrap_err().to_string();
    assert_eq!(
        text("10.1.0.0/8"),
        "`10.1.0.0/8` has bits set beyond its prefix length; zero them or leave the length out"
    );
    assert_eq!(
        text("10.0.0.0/64"),
        "prefix length of `10.0.0.0/64` is no number from 0 to 32"
    );
    assert_eq!(
        text("lan"),
        "`lan` is no address or range; write it like 10.0.0.0/8 or ::1"
    );
}

proptest! {
    #[test]
    fn a_range_holds_its_own_first_and_last_address(bits: u32, prefix in 0_u8..=32) {
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        let cidr: Cidr = format!("{}/{prefix}", Ipv4Addr::from_bits(bits & mask)).parse().expect("a range");
        prop_assert!(cidr.contains(Ipv4Addr::from_bits(bits).into()));
        prop_assert!(cidr.contains(Ipv4Addr::from_bits(bits | !mask).into()));
        let neighbour = (bits & mask).checked_sub(1);
        prop_assert!(neighbour.is_none_or(|bits| !cidr.contains(Ipv4Addr::from_bits(bits).into())));
    }

    #[test]
    fn never_panics(text in "\\PC*|[0-9a-f:./]{0,20}") {
        let _ = text.parse::<Cidr>();
    }
}
