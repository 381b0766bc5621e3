//! The filter language: what a person types after `/`, read once and asked of every row.
//!
//! Words match any column or label, and all must match. Matching looks at what a person could see: hidden columns too, a secret
//! name only masked. The language knows no kind; a column's name is looked up when the filter meets one. Pure, and linear in
//! what it looks at whatever is typed.

use std::fmt;
use std::time::{Duration, SystemTime};

use regex_lite::{Regex, RegexBuilder};

use super::ask::{self, Ask, Asked};
use super::glob::Glob;
use super::search::Needle;
use crate::kind::Kind;

/// A filter as it was typed, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

/// Why a filter cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where, in characters from the start.
    pub at: usize,
    /// What is wrong, and what would be right.
    pub text: String,
}

#[derive(Clone, Debug)]
struct Term {
    not: bool,
    /// Before the colon, in lower case. If the kind has no such column, the whole term was a word.
    column: Option<(String, Needle)>,
    test: Test,
}

#[derive(Clone, Debug)]
pub enum Test {
    Word(Box<Needle>),
    Pattern(Regex),
    /// A label's key, and its value with stars as blanks to fill; nothing means any.
    Label(String, Option<Glob>),
    /// Whether less, and than what.
    Bound(bool, Bound),
}

#[derive(Clone, Copy, Debug)]
pub enum Bound {
    Span(Duration),
    Number(i64),
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Filter {}

impl Filter {
    /// Reads what was typed.
    ///
    /// # Errors
    /// When a quote or a pattern cannot be read; a filter that is merely unfinished is read as the words it has.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = super::token::split(text)?.into_iter().map(Term::read).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), terms })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The names before a colon that are not columns of this kind. Such a term is taken as a word, which is right for `https:`
    /// and should be told to a person who mistyped a column.
    #[must_use]
    pub fn unknown_columns(&self, kind: &Kind) -> Vec<&str> {
        let named = self.terms.iter().filter_map(|term| term.column.as_ref());
        named.map(|(name, _)| &**name).filter(|name| kind.column(name).is_none()).collect()
    }

    /// Whether everything that passes this one also passed an earlier one: each of its words is still there or has grown.
    pub(super) fn narrows(&self, earlier: &Self) -> bool {
        let grown = |was: &Term| match &was.test {
            Test::Word(word) if !was.not => self.terms.iter().any(|is| match (&is.test, &is.column, &was.column) {
                (Test::Word(longer), None, None) if !is.not => longer.has(word),
                (Test::Word(longer), Some((name, whole)), Some((known, part))) if !is.not => {
                    name == known && longer.has(word) && whole.has(part)
                }
                _ => false,
            }),
            _ => false,
        };
        earlier.terms.iter().all(grown)
    }

    /// Whether it says the same of a row for as long as the row says the same, whatever the time.
    pub(super) fn is_steady(&self) -> bool {
        !self.terms.iter().any(|term| matches!(term.test, Test::Bound(..)))
    }

    /// The filter as this kind understands it.
    pub(super) fn of<'a>(&'a self, kind: &'static Kind, now: SystemTime) -> Asked<'a> {
        let term = |term: &'a Term| match &term.column {
            None => (None, Ask::Test(&term.test)),
            Some((name, whole)) => match kind.column(name) {
                Some(column) => (Some(column), Ask::Test(&term.test)),
                None => (None, Ask::Whole(whole)),
            },
        };
        let asked = self.terms.iter().map(|read| {
            let (column, ask) = term(read);
            ask::Term { not: read.not, column, ask }
        });
        Asked::new(kind, now, asked.collect())
    }
}

impl Term {
    fn read(token: super::token::Token) -> Result<Self, FilterError> {
        let super::token::Token { at, not, head, quoted, text } = token;
        let test = match head {
            Some((name, '=')) => {
                let value = (!text.is_empty()).then(|| Glob::new(&text, quoted));
                return Ok(Self { not, column: None, test: Test::Label(name, value) });
            }
            _ if quoted => Test::Word(Needle::new(&text).into()),
            _ => Test::read(at, &text)?,
        };
        let column = head.map(|(name, _)| {
            let whole = Needle::new(&format!("{name}:{text}"));
            (name.to_lowercase(), whole)
        });
        Ok(Self { not, column, test })
    }
}

impl Test {
    fn read(at: usize, text: &str) -> Result<Self, FilterError> {
        if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|rest| !rest.is_empty()) {
            let built = RegexBuilder::new(pattern).case_insensitive(true).size_limit(1 << 20).build();
            return built.map(Self::Pattern).map_err(|error| FilterError { at, text: format!("/{pattern}/: {error}") });
        }
        let bound =
            text.strip_prefix('<').map(|rest| (true, rest)).or_else(|| text.strip_prefix('>').map(|rest| (false, rest)));
        if let Some((less, rest)) = bound {
            if let Some(span) = span(rest) {
                return Ok(Self::Bound(less, Bound::Span(span)));
            }
            if let Ok(number) = rest.parse() {
                return Ok(Self::Bound(less, Bound::Number(number)));
            }
        }
        Ok(Self::Word(Needle::new(text).into()))
    }
}

/// `90s`, `15m`, `2h`, `3d`, `1w`, and several in a row as in `1h30m`.
fn span(text: &str) -> Option<Duration> {
    let (mut total, mut rest) = (Duration::ZERO, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..end].parse().ok()?;
        let unit = rest[end..].chars().next()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(Duration::from_secs(number.checked_mul(seconds)?))?;
        rest = &rest[end + 1..];
    }
    (!text.is_empty()).then_some(total)
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {})", self.text, self.at + 1)
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        assert_eq!(span("90s"), Some(Duration::from_secs(90)));
        assert_eq!(span("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(span("2w"), Some(Duration::from_hours(336)));
        for junk in ["", "5", "m", "2x", "99999999999999999999h", "18446744073709551615w", "1h30"] {
            assert_eq!(span(junk), None, "{junk}");
        }
    }
}
