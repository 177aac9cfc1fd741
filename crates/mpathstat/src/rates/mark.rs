//! A mark of `-i`.

/// What is wrong with a map, a path or a sum of paths.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// The path is in a state in which it cannot carry I/O.
    State(Vec<u8>),
    /// So many requests are in flight, and none was completed for about a second or more; `None` if
    /// the number is unknown.
    Stuck(Option<f64>),
    /// No path of the map can carry I/O; so many requests wait for one, if that is known.
    NoPath(Option<f64>),
    /// Device mapper holds back all I/O of the map.
    Suspended,
    /// The path did I/O that did not come through the map.
    Bypass,
    /// A read or write takes so many times as long as on this sibling.
    Await {
        /// The multiple.
        times: f64,
        /// The name of the sibling.
        sibling: Vec<u8>,
    },
    /// The path has so many times as many reads and writes as this sibling.
    Share {
        /// The multiple, which is less than 1.
        times: f64,
        /// The name of the sibling.
        sibling: Vec<u8>,
    },
    /// Commands per second that ended with an error.
    Errors(f64),
    /// Commands per second that timed out.
    Timeouts(f64),
    /// Commands per second that were sent again.
    Retries(f64),
    /// Requests per second that were moved to another path.
    Failovers(f64),
}

impl Mark {
    /// The word for the mark in records.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Mark::State(_) => "state",
            Mark::Stuck(_) => "stuck",
            Mark::NoPath(_) => "no-path",
            Mark::Suspended => "suspended",
            Mark::Bypass => "not-through-map",
            Mark::Await { .. } => "await",
            Mark::Share { .. } => "share",
            Mark::Errors(_) => "errors",
            Mark::Timeouts(_) => "timeouts",
            Mark::Retries(_) => "retries",
            Mark::Failovers(_) => "failovers",
        }
    }
}
