//! How much memory the contents of a text can take.

/// The bytes that are left.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget(bytes)
    }

    /// Takes some bytes. Returns false, from then on, if fewer are left.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}
