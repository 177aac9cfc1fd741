//! The figures that a text of iostat or sar contains, as they are: computing them again from rates with
//! two decimals would be wrong for a device that is seldom used.

/// The figures of a device in a text; those that it does not contain are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Printed {
    /// Reads per second.
    pub reads: Option<f64>,
    /// Writes per second.
    pub writes: Option<f64>,
    /// KiB read per second.
    pub read_kib: Option<f64>,
    /// KiB written per second.
    pub written_kib: Option<f64>,
    /// Milliseconds that a read or write took, on average.
    pub await_ms: Option<f64>,
    /// Milliseconds that a read took, on average.
    pub read_await_ms: Option<f64>,
    /// Milliseconds that a write took, on average.
    pub write_await_ms: Option<f64>,
    /// Milliseconds that a discard took, on average.
    pub discard_await_ms: Option<f64>,
    /// Milliseconds that a flush took, on average.
    pub flush_await_ms: Option<f64>,
    /// KiB per read or write.
    pub size_kib: Option<f64>,
    /// KiB per read.
    pub read_size_kib: Option<f64>,
    /// KiB per write.
    pub write_size_kib: Option<f64>,
    /// Requests in flight, on average.
    pub queue: Option<f64>,
    /// Percentage of the time with at least one request in flight.
    pub util: Option<f64>,
}
