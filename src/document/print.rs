//! The dialect of `tctl get`: which quotes, where lines fold, in which order keys stand.
//!
//! `tctl` prints JSON turned into YAML by a particular Go library; people diff, grep and paste that text, so ours is the same to
//! the byte. The state kept here (column, whether only blanks were written) is what that library keeps; style is in `style`, the
//! order of keys in `order`. What `tctl` cannot print at all (DEL, for one) is printed here with escapes.

use super::order;
use super::style::{self, Style};
use super::tree::Tree;

const WIDTH: usize = 80;
const STEP: usize = 2;

/// A whole document, ending in a line break.
pub fn document(tree: &Tree) -> String {
    let mut out = Printer { text: String::new(), column: 0, blank: true, opening: true };
    match tree {
        // The printer opens a mapping in the first column.
        Tree::Map(entries) if !entries.is_empty() => out.map(entries, 0),
        other => out.node(other, 0, false),
    }
    // Behind a block that ends with a line separator Go sees no need for another break.
    if !out.text.ends_with(style::is_break) {
        out.text.push('\n');
    }
    out.text
}

struct Printer {
    text: String,
    /// In characters, from 0.
    column: usize,
    /// The last thing written was a blank, or nothing yet.
    blank: bool,
    /// Nothing but indentation and indicators stand on this line.
    opening: bool,
}

impl Printer {
    fn put(&mut self, c: char) {
        self.text.push(c);
        self.column += 1;
    }

    /// Text that is written as it stands, on this line.
    fn put_all(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    /// A break inside text: the three odd ones of YAML 1.1 are kept as they are.
    fn line_of(&mut self, c: char) {
        self.text.push(c);
        self.column = 0;
    }

    fn indent(&mut self, indent: usize) {
        if !self.opening || self.column > indent || (self.column == indent && !self.blank) {
            self.line();
        }
        let missing = indent.saturating_sub(self.column);
        self.text.extend(std::iter::repeat_n(' ', missing));
        self.column += missing;
        self.blank = true;
        self.opening = true;
    }

    /// A sign of the syntax. `opens`: what follows may still start a block on this line.
    fn sign(&mut self, sign: &str, spaced: bool, opens: bool) {
        if spaced && !self.blank {
            self.put(' ');
        }
        self.put_all(sign);
        self.blank = false;
        self.opening &= opens;
    }

    /// `indent`: that of the block around; `under_key`: the value of a key, where lists are not indented.
    fn node(&mut self, tree: &Tree, indent: usize, under_key: bool) {
        match tree {
            Tree::Null => self.sign("null", true, false),
            Tree::Bool(value) => self.sign(if *value { "true" } else { "false" }, true, false),
            Tree::Int(value) => self.sign(&value.to_string(), true, false),
            Tree::Float(value) => self.sign(&float(*value), true, false),
            Tree::Text(text) => self.scalar(&style::received(text), indent + STEP, false),
            Tree::List(items) if items.is_empty() => self.sign("[]", true, false),
            Tree::Map(entries) if entries.is_empty() => self.sign("{}", true, false),
            Tree::List(items) => {
                let flush = under_key && !self.opening;
                self.list(items, if flush { indent } else { indent + STEP });
            }
            Tree::Map(entries) => self.map(entries, indent + STEP),
        }
    }

    fn list(&mut self, items: &[Tree], indent: usize) {
        for item in items {
            self.indent(indent);
            self.sign("-", true, true);
            self.node(item, indent, false);
        }
    }

    fn map(&mut self, entries: &[(String, Tree)], indent: usize) {
        for (key, value) in order::sorted(entries) {
            self.indent(indent);
            let key = style::received(key);
            if style::is_simple_key(&key) {
                self.scalar(&key, indent + STEP, true);
                self.sign(":", false, false);
            } else {
                self.sign("?", true, true);
                self.scalar(&key, indent + STEP, false);
                self.indent(indent);
                self.sign(":", true, true);
            }
            self.node(value, indent, true);
        }
    }

    fn scalar(&mut self, text: &str, indent: usize, key: bool) {
        let style = style::choose(text, key);
        // A blank in front and two quotes: what ends before the width has no place to fold at.
        let ends_before_width = self.column + text.len() + 3 <= WIDTH;
        if style == Style::Plain && (ends_before_width || !text.contains(' ')) {
            return self.sign(text, true, false);
        }
        if style == Style::Double && ends_before_width && !text.contains(style::is_escaped) {
            self.sign("\"", true, false);
            self.put_all(text);
            return self.sign("\"", false, false);
        }
        let chars: Vec<char> = text.chars().collect();
        match style {
            Style::Plain => self.flowing(&chars, indent, !key, false),
            Style::Single => {
                self.sign("'", true, false);
                self.blank = true;
                self.flowing(&chars, indent, !key, true);
                self.sign("'", false, false);
            }
            Style::Double => self.double(&chars, indent, !key),
            Style::Literal => self.literal(&chars, indent),
        }
    }

    /// Bare or single-quoted text; a long line breaks at a lone blank past the width.
    fn flowing(&mut self, text: &[char], indent: usize, fold: bool, quoted: bool) {
        if !self.blank && !text.is_empty() {
            self.put(' ');
        }
        let (mut spaces, mut breaks) = (false, false);
        for (at, c) in text.iter().copied().enumerate() {
            let next_is_blank = text.get(at + 1) == Some(&' ');
            if c == ' ' {
                let inner = !quoted || (at > 0 && at + 1 < text.len());
                if fold && !spaces && self.column > WIDTH && inner && !next_is_blank {
                    self.indent(indent);
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if style::is_break(c) {
                if !breaks && c == '\n' {
                    self.line();
                }
                self.line_of(c);
                self.opening = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                if quoted && c == '\'' {
                    self.put(c);
                }
                self.put(c);
                self.opening = false;
                (spaces, breaks) = (false, false);
            }
        }
        self.blank = false;
        self.opening = false;
    }

    fn double(&mut self, text: &[char], indent: usize, fold: bool) {
        self.sign("\"", true, false);
        let mut spaces = false;
        // Go's writer looks for a byte order mark at the start of the text when it means the place it is at: a text that begins
        // with one has all of itself escaped.
        let all = text.first() == Some(&'\u{feff}');
        for (at, c) in text.iter().copied().enumerate() {
            if all || style::is_escaped(c) {
                for c in style::escape(c).chars() {
                    self.put(c);
                }
                spaces = false;
            } else if c == ' ' {
                if fold && !spaces && self.column > WIDTH && at > 0 && at + 1 < text.len() {
                    self.indent(indent);
                    if text.get(at + 1) == Some(&' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
        }
        self.sign("\"", false, false);
    }

    fn literal(&mut self, text: &[char], indent: usize) {
        self.sign(&format!("|{}", style::hints(text)), true, false);
        self.line();
        self.opening = true;
        self.blank = true;
        let mut breaks = true;
        for c in text.iter().copied() {
            if style::is_break(c) {
                self.line_of(c);
                self.opening = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                self.put(c);
                self.opening = false;
                breaks = false;
            }
        }
    }
}

/// Go's shortest form of a float: with an exponent below 1e-4 and from 1e6 on.
fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(power) if !(-4..6).contains(&power) => {
            format!("{mantissa}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
        }
        _ => format!("{value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Tree {
        Tree::Text(value.to_owned())
    }

    #[test]
    fn lists_are_flush_with_their_key() {
        let tree = Tree::Map(vec![("logins".to_owned(), Tree::List(vec![text("root"), text("no")]))]);
        assert_eq!(document(&tree), "logins:\n- root\n- \"no\"\n");
    }

    #[test]
    fn a_long_key_asks_first() {
        let tree = Tree::Map(vec![("k".repeat(129), Tree::List(vec![text("a"), text("b")]))]);
        assert_eq!(document(&tree), format!("? {}\n: - a\n  - b\n", "k".repeat(129)));
    }

    #[test]
    fn control_characters_get_escapes() {
        assert_eq!(document(&Tree::Map(vec![("a".to_owned(), text("x\u{7f}y"))])), "a: \"x\\x7Fy\"\n");
    }

    #[test]
    fn a_mark_at_the_start_has_everything_escaped() {
        let tree = |text: &str| document(&Tree::Map(vec![("a".to_owned(), Tree::Text(text.to_owned()))]));
        assert_eq!(tree("\u{feff}ma k"), "a: \"\\uFEFF\\x6D\\x61\\x20\\x6B\"\n");
        assert_eq!(tree("m\u{feff}k"), "a: \"m\\uFEFFk\"\n");
    }

    #[test]
    fn nothing_prints_as_nothing() {
        assert_eq!(document(&Tree::List(vec![])), "[]\n");
        assert_eq!(document(&Tree::Map(vec![])), "{}\n");
    }
}
