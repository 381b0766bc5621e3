//! The page about a token: what joins with it, how, and until when. Never the secret, wherever the message keeps one.

use serde_json::Value as Json;

use super::{Source, Token, rank};
use crate::document::Resource;
use crate::kind::wire::{self, moment};
use crate::kind::{Context, Detail, Line, Span, Tone};
use crate::resource::clean;
use crate::schema::types::ProvisionTokenV2;

pub(super) fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let token = match wire::decode::<ProvisionTokenV2>(resource.kind(), &resource.bytes()) {
        Ok(message) => Token::from(message),
        // Its name may be the secret, and which it is could not be read.
        Err(error) => return Detail::unreadable("token", &error.0),
    };
    let ended = token.expires().is_some_and(|end| end <= cx.now);
    let badge = ended.then(|| Span::toned("expired", Tone::Muted).bold());
    Detail { title: clean(&token.label()).into_owned(), badge, ..Detail::default() }
        .with("", first(&token, cx))
        .with("WHO MAY JOIN", resource.to_json().map(|json| rules(&token, &json)).unwrap_or_default())
        .with("GIVES", gives(&token))
        .with("MORE", more(&token))
}

fn first(token: &Token, cx: &Context<'_>) -> Vec<Line> {
    let source = token.source();
    let mut lines = vec![Line::new("method", Span::new(token.method()))];
    lines.extend(Line::listed("roles", &token.spec.roles));
    lines.extend(Line::said("bot", &token.spec.bot_name));
    lines.push(match (source, Line::moment("expires", token.expires(), cx.now)) {
        (_, Some(line)) => line,
        (Source::Static, None) => Line::new("expires", Span::toned("never: it is in the configuration", Tone::Warn)),
        (_, None) => Line::new("expires", Span::toned("never", Tone::Warn)),
    });
    lines.push(
        Line::new("source", Span::toned(rank(source).word, rank(source).tone)).and(Span::toned(about(source), Tone::Muted)),
    );
    if token.is_secret() {
        lines.push(Line::new("name", Span::toned("the name is the secret", Tone::Muted)));
    }
    lines.extend(Line::paragraphs("description", &token.metadata.description));
    lines
}

fn about(source: Source) -> &'static str {
    match source {
        Source::Provision => "",
        Source::Static => " · from the Auth Service's configuration; it cannot be deleted",
        Source::User => " · an invitation or a password reset",
    }
}

/// The block of the join method, whichever it is: a rule a line, then what else is set. A block of a method that this build
/// has never heard of reads the same way.
fn rules(token: &Token, json: &Json) -> Vec<Line> {
    let spec = &json["spec"];
    let block = &spec[token.method()];
    let rules = [&spec["allow"], &block["allow"], &block["allow_any"]].into_iter().filter_map(Json::as_array).flatten();
    let mut lines: Vec<Line> = rules.filter_map(|rule| Line::said("allow", &words(rule))).collect();
    let others = block.as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with("allow"));
    for (key, value) in others {
        let said = if keeps_secret(key) { "set".to_owned() } else { words(value) };
        lines.extend(Line::said(key, &said));
    }
    lines
}

/// Keys whose values join something, or are too long to mean anything on a page.
fn keeps_secret(key: &str) -> bool {
    key.contains("secret") || key.contains("key") || key.contains("jwks")
}

/// A value in one phrase: `repository acme/web, environment prod`.
fn words(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(" "),
        Json::Object(fields) => {
            let told = fields.iter().map(|(key, value)| (key, if keeps_secret(key) { "set".to_owned() } else { words(value) }));
            let told = told.filter(|(_, words)| !words.is_empty()).map(|(key, words)| format!("{key} {words}"));
            told.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn gives(token: &Token) -> Vec<Line> {
    let labels =
        [("labels", token.spec.suggested_labels.as_ref()), ("serves", token.spec.suggested_agent_matcher_labels.as_ref())];
    let line = |(key, labels)| {
        let pairs = wire::selector(labels);
        Line::listed(key, pairs.iter().map(|(key, values)| format!("{key}={}", values.join("|"))))
    };
    labels.into_iter().filter_map(line).collect()
}

fn more(token: &Token) -> Vec<Line> {
    let pairs = token.metadata.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let mut lines: Vec<Line> = Line::listed("labels", wire::label_words(pairs)).into_iter().collect();
    if let Some(bound) = &token.bound {
        lines.extend(Line::said("bound to", &bound.bound_bot_instance_id));
        lines.push(Line::new("recoveries", Span::new(&bound.recovery_count.to_string())));
        let last = moment(bound.last_recovered_at.as_ref());
        lines.extend(last.and_then(|last| Line::said("last recovery", &crate::resource::Utc::new(last).to_string())));
    }
    lines.extend(Line::said("revision", &token.metadata.revision));
    lines
}
