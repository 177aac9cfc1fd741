//! What is shown of the rates: marks, the chosen devices, sums, and whether idle ones are shown.

use super::sums::sums;
use super::{By, IntervalRates, Marker, Selection};

/// What is shown of the rates of each interval.
#[derive(Debug, Default)]
pub struct View {
    /// The evidence for marks, if anything is marked.
    pub marker: Option<Marker>,
    /// The maps and paths that are shown.
    pub selection: Selection,
    /// What paths have in common whose sums are shown.
    pub by: Option<By>,
    /// Whether idle maps and sums are shown.
    pub shows_idle: bool,
}

impl View {
    /// Marks paths, leaves out what is not shown, and adds sums.
    #[must_use]
    pub fn apply<'a>(&mut self, mut rates: IntervalRates<'a>) -> IntervalRates<'a> {
        if let Some(marker) = &mut self.marker {
            marker.mark(&mut rates);
        }
        self.selection.apply(&mut rates.maps);
        rates.sums = self.by.map(|by| {
            let mut sums = sums(&rates.maps, by);
            if let Some(marker) = &mut self.marker {
                marker.mark_sums(&mut sums, rates.seconds);
            }
            sums.retain(|sum| self.shows_idle || !sum.is_idle());
            sums
        });
        rates.maps.retain(|map| self.shows_idle || !map.is_idle);
        rates
    }
}
