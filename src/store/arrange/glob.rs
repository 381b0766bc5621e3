//! A label's value as a filter names it.

/// A label's value: the whole of it, without regard to case, a star standing for anything.
#[derive(Clone, Debug)]
pub struct Glob {
    parts: Vec<String>,
}

impl Glob {
    /// Quoted, a star is a star.
    pub fn new(text: &str, quoted: bool) -> Self {
        let text = text.to_lowercase();
        let parts = if quoted { vec![text] } else { text.split('*').map(str::to_owned).collect() };
        Self { parts }
    }

    /// Whether the whole text is like this.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|only| *only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let is = |pattern: &str, text: &str| Glob::new(pattern, false).matches(text);
        assert!(is("prod", "PROD") && !is("prod", "production"));
        assert!(is("prod*", "production") && is("*db", "main-DB") && is("a*b*c", "axxbyyc"));
        assert!(!is("a*b*c", "acb") && !is("ab*ba", "aba"), "the ends do not overlap");
        assert!(Glob::new("a*", true).matches("a*") && !Glob::new("a*", true).matches("ab"));
    }
}
