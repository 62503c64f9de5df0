use proptest::{collection, prelude::*};

use super::*;

proptest! {
    #[test]
    fn it_gives_what_sorting_gives(
        mut lists in collection::vec(collection::vec(0_i64..2_000, 0..300), 0..6),
        is_newest_first: bool,
    ) {
        let order = if is_newest_first { Order::NewestFirst } else { Order::OldestFirst };
        let sort = |ids: &mut Vec<i64>| {
            ids.sort_unstable();
            ids.dedup();
            if is_newest_first {
                ids.reverse();
            }
        };
        lists.iter_mut().for_each(sort);
        let mut expected: Vec<i64> = lists.concat();
        expected.sort_unstable();
        if is_newest_first {
            expected.reverse();
        }
        let read = |key: i64, after: Option<i64>, count: u32| {
            let list = &lists[usize::try_from(key).unwrap()];
            let is_behind = |id: &&i64| match (after, order) {
                (None, _) => true,
                (Some(after), Order::NewestFirst) => **id < after,
                (Some(after), Order::OldestFirst) => **id > after,
            };
            Ok(list.iter().filter(is_behind).take(count as usize).copied().collect())
        };
        let keys = 0..i64::try_from(lists.len()).unwrap();
        let mut merge = Merge::new(order, keys, read).unwrap();
        let mut given = Vec::new();
        while let Some(id) = merge.next().unwrap() {
            given.push(id);
        }
        prop_assert_eq!(given, expected);
    }
}
