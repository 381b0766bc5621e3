//! Teleport's predicate language: conditions of rules, label expressions, filters of requests and sessions, templates.
//!
//! The Auth Service stores nearly any text here and fails when it is used: a rule that never applies, a login that vanishes. So
//! the text is read as the server reads it at use, with the types of everything named in it, and the first fault is told with its
//! place. Nothing is evaluated. Which names and functions there are is in `dialect`; a new one is one line there.

mod call;
mod dialect;
mod name;
mod parse;
mod pattern;
mod roots;
mod template;
#[cfg(test)]
mod tests;
mod token;

pub use self::dialect::{ACTION, Dialect, IMPERSONATE, JOIN, LABELS, REVIEW, THRESHOLD, WHERE};
pub use self::template::{Use, template};

/// What is wrong with an expression, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes before the place.
    pub at: usize,
    /// A sentence for a person.
    pub text: String,
}

impl Fault {
    fn new(at: usize, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }
}

/// Reads an expression of one dialect.
///
/// # Errors
/// The first fault.
pub fn check(text: &str, dialect: &'static Dialect) -> Result<(), Fault> {
    parse::whole(text, dialect)
}
