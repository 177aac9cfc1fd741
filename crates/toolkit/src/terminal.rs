//! The terminal that standard output is.
//!
//! ```
//! assert!(toolkit::terminal::width() > 0);
//! ```

use rustix::termios::tcgetwinsize;
use std::io;

/// The width if it is unknown.
const DEFAULT_WIDTH: usize = 80;

/// The number of columns: what the terminal says, or `COLUMNS`, or 80.
#[must_use]
pub fn width() -> usize {
    let own = tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    let variable = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    own.filter(|columns| *columns > 0)
        .or_else(variable)
        .filter(|it| *it > 0)
        .unwrap_or(DEFAULT_WIDTH)
}
