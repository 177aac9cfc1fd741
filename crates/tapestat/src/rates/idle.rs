//! Which rows `-z` omits.

use super::{Row, Scale, figures};
use std::time::Duration;

/// When a row is that of an idle drive, or of a sum of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleRule {
    /// All figures are 0, with amounts in kB as in sysstat.
    Figures,
    /// All figures are 0, and the state of each drive is idle.
    FiguresAndState,
    /// No counter increased, and the state of each drive is idle.
    CountersAndState,
}

impl IdleRule {
    pub(super) fn is_idle(self, row: &Row, interval: Option<Duration>, scale: &Scale) -> bool {
        let in_kb = Scale { unit_kib: 1.0, ..*scale };
        let has_figures = || figures(&row.increase, interval, &in_kb) != [Some(0); 9];
        match self {
            IdleRule::Figures => !has_figures(),
            IdleRule::FiguresAndState => row.is_idle && !has_figures(),
            IdleRule::CountersAndState => row.is_idle && row.increase.is_zero(),
        }
    }
}
