//! Settings as custom properties: colours for light and dark mode, numbers as they are. Choices, texts and booleans are
//! for templates only.

use std::fmt::Write as _;

use super::Value;

/// `--name: value` on `:root`; dark colours if the reader's system or the page's `data-theme` asks for them.
pub(super) fn rules<'a>(settings: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let (mut light, mut dark) = (String::new(), String::new());
    for (name, value) in settings {
        let name = name.replace('_', "-");
        // Writing to a string cannot fail.
        let _ = match value {
            Value::Colour(_, shades) => {
                if let Some(colour) = &shades.dark {
                    let _ = writeln!(dark, "--{name}: {colour};");
                }
                writeln!(light, "--{name}: {};", shades.light)
            }
            Value::Number(number) => writeln!(light, "--{name}: {number};"),
            Value::Choice(_) | Value::Boolean(_) | Value::Text(_) => Ok(()),
        };
    }
    let mut out = String::new();
    if !light.is_empty() {
        let _ = write!(out, ":root {{\n{light}}}\n");
    }
    if !dark.is_empty() {
        let system = "@media (prefers-color-scheme: dark) {\n:root:not([data-theme=light])";
        let _ = write!(out, "{system} {{\n{dark}}}\n}}\n:root[data-theme=dark] {{\n{dark}}}\n");
    }
    out
}
