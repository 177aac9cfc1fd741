//! What the environment's locale says about dates and numbers.
//!
//! The tables are those of the GNU C library, built in: a locale need not be installed.

use chrono::Locale;
use pure_rust_locales::locale_match;

/// The locale of a category such as `LC_TIME`; C if none is set, or one that nobody knows.
#[must_use]
pub fn of(category: &str) -> Locale {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let name = set("LC_ALL").or_else(|| set(category)).or_else(|| set("LANG"));
    name.and_then(|name| named(&name)).unwrap_or(Locale::POSIX)
}

/// The locale of a name such as `de_DE.UTF-8@euro`, whatever the character set in it.
fn named(name: &str) -> Option<Locale> {
    let (name, modifier) = name.split_once('@').unwrap_or((name, ""));
    let language = name.split('.').next().unwrap_or(name);
    let exact = Locale::try_from(format!("{language}@{modifier}").as_str());
    exact.or_else(|_| Locale::try_from(language)).ok()
}

/// What stands between whole and fraction.
#[must_use]
pub fn decimal_mark(locale: Locale) -> &'static str {
    locale_match!(locale => LC_NUMERIC::DECIMAL_POINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_their_character_set() {
        assert_eq!(named("de_DE.UTF-8"), Some(Locale::de_DE));
        assert_eq!(named("de_DE.ISO-8859-15@euro"), Some(Locale::de_DE_euro));
        assert_eq!(named("fr_FR@unheard"), Some(Locale::fr_FR));
        assert_eq!([named("C.UTF-8"), named("../x"), named("")], [None; 3]);
    }

    #[test]
    fn a_decimal_mark_is_that_of_the_country() {
        assert_eq!([Locale::POSIX, Locale::de_DE].map(decimal_mark), [".", ","]);
    }
}
