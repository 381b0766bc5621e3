//! Calls: whether the function is there, and whether it takes what it is given.

use super::Fault;
use super::dialect::{Function, Takes, Type};
use super::parse::{Part, Read, Reader};
use super::pattern;
use super::token::Token;
use crate::document::problem::nearest;

impl Reader<'_> {
    pub fn call(&mut self, at: usize, name: &str) -> Read<Part> {
        let functions = self.dialect.functions;
        let Some(function) = functions.iter().find(|function| function.name == name) else {
            return Err(Fault::new(at, self.no_function(name)));
        };
        let opened = self.at;
        self.step()?;
        let mut arguments = Vec::new();
        while self.token != Token::Close && self.token != Token::End {
            arguments.push(self.any()?);
            if self.token != Token::Comma {
                break;
            }
            self.step()?;
        }
        self.close(&Token::Close, opened, "(")?;
        self.fits(function, at, &arguments)?;
        Ok(Part { kind: function.gives, at, end: self.end_of_last(), literal: None })
    }

    fn no_function(&self, name: &str) -> String {
        let names = || self.dialect.functions.iter().map(|function| function.name);
        // `match(…)` for `regexp.match(…)`.
        let tail = names().find(|known| known.rsplit_once('.').is_some_and(|(_, tail)| tail == name));
        match nearest(name, names()).or(tail) {
            Some(near) => format!("there is no function {name} in {}; did you mean {near}?", self.dialect.name),
            None if self.dialect.functions.is_empty() => format!("there are no functions in {}", self.dialect.name),
            None => {
                let names = names().collect::<Vec<_>>().join(", ");
                format!("there is no function {name} in {}; there are {names}", self.dialect.name)
            }
        }
    }

    fn fits(&self, function: &Function, at: usize, arguments: &[Part]) -> Read<()> {
        let (least, given) = (function.takes.len(), arguments.len());
        let wrong = given < least || (given > least && function.more.is_none());
        if wrong {
            let more = if function.more.is_some() { " or more" } else { "" };
            let plural = if least == 1 { "argument" } else { "arguments" };
            let text = format!("{} takes {least}{more} {plural}, not {given}", function.name);
            return Err(Fault::new(at, text));
        }
        for (number, argument) in arguments.iter().enumerate() {
            let Some(takes) = function.takes.get(number).copied().or(function.more) else { continue };
            self.takes(function, takes, argument, arguments.first().map_or(Type::Any, |first| first.kind))?;
        }
        Ok(())
    }

    fn takes(&self, function: &Function, takes: Takes, argument: &Part, first: Type) -> Read<()> {
        let kind = argument.kind;
        if kind == Type::Any {
            return Ok(());
        }
        let fits = match takes {
            Takes::Text | Takes::Pattern | Takes::Glob => kind == Type::Text,
            Takes::Texts => kind == Type::Texts || (kind == Type::Text && !self.dialect.loose),
            Takes::Either => matches!(kind, Type::Text | Type::Texts),
            Takes::Same => matches!(kind, Type::Text | Type::Texts) && (first == kind || first == Type::Any),
            Takes::Anything => true,
        };
        if !fits {
            return Err(Fault::new(argument.at, self.misfit(function, takes, argument)));
        }
        let fault = match (takes, &argument.literal) {
            (Takes::Pattern, Some(text)) => pattern::fault(text),
            (Takes::Glob, Some(text)) if text.starts_with('^') && text.ends_with('$') => pattern::fault(text),
            _ => None,
        };
        fault.map_or(Ok(()), |fault| Err(Fault::new(argument.at, format!("no regular expression: {fault}"))))
    }

    fn misfit(&self, function: &Function, takes: Takes, argument: &Part) -> String {
        let (name, typed, is) = (function.name, self.typed(argument), argument.kind.said());
        match (takes, argument.kind) {
            (_, Type::TextMap | Type::TextsMap) => format!("{typed} is a map; take one value of it: {typed}[\"KEY\"]"),
            (Takes::Same, Type::Texts) => {
                format!("equals of a text and the list {typed} is never true; write contains({typed}, …)")
            }
            (Takes::Same, Type::Text) => {
                format!("equals of a list and the text {typed} is never true; write contains(…, {typed})")
            }
            (Takes::Texts, Type::Text) => format!("{name} takes a list first, and {typed} is a text; that is never true"),
            (Takes::Text | Takes::Pattern | Takes::Glob, Type::Texts) => {
                format!("{name} takes a text here, and {typed} is a list")
            }
            _ => format!("{name} does not take {typed} here: it is {is}"),
        }
    }
}
