//! Regular expressions of the kind that the server compiles (RE2): what is surely no such expression.
//!
//! Not a parser: brackets, dangling repetitions and the forms that RE2 leaves out (look-around, references back) are what people
//! get wrong. Everything else is let pass.

/// Why a text is no regular expression, if that is sure.
pub fn fault(text: &str) -> Option<String> {
    let mut open: usize = 0;
    // Whether there is something that a repetition could repeat.
    let mut repeatable = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        match c {
            '\\' => {
                let Some(next) = after.chars().next() else { return Some("it ends in a lone \\".to_owned()) };
                if next.is_ascii_digit() && next != '0' {
                    return Some(format!("\\{next} refers back, which this kind of expression cannot"));
                }
                rest = &after[next.len_utf8()..];
                repeatable = true;
            }
            '[' => {
                let Some(end) = class(after) else { return Some("a [ is not closed".to_owned()) };
                rest = &after[end..];
                repeatable = true;
            }
            '(' => {
                if let Some(what) = looking(after) {
                    return Some(format!("({what} looks around, which this kind of expression cannot"));
                }
                open += 1;
                repeatable = false;
                if after.starts_with('?') {
                    let end = after.find([':', '>', ')']);
                    let Some(end) = end else { return Some("the (? is not finished".to_owned()) };
                    open -= usize::from(after.as_bytes()[end] == b')');
                    rest = &after[end + 1..];
                }
            }
            ')' => {
                let Some(fewer) = open.checked_sub(1) else { return Some("a ) closes nothing".to_owned()) };
                open = fewer;
                repeatable = true;
            }
            '*' | '+' | '?' if !repeatable => return Some(format!("{c} repeats nothing; for any text write .*")),
            '*' | '+' | '?' => {
                rest = after.strip_prefix('?').unwrap_or(after);
                repeatable = false;
            }
            '|' => repeatable = false,
            _ => repeatable = true,
        }
    }
    (open > 0).then(|| "a ( is not closed".to_owned())
}

fn looking(after: &str) -> Option<&'static str> {
    ["?=", "?!", "?<=", "?<!"].into_iter().find(|what| after.starts_with(what))
}

/// Where a class of characters ends. A bracket that stands first is one of the characters.
fn class(after: &str) -> Option<usize> {
    let bytes = after.as_bytes();
    let mut at = usize::from(bytes.first() == Some(&b'^'));
    at += usize::from(bytes.get(at) == Some(&b']'));
    loop {
        match bytes.get(at)? {
            b']' => return Some(at + 1),
            b'\\' => at += 2,
            b'[' if bytes.get(at + 1) == Some(&b':') => {
                let end = after.get(at + 2..).and_then(|inside| inside.find(":]"));
                at += end.map_or(1, |end| end + 4);
            }
            _ => at += 1,
        }
    }
}
