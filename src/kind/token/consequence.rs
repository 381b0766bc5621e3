//! What a change of a token does: who may join with it as what, by which method, and until when. Never the secret.

use super::Token;
use crate::document::Resource;
use crate::kind::consequence::{Consequence, Direction, Summary, Weight};
use crate::kind::wire::{self, selector};
use crate::resource::Utc;
use crate::schema::types::ProvisionTokenV2;

/// What joins as one of these is trusted with everything, or lets others in.
const STRONG: [&str; 5] = ["auth", "admin", "proxy", "bot", "provisiontoken"];

/// What saving does to what may join. A new one is compared with none.
pub(super) fn consequences(before: Option<&Resource>, after: &Resource) -> Summary {
    let read = |resource: &Resource| wire::decode::<ProvisionTokenV2>(resource.kind(), &resource.bytes()).ok().map(Token::from);
    let mut told = Told(Vec::new());
    match (before.map(read), read(after)) {
        (None, Some(after)) => told.made(&after),
        (Some(Some(before)), Some(after)) => told.changed(&before, &after),
        _ => told.say(Direction::Other, Weight::Widening, "this token cannot be read here, so what it does is not known"),
    }
    Summary { silence: "who may join stays as it is, as far as this build can tell", ..Summary::new(told.0) }
}

struct Told(Vec<Consequence>);

impl Told {
    fn say(&mut self, direction: Direction, weight: Weight, words: &str) {
        self.0.push(Consequence::new(direction, weight, words));
    }

    fn made(&mut self, token: &Token) {
        let weight = token.spec.roles.iter().map(|role| weigh(role)).min().unwrap_or(Weight::Usual);
        let words = format!("join as {} by the method {}", token.spec.roles.join(", "), token.method());
        self.say(Direction::Gained, weight, &words);
        let until = token.expires().map_or("never".to_owned(), |end| Utc::new(end).to_string());
        self.say(
            Direction::Other,
            if token.expires().is_none() { Weight::Strong } else { Weight::Usual },
            &format!("ends: {until}"),
        );
    }

    fn changed(&mut self, before: &Token, after: &Token) {
        let (old, new) = (&before.spec.roles, &after.spec.roles);
        let has = |roles: &[String], role: &String| roles.iter().any(|other| other.eq_ignore_ascii_case(role));
        for role in new.iter().filter(|role| !has(old, role)) {
            self.say(Direction::Gained, weigh(role), &format!("join as {role}"));
        }
        for role in old.iter().filter(|role| !has(new, role)) {
            self.say(Direction::Lost, Weight::Usual, &format!("join as {role}"));
        }
        if before.method() != after.method() {
            let secret = if after.is_secret() { ": whoever knows its name may join" } else { "" };
            let words = format!("join method {}{secret} (before: {})", after.method(), before.method());
            self.say(Direction::Other, Weight::Strong, &words);
        } else if before.spec.allow != after.spec.allow || blocks(before) != blocks(after) {
            let words = format!("what the method {} demands of whoever joins: the difference has it", after.method());
            self.say(Direction::Other, Weight::Strong, &words);
        }
        if before.spec.bot_name != after.spec.bot_name {
            let words = format!("the bot that joins: {} (before: {})", or(&after.spec.bot_name), or(&before.spec.bot_name));
            self.say(Direction::Other, Weight::Strong, &words);
        }
        self.end(before, after);
        let labels = |token: &Token| {
            let pairs = selector(token.spec.suggested_labels.as_ref());
            pairs.iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect::<Vec<_>>().join(" ")
        };
        if labels(before) != labels(after) {
            let words = format!("labels of what joins: {} (before: {})", or(&labels(after)), or(&labels(before)));
            self.say(Direction::Other, Weight::Usual, &words);
        }
    }

    fn end(&mut self, before: &Token, after: &Token) {
        match (before.expires(), after.expires()) {
            (Some(_), None) => self.say(Direction::Loosened, Weight::Widening, "it never ends now"),
            (old, Some(new)) if old != Some(new) => {
                let direction = if old.is_some_and(|old| old < new) { Direction::Loosened } else { Direction::Tightened };
                self.say(direction, Weight::Usual, &format!("it ends: {}", Utc::new(new)));
            }
            _ => {}
        }
    }
}

fn weigh(role: &str) -> Weight {
    if STRONG.contains(&role.to_ascii_lowercase().as_str()) { Weight::Strong } else { Weight::Usual }
}

fn or(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// The spec with nothing in it but what the methods demand.
fn blocks(token: &Token) -> crate::schema::types::ProvisionTokenSpecV2 {
    crate::schema::types::ProvisionTokenSpecV2 {
        roles: Vec::new(),
        join_method: String::new(),
        bot_name: String::new(),
        suggested_labels: None,
        ..token.spec.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(roles: &str, method: &str, more: &str, expires: &str) -> Resource {
        let text = format!(
            "kind: token\nversion: v2\nmetadata:\n  name: x\n{expires}spec:\n  roles: [{roles}]\n  join_method: {method}\n{more}"
        );
        Resource::printed(&text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
    }

    fn said(before: Option<&Resource>, after: &Resource) -> Vec<String> {
        let lines = consequences(before, after).lines;
        lines.iter().map(|line| format!("{} {}", line.direction.word(), line.words)).collect()
    }

    #[test]
    fn what_may_join_is_told_and_never_the_secret() {
        let ends = "  expires: 2026-11-26T00:00:00Z\n";
        let base = token("Node", "token", "", ends);
        assert_eq!(said(Some(&base), &base), [""; 0]);
        assert_eq!(said(Some(&base), &token("Node, Proxy", "token", "", ends)), ["gained join as Proxy"]);
        assert_eq!(said(Some(&base), &token("App", "token", "", ends)), ["gained join as App", "lost join as Node"]);
        let aws = "  allow:\n  - aws_account: '1'\n";
        let iam = token("Node", "iam", aws, ends);
        assert_eq!(said(Some(&base), &iam), ["changed join method iam (before: token)"]);
        assert_eq!(said(Some(&iam), &base), ["changed join method token: whoever knows its name may join (before: iam)"]);
        let other = token("Node", "iam", "  allow:\n  - aws_account: '2'\n", ends);
        assert_eq!(said(Some(&iam), &other), ["changed what the method iam demands of whoever joins: the difference has it"]);
        let endless = token("Node", "token", "", "");
        assert_eq!(said(Some(&base), &endless), ["looser it never ends now"]);
        assert!(consequences(Some(&base), &endless).widens && !consequences(Some(&endless), &base).widens);
        assert_eq!(said(None, &endless), ["gained join as Node by the method token", "changed ends: never"]);
    }
}
