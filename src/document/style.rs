//! How one piece of text is written: bare, in which quotes, or as a block.
//!
//! The rules are those of the Go printer behind `tctl`, which knows YAML 1.1: it looks at the text once, notes what each style
//! could not carry, and takes the first style that is left.

use std::borrow::Cow;

use super::scalar;

/// A way of writing text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes: only the quote itself is doubled.
    Single,
    /// In double quotes, with escapes.
    Double,
    /// A block after `|`.
    Literal,
}

/// Line breaks of YAML 1.1.
pub fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Text as it arrives at Go's printer. It has been JSON read as YAML in between, where a NEL is a line break that folds.
pub fn received(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{85}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{85}') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before.trim_end_matches(' '));
        let after = tail.trim_start_matches([' ', '\u{85}']);
        let breaks = tail[..tail.len() - after.len()].matches('\u{85}').count();
        if breaks == 1 {
            out.push(' ');
        }
        out.extend(std::iter::repeat_n('\n', breaks - 1));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether a key may stand before its colon without a question mark.
pub fn is_simple_key(text: &str) -> bool {
    text.len() <= 128 && !text.contains(is_break)
}

/// A bare word of the usual letters, which most keys and values are: nothing in it asks for quotes but what it may mean.
fn is_word(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
}

/// The style for a text; keys that stand before their colon are always on one line.
pub fn choose(text: &str, key: bool) -> Style {
    if is_word(text) {
        return if scalar::needs_quotes(text) { Style::Double } else { Style::Plain };
    }
    let allowed = Allowed::by(text);
    let wanted = if text.contains('\n') {
        Style::Literal
    } else if scalar::needs_quotes(text) {
        Style::Double
    } else {
        Style::Plain
    };
    match wanted {
        Style::Literal if !allowed.block || key => Style::Double,
        Style::Plain if !allowed.plain && allowed.single => Style::Single,
        Style::Plain if !allowed.plain => Style::Double,
        wanted => wanted,
    }
}

struct Allowed {
    plain: bool,
    single: bool,
    block: bool,
}

impl Allowed {
    fn by(text: &str) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut breaks, mut special, mut break_space, mut space_break) = (false, false, false, false);
        let (mut after_space, mut after_break, mut after_white) = (false, false, true);
        let mut chars = text.chars().peekable();
        let mut first = true;
        while let Some(c) = chars.next() {
            let before_white = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t') || is_break(*next));
            indicators |= if first { opens(c, before_white) } else { interrupts(c, after_white, before_white) };
            special |= !is_printable(c);
            break_space |= c == ' ' && after_break;
            space_break |= is_break(c) && after_space;
            breaks |= is_break(c);
            (after_space, after_break) = (c == ' ', is_break(c));
            after_white = matches!(c, ' ' | '\t' | '\0') || is_break(c);
            first = false;
        }
        let edge = |c: char| c == ' ' || is_break(c);
        let outer = text.starts_with(edge) || text.ends_with(edge);
        let double_only = space_break || special;
        Self {
            plain: !(outer || breaks || indicators || break_space || double_only),
            single: !(break_space || double_only),
            block: !(text.ends_with(' ') || double_only),
        }
    }
}

fn opens(c: char, before_white: bool) -> bool {
    match c {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => true,
        '?' | ':' | '-' => before_white,
        _ => false,
    }
}

fn interrupts(c: char, after_white: bool, before_white: bool) -> bool {
    (c == ':' && before_white) || (c == '#' && after_white)
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

/// Whether double quotes write this character as an escape.
pub fn is_escaped(c: char) -> bool {
    !is_printable(c) || is_break(c) || matches!(c, '"' | '\\')
}

/// The escape of a character in double quotes.
pub fn escape(c: char) -> Cow<'static, str> {
    Cow::Borrowed(match c {
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{85}' => "\\N",
        '\u{a0}' => "\\_",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        other => {
            let code = u32::from(other);
            return Cow::Owned(match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
        }
    })
}

/// What stands after the `|`: an indentation when the text begins with blanks, and how it ends.
pub fn hints(text: &[char]) -> String {
    let indent = if text.first().is_some_and(|c| *c == ' ' || is_break(*c)) { "2" } else { "" };
    let end = match text {
        [.., last] if !is_break(*last) => "-",
        [_] => "+",
        [.., before, _] if is_break(*before) => "+",
        _ => "",
    };
    format!("{indent}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_the_least_that_carry_the_text() {
        let table = [
            ("a#b", Style::Plain),
            ("a #b", Style::Single),
            ("a:", Style::Single),
            ("\u{1F600}", Style::Double),
            ("a\nb", Style::Literal),
            ("a\nb ", Style::Double),
            ("<<", Style::Plain),
            ("a\u{d7ff}", Style::Plain),
        ];
        for (text, style) in table {
            assert_eq!(choose(text, false), style, "{text:?}");
        }
    }

    #[test]
    fn a_nel_folds_like_a_line_break() {
        assert_eq!(received("a \u{85} b"), "a b");
        assert_eq!(received("a\u{85}\u{85}b"), "a\nb");
    }
}
