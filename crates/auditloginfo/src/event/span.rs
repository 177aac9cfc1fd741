//! The places of records in the log, and how far apart records of one event can be.

/// The largest distance, in records, between two records of one event without another record of the
/// event between them. In real logs it is up to 643. It also suffices if every record is moved by up
/// to 10,000 places. Under Miri, which takes a millisecond for a record, it is small enough for tests.
pub const REORDER_WINDOW: u64 = if cfg!(miri) { 1 << 5 } else { 1 << 15 };

/// The places of the first and the latest record of an event. The place of a record is its number
/// in the log or in the chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) first: u64,
    pub(super) latest: u64,
}

impl Span {
    /// The span of an event that starts with the record at `place`.
    #[inline]
    pub(super) fn start(place: u64) -> Span {
        Span { first: place, latest: place }
    }

    /// The same span in a log in which `offset` records precede the chunk.
    pub(super) fn shift(self, offset: u64) -> Span {
        Span { first: self.first + offset, latest: self.latest + offset }
    }

    /// Whether a record at `place` can belong to the event.
    #[inline]
    pub(super) fn reaches(self, place: u64) -> bool {
        place <= self.latest + REORDER_WINDOW
    }

    /// Whether the event can have begun in the chunk before this one.
    #[inline]
    pub(super) fn starts_early(self) -> bool {
        self.first <= REORDER_WINDOW
    }
}
