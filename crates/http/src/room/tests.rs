use super::*;

fn free(memory: &Memory) -> usize {
    memory.permits.available_permits() * UNIT
}

#[tokio::test]
async fn a_body_keeps_the_room_of_its_bytes_until_its_last_slice_is_dropped() {
    const LARGE: usize = 100 << 10;
    let memory = Memory::new(1 << 20, 0);
    let room = memory.room(512 << 10).await;
    assert_eq!(free(&memory), 512 << 10);
    let body = room.hold(vec![b'x'; LARGE].into());
    assert_eq!(free(&memory), (1 << 20) - LARGE);
    let slice = body.slice(..10);
    drop(body);
    assert_eq!(free(&memory), (1 << 20) - LARGE);
    assert_eq!(slice, "xxxxxxxxxx");
    drop(slice);
    assert_eq!(free(&memory), 1 << 20);
}

#[tokio::test]
async fn a_body_that_turns_out_small_keeps_none() {
    let memory = Memory::new(1 << 20, 0);
    let body = memory.room(1 << 20).await.hold(vec![0; SMALL].into());
    assert_eq!((body.len(), free(&memory)), (SMALL, 1 << 20));
}

#[tokio::test]
async fn one_body_always_finds_room_whatever_is_configured() {
    for most in [0, 1, 1 << 20, usize::MAX] {
        let memory = Memory::new(0, most);
        drop(memory.room(most).await);
    }
}
