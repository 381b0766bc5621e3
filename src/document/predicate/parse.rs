//! The expression itself: who belongs to whom, and whether the types fit.
//!
//! Recursive descent in one pass; no tree is kept, so a long chain costs nothing and nesting is bounded. Go's precedence holds:
//! `||` binds least, then `&&`, then comparisons, then `!`.

use super::Fault;
use super::dialect::{Dialect, Type};
use super::name::{internal, resolve};
use super::token::{Scanner, Token};

const DEEPEST: usize = 64;

/// A part that has been read: its type, where it stands, and its text if it is written out.
pub struct Part {
    pub kind: Type,
    pub at: usize,
    pub end: usize,
    pub literal: Option<String>,
}

pub struct Reader<'t> {
    pub dialect: &'static Dialect,
    text: &'t str,
    scanner: Scanner<'t>,
    pub token: Token<'t>,
    pub at: usize,
    depth: usize,
}

pub type Read<T> = Result<T, Fault>;

/// Reads a whole expression.
pub fn whole(text: &str, dialect: &'static Dialect) -> Read<()> {
    let mut scanner = Scanner::new(text);
    let (token, at) = scanner.next()?;
    if token == Token::End {
        return Err(Fault::new(0, format!("{} is empty", dialect.name)));
    }
    let mut reader = Reader { dialect, text, scanner, token, at, depth: 0 };
    let part = reader.any()?;
    if reader.token == Token::Break {
        reader.step()?;
        if reader.token != Token::End {
            let text = "the expression ends with the line before; let that line end in && or ||";
            return Err(Fault::new(reader.at, text));
        }
    }
    if reader.token != Token::End {
        return Err(reader.stray());
    }
    if !matches!(part.kind, Type::Any)
        && part.kind != dialect.gives
        && !(dialect.gives == Type::Texts && part.kind == Type::Text)
    {
        return Err(reader.result(&part));
    }
    Ok(())
}

impl<'t> Reader<'t> {
    pub fn step(&mut self) -> Read<()> {
        (self.token, self.at) = self.scanner.next()?;
        Ok(())
    }

    fn fault<T>(&self, text: impl Into<String>) -> Read<T> {
        Err(Fault::new(self.at, text))
    }

    pub fn typed(&self, part: &Part) -> &'t str {
        self.text[part.at..part.end.max(part.at)].trim()
    }

    /// What stands where the expression should go on or end.
    fn stray(&self) -> Fault {
        let text = match &self.token {
            Token::Name("and" | "AND") => "write && for and".to_owned(),
            Token::Name("or" | "OR") => "write || for or".to_owned(),
            Token::Name("in") => "there is no in; write contains(list, text)".to_owned(),
            Token::Close => "this ) closes nothing".to_owned(),
            Token::CloseIndex => "this ] closes nothing".to_owned(),
            Token::Sign("=") if self.dialect.compares => "write == to compare".to_owned(),
            Token::Sign("=") => "write equals(a, b) to compare".to_owned(),
            Token::Sign("&") => "write && for and".to_owned(),
            Token::Sign("|") => "write || for or".to_owned(),
            Token::Sign(sign) => format!("{sign} is no part of {}", self.dialect.name),
            token => format!("{} is not expected here; is && or || missing before it?", token.said()),
        };
        Fault::new(self.at, text)
    }

    fn result(&self, part: &Part) -> Fault {
        let typed = self.typed(part);
        let text = match (self.dialect.gives, part.kind) {
            (Type::Bool, Type::Text) if self.dialect.compares => {
                format!("{typed} is a text, not a condition; compare it: {typed} == \"…\"")
            }
            (Type::Bool, Type::Text) => format!("{typed} is a text, not a condition; compare it: equals({typed}, \"…\")"),
            (Type::Bool, Type::Texts) => format!("{typed} is a list, not a condition; write contains({typed}, \"…\")"),
            (Type::Texts, Type::TextsMap) => format!("{typed} is a map; name one trait of it, as in {typed}.logins"),
            (_, kind) => format!("{typed} is {}; {} must give {}", kind.said(), self.dialect.name, self.dialect.gives.said()),
        };
        Fault::new(part.at, text)
    }

    pub fn any(&mut self) -> Read<Part> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fault(format!("nested deeper than {DEEPEST} levels"));
        }
        let mut left = self.all()?;
        while self.token == Token::Or {
            left = self.joined(&left, "||", Self::all)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn all(&mut self) -> Read<Part> {
        let mut left = self.comparison()?;
        while self.token == Token::And {
            left = self.joined(&left, "&&", Self::comparison)?;
        }
        Ok(left)
    }

    fn joined(&mut self, left: &Part, sign: &str, next: fn(&mut Self) -> Read<Part>) -> Read<Part> {
        if !self.dialect.joins {
            return self.fault(format!("{sign} is no part of {}", self.dialect.name));
        }
        self.condition(left, sign)?;
        self.step()?;
        let right = next(self)?;
        self.condition(&right, sign)?;
        Ok(Part { kind: Type::Bool, at: left.at, end: right.end, literal: None })
    }

    fn condition(&self, part: &Part, sign: &str) -> Read<()> {
        if matches!(part.kind, Type::Bool | Type::Any) {
            return Ok(());
        }
        let mut fault = self.result(part);
        if self.dialect.gives != Type::Bool {
            fault.text = format!("{sign} joins conditions, and {} is {}", self.typed(part), part.kind.said());
        }
        Err(fault)
    }

    fn comparison(&mut self) -> Read<Part> {
        let mut left = self.unary()?;
        while matches!(self.token, Token::Equal | Token::Differs) {
            let sign = self.token.said();
            if !self.dialect.compares {
                let instead = if sign == "==" { "equals(a, b)" } else { "!equals(a, b)" };
                let help = if self.dialect.joins { format!("; write {instead}") } else { String::new() };
                return self.fault(format!("{sign} is no part of {}{help}", self.dialect.name));
            }
            self.step()?;
            let right = self.unary()?;
            self.compares(&left, &right, &sign)?;
            left = Part { kind: Type::Bool, at: left.at, end: right.end, literal: None };
        }
        Ok(left)
    }

    fn compares(&self, left: &Part, right: &Part, sign: &str) -> Read<()> {
        for part in [left, right] {
            if part.kind == Type::Texts {
                let text = format!(
                    "{sign} compares texts, and {} is a list; write contains({}, …)",
                    self.typed(part),
                    self.typed(part)
                );
                return Err(Fault::new(part.at, text));
            }
            if !matches!(part.kind, Type::Text | Type::Number | Type::Any) {
                return Err(Fault::new(
                    part.at,
                    format!("{sign} compares texts, and {} is {}", self.typed(part), part.kind.said()),
                ));
            }
        }
        if left.kind != right.kind && ![left.kind, right.kind].contains(&Type::Any) {
            let number = if left.kind == Type::Number { left } else { right };
            let text = format!("a text is never a number; write \"{}\"", self.typed(number));
            return Err(Fault::new(number.at, text));
        }
        Ok(())
    }

    fn unary(&mut self) -> Read<Part> {
        // Signs in a row are counted and not nested.
        let at = self.at;
        let mut negated = false;
        while self.token == Token::Not {
            if !self.dialect.joins {
                return self.fault(format!("! is no part of {}", self.dialect.name));
            }
            negated = true;
            self.step()?;
        }
        let part = self.operand()?;
        if !negated {
            return Ok(part);
        }
        self.condition(&part, "!")?;
        Ok(Part { kind: Type::Bool, at, end: part.end, literal: None })
    }

    fn operand(&mut self) -> Read<Part> {
        let at = self.at;
        let mut part = match self.token.clone() {
            Token::Open => {
                self.step()?;
                let inside = self.any()?;
                self.close(&Token::Close, at, "(")?;
                Part { at, end: self.end_of_last(), ..inside }
            }
            Token::Text(text) => {
                self.step()?;
                Part { kind: Type::Text, at, end: self.end_of_last(), literal: Some(text) }
            }
            Token::Number(_) => {
                self.step()?;
                Part { kind: Type::Number, at, end: self.end_of_last(), literal: None }
            }
            Token::Name(name) => self.named(name)?,
            Token::End | Token::Break => return self.fault("something is missing here: a name, a text or a function"),
            _ => return Err(self.stray_operand()),
        };
        loop {
            match self.token {
                Token::OpenIndex => part = self.index(&part)?,
                Token::Open => return self.fault(format!("{} cannot be called", self.typed(&part))),
                Token::Dot => return self.fault(format!("nothing comes after a . here; {} has no parts", self.typed(&part))),
                _ => return Ok(part),
            }
        }
    }

    fn stray_operand(&self) -> Fault {
        let text = match &self.token {
            Token::And | Token::Or => format!("a condition is missing before {}", self.token.said()),
            token => format!("{} is not expected here; a name, a text or a function is", token.said()),
        };
        Fault::new(self.at, text)
    }

    /// The place after what was read last.
    pub fn end_of_last(&self) -> usize {
        self.text[..self.at].trim_end().len()
    }

    pub fn close(&mut self, wanted: &Token<'_>, opened: usize, sign: &str) -> Read<()> {
        if self.token == *wanted {
            return self.step();
        }
        match self.token {
            Token::End => Err(Fault::new(opened, format!("this {sign} is not closed"))),
            Token::Break => self.fault(format!("the line ends inside of {sign}; break it after a comma, && or ||")),
            _ => Err(self.stray()),
        }
    }

    /// A name with its parts, or a call.
    fn named(&mut self, first: &'t str) -> Read<Part> {
        let at = self.at;
        let mut path = vec![first];
        self.step()?;
        while self.token == Token::Dot {
            self.step()?;
            let Token::Name(name) = self.token else {
                return self.fault(format!("a name must follow the . and not {}", self.token.said()));
            };
            path.push(name);
            self.step()?;
        }
        if self.token == Token::Open {
            return self.call(at, &path.join("."));
        }
        let end = self.end_of_last();
        match resolve(self.dialect, &path) {
            Ok(kind) => Ok(Part { kind, at, end, literal: None }),
            Err(text) if self.dialect.functions.iter().any(|function| function.name == path.join(".")) => {
                Err(Fault::new(at, format!("{} is a function; call it with ( ). {text}", path.join("."))))
            }
            Err(text) => Err(Fault::new(at, text)),
        }
    }

    fn index(&mut self, part: &Part) -> Read<Part> {
        let opened = self.at;
        let typed = self.typed(part);
        let kind = match part.kind {
            Type::TextMap => Type::Text,
            Type::TextsMap => Type::Texts,
            Type::Any => Type::Any,
            kind => return self.fault(format!("{typed} is {}; only of a map one takes a value by its key", kind.said())),
        };
        self.step()?;
        let key = self.any()?;
        if !matches!(key.kind, Type::Text | Type::Any) {
            let text = format!("a key is a text in double quotes, and {} is {}", self.typed(&key), key.kind.said());
            return Err(Fault::new(key.at, text));
        }
        if typed == "internal"
            && let Some(name) = &key.literal
        {
            internal(name).map_err(|text| Fault::new(key.at, text))?;
        }
        self.close(&Token::CloseIndex, opened, "[")?;
        Ok(Part { kind, at: part.at, end: self.end_of_last(), literal: None })
    }
}
