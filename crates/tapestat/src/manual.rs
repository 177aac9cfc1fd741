//! What the manual page says beside the options.

use toolkit::cli::{Hint, Manual};

/// The manual page of `tapestat`.
pub(crate) const MANUAL: Manual = Manual {
    name: "tapestat",
    summary: "what the tape drives of this machine do",
    synopsis: &["[options] [DRIVE...] [INTERVAL [COUNT]]"],
    operand: Hint::Words(&["st0", "st1"]),
    description: &["x"],
    sections: &[],
    examples: &[],
    see_also: &["mt(1)", "st(4)", "iostat(1)"],
};
