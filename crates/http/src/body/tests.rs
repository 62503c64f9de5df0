use proptest::prelude::*;

use super::*;

#[test]
fn one_piece_is_not_copied() {
    let piece = Bytes::from(vec![1; 100]);
    let mut collector = Collector::new(100, 100).expect("within the limit");
    collector.push(piece.clone()).expect("within the limit");
    assert_eq!(collector.finish().as_ptr(), piece.as_ptr());
}

#[test]
fn r_call_5_what_is_announced_as_too_large_is_not_read() {
    assert!(Collector::new(100, 100).is_ok());
    assert_eq!(
        Collector::new(100, 101).unwrap_err().kind(),
        FailureKind::TooLarge
    );
    assert_eq!(
        Collector::new(100, u64::MAX).unwrap_err().kind(),
        FailureKind::TooLarge
    );
}

proptest! {
    #[test]
    fn r_call_5_pieces_are_joined_up_to_the_limit(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..10),
        limit in 0_usize..100,
    ) {
        let mut collector = Collector::new(limit, 0).expect("nothing announced");
        let result = pieces.iter().try_for_each(|piece| collector.push(piece.clone().into()));
        let all = pieces.concat();
        prop_assert_eq!(result.is_ok(), all.len() <= limit);
        if result.is_ok() {
            prop_assert_eq!(collector.finish(), all);
        }
    }
}
