//! Cuts what was typed into terms: blanks part them, quotes hold together, `!` turns one around.
//!
//! What a term means is not known here. A quote that is not closed is an error; everything else is some term.

use super::filter::FilterError;

/// One term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it begins, in characters.
    pub at: usize,
    /// Whether it must not match.
    pub not: bool,
    /// What stands before the first `:` or `=`, and which of them.
    pub head: Option<(String, char)>,
    /// Whether the rest was quoted, and so means only itself.
    pub quoted: bool,
    /// The rest.
    pub text: String,
}

/// The terms of a filter.
pub fn split(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut chars = text.chars().enumerate().peekable();
    let mut tokens = Vec::new();
    loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some(&(at, first)) = chars.peek() else { return Ok(tokens) };
        let not = first == '!';
        if not {
            chars.next();
        }
        let mut token = Token { at, not, head: None, quoted: false, text: String::new() };
        let mut pattern = false;
        while let Some((here, c)) = chars.next_if(|(_, c)| pattern || !c.is_whitespace()) {
            let empty = token.text.is_empty() && !token.quoted;
            match c {
                '"' | '\'' if empty => {
                    token.quoted = true;
                    quoted(&mut chars, c, here, &mut token.text)?;
                }
                // A pattern may hold blanks, if it ends at all; otherwise the slash is a slash.
                '/' if empty && closes(chars.clone().map(|(_, c)| c)) => {
                    pattern = true;
                    token.text.push(c);
                }
                '/' if pattern && !token.text.ends_with('\\') => {
                    pattern = false;
                    token.text.push(c);
                }
                ':' | '=' if token.head.is_none() && !empty && !pattern => {
                    token.head = Some((std::mem::take(&mut token.text), c));
                    token.quoted = false;
                }
                c => token.text.push(c),
            }
        }
        // An exclamation mark alone is a filter about to be typed.
        if token.head.is_some() || token.quoted || !token.text.is_empty() {
            tokens.push(token);
        }
    }
}

fn quoted(
    chars: &mut std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'_>>>,
    mark: char,
    at: usize,
    text: &mut String,
) -> Result<(), FilterError> {
    while let Some((_, c)) = chars.next() {
        match c {
            c if c == mark => return Ok(()),
            '\\' => text.extend(chars.next().map(|(_, c)| c)),
            c => text.push(c),
        }
    }
    Err(FilterError { at, text: format!("this {mark} is not closed; close it with another {mark}") })
}

/// Whether a slash follows that a blank or the end follows.
fn closes(rest: impl Iterator<Item = char>) -> bool {
    let mut last = ' ';
    let mut slash = false;
    for c in rest {
        if slash && c.is_whitespace() {
            return true;
        }
        slash = c == '/' && last != '\\' && !last.is_whitespace();
        last = c;
    }
    slash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let tell = |token: Token| {
            let head = token.head.map(|(name, mark)| format!("{name}{mark}")).unwrap_or_default();
            let (not, quoted) = (if token.not { "!" } else { "" }, if token.quoted { "'" } else { "" });
            format!("{not}{head}{quoted}{}", token.text)
        };
        split(text).map_or_else(|error| vec![error.to_string()], |tokens| tokens.into_iter().map(tell).collect())
    }

    #[test]
    fn terms_are_parted_by_blanks_and_held_by_quotes() {
        assert_eq!(told("  prod  !eu "), ["prod", "!eu"]);
        assert_eq!(told("user:alice env=prod"), ["user:alice", "env=prod"]);
        assert_eq!(told("\"two words\" user:'a b' team=\"db ops\""), ["'two words", "user:'a b", "team='db ops"]);
        assert_eq!(told("\"my key\"=x"), ["my key=x"]);
        assert_eq!(told("https://x:443/y"), ["https://x:443/y"]);
        assert_eq!(told("/a b/ !user:/^x y$/ /srv /"), ["/a b/", "!user:/^x y$/", "/srv", "/"]);
        assert_eq!(told("!"), Vec::<String>::new());
        assert_eq!(told("a'b :x ="), ["a'b", ":x", "="]);
        assert_eq!(told("x=\"\""), ["x='"]);
        assert_eq!(told("ok \"open"), ["this \" is not closed; close it with another \" (at character 4)"]);
    }
}
