//! Nothing is allocated where there is room.

use leadhook_encoding::{Encoding, Kind, Scalar, header, url};

#[test]
fn writing_allocates_nothing_where_there_is_room() {
    let text = "R&D \"Söner\"\r\n\u{1} <a> \\ #1/2?\u{ffff}".repeat(4);
    let mut out = Vec::with_capacity(100 * text.len());
    let allocated = allocation_counter::measure(|| {
        for encoding in [
            Encoding::None,
            Encoding::Json,
            Encoding::FormUrl,
            Encoding::Xml,
        ] {
            for in_literal in [false, true] {
                let value = Scalar {
                    text: &text,
                    kind: Kind::Text,
                };
                encoding.write(value, in_literal, &mut out);
            }
        }
        for write in [
            header::write,
            url::write_raw,
            url::write_path,
            url::write_query,
        ] {
            write(&text, &mut out);
        }
    });
    assert_eq!(allocated.count_total, 0);
    assert!(out.len() > 12 * text.len() / 2);
}
