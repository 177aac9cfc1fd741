//! The locale of the environment: how dates and numbers are printed.
//!
//! The tables are those of the GNU C library. They are built in, so the locale does not have to be
//! installed.
//!
//! ```
//! use chrono::Locale;
//! use toolkit::locale::decimal_mark;
//!
//! assert_eq!(decimal_mark(Locale::de_DE), ",");
//! ```

use chrono::Locale;
use pure_rust_locales::locale_match;

/// The locale of a category such as `LC_TIME`; C if none is set or the one set is unknown.
#[must_use]
pub fn for_category(category: &str) -> Locale {
    let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let name = value("LC_ALL").or_else(|| value(category)).or_else(|| value("LANG"));
    name.and_then(|name| parse(&name)).unwrap_or(Locale::POSIX)
}

/// The locale with a name such as `de_DE.UTF-8@euro`, with any character set.
fn parse(name: &str) -> Option<Locale> {
    let (name, modifier) = name.split_once('@').unwrap_or((name, ""));
    let language = name.split('.').next().unwrap_or(name);
    let exact = Locale::try_from(format!("{language}@{modifier}").as_str());
    exact.or_else(|_| Locale::try_from(language)).ok()
}

/// What separates the whole part of a number from its decimals.
#[must_use]
pub fn decimal_mark(locale: Locale) -> &'static str {
    locale_match!(locale => LC_NUMERIC::DECIMAL_POINT)
}

/// The formats of a date and of a time of day, as in strftime(3).
pub(crate) fn date_and_time(locale: Locale) -> [&'static str; 2] {
    [locale_match!(locale => LC_TIME::D_FMT), locale_match!(locale => LC_TIME::T_FMT)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_set_of_a_name_does_not_matter() {
        assert_eq!(parse("de_DE.UTF-8"), Some(Locale::de_DE));
        assert_eq!(parse("de_DE.ISO-8859-15@euro"), Some(Locale::de_DE_euro));
        assert_eq!(parse("fr_FR@unheard"), Some(Locale::fr_FR));
        assert_eq!([parse("C.UTF-8"), parse("../x"), parse("")], [None; 3]);
    }

    #[test]
    fn the_decimal_mark_depends_on_the_locale() {
        assert_eq!([Locale::POSIX, Locale::de_DE].map(decimal_mark), [".", ","]);
    }
}
