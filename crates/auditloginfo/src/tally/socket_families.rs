//! The address families of the sockets that were created.

/// The address families of the sockets that were created.
///
/// ```
/// use auditloginfo::tally::SocketFamilies;
///
/// let mut families = SocketFamilies::default();
/// for number in [Some(2), Some(10), Some(2), Some(99), None] {
///     families.add(number);
/// }
/// assert_eq!(families.iter().collect::<Vec<_>>(), [2, 10]);
/// assert_eq!((families.others, families.missing), (Some(99), 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SocketFamilies {
    /// One bit for each family below 64; Linux has fewer.
    known: u64,
    /// The smallest larger number.
    pub others: Option<u32>,
    /// The number of sockets whose family the log does not say.
    pub missing: u64,
}

impl SocketFamilies {
    /// Adds the family of a socket, if it is known.
    pub fn add(&mut self, family: Option<u32>) {
        match family {
            None => self.missing += 1,
            Some(family @ 0..64) => self.known |= 1 << family,
            Some(family) => self.others = Some(self.others.map_or(family, |own| own.min(family))),
        }
    }

    /// The families below 64, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + use<> {
        let known = self.known;
        (0..64).filter(move |family| known >> family & 1 == 1)
    }

    /// Whether no socket was created.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == SocketFamilies::default()
    }

    /// Adds the families of another part of the log.
    pub fn merge(&mut self, other: SocketFamilies) {
        self.known |= other.known;
        self.missing += other.missing;
        if other.others.is_some() {
            self.add(other.others);
        }
    }
}
