//! The name of an opened file out of a PATH record.
//!
//! ```text
//! type=PATH msg=audit(1795353291.280:182100): item=0 name="/etc/" inode=31 ... nametype=PARENT
//! type=PATH msg=audit(1795353291.280:182100): item=1 name="/etc/motd" inode=90 ... nametype=CREATE
//! ```

use sysparse::audit::Path;
use sysparse::text::Text;

/// Where a relative name starts from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// It stays as it is written.
    AsWritten,
    /// The working directory; empty if it is not known.
    Directory(&'a [u8]),
    /// A directory that only its descriptor tells.
    Descriptor(i32),
}

/// The name of the file that was opened: not that of the directory it was created in, and not
/// `(null)` without quotes, which is no name.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a path that is lent is waited for")]
pub(super) fn opened(path: Path<'_>) -> Option<Text<'_>> {
    (!path.name.is_null() && !path.is_parent()).then(|| path.name.text())
}

/// Puts the name, as seen from `place`, into `file`.
pub(super) fn put(name: Text<'_>, place: Place<'_>, file: &mut Vec<u8>) {
    file.clear();
    let is_relative = name.bytes().next() != Some(b'/');
    match place {
        Place::Directory(directory) if is_relative && !directory.is_empty() => {
            file.extend_from_slice(directory);
            if !directory.ends_with(b"/") {
                file.push(b'/');
            }
        }
        Place::Descriptor(descriptor) if is_relative => {
            file.extend_from_slice(format!("[fd {descriptor}]/").as_bytes());
        }
        _ => {}
    }
    name.append_to(file);
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    #[test]
    fn a_parent_and_no_name_are_not_files() {
        let opened = |fields: &str| {
            let line = format!("type=PATH msg=audit(1.000:1): item=0 {fields}");
            let record = audit::record(line.as_bytes()).expect("sound").expect("a record");
            let name = opened(Path::parse(&record).expect("a name")).map(Text::bytes);
            name.map(|bytes| String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned())
        };
        assert_eq!(opened("name=\"/etc/\" nametype=PARENT"), None);
        assert_eq!(opened("name=(null) nametype=NORMAL"), None);
        assert_eq!(opened("name=\"(null)\" nametype=NORMAL").as_deref(), Some("(null)"));
        assert_eq!(opened("name=6120 nametype=NORMAL").as_deref(), Some("a "));
    }

    #[test]
    fn a_relative_name_is_seen_from_its_place() {
        let put = |name: &str, place| {
            let mut file = Vec::new();
            super::put(Text::Plain(name.as_bytes()), place, &mut file);
            String::from_utf8(file).expect("ASCII")
        };
        assert_eq!(put("a", Place::Directory(b"/tmp")), "/tmp/a");
        assert_eq!(put("a", Place::Directory(b"/")), "/a");
        assert_eq!(put("a", Place::Directory(b"")), "a");
        assert_eq!(put("/a", Place::Directory(b"/tmp")), "/a");
        assert_eq!(put("a", Place::Descriptor(4)), "[fd 4]/a");
        assert_eq!(put("/a", Place::Descriptor(4)), "/a");
        assert_eq!(put("../a", Place::AsWritten), "../a");
    }
}
