//! The subcommands that print and exit.
//!
//! stdout is only the answer; everything else is stderr. Failures carry the exit code that `main` leaves with.

mod apply;
pub mod arguments;
mod check;
mod demo;
mod difference;
mod get;
mod lint;
mod pages;
mod setup;
mod table;

use std::fmt;

pub use self::apply::{How, apply, read};
pub use self::check::check;
pub use self::demo::{Demo, Wanted};
pub use self::get::get;
pub use self::lint::lint;
pub use self::setup::{Setup, connect};

/// Why a subcommand did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code: 1 refused or failed, 2 usage, 3 no credentials or no connection, 4 changed meanwhile.
    pub code: u8,
    /// What to say on stderr; may be several lines.
    pub text: String,
}

impl Failure {
    /// Refused, or it went wrong.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { code: 1, text: text.into() }
    }

    /// It was called wrongly.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { code: 2, text: text.into() }
    }

    /// No credentials that work, or no connection.
    pub fn unconnected(text: impl Into<String>) -> Self {
        Self { code: 3, text: text.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}
