//! Zstandard: frames, one after the other (RFC 8878).

use ruzstd::decoding::{
    FrameDecoder, StreamingDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use super::{Fault, guess, read_limited};

/// No larger window may be needed for an HTTP body (RFC 9659 §3).
const MAX_WINDOW: u64 = 8 << 20;

pub(super) fn decode(body: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut decoded = Vec::new();
    let mut frame = FrameDecoder::new();
    frame.set_max_window_size(MAX_WINDOW);
    let mut rest = body;
    while !rest.is_empty() {
        let stream = match StreamingDecoder::new_with_decoder(&mut rest, &mut frame) {
            Ok(stream) => stream,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = usize::try_from(length).map_err(|_| Fault::Malformed)?;
                rest = rest.get(length..).ok_or(Fault::Truncated)?;
                continue;
            }
            Err(_) => return Err(Fault::Malformed),
        };
        let part = read_limited(stream, guess(body), limit - decoded.len())?;
        let sent = frame.get_checksum_from_data();
        if sent.is_some() && sent != frame.get_calculated_checksum() {
            return Err(Fault::Malformed);
        }
        if decoded.is_empty() {
            decoded = part;
        } else {
            decoded.extend_from_slice(&part);
        }
    }
    Ok(decoded)
}
