//! What a line looks like that is no part of a table.

pub(super) fn has_word(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|found| found == word)
}

/// Whether a line has the digits of a date and a time, and they are not figures.
pub(super) fn looks_like_time(line: &[u8]) -> bool {
    let is_figure =
        |word: &[u8]| sysparse::text::decimal(word).is_some_and(|(_, unit)| unit.len() <= 1);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    line.iter().filter(|byte| byte.is_ascii_digit()).count() >= 8
        && words.any(|word| !is_figure(word))
}

pub(super) fn numbers(line: &[u8]) -> usize {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    words.filter(|word| sysparse::text::decimal(word).is_some()).count()
}

/// Whether a line looks like that of a device: a name and five or more numbers. The name of averages
/// ends with a colon, in some languages with a wide one.
pub(super) fn looks_like_row(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let is_average = |name: &[u8]| name.ends_with(b":") || name.ends_with("：".as_bytes());
    let is_name = words.next().is_some_and(|name| !is_average(name))
        && !line.first().is_some_and(u8::is_ascii_whitespace);
    is_name && numbers(line) >= 5 && numbers(line) == words.count()
}
