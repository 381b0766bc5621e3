//! Templates: text around one `{{…}}` that is filled in at login.
//!
//! One pair of braces at most and no other brace beside it; anything else is stored and then yields nothing.

use super::dialect::{MATCHER, TRAITS};
use super::{Fault, check};

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It makes values from traits.
    Values,
    /// It matches names; patterns are allowed beside traits.
    Names,
}

/// Reads a text that may hold a template.
///
/// # Errors
/// The first fault.
pub fn template(text: &str, wanted: Use) -> Result<(), Fault> {
    let (open, close) = (text.find("{{"), text.find("}}"));
    let (open, close) = match (open, close) {
        (None, None) => return Ok(()),
        (Some(open), None) => return Err(Fault::new(open, "{{ is not closed; add }}")),
        (None, Some(close)) => return Err(Fault::new(close, "}} closes nothing; the value is dropped at login")),
        (Some(open), Some(close)) if close < open => return Err(Fault::new(close, "}} stands before {{")),
        (Some(open), Some(close)) => (open, close),
    };
    let inside = &text[open + 2..close];
    let brace = |part: &str| part.find(['{', '}']);
    if text[close + 2..].contains("{{") {
        let at = close + 2 + text[close + 2..].find("{{").unwrap_or_default();
        return Err(Fault::new(at, "only one template may stand in a value; the whole value is dropped at login"));
    }
    if let Some(at) = brace(&text[..open])
        .or_else(|| brace(inside).map(|at| open + 2 + at))
        .or_else(|| brace(&text[close + 2..]).map(|at| close + 2 + at))
    {
        return Err(Fault::new(at, "no other brace may stand beside {{ and }}; the whole value is dropped at login"));
    }
    if inside.trim().is_empty() {
        return Err(Fault::new(open, "the template is empty; write for example {{internal.logins}}"));
    }
    let pattern = wanted == Use::Names && inside.trim_start().starts_with("regexp.") && !inside.contains("regexp.replace");
    let dialect = if pattern { &MATCHER } else { &TRAITS };
    check(inside, dialect).map_err(|fault| Fault { at: fault.at + open + 2, ..fault })
}
