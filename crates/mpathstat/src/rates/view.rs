//! What is shown of the rates: marks, the chosen devices, sums, and whether idle ones are shown.

use super::marker::mark_sums;
use super::sums::sums;
use super::{By, Figures, IntervalRates, Marker, Selection};
use std::collections::HashMap;

/// The figure by which maps or sums are sorted.
pub type SortKey = fn(&Figures) -> Option<f64>;

/// What is shown of the rates of each interval.
#[derive(Debug, Default)]
pub struct View {
    /// The evidence for marks, if anything is marked.
    pub marker: Option<Marker>,
    /// The maps and paths that are shown.
    pub selection: Selection,
    /// What paths have in common whose sums are shown.
    pub by: Vec<By>,
    /// The figure by which maps or sums are sorted.
    pub sort: Option<SortKey>,
    /// The number of maps or sums that are shown.
    pub top: Option<usize>,
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
        self.selection.keep_maps(&mut rates.maps);
        // Paths that are not shown are compared with those that are.
        let outliers = match &mut self.marker {
            Some(marker) if !self.by.is_empty() => marker.judge_sums(&rates, &self.by),
            _ => HashMap::new(),
        };
        self.selection.keep_paths(&mut rates.maps);
        rates.sums = (!self.by.is_empty()).then(|| {
            let mut sums = sums(&rates.maps, &self.by);
            if self.marker.is_some() {
                mark_sums(&mut sums, &outliers, rates.is_since_boot);
            }
            sums.retain(|sum| self.shows_idle || !sum.is_idle());
            self.select(&mut sums, |sum| sum.figures.as_ref());
            sums
        });
        rates.maps.retain(|map| self.shows_idle || !map.is_idle);
        if self.by.is_empty() {
            self.select(&mut rates.maps, |map| map.figures.as_ref());
        }
        rates
    }

    /// Sorts what is shown, and keeps the first ones.
    fn select<T>(&self, shown: &mut Vec<T>, figures: impl Fn(&T) -> Option<&Figures>) {
        if let Some(key) = self.sort {
            let value = |item: &T| figures(item).and_then(key).unwrap_or(f64::NEG_INFINITY);
            shown.sort_by(|a, b| value(b).total_cmp(&value(a)));
        }
        shown.truncate(self.top.unwrap_or(usize::MAX));
    }
}
