//! Ids: one type for each thing, so that none is taken for another.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A webhook: the [`Revision`] that created it, so never given twice.
    WebhookId
}
id! {
    /// A program or folder: the [`Revision`] that created it, so never given twice.
    ProgramId
}
id! {
    /// A campaign.
    CampaignId
}
id! {
    /// A run: 1, 2, 3 ... in the order of creation.
    RunId
}
id! {
    /// One pass of a lead through a flow, where it has a row of its own.
    EntryId
}
id! {
    /// Entries that caused one another.
    ChainId
}
id! {
    /// A lead: 1, 2, 3 ... in the order of creation, never given twice.
    LeadId
}
id! {
    /// A company: 1, 2, 3 ... in the order of creation, never given twice.
    CompanyId
}
id! {
    /// A call: milliseconds since the epoch above a counter of 22 bits, stamped when a batch is closed, so that ids ascend
    /// in the order of commits.
    CallId
}
id! {
    /// A state of the [`Catalog`](crate::Catalog); each change makes the next. Also the version of what it changed.
    Revision
}

impl CallId {
    /// Bits of an id below its milliseconds.
    pub const COUNTER_BITS: u32 = 22;

    /// The first id of a batch closed at `millis` since the epoch: later than `last`, also when the clock went back.
    #[must_use]
    pub fn next(last: CallId, millis: i64) -> CallId {
        CallId((millis << Self::COUNTER_BITS).max(last.0 + 1))
    }

    /// Milliseconds since the epoch of the batch that recorded the call.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0 >> Self::COUNTER_BITS
    }
}

/// What makes the repetition of a call harmless at its service (R-HDR-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub [u8; 16]);

/// As it stands in the header and on the record: 32 hexadecimal digits.
impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).expect("digits are ASCII"))
    }
}
