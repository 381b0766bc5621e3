//! The page about a request: who asks for what and why, until when, and who has said what.

use std::time::SystemTime;

use super::columns::rank;
use super::{Request, votes};
use crate::document::Resource;
use crate::kind::wire::{self, moment};
use crate::kind::{Context, Detail, Line, Span, Tone, Value};
use crate::resource::clean;
use crate::schema::types::{AccessRequestV3, AccessReview, AccessReviewThreshold, RequestState};

pub(super) fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let request = match wire::decode::<AccessRequestV3>(resource.kind(), &resource.bytes()) {
        Ok(message) => Request::from(message),
        Err(error) => return Detail::unreadable(resource.name(), &error.0),
    };
    let state = rank(request.spec.state());
    let title = clean(&request.metadata.name).into_owned();
    let badge = Some(Span::toned(state.word, state.tone).bold());
    Detail { title, badge, ..Detail::default() }
        .with("", first(&request, cx))
        .with("ANSWER", answer(&request))
        .with("VOTES", voting(&request, cx))
        .with("RESOURCES", request.resources().iter().map(|path| Line::plain(Span::new(path))))
        .with("MORE", more(&request, cx.now))
}

fn first(request: &Request, cx: &Context<'_>) -> Vec<Line> {
    let (spec, now) = (&request.spec, cx.now);
    let roles = request.roles().join(", ");
    let asked = if roles.is_empty() { "access to resources" } else { &roles };
    let who = Line::plain(Span::new(&spec.user).bold()).and(Span::new(" asks for ")).and(Span::new(asked).bold());
    let mut lines = vec![who];
    if spec.user == cx.caller.user {
        lines.push(Line::new("yours", Span::toned("your own request: someone else has to answer it", Tone::Warn)));
    }
    lines.extend(Line::paragraphs("reason", &spec.request_reason));
    if spec.request_reason.is_empty() {
        lines.push(Line::new("reason", Span::toned("none given", Tone::Muted)));
    }
    lines.extend(request.left().map(|end| countdown(end, now)));
    let from = moment(spec.assume_start_time.as_ref());
    let at_once = || request.left().map(|_| Line::new("from", Span::new("as soon as it is approved")));
    lines.extend(Line::moment("from", from, now).or_else(at_once));
    lines.extend(Line::moment("until", request.until(), now));
    lines.extend(Line::moment("requested", moment(spec.created.as_ref()), now));
    lines
}

/// The server removes a request some time after its end; until then it says so and stays.
fn countdown(end: SystemTime, now: SystemTime) -> Line {
    let key = "answer by";
    if let Ok(left) = end.duration_since(now) {
        let tone = if left.as_secs() < 900 { Tone::Bad } else { Tone::Plain };
        let line = Line::moment(key, Some(end), now).unwrap_or_default();
        Line {
            spans: line
                .spans
                .into_iter()
                .map(|span| Span { tone: if tone == Tone::Bad { tone } else { span.tone }, ..span })
                .collect(),
            ..line
        }
    } else {
        let ago = crate::resource::ago(end, now);
        Line::new(key, Span::toned(&format!("expired {ago} ago, not yet removed"), Tone::Warn))
    }
}

fn answer(request: &Request) -> Vec<Line> {
    let spec = &request.spec;
    let state = spec.state();
    if matches!(state, RequestState::Pending | RequestState::None) {
        return Vec::new();
    }
    let word = rank(state);
    let authors: Vec<&str> =
        spec.reviews.iter().filter(|review| review.proposed_state() == state).map(|r| r.author.as_str()).collect();
    let by = if authors.is_empty() {
        Line::new("by", Span::toned("an override; a request does not keep who sent it", Tone::Muted))
    } else {
        Line::new("by", Span::new(&authors.join(", ")))
    };
    let mut lines = vec![Line::new("answer", Span::toned(word.word, word.tone)), by];
    lines.extend(Line::paragraphs("their reason", &spec.resolve_reason));
    lines.extend(spec.access_list.as_ref().and_then(|list| Line::said("access list", &list.title)));
    lines.extend(annotations("annotations", spec.resolve_annotations.as_ref()));
    lines
}

/// Where nobody can vote, the thresholds that the server fills in all the same would only mislead.
fn voting(request: &Request, cx: &Context<'_>) -> Vec<Line> {
    let spec = &request.spec;
    let mut lines: Vec<Line> = spec.reviews.iter().map(|review| vote(review, cx.now)).collect();
    if cx.caller.server.reviews || votes::is_telling(spec) {
        if spec.reviews.is_empty() {
            lines.push(Line::plain(Span::toned("no reviews yet", Tone::Muted)));
        }
        if let Value::Text(votes) = votes::value(spec) {
            lines.push(Line::new("so far", Span::new(&votes)));
        }
        let counts = votes::counts(spec);
        lines.extend(spec.thresholds.iter().zip(&counts).map(|(threshold, count)| needed(threshold, *count)));
    }
    lines.extend(Line::listed("suggested", &spec.suggested_reviewers));
    lines
}

fn vote(review: &AccessReview, now: SystemTime) -> Line {
    let state = rank(review.proposed_state());
    let when = Line::moment("", moment(review.created.as_ref()), now).map(|line| line.text()).unwrap_or_default();
    let line =
        Line::new(&review.author, Span::toned(state.word, state.tone)).and(Span::toned(&format!("  {when}"), Tone::Muted));
    if review.reason.is_empty() { line } else { line.and(Span::new(&format!("  “{}”", review.reason))) }
}

/// A threshold in words: what fills it, what ends it, and what counts for it.
fn needed(threshold: &AccessReviewThreshold, count: votes::Count) -> Line {
    let part = |have: u32, of: u32, what: &str| match of {
        0 => format!("never {what}"),
        of => format!("{what} at {of} ({have} so far)"),
    };
    let name = if threshold.name.is_empty() { "threshold" } else { &threshold.name };
    let words = format!("{}, {}", part(count.approvals, count.approve, "approves"), part(count.denials, count.deny, "denies"));
    let line = Line::new(name, Span::new(&words));
    if threshold.filter.is_empty() {
        line
    } else {
        line.and(Span::toned(&format!("  counts reviews where {}", threshold.filter), Tone::Muted))
    }
}

fn annotations(key: &str, found: Option<&crate::schema::wrappers::LabelValues>) -> Vec<Line> {
    let pairs = wire::selector(found);
    let words = pairs.iter().map(|(name, values)| format!("{name}: {}", values.join(", ")));
    Line::listed(key, words).into_iter().collect()
}

fn more(request: &Request, now: SystemTime) -> Vec<Line> {
    let spec = &request.spec;
    let mut lines: Vec<Line> = Line::said("id", &request.metadata.name).into_iter().collect();
    lines.extend(Line::moment("removed", request.expiry(), now));
    lines.extend(Line::moment("at most until", moment(spec.max_duration.as_ref()), now));
    lines.extend(Line::moment("certificate", moment(spec.session_ttl.as_ref()), now));
    lines.extend(Line::said("login hint", &spec.login_hint));
    lines.extend(annotations("from the roles", spec.system_annotations.as_ref()));
    lines.extend(Line::said("revision", &request.metadata.revision));
    lines
}
