//! An expression cut into words and signs, as Go's scanner cuts it.
//!
//! Expressions are parsed by Go's own expression parser on the server, so its oddities hold: text is in double or back quotes,
//! Go's keywords are no names, and a line that ends after an operand ends the expression.

use super::Fault;

/// A word or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    Name(&'t str),
    Text(String),
    Number(&'t str),
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Dot,
    Not,
    And,
    Or,
    Equal,
    Differs,
    /// A sign that Go knows and no dialect has.
    Sign(&'t str),
    /// The end of a line after an operand.
    Break,
    End,
}

impl Token<'_> {
    /// How it is called in a sentence.
    pub fn said(&self) -> String {
        let sign = match self {
            Self::Name(name) => return format!("{name:?}"),
            Self::Text(text) => return format!("the text {text:?}"),
            Self::Number(number) => return format!("the number {number}"),
            Self::Break => return "the end of the line".to_owned(),
            Self::End => return "the end".to_owned(),
            Self::Sign(sign) => sign,
            Self::Open => "(",
            Self::Close => ")",
            Self::OpenIndex => "[",
            Self::CloseIndex => "]",
            Self::Comma => ",",
            Self::Dot => ".",
            Self::Not => "!",
            Self::And => "&&",
            Self::Or => "||",
            Self::Equal => "==",
            Self::Differs => "!=",
        };
        sign.to_owned()
    }

    fn is_operand(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Text(_) | Self::Number(_) | Self::Close | Self::CloseIndex)
    }
}

const KEYWORDS: [&str; 25] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    after_operand: bool,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, after_operand: false }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next token and where it begins.
    pub fn next(&mut self) -> Result<(Token<'t>, usize), Fault> {
        if let Some(at) = self.blanks()? {
            self.after_operand = false;
            return Ok((Token::Break, at));
        }
        let start = self.at;
        let token = self.token()?;
        self.after_operand = token.is_operand();
        Ok((token, start))
    }

    /// Skips blanks and comments; answers where a line ends that ends the expression.
    fn blanks(&mut self) -> Result<Option<usize>, Fault> {
        loop {
            let rest = self.rest();
            let start = self.at;
            if rest.starts_with('\n') && self.after_operand {
                self.at += 1;
                return Ok(Some(start));
            }
            if rest.starts_with([' ', '\t', '\r', '\n']) {
                self.at += 1;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if let Some(inside) = rest.strip_prefix("/*") {
                let end = inside.find("*/").ok_or_else(|| Fault::new(start, "this comment has no end"))?;
                self.at += end + 4;
            } else {
                return Ok(None);
            }
        }
    }

    fn token(&mut self) -> Result<Token<'t>, Fault> {
        let (rest, start) = (self.rest(), self.at);
        let Some(c) = rest.chars().next() else { return Ok(Token::End) };
        if c.is_alphabetic() || c == '_' {
            return self.name();
        }
        if c.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
            self.at += length;
            return Ok(Token::Number(&rest[..length]));
        }
        match c {
            '"' => return self.quoted(),
            '`' => {
                let end = rest[1..].find('`').ok_or_else(|| Fault::new(start, "the back quote is not closed"))?;
                self.at += end + 2;
                return Ok(Token::Text(rest[1..=end].replace('\r', "")));
            }
            '\'' => return Err(Fault::new(start, single(rest))),
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
                return Err(Fault::new(start, format!("{c} is a quote for people; write the straight \"")));
            }
            _ => {}
        }
        let signs = [
            ("&&", Token::And),
            ("||", Token::Or),
            ("==", Token::Equal),
            ("!=", Token::Differs),
            ("!", Token::Not),
            ("(", Token::Open),
            (")", Token::Close),
            ("[", Token::OpenIndex),
            ("]", Token::CloseIndex),
            (",", Token::Comma),
            (".", Token::Dot),
        ];
        if let Some((sign, token)) = signs.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(token);
        }
        let sign = ["<=", ">=", "<", ">", "=", "&", "|", "+", "-", "*", "/", "%", "^", ":", ";", "{", "}", "~"]
            .into_iter()
            .find(|sign| rest.starts_with(sign));
        let Some(sign) = sign else { return Err(Fault::new(start, format!("{c:?} means nothing here"))) };
        self.at += sign.len();
        Ok(Token::Sign(sign))
    }

    fn name(&mut self) -> Result<Token<'t>, Fault> {
        let (rest, start) = (self.rest(), self.at);
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..length];
        if KEYWORDS.contains(&name) {
            let text = format!("{name} is a reserved word and cannot be written bare; as a key write [\"{name}\"]");
            return Err(Fault::new(start, text));
        }
        self.at += length;
        Ok(Token::Name(name))
    }

    fn quoted(&mut self) -> Result<Token<'t>, Fault> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    return Ok(Token::Text(out));
                }
                '\n' => break,
                '\\' => out.push(escape(&mut chars).ok_or_else(|| wrong_escape(self.text, start + at))?),
                c => out.push(c),
            }
        }
        Err(Fault::new(start, "this text is not closed; add a \""))
    }
}

fn wrong_escape(text: &str, at: usize) -> Fault {
    let typed: String = text[at..].chars().take(2).collect();
    Fault::new(at, format!("{typed} is no escape; write \\{typed}, or put the text in back quotes"))
}

fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let (base, digits, first) = match chars.next()?.1 {
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        'f' => return Some('\u{c}'),
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        'v' => return Some('\u{b}'),
        c @ ('\\' | '"') => return Some(c),
        'x' => (16, 2, 0),
        'u' => (16, 4, 0),
        'U' => (16, 8, 0),
        c @ '0'..='7' => (8, 2, c.to_digit(8)?),
        _ => return None,
    };
    let mut value = first;
    for _ in 0..digits {
        value = value.checked_mul(base)?.checked_add(chars.next()?.1.to_digit(base)?)?;
    }
    char::from_u32(value)
}

fn single(rest: &str) -> String {
    let inside: String = rest[1..].chars().take_while(|c| *c != '\'').take(40).collect();
    format!("text goes in double quotes here: write \"{inside}\"")
}
