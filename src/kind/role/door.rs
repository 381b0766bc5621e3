//! What a role lets in as what: each class of resource with the selector that opens it and the principals one may be there.
//!
//! A selector without principals may still open (an application needs none); principals without a selector open nothing.

use crate::kind::wire::selector;
use crate::schema::types::RoleConditions;
use crate::schema::wrappers::LabelValues;

/// One class of resource as one side of a role, allow or deny, speaks of it.
#[derive(Clone, Debug)]
pub(super) struct Door<'a> {
    /// `nodes`, `databases`.
    pub what: &'static str,
    /// Label keys with the values that match.
    pub labels: Vec<(&'a str, &'a [String])>,
    /// A predicate over the labels instead, or as well.
    pub expression: &'a str,
    /// By what sort, and who.
    pub principals: Vec<(&'static str, &'a [String])>,
}

/// What matters for one person looking at one class: more than so many names are counted, not listed.
const NAMED: usize = 3;

impl Door<'_> {
    /// Whether any resource could match.
    pub fn is_open(&self) -> bool {
        !self.labels.is_empty() || !self.expression.is_empty()
    }

    /// Whether every resource of the class matches.
    pub fn is_wide(&self) -> bool {
        self.expression.is_empty()
            && self.labels.iter().any(|(key, values)| *key == "*" && values.iter().any(|value| value == "*"))
    }

    /// The selector in words: `*`, or `env=prod|staging team=db`.
    pub fn selector(&self) -> String {
        let labels = self.labels.iter().map(|(key, values)| match (*key, values.join("|")) {
            ("*", all) if all == "*" => "*".to_owned(),
            (key, values) => format!("{key}={values}"),
        });
        let labels = labels.collect::<Vec<_>>().join(" ");
        match (labels.is_empty(), self.expression.is_empty()) {
            (_, true) => labels,
            (true, false) => format!("where {}", self.expression),
            (false, false) => format!("{labels} where {}", self.expression),
        }
    }

    /// All of it in one short phrase: `nodes env=prod as root, ubuntu`.
    pub fn phrase(&self) -> String {
        let selector = if self.expression.is_empty() { self.selector() } else { "by expression".to_owned() };
        // The first sort is who one is there; what else one may touch as that is for the page.
        let names: Vec<&str> =
            self.principals.first().map(|(_, names)| names.iter().map(String::as_str).collect()).unwrap_or_default();
        let said = match names.len() {
            0 => return format!("{} {selector}", self.what),
            1..=NAMED => names.join(", "),
            more => format!("{} and {} more", names[..NAMED - 1].join(", "), more - NAMED + 1),
        };
        format!("{} {selector} as {said}", self.what)
    }
}

/// Every class that one side of a role speaks of, the ones people enter most first.
pub(super) fn doors(conditions: &RoleConditions) -> Vec<Door<'_>> {
    let c = conditions;
    let tools: &[String] = c.mcp.as_ref().map_or(&[], |mcp| &mcp.tools);
    let all = [
        door("nodes", c.node_labels.as_ref(), &c.node_labels_expression, &[("logins", &c.logins)]),
        door(
            "databases",
            c.db_labels.as_ref(),
            &c.db_labels_expression,
            &[("users", &c.db_users), ("names", &c.db_names), ("roles", &c.db_roles)],
        ),
        door(
            "kubernetes",
            c.kubernetes_labels.as_ref(),
            &c.kubernetes_labels_expression,
            &[("groups", &c.kubernetes_groups), ("users", &c.kubernetes_users)],
        ),
        door(
            "apps",
            c.app_labels.as_ref(),
            &c.app_labels_expression,
            &[
                ("AWS roles", &c.aws_role_arns),
                ("Azure identities", &c.azure_identities),
                ("GCP accounts", &c.gcp_service_accounts),
                ("MCP tools", tools),
            ],
        ),
        door(
            "desktops",
            c.windows_desktop_labels.as_ref(),
            &c.windows_desktop_labels_expression,
            &[("logins", &c.windows_desktop_logins), ("groups", &c.desktop_groups)],
        ),
        door(
            "Linux desktops",
            c.linux_desktop_labels.as_ref(),
            &c.linux_desktop_labels_expression,
            &[("logins", &c.linux_desktop_logins)],
        ),
        door("clusters", c.cluster_labels.as_ref(), &c.cluster_labels_expression, &[]),
        door("database services", c.db_service_labels.as_ref(), &c.db_service_labels_expression, &[]),
        door("user groups", c.group_labels.as_ref(), &c.group_labels_expression, &[]),
        door("workload identities", c.workload_identity_labels.as_ref(), &c.workload_identity_labels_expression, &[]),
        door("beams", c.beam_labels.as_ref(), &c.beam_labels_expression, &[]),
    ];
    all.into_iter().filter(|door| door.is_open() || !door.principals.is_empty()).collect()
}

fn door<'a>(
    what: &'static str,
    labels: Option<&'a LabelValues>,
    expression: &'a str,
    principals: &[(&'static str, &'a [String])],
) -> Door<'a> {
    let principals = principals.iter().copied().filter(|(_, names)| !names.is_empty()).collect();
    Door { what, labels: selector(labels), expression, principals }
}
