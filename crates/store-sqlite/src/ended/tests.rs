use std::collections::BTreeSet;

use super::*;

proptest::proptest! {
    /// Any order of ends within reach, against a plain set.
    #[test]
    fn what_ended_is_what_was_marked(order in proptest::collection::vec(0_u32..400, 0..600)) {
        let (mut ended, mut expected) = (Ended::default(), BTreeSet::new());
        for position in order {
            let is_new = expected.insert(position);
            let marked = if is_new { Marked::Now } else { Marked::Before };
            proptest::prop_assert_eq!(ended.mark(position), marked);
            let low = (0..).find(|position| !expected.contains(position));
            proptest::prop_assert_eq!(Some(ended.low()), low);
            proptest::prop_assert_eq!(Ended::read(ended.low(), &ended.bytes()), Some(ended.clone()));
        }
        for position in 0..500 {
            proptest::prop_assert_eq!(ended.contains(position), expected.contains(&position));
        }
    }

    #[test]
    fn damaged_bytes_never_panic(low: u32, bytes: Vec<u8>) {
        if let Some(ended) = Ended::read(low, &bytes) {
            proptest::prop_assert!(!ended.contains(ended.low()));
        }
    }
}

#[test]
fn the_bitmap_is_bounded() {
    let mut ended = Ended::until(100);
    assert_eq!(ended.mark(100 + RUN_WINDOW), Marked::TooFar);
    assert_eq!(ended.mark(100 + RUN_WINDOW - 1), Marked::Now);
    assert!(ended.bytes().len() <= RUN_WINDOW as usize / 8 + 8);
    assert_eq!(ended.low(), 100);
    assert_eq!(ended.mark(100), Marked::Now);
    assert_eq!(ended.mark(100 + RUN_WINDOW), Marked::Now);
}

#[test]
fn until_ends_what_is_before_it() {
    for low in [0, 1, 63, 64, 65, 1_000] {
        let ended = Ended::until(low);
        assert_eq!(ended.low(), low);
        assert!((0..low).all(|position| ended.contains(position)));
        assert!(!ended.contains(low));
        assert_eq!(Ended::read(low, &ended.bytes()), Some(ended));
    }
}
