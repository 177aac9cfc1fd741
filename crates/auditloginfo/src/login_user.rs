//! The login user for whom an event counts.
//!
//! ```
//! use auditloginfo::login_user::LoginUser;
//!
//! assert_eq!(LoginUser::from(7005).to_string(), "7005");
//! assert!(LoginUser::Unknown > LoginUser::from(u32::MAX));
//! ```

use std::fmt;

/// The login user for whom an event counts. The order is that of a report: by number, so that unset
/// comes after all others, and then unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoginUser {
    /// The login user with this id, or [`AUID_UNSET`](sysparse::audit::AUID_UNSET).
    Id(u32),
    /// The log does not say who: no record of the event holds a login user id.
    Unknown,
}

impl LoginUser {
    /// The word for [`LoginUser::Unknown`] on the command line and in a report.
    pub const UNKNOWN: &'static str = "unknown";

    /// The id, if it is known.
    #[must_use]
    pub fn id(self) -> Option<u32> {
        match self {
            LoginUser::Id(id) => Some(id),
            LoginUser::Unknown => None,
        }
    }
}

impl From<u32> for LoginUser {
    #[inline]
    fn from(id: u32) -> LoginUser {
        LoginUser::Id(id)
    }
}

impl fmt::Display for LoginUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoginUser::Id(id) => id.fmt(f),
            LoginUser::Unknown => f.write_str(LoginUser::UNKNOWN),
        }
    }
}
