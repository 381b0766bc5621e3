//! The page about a role: what stands out, whom it lets in where, what it rules over, what it denies.

use super::columns::rule;
use super::door::{Door, doors};
use super::{Role, options, standing};
use crate::api::{Caller, Version};
use crate::document::Resource;
use crate::kind::wire::{self, moment};
use crate::kind::{Context, Detail, Line, Span, Tone};
use crate::resource::clean;
use crate::schema::types::{AccessRequestConditions, AccessReviewConditions, RoleConditions, RoleV6};

pub(super) fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let role = match wire::decode::<RoleV6>(resource.kind(), &resource.bytes()) {
        Ok(message) => Role::from(message),
        Err(error) => return Detail::unreadable(resource.name(), &error.0),
    };
    let marks = standing::marks(&role);
    let strong = marks.iter().any(|mark| mark.tone == Tone::Bad);
    let badge = strong.then(|| Span::toned("stands out", Tone::Bad).bold());
    Detail { title: clean(&role.metadata.name).into_owned(), badge, ..Detail::default() }
        .with("", first(&role, cx))
        .with("STANDS OUT", marks.iter().map(|mark| Line::plain(Span::toned(&mark.text, mark.tone))))
        .with("LETS IN", side(&role.allow, Tone::Bad))
        .with("RULES", rules(&role.allow))
        .with("REQUESTS", requests(&role.allow, "may"))
        .with(
            "DENIES",
            side(&role.deny, Tone::Plain).into_iter().chain(rules(&role.deny)).chain(requests(&role.deny, "may not")),
        )
        .with("OPTIONS", options::lines(&role.options))
        .with("MORE", more(&role))
}

fn first(role: &Role, cx: &Context<'_>) -> Vec<Line> {
    let mut lines = Line::paragraphs("", &role.metadata.description);
    let newest = newest(cx.caller);
    let version = Line::said("version", &role.version);
    lines.extend(version.map(|version| match newest {
        Some(newest) if number(&role.version) < number(newest) => {
            version.and(Span::toned(&format!(" · this server's newest is {newest}"), Tone::Muted))
        }
        _ => version,
    }));
    lines.extend(Line::said("origin", role.origin()));
    if cx.caller.roles.contains(&role.metadata.name) {
        lines.push(Line::new("yours", Span::toned("your certificate carries it", Tone::Accent)));
    }
    lines.extend(Line::moment("expires", moment(role.metadata.expires.as_ref()), cx.now));
    lines
}

/// The newest form of a role that a server stores, as far as its version tells.
fn newest(caller: &Caller) -> Option<&'static str> {
    match caller.server.version {
        Version(18.., _, _) => Some("v8"),
        Version(14.., _, _) => Some("v7"),
        _ => None,
    }
}

fn number(version: &str) -> u32 {
    version.trim_start_matches('v').parse().unwrap_or(u32::MAX)
}

/// One side of the role, door by door. What opens everything is toned, on the side that allows.
fn side(conditions: &RoleConditions, wide: Tone) -> Vec<Line> {
    let mut lines: Vec<Line> = doors(conditions).iter().map(|door| opened(door, wide)).collect();
    let resources = conditions
        .kubernetes_resources
        .iter()
        .map(|resource| format!("{} {}/{}: {}", resource.kind, resource.namespace, resource.name, resource.verbs.join(" ")));
    lines.extend(Line::listed("in kubernetes", resources));
    let permissions = conditions.db_permissions.iter().map(|permission| permission.permissions.join(" "));
    lines.extend(Line::listed("in databases", permissions));
    lines.extend(Line::listed("host groups", &conditions.host_groups));
    lines.extend(Line::listed("sudoers", &conditions.host_sudoers));
    let impersonate = conditions.impersonate.iter();
    lines.extend(impersonate.clone().filter_map(|who| Line::listed("impersonates users", &who.users)));
    lines.extend(impersonate.filter_map(|who| Line::listed("impersonates roles", &who.roles)));
    lines.extend(Line::listed(
        "joins sessions",
        conditions
            .join_sessions
            .iter()
            .map(|policy| format!("{} of {} as {}", policy.kinds.join(" "), policy.roles.join(" "), policy.modes.join(" "))),
    ));
    lines.extend(Line::listed(
        "watched by",
        conditions.require_session_join.iter().map(|policy| format!("{} who are {}", policy.count, policy.filter)),
    ));
    lines.extend(Line::listed("GitHub", conditions.github_permissions.iter().flat_map(|permission| &permission.orgs)));
    lines.extend(Line::listed("SPIFFE", conditions.spiffe.iter().map(|condition| condition.path.as_str())));
    let accounts = conditions.account_assignments.iter().map(|one| format!("{} on {}", one.permission_set, one.account));
    lines.extend(Line::listed("AWS accounts", accounts));
    lines
}

fn opened(door: &Door<'_>, wide: Tone) -> Line {
    let tone = if door.is_wide() { wide } else { Tone::Plain };
    let mut line = if door.is_open() {
        Line::new(door.what, Span::toned(&door.selector(), tone))
    } else {
        Line::new(door.what, Span::toned("no selector", Tone::Muted))
    };
    for (sort, names) in &door.principals {
        line = line.and(Span::toned(&format!("  {sort} "), Tone::Muted)).and(Span::new(&names.join(", ")).bold());
    }
    line
}

fn rules(conditions: &RoleConditions) -> Vec<Line> {
    let said = |found: &crate::schema::types::Rule| {
        let words = rule(found);
        let tone = if found.resources.iter().chain(&found.verbs).any(|word| word == "*") { Tone::Bad } else { Tone::Plain };
        let line = Line::plain(Span::toned(&words, tone));
        if found.r#where.is_empty() { line } else { line.and(Span::toned(&format!("  {}", found.r#where), Tone::Muted)) }
    };
    conditions.rules.iter().map(said).collect()
}

fn requests(conditions: &RoleConditions, may: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(request) = &conditions.request {
        lines.extend(may_request(request, may));
    }
    if let Some(review) = &conditions.review_requests {
        lines.extend(may_review(review, may));
    }
    lines
}

fn may_request(request: &AccessRequestConditions, may: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Line::listed(&format!("{may} request"), &request.roles).into_iter().collect();
    lines.extend(Line::listed("resources as", &request.search_as_roles));
    let claims = request.claims_to_roles.iter().map(|map| format!("{}={} → {}", map.claim, map.value, map.roles.join(" ")));
    lines.extend(Line::listed("by claims", claims));
    let thresholds = request.thresholds.iter().map(|threshold| {
        let filter = if threshold.filter.is_empty() { String::new() } else { format!(" where {}", threshold.filter) };
        format!("{} to approve, {} to deny{filter}", threshold.approve, threshold.deny)
    });
    lines.extend(Line::listed("needs", thresholds));
    lines.extend(Line::listed("suggested", &request.suggested_reviewers));
    if request.max_duration > 0 {
        lines.extend(Line::said("at most", &options::span(request.max_duration)));
    }
    lines.extend(request.reason.as_ref().and_then(|reason| Line::said("reason", &reason.mode)));
    lines
}

fn may_review(review: &AccessReviewConditions, may: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Line::listed(&format!("{may} review"), &review.roles).into_iter().collect();
    let claims = review.claims_to_roles.iter().map(|map| format!("{}={} → {}", map.claim, map.value, map.roles.join(" ")));
    lines.extend(Line::listed("by claims", claims));
    lines.extend(Line::said("where", &review.r#where));
    lines.extend(Line::listed("previews as", &review.preview_as_roles));
    lines
}

fn more(role: &Role) -> Vec<Line> {
    let pairs = role.metadata.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let mut lines: Vec<Line> = Line::listed("labels", wire::label_words(pairs)).into_iter().collect();
    lines.extend(Line::said("revision", &role.metadata.revision));
    lines
}
