//! Text that must not be read over a shoulder, and how Teleport masks it.
//!
//! A `Secret` has no `Display` and its `Debug` is masked, so that it cannot reach a log, a title or a notice by accident.

use std::fmt;
use std::sync::Arc;

use super::reference::Reference;

/// A name or token that is itself the key to something.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes the text; from here on it shows itself masked.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the wire and for a page whose purpose is to show it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Stars, and the last quarter of a text that is long enough to spare it.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.masked())
    }
}

/// Teleport's rule: under 16 bytes all stars, else the first three quarters.
#[must_use]
pub fn mask(text: &str) -> String {
    let bytes = text.len();
    let mut hidden = if bytes < 16 { bytes } else { bytes * 3 / 4 };
    while !text.is_char_boundary(hidden) {
        hidden += 1;
    }
    format!("{}{}", "*".repeat(hidden), &text[hidden..])
}

/// The text without its secrets: the name where it is the key, and values whose own key says that they are secret.
#[must_use]
pub fn masked(text: &str, reference: &Reference) -> Vec<String> {
    let hide_name = reference.is_secret() && !reference.name().is_empty();
    let lines = text.lines().map(|line| {
        let line = if hide_name { line.replace(reference.name(), &reference.label()) } else { line.to_owned() };
        match line.split_once(": ") {
            Some((key, value)) if key.trim_start().ends_with("_secret") && !value.is_empty() => {
                format!("{key}: {}", mask(value.trim_matches('"')))
            }
            _ => line,
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_vanish_and_long_ones_keep_a_quarter() {
        assert_eq!(mask(""), "");
        assert_eq!(mask("abc"), "***");
        assert_eq!(mask("0123456789abcde"), "***************");
        assert_eq!(mask("0123456789abcdef"), "************cdef");
        assert_eq!(mask("ééééééééé"), "**************éé");
    }

    #[test]
    fn debug_does_not_tell() {
        assert_eq!(format!("{:?}", Secret::new("correct-horse-battery")), "Secret(***************attery)");
    }

    #[test]
    fn a_name_that_is_the_key_is_masked_wherever_it_stands() {
        let token = Reference::new("token", "0123456789abcdef").secret();
        let text = "metadata:\n  name: 0123456789abcdef\nspec:\n  registration_secret: abcdefgh\n  join_method: token\n";
        let lines = masked(text, &token);
        assert_eq!(lines[1], "  name: ************cdef");
        assert_eq!(lines[3], "  registration_secret: ********");
        assert_eq!(lines[4], "  join_method: token");
    }
}
