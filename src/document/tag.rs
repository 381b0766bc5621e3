//! Explicit tags such as `!!str`, and line separators inside quotes.
//!
//! Rare in resources, but a document that has them means something by them; the outcome must be that of Go's reader. Local tags
//! (`!thing`) are ignored and make text of what follows.

use std::borrow::Cow;

use base64::Engine;
use saphyr_parser::Tag;

use super::scalar::{self, Scalar};
use super::{style, timestamp};

/// What a tagged scalar is.
pub enum Tagged {
    Type(Scalar),
    /// Text other than the one typed.
    Text(String),
}

fn name(tag: &Tag) -> Option<&str> {
    if tag.handle == "tag:yaml.org,2002:" || tag.handle == "!!" {
        return Some(&tag.suffix);
    }
    let whole = tag.suffix.strip_prefix("tag:yaml.org,2002:");
    whole.filter(|_| tag.handle.is_empty() || tag.handle == "!")
}

/// The type of a scalar with this tag, or why it does not fit.
pub fn resolve(tag: &Tag, text: &str) -> Result<Tagged, String> {
    let Some(name) = name(tag) else { return Ok(Tagged::Type(Scalar::Text)) };
    let found = scalar::resolve(text);
    let fits = match (name, &found) {
        ("binary", _) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text.replace(['\n', '\r'], ""));
            let text = bytes.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            return text.map(Tagged::Text).ok_or_else(|| "!!binary needs base64".to_owned());
        }
        ("timestamp", Scalar::Text) if timestamp::is_yaml(text) => return Ok(Tagged::Type(Scalar::Text)),
        ("null", Scalar::Null)
        | ("bool", Scalar::Bool(_))
        | ("int" | "float", Scalar::Int(_))
        | ("float", Scalar::Float(_) | Scalar::Unreal) => true,
        ("null" | "bool" | "int" | "float" | "timestamp" | "map" | "seq" | "set" | "merge", _) => false,
        _ => return Ok(Tagged::Type(Scalar::Text)),
    };
    if fits { Ok(Tagged::Type(found)) } else { Err(format!("{text:?} is no !!{name}")) }
}

/// Whether quoted text of a document must be looked at as it was typed.
pub fn needs_source(text: &str) -> bool {
    text.contains(['\u{85}', '\u{2028}', '\u{2029}']) || text.contains("\\/")
}

/// Whether double-quoted text escapes a slash.
pub fn escapes_slash(typed: &[char]) -> bool {
    let mut chars = typed.iter();
    while let Some(c) = chars.next() {
        if *c == '\\' && chars.next() == Some(&'/') {
            return true;
        }
    }
    false
}

/// Quoted text with its odd line breaks folded: a NEL is a line break, the two separators stay but lose the blanks around them.
pub fn unfold(text: &str) -> Cow<'_, str> {
    if !text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Cow::Borrowed(text);
    }
    let text = style::received(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\u{2028}' | '\u{2029}') {
            out.truncate(out.trim_end_matches(' ').len());
        } else if c == ' ' && out.ends_with(['\u{2028}', '\u{2029}']) {
            continue;
        }
        out.push(c);
    }
    Cow::Owned(out)
}
