use http_body_util::{BodyExt, Full, StreamBody};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic_types::StatusExt;

use super::*;

fn message(length: u32) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(length.to_be_bytes());
    bytes.resize(PREFIX + length as usize, b'x');
    bytes
}

fn body(messages: &[u32]) -> Body {
    let bytes: Vec<u8> = messages
        .iter()
        .flat_map(|length| message(*length))
        .collect();
    Body::new(Full::new(Bytes::from(bytes)))
}

#[test]
fn messages_are_found_wherever_frames_are_cut() {
    let lengths = [0, 3, 300, 0, 5];
    let bytes: Vec<u8> = lengths.iter().flat_map(|length| message(*length)).collect();
    for size in 1..=bytes.len() {
        let mut messages = Messages::default();
        let found: Vec<_> = bytes
            .chunks(size)
            .flat_map(|chunk| messages.read(chunk))
            .collect();
        assert_eq!(found, lengths, "frames of {size} bytes");
        assert!(messages.is_whole(), "frames of {size} bytes");
    }
    let mut messages = Messages::default();
    messages.read(&bytes[..bytes.len() - 1]);
    assert!(!messages.is_whole());
}

#[tokio::test]
async fn each_message_is_paid_for_until_its_payment_is_dropped() {
    let budget = Budget::new(Budget::MIN);
    let (mut paid, payments) = budget.pay_for(body(&[100, 200]));
    paid.frame().await.unwrap().unwrap();
    let taken = [payments.take(), payments.take()].map(|payment| payment.unwrap().num_permits());
    assert_eq!(taken, [200 + 1_024, 400 + 1_024]);
    assert!(payments.take().is_none());
    assert_eq!(budget.0.available_permits(), Budget::MIN as usize);
    let (mut paid, payments) = budget.pay_for(body(&[100]));
    paid.frame().await.unwrap().unwrap();
    assert!(paid.frame().await.is_none());
    drop(paid);
    assert_eq!(budget.0.available_permits(), Budget::MIN as usize - 1_224);
    drop(payments);
    assert_eq!(budget.0.available_permits(), Budget::MIN as usize);
}

#[tokio::test]
async fn what_a_stream_does_not_take_is_over_with_its_next_message() {
    let budget = Budget::new(Budget::MIN);
    let payments = Payments::default();
    let permit = |bytes| Arc::clone(&budget.0).try_acquire_many_owned(bytes).unwrap();
    payments.add(vec![permit(1), permit(2)], true);
    payments.add(vec![permit(4)], false);
    let held: Vec<_> = std::iter::from_fn(|| payments.take()).collect();
    assert_eq!(
        held.iter()
            .map(OwnedSemaphorePermit::num_permits)
            .collect::<Vec<_>>(),
        [2, 4]
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_finds_no_room_waits_and_is_refused() {
    let budget = Budget::new(Budget::MIN);
    let all = Arc::clone(&budget.0);
    let all = all.acquire_many_owned(Budget::MIN).await.unwrap();
    let (mut paid, _payments) = budget.pay_for(body(&[1]));
    let began = tokio::time::Instant::now();
    let refused = paid.frame().await.unwrap().unwrap_err();
    assert_eq!(began.elapsed().as_secs(), PATIENCE.as_secs());
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.get_details_retry_info().is_some());
    let (mut paid, _payments) = budget.pay_for(body(&[1]));
    let waiting = async {
        tokio::time::sleep(PATIENCE / 2).await;
        drop(all);
    };
    let (frame, ()) = tokio::join!(paid.frame(), waiting);
    frame.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_that_does_not_arrive_ends_its_request() {
    let (sender, frames) = tokio::sync::mpsc::channel(1);
    let begun = Frame::data(Bytes::from(message(100)).slice(..50));
    sender.send(Ok::<_, Status>(begun)).await.unwrap();
    let body = Body::new(StreamBody::new(ReceiverStream::new(frames)));
    let (mut paid, _payments) = Budget::new(Budget::MIN).pay_for(body);
    paid.frame().await.unwrap().unwrap();
    let refused = paid.frame().await.unwrap().unwrap_err();
    assert_eq!(refused.code(), Code::DeadlineExceeded);
}
