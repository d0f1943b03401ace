//! Form-encoded bodies and queries as trees: `line_items[0][price_data][currency]=eur`. The schema interprets them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::refusal::Refusal;

/// How deep brackets may nest; Stripe's parameters need seven.
const MAX_DEPTH: usize = 12;
/// How many pairs a body may have.
const MAX_PAIRS: usize = 10_000;

/// A value as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    /// In the order sent. Lists are maps whose keys are `0`, `1`… or empty.
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(crate) fn empty() -> Self {
        Self::Map(Vec::new())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, node)| node),
            Self::Text(_) => None,
        }
    }

    /// Reads `a=1&b[c]=2`.
    pub(crate) fn parse(encoded: &str) -> Result<Self, Refusal> {
        let mut root = Self::empty();
        for (count, pair) in encoded.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if count >= MAX_PAIRS {
                return Err(Refusal::invalid("Too many parameters."));
            }
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decode(key)?, decode(value)?);
            let path =
                split(&key).ok_or_else(|| Refusal::invalid(format!("Invalid parameter name: {key}")))?;
            root.put(&path, value, &key)?;
        }
        Ok(root)
    }

    fn put(&mut self, path: &[String], value: String, whole: &str) -> Result<(), Refusal> {
        let clash =
            || Refusal::invalid(format!("Parameter {whole} is given twice, or as two things")).at(whole);
        let Self::Map(entries) = self else { return Err(clash()) };
        let Some((first, rest)) = path.split_first() else { return Err(clash()) };
        let name = if first.is_empty() { entries.len().to_string() } else { first.clone() };
        let found = entries.iter().position(|(key, _)| *key == name);
        match (found, rest.is_empty()) {
            (Some(_), true) => Err(clash()),
            (Some(place), false) => entries[place].1.put(rest, value, whole),
            (None, true) => {
                entries.push((name, Self::Text(value)));
                Ok(())
            }
            (None, false) => {
                let mut node = Self::empty();
                node.put(rest, value, whole)?;
                entries.push((name, node));
                Ok(())
            }
        }
    }
}

/// `a[b][]` as `a`, `b` and an empty name.
fn split(key: &str) -> Option<Vec<String>> {
    let (first, mut rest) = match key.find('[') {
        Some(at) => key.split_at(at),
        None => (key, ""),
    };
    let mut path = vec![first.to_owned()];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[')?;
        let end = inner.find(']')?;
        path.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    (!first.is_empty() && path.len() <= MAX_DEPTH).then_some(path)
}

/// Percent-decoding of `application/x-www-form-urlencoded`.
pub(crate) fn decode(text: &str) -> Result<String, Refusal> {
    let bad = || Refusal::invalid("The request's parameters are not valid UTF-8 in form encoding.");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex).ok_or_else(bad)?;
                let low = rest.next().and_then(hex).ok_or_else(bad)?;
                high * 16 + low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

/// Percent-encoding that [`decode`] undoes.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Everything except the unreserved characters of RFC 3986, 2.3.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The pairs of a flat form, the last of each name, as the pay page and the dashboard send them.
pub(crate) fn flat(encoded: &str) -> std::collections::BTreeMap<String, String> {
    let pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(key, value)| Some((decode(key).ok()?, decode(value).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_empty_ones_append() {
        let tree = Node::parse("a[b][0][c]=1&a[b][0][d]=x%20y+z&expand[]=p&expand[]=q").unwrap();
        let first = tree.get("a").unwrap().get("b").unwrap().get("0").unwrap();
        assert_eq!(first.get("d"), Some(&Node::Text("x y z".into())));
        assert_eq!(tree.get("expand").unwrap().get("1"), Some(&Node::Text("q".into())));
    }

    #[test]
    fn a_parameter_that_is_two_things_is_refused() {
        for twice in ["a=1&a=2", "a=1&a[b]=2", "a[b]=2&a=1", "a[=1", "[a]=1", "a=%zz", "a=%ff"] {
            assert!(Node::parse(twice).is_err(), "{twice}");
        }
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        assert_eq!(decode(&encode("Bol « Lune » & co=1+1%")).unwrap(), "Bol « Lune » & co=1+1%");
    }
}
