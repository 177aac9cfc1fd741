//! The name of a file that was opened, from a PATH record.
//!
//! ```text
//! type=PATH msg=audit(1795353291.280:182100): item=0 name="/etc/" inode=31 ... nametype=PARENT
//! type=PATH msg=audit(1795353291.280:182100): item=1 name="/etc/motd" inode=90 ... nametype=CREATE
//! ```

use sysparse::audit::{Path, Record};
use sysparse::text::Text;

/// The directory at which a relative name starts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base<'a> {
    /// The name is printed as it is in the record.
    AsRecorded,
    /// The working directory; empty if it is unknown.
    WorkingDirectory(&'a [u8]),
    /// A directory of which only the file descriptor is known.
    Descriptor(i32),
}

/// The name of the file that was opened. `None` for the parent directory of a file that was created,
/// and for `(null)` without quotes, which is no name.
#[inline(always)]
pub(crate) fn opened_name(path: Path<'_>) -> Option<Text<'_>> {
    (!path.name.is_null() && !path.is_parent()).then(|| path.name.text())
}

/// The directory in a CWD record; empty if the kernel could not name it, which it writes as `(null)`.
pub(crate) fn working_directory<'a>(record: &Record<'a>) -> Option<Text<'a>> {
    let directory = record.field(b"cwd")?;
    Some(if directory.is_null() { Text::Plain(b"") } else { directory.text() })
}

/// Writes the name to `file`, joined with its base.
pub(crate) fn write(name: Text<'_>, base: Base<'_>, file: &mut Vec<u8>) {
    file.clear();
    let is_relative = name.bytes().next() != Some(b'/');
    match base {
        Base::WorkingDirectory(directory) if is_relative && !directory.is_empty() => {
            file.extend_from_slice(directory);
            end_with_slash(file);
        }
        Base::Descriptor(descriptor) if is_relative => {
            file.extend_from_slice(format!("[fd {descriptor}]/").as_bytes());
        }
        _ => {}
    }
    name.append_to(file);
}

/// Ends the name of a directory with a slash.
pub(crate) fn end_with_slash(file: &mut Vec<u8>) {
    if !file.ends_with(b"/") {
        file.push(b'/');
    }
}

/// The letter in the mode of a directory in which a file without a name was created, for profiles.
pub(crate) const UNNAMED: u8 = b'u';

#[cfg(test)]
mod tests {
    use super::*;
    use sysparse::audit;

    #[test]
    fn a_parent_directory_and_a_missing_name_are_no_opened_files() {
        let opened = |fields: &str| {
            let line = format!("type=PATH msg=audit(1.000:1): item=0 {fields}");
            let record = audit::record(line.as_bytes()).expect("well-formed").expect("a record");
            let name = opened_name(Path::parse(&record).expect("a name")).map(Text::bytes);
            name.map(|bytes| String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned())
        };
        assert_eq!(opened("name=\"/etc/\" nametype=PARENT"), None);
        assert_eq!(opened("name=(null) nametype=NORMAL"), None);
        assert_eq!(opened("name=\"(null)\" nametype=NORMAL").as_deref(), Some("(null)"));
        assert_eq!(opened("name=6120 nametype=NORMAL").as_deref(), Some("a "));
    }

    #[test]
    fn a_relative_name_is_joined_with_its_base() {
        let write = |name: &str, base| {
            let mut file = Vec::new();
            super::write(Text::Plain(name.as_bytes()), base, &mut file);
            String::from_utf8(file).expect("ASCII")
        };
        assert_eq!(write("a", Base::WorkingDirectory(b"/tmp")), "/tmp/a");
        assert_eq!(write("a", Base::WorkingDirectory(b"/")), "/a");
        assert_eq!(write("a", Base::WorkingDirectory(b"")), "a");
        assert_eq!(write("/a", Base::WorkingDirectory(b"/tmp")), "/a");
        assert_eq!(write("a", Base::Descriptor(4)), "[fd 4]/a");
        assert_eq!(write("/a", Base::Descriptor(4)), "/a");
        assert_eq!(write("../a", Base::AsRecorded), "../a");
    }
}
