//! Escaping of text for HTML and XML.

/// Escapes text for HTML and XML, also for attributes in quotes of either kind.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a `String` cannot fail.
    let _ = pulldown_cmark_escape::escape_html(&mut escaped, text);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_there_is_escaped_and_nothing_else() {
        assert_eq!(escape("<b title='x'>\"&é"), "&lt;b title=&#39;x&#39;&gt;&quot;&amp;é");
    }
}
