//! Conditions, label expressions and templates that the Auth Service stores and that fail when they are used.
//!
//! Filters of thresholds and conditions of reviews are not here: the server reads those when it saves, so they are errors of
//! `check`.

use super::SELECTORS;
use super::source::Source;
use crate::document::check::at::At;
use crate::document::predicate::{self, ACTION, Dialect, Fault, IMPERSONATE, JOIN, LABELS, Use, WHERE};
use crate::document::problem::Finding;

/// Lists of names that are made from traits at login.
const TEMPLATES: [&str; 13] = [
    "logins",
    "windows_desktop_logins",
    "aws_role_arns",
    "azure_identities",
    "gcp_service_accounts",
    "kubernetes_groups",
    "kubernetes_users",
    "db_names",
    "db_users",
    "db_roles",
    "host_groups",
    "host_sudoers",
    "desktop_groups",
];

pub fn check(spec: At<'_>, source: &Source<'_>, findings: &mut Vec<Finding>) {
    let mut say = Say { source, findings };
    for side in ["allow", "deny"] {
        let conditions = spec.sub(side);
        for rule in conditions.items("rules") {
            say.expression(rule, "where", &WHERE);
            for (text, place) in rule.texts("actions") {
                say.checked(text, place, "actions", predicate::check(text, &ACTION));
            }
        }
        for (selector, _) in SELECTORS {
            say.expression(conditions, &format!("{selector}_expression"), &LABELS);
            for (value, place) in conditions.label_templates(selector) {
                say.template(value, place, selector, Use::Values);
            }
        }
        for condition in conditions.items("require_session_join") {
            say.expression(condition, "filter", &JOIN);
        }
        say.names(conditions);
    }
    say.expression(spec.sub("allow").sub("impersonate"), "where", &IMPERSONATE);
}

struct Say<'a, 'b> {
    source: &'b Source<'a>,
    findings: &'b mut Vec<Finding>,
}

impl Say<'_, '_> {
    fn names(&mut self, conditions: At<'_>) {
        for name in TEMPLATES {
            self.templates(conditions, name, Use::Values);
        }
        let impersonate = conditions.sub("impersonate");
        self.templates(impersonate, "users", Use::Values);
        self.templates(impersonate, "roles", Use::Values);
        for resource in conditions.items("kubernetes_resources") {
            for name in ["namespace", "name"] {
                self.template(resource.text(name), resource.place(name), name, Use::Values);
            }
            self.templates(resource, "verbs", Use::Values);
        }
        for permission in conditions.items("github_permissions") {
            self.templates(permission, "orgs", Use::Values);
        }
        let request = conditions.sub("request");
        for (parent, name) in [
            (request, "roles"),
            (request, "search_as_roles"),
            (conditions.sub("review_requests"), "roles"),
            (conditions.sub("review_requests"), "preview_as_roles"),
        ] {
            self.templates(parent, name, Use::Names);
        }
    }

    fn expression(&mut self, parent: At<'_>, name: &str, dialect: &'static Dialect) {
        let text = parent.text(name);
        if !text.is_empty() {
            self.checked(text, parent.place(name), name, predicate::check(text, dialect));
        }
    }

    fn templates(&mut self, parent: At<'_>, name: &str, wanted: Use) {
        for (text, place) in parent.texts(name) {
            self.template(text, place, name, wanted);
        }
    }

    fn template(&mut self, text: &str, place: (usize, usize), name: &str, wanted: Use) {
        if text.contains("{{") || text.contains("}}") {
            self.checked(text, place, name, predicate::template(text, wanted));
        }
    }

    fn checked(&mut self, text: &str, place: (usize, usize), name: &str, read: Result<(), Fault>) {
        if let Err(fault) = read {
            let place = self.source.place(place, text, fault.at);
            self.findings
                .push(Finding::warning(place, format!("{name}: {} (stored all the same, and fails at use)", fault.text)));
        }
    }
}
