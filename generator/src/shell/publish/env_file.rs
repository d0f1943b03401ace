//! `deploy/aws.env`: `NAME=value`, one a line. Comments, blanks around a value, quotes around it and the line ends of Windows are
//! left out. `deploy/common.sh` reads it in the same way, for the script that fetches the programs.

use std::collections::BTreeMap;

use messages::tr;

use super::super::error::CliError;

/// Where it is, in the shop's folder.
pub(super) const FILE: &str = "deploy/aws.env";

/// Settings for which an empty value is a value: it takes away what the stack has.
pub(super) const MAY_BE_EMPTY: [&str; 6] =
    ["SHOP_DOMAIN", "CERTIFICATE_ARN", "ALARM_MAIL", "STRIPE_ACCOUNT", "SUBNET_IDS", "SECURITY_GROUP_IDS"];

/// The settings of the file. Of several lines with one name the first counts.
///
/// # Errors
/// A line that is no setting.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, CliError> {
    let mut settings = BTreeMap::<String, String>::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let meant = setting(line);
        let (name, value) = meant.split_once('=').filter(|(name, _)| is_name(name)).ok_or_else(|| {
            CliError::usage(tr!(
                "{file}: `{line}` is no setting\n  write NAME=value, one a line",
                file = FILE
            ))
        })?;
        let counts = |known: &String| !known.is_empty() || MAY_BE_EMPTY.contains(&name);
        if !settings.get(name).is_some_and(counts) {
            settings.insert(name.to_owned(), value.to_owned());
        }
    }
    Ok(settings)
}

/// A capital letter, then capital letters, digits and `_`.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_')
}

/// A line without what is not meant: quotes around the value, a comment behind it, blanks at either end.
fn setting(line: &str) -> String {
    let line = line.trim_end();
    if let Some((name, value)) = line.split_once('=')
        && let Some(value) = quoted(value.trim_start())
    {
        return format!("{name}={value}");
    }
    let commented = line.char_indices().find(|(at, sign)| *sign == '#' && line[..*at].ends_with([' ', '\t']));
    let line = commented.map_or(line, |(at, _)| &line[..at]).trim_end();
    match line.split_once('=') {
        Some((name, value)) => format!("{name}={}", value.trim_start()),
        None => line.to_owned(),
    }
}

/// What stands between two quotes of one kind, if nothing but a comment follows.
fn quoted(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (inner, rest) = value[1..].split_once(quote)?;
    let comment = rest.trim_start();
    let ends =
        rest.is_empty() || (comment.len() < rest.len() && (comment.is_empty() || comment.starts_with('#')));
    (ends && !inner.contains(['"', '\''])).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn value(line: &str) -> Option<String> {
        parse(line).unwrap().remove("NAME")
    }

    #[test]
    fn quotes_comments_and_blanks_are_left_out() {
        for (line, meant) in [
            ("NAME=a", "a"),
            ("  NAME= a b  ", "a b"),
            ("NAME=\"a\"", "a"),
            ("NAME='a b' # \"ours\"", "a b"),
            ("NAME=\"acct_1\" # Anna's", "acct_1"),
            ("NAME=a#b # c", "a#b"),
            ("NAME=\t# none yet", ""),
            ("NAME=\"a", "\"a"),
            ("NAME='a'b", "'a'b"),
            ("NAME=a\r", "a"),
        ] {
            assert_eq!(value(line).as_deref(), Some(meant), "{line:?}");
        }
        assert!(parse("\n# NAME=a\n \t\n\t# more\r\n").unwrap().is_empty());
    }

    #[test]
    fn the_first_line_counts_unless_it_says_nothing() {
        assert_eq!(value("NAME=a\nNAME=b").as_deref(), Some("a"));
        assert_eq!(value("NAME=\nNAME=b").as_deref(), Some("b"));
        let both = parse("ALARM_MAIL=\nALARM_MAIL=b").unwrap();
        assert_eq!(both["ALARM_MAIL"], "", "here empty is a value");
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        for line in ["NAME", "export NAME=a", "NAME = a", "name=a", "1NAME=a", "=a"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
