//! What about a role should catch the eye: wildcards, strong rules, loose options, and what makes it not what it seems.

use super::door::doors;
use super::{DOWNGRADED, Role};
use crate::kind::Tone;
use crate::schema::types::{RoleConditions, Rule};

/// The longest session a server gives a role that asks for none.
pub(super) const USUAL_TTL: i64 = 30 * 3_600 * 1_000_000_000;
/// Writing one of these is a way to every other right.
pub(super) const KEYS_TO_ALL: [&str; 9] =
    ["role", "user", "token", "cert_authority", "auth_connector", "saml", "oidc", "github", "cluster_auth_preference"];
pub(super) const WRITES: [&str; 5] = ["*", "create", "update", "delete", "rotate"];

/// One thing that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// A few words.
    pub text: String,
    /// Dangerous, or worth a look.
    pub tone: Tone,
}

/// Everything that stands out, the worst first.
pub(super) fn marks(role: &Role) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |tone, text: String| marks.push(Mark { text, tone });
    if role.metadata.labels.contains_key(DOWNGRADED) {
        mark(Tone::Bad, "downgraded copy".to_owned());
    }
    let wide: Vec<&str> = doors(&role.allow).iter().filter(|door| door.is_wide()).map(|door| door.what).collect();
    if !wide.is_empty() {
        mark(Tone::Bad, format!("all {}", wide.join(", ")));
    }
    for login in role.allow.logins.iter().chain(&role.allow.windows_desktop_logins) {
        if login == "root" || login.eq_ignore_ascii_case("administrator") {
            mark(Tone::Bad, format!("login {login}"));
        }
    }
    if let Some(text) = strong_rules(&role.allow.rules) {
        mark(Tone::Bad, text);
    }
    if let Some(impersonate) = &role.allow.impersonate
        && !(impersonate.roles.is_empty() && impersonate.users.is_empty())
    {
        let mut whom = [&impersonate.roles[..], &impersonate.users].concat();
        whom.sort();
        whom.dedup();
        mark(Tone::Bad, format!("impersonates {}", whom.join(", ")));
    }
    for text in options(role) {
        mark(Tone::Warn, text);
    }
    if defeats_itself(role) {
        mark(Tone::Warn, "denies what it allows".to_owned());
    }
    if uses_templates(&role.allow) || uses_templates(&role.deny) {
        mark(Tone::Muted, "templates".to_owned());
    }
    marks
}

fn strong_rules(rules: &[Rule]) -> Option<String> {
    let writes = |rule: &&Rule| rule.verbs.iter().any(|verb| WRITES.contains(&verb.as_str()));
    let any = |rule: &&Rule| rule.resources.iter().any(|kind| kind == "*");
    if rules.iter().filter(writes).any(|rule| any(&rule)) {
        return Some("writes everything".to_owned());
    }
    let mut strong: Vec<&str> = rules.iter().filter(writes).flat_map(|rule| &rule.resources).map(String::as_str).collect();
    strong.retain(|kind| KEYS_TO_ALL.contains(kind));
    strong.sort_unstable();
    strong.dedup();
    if !strong.is_empty() {
        return Some(format!("writes {}", strong.join(", ")));
    }
    rules.iter().any(|rule| any(&rule)).then(|| "reads everything".to_owned())
}

fn options(role: &Role) -> Vec<String> {
    let options = &role.options;
    let mut said = Vec::new();
    if options.max_session_ttl <= 0 {
        said.push("no session limit".to_owned());
    } else if options.max_session_ttl > USUAL_TTL {
        said.push(format!("sessions of {}", super::options::span(options.max_session_ttl)));
    }
    if options.forward_agent {
        said.push("forwards the agent".to_owned());
    }
    if options.permit_x11_forwarding {
        said.push("X11".to_owned());
    }
    said
}

/// A deny that empties its own allow: every login, or every node.
fn defeats_itself(role: &Role) -> bool {
    let (allow, deny) = (doors(&role.allow), doors(&role.deny));
    allow.iter().filter(|door| door.is_open()).any(|door| {
        let Some(denied) = deny.iter().find(|denied| denied.what == door.what) else { return false };
        let every_name = door.principals.iter().any(|(sort, names)| {
            let denied = denied.principals.iter().find(|(other, _)| other == sort).map_or(&[][..], |(_, names)| names);
            names.iter().all(|name| denied.contains(name))
        });
        denied.is_wide() || every_name || (denied.is_open() && denied.expression.is_empty() && denied.labels == door.labels)
    })
}

/// Whether it gives different people different things.
fn uses_templates(conditions: &RoleConditions) -> bool {
    let template = |text: &String| text.contains("{{");
    let listed = [&conditions.host_groups, &conditions.host_sudoers].into_iter().flatten().any(template);
    listed
        || doors(conditions).iter().any(|door| {
            door.labels.iter().any(|(_, values)| values.iter().any(template))
                || door.principals.iter().any(|(_, names)| names.iter().any(template))
        })
}
