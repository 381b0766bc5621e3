//! The words a value can be, each with what it means: for enums, for text with few forms, and for what templates offer.
//!
//! What the schema knows (booleans, spelled enums) is taken from it; only the meanings of words are here. A word that is not
//! listed is not wrong: this offers, and the checks decide.

use prost_reflect::{FieldDescriptor, Kind};

use super::kinds;
use crate::document::check::{self, CORE_KINDS, KUBERNETES_KINDS};
use crate::document::codec::{self, Shape};
use crate::document::style::{self, Style};
use crate::schema::{spelling, yaml};

/// One word and what it means; the meaning is empty where the word says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is read.
    pub text: String,
    /// As it is typed, in quotes where it would be read as something else.
    pub typed: String,
    pub means: &'static str,
}

impl Word {
    fn text(text: &str, means: &'static str) -> Self {
        let typed = match style::choose(text, true) {
            Style::Plain => text.to_owned(),
            Style::Single => format!("'{text}'"),
            _ => format!("\"{text}\""),
        };
        Self { text: text.to_owned(), typed, means }
    }

    fn bare(text: &str, means: &'static str) -> Self {
        Self { text: text.to_owned(), typed: text.to_owned(), means }
    }
}

type Table = &'static [(&'static str, &'static str)];

/// The words of a field, in a document of this kind and version.
pub fn of(field: &FieldDescriptor, kind: &str, version: &str) -> Vec<Word> {
    let message_kind = field.kind();
    match (codec::shape(&message_kind, yaml(field).form), &message_kind) {
        (Shape::Bool | Shape::OptionBool | Shape::BoolOption | Shape::WrappedBool, _) => {
            vec![Word::bare("true", ""), Word::bare("false", "")]
        }
        (Shape::Spelled, Kind::Enum(parent)) => {
            let words = parent.values().filter_map(|value| spelling(parent, value.number()));
            let words = words.filter(|word| !word.is_empty() && *word != "drop").map(|word| {
                let means = meaning(SPELLED, &format!("{}.{word}", parent.name()));
                // The one bare boolean among the words.
                if word == "true" { Word::bare(word, means) } else { Word::text(word, means) }
            });
            let off = (parent.name() == "RequireMFAType").then(|| Word::bare("false", "no, unless another role says so"));
            words.chain(off).collect()
        }
        (Shape::Text, _) => text(field, kind, version),
        _ => Vec::new(),
    }
}

fn text(field: &FieldDescriptor, kind: &str, version: &str) -> Vec<Word> {
    let parent = field.parent_message();
    let all = |table: Table| table.iter().map(|(word, means)| Word::text(word, means)).collect();
    let plain = |words: &[&str], means| words.iter().map(|word| Word::text(word, means)).collect();
    let anything = || vec![Word::text("*", "any")];
    match (parent.name(), field.name()) {
        (_, "kind") if is_resource(field) => all(kinds::DOCUMENTS),
        (_, "version") if is_resource(field) => match kind {
            "role" => all(ROLE_VERSIONS),
            "token" | "user" | "cert_authority" | "trusted_cluster" | "lock" => plain(&["v2"], "the only one there is"),
            "app" | "app_server" => plain(&["v3"], "the only one there is"),
            _ => Vec::new(),
        },
        ("Rule", "resources") => all(kinds::RESOURCES),
        ("Rule", "verbs") => all(VERBS),
        ("RoleOptions", "cert_format") => plain(&["standard"], "the only one in use"),
        ("RoleOptions", "enhanced_recording") => all(RECORDING),
        ("RoleOptions", "request_access") => all(REQUEST_ACCESS),
        ("RoleOptions", "lock") => all(LOCK),
        ("RoleOptions", "device_trust_mode") => all(DEVICE_TRUST),
        ("RecordSession", "default" | "ssh") => all(RECORD),
        ("AccessRequestConditionsReason", "mode") => all(REASON),
        ("SessionRequirePolicy" | "SessionJoinPolicy", "kinds") => all(SESSIONS),
        ("SessionRequirePolicy" | "SessionJoinPolicy", "modes") => all(MODES),
        ("SessionRequirePolicy", "on_leave") => all(ON_LEAVE),
        ("KubernetesResource", "kind") => match version {
            "v3" | "v4" | "v5" | "v6" => plain(&["pod"], "the only one before role version v7"),
            "v7" => plain(&KUBERNETES_KINDS, ""),
            _ => plain(&["*"], "every kind").into_iter().chain(plain(&CORE_KINDS, "")).chain(all(GROUPED)).collect(),
        },
        ("RequestKubernetesResource", "kind") => plain(&KUBERNETES_KINDS, ""),
        ("KubernetesResource", "verbs") => all(KUBERNETES_VERBS),
        ("KubernetesResource", "name" | "namespace" | "api_group") => anything(),
        ("ProvisionTokenSpecV2", "join_method") => all(kinds::JOIN_METHODS),
        ("ProvisionTokenSpecV2", "roles") => all(kinds::SYSTEM_ROLES),
        ("ProvisionTokenSpecV2Kubernetes", "type") => all(KUBERNETES_JOIN),
        ("ProvisionTokenSpecV2GitHubRule" | "ProvisionTokenSpecV2GitLabRule", "ref_type") => plain(&["branch", "tag"], ""),
        ("ProvisionTokenSpecV2GitLabRule", "project_visibility") => plain(&["public", "internal", "private"], ""),
        ("ProvisionTokenSpecV2SpaceliftRule", "caller_type") => plain(&["stack", "module"], ""),
        ("ProvisionTokenSpecV2SpaceliftRule", "scope") => plain(&["read", "write"], ""),
        ("ProvisionTokenSpecV2TerraformCloudRule", "run_phase") => plain(&["plan", "apply"], ""),
        ("ProvisionTokenSpecV2BoundKeypairRecoverySpec", "mode") => all(RECOVERY),
        ("AppSpecV3", "cloud") => plain(&["AWS", "Azure", "GCP"], "its console, opened as an app"),
        ("Rewrite", "jwt_claims") => all(CLAIMS),
        ("CertAuthoritySpecV2", "type") => check::AUTHORITIES.iter().map(|(word, _)| Word::text(word, "")).collect(),
        ("RoleConditions", name) => template(name),
        ("GitHubPermission", "orgs") => all(&[("{{internal.github_orgs}}", OWN)]),
        _ => Vec::new(),
    }
}

/// Kind and version of a whole resource, not those of something inside it.
fn is_resource(field: &FieldDescriptor) -> bool {
    let parent = field.parent_message();
    let has = |name| parent.get_field_by_name(name).is_some();
    has("metadata") && has("kind") && has("version")
}

const OWN: &str = "what is written on the user, different for each";

/// What templates can fill in from the user, where that is what one would write.
fn template(field: &str) -> Vec<Word> {
    const FILLED: [&str; 9] = [
        "logins",
        "kubernetes_groups",
        "kubernetes_users",
        "db_names",
        "db_users",
        "db_roles",
        "aws_role_arns",
        "azure_identities",
        "gcp_service_accounts",
    ];
    let mut words = Vec::new();
    let name = if field == "windows_desktop_logins" { "windows_logins" } else { field };
    if FILLED.contains(&name) || name == "windows_logins" {
        words.push(Word::text(&format!("{{{{internal.{name}}}}}"), OWN));
    }
    if matches!(field, "db_names" | "db_users") {
        words.push(Word::text("*", "every one of them"));
    }
    words
}

fn meaning(table: Table, name: &str) -> &'static str {
    table.iter().find(|(word, _)| *word == name).map_or("", |(_, means)| means)
}

const SPELLED: Table = &[
    ("RequireMFAType.true", "any second factor, for each session"),
    ("RequireMFAType.hardware_key", "a hardware key that holds the login's private key"),
    ("RequireMFAType.hardware_key_touch", "the same, touched each time"),
    ("RequireMFAType.hardware_key_pin", "the same, with its PIN"),
    ("RequireMFAType.hardware_key_touch_and_pin", "the same, touched and with its PIN"),
    ("CreateHostUserMode.off", "no user is made"),
    ("CreateHostUserMode.keep", "the user stays after the session"),
    (
        "CreateHostUserMode.insecure-drop",
        "the user goes with the last session; files of the old number may be found by the next",
    ),
    ("CreateDatabaseUserMode.off", "no user is made"),
    ("CreateDatabaseUserMode.keep", "the user stays, disabled, after the session"),
    ("CreateDatabaseUserMode.best_effort_drop", "the user is removed after the session, or disabled if it cannot be"),
    ("CertExtensionType.ssh", "SSH certificates"),
    ("CertExtensionMode.extension", "as an extension"),
    ("WebTerminalClipboardMode.unrestricted", "copying is free"),
    ("WebTerminalClipboardMode.no-copy", "nothing can be copied out"),
];

const ROLE_VERSIONS: Table = &[
    ("v8", "newest, since v18: Kubernetes kinds in the plural, with their API groups"),
    ("v7", "Kubernetes resources of any kind"),
    ("v6", "Kubernetes: pods only, and only those that are named"),
    ("v5", "Kubernetes: every pod unless some are named"),
    ("v4", "as v5; labels that are left out match nothing"),
    ("v3", "oldest: logins without node_labels reach every host"),
];

const VERBS: Table = &[
    ("*", "everything"),
    ("list", "see what there is"),
    ("read", "open one, secrets included"),
    ("readnosecrets", "open one without its secrets"),
    ("create", "make a new one"),
    ("update", "change one"),
    ("delete", "remove one"),
    ("rotate", "change keys; for cert_authority"),
    ("use", "act through it; for integration and its like"),
    ("create_enroll_token", "make a token to enroll a device; for device"),
    ("enroll", "enroll a device; for device"),
];

const RECORDING: Table =
    &[("command", "programs that are run"), ("network", "connections that are made"), ("disk", "files that are opened")];
const REQUEST_ACCESS: Table = &[
    ("optional", "whoever wants may ask"),
    ("always", "a request is made at every login"),
    ("reason", "a request is made at every login, and a reason is asked for"),
];
const LOCK: Table = &[("strict", "sessions end until locks can be read again"), ("best_effort", "the last known locks count")];
const RECORD: Table = &[("strict", "no recording, no session"), ("best_effort", "the session goes on without its recording")];
const DEVICE_TRUST: Table = &[
    ("off", "devices are not looked at"),
    ("optional", "devices are looked at; unknown ones are let in"),
    ("required", "only registered devices"),
];
const REASON: Table = &[("optional", "it may be left out"), ("required", "no request without one")];
const SESSIONS: Table = &[
    ("ssh", "hosts"),
    ("k8s", "Kubernetes"),
    ("db", "databases"),
    ("app", "apps"),
    ("desktop", "Windows desktops"),
    ("*", "every kind"),
];
const MODES: Table =
    &[("observer", "looks on"), ("peer", "types too"), ("moderator", "looks on and can end the session"), ("*", "any of them")];
const ON_LEAVE: Table = &[("terminate", "it ends"), ("pause", "it stands still until enough are back")];
const KUBERNETES_VERBS: Table = &[
    ("*", "everything"),
    ("get", "open one"),
    ("list", "see what there is"),
    ("watch", "follow changes"),
    ("create", "make one"),
    ("update", "replace one"),
    ("patch", "change a part of one"),
    ("delete", "remove one"),
    ("deletecollection", "remove many at once"),
    ("exec", "run a program in a pod"),
    ("portforward", "reach the ports of a pod"),
];
const GROUPED: Table = &[
    ("deployments", "API group apps"),
    ("replicasets", "API group apps"),
    ("statefulsets", "API group apps"),
    ("daemonsets", "API group apps"),
    ("jobs", "API group batch"),
    ("cronjobs", "API group batch"),
    ("ingresses", "API group networking.k8s.io"),
    ("clusterroles", "API group rbac.authorization.k8s.io"),
    ("clusterrolebindings", "API group rbac.authorization.k8s.io"),
    ("roles", "API group rbac.authorization.k8s.io"),
    ("rolebindings", "API group rbac.authorization.k8s.io"),
    ("certificatesigningrequests", "API group certificates.k8s.io"),
];
const KUBERNETES_JOIN: Table = &[
    ("in_cluster", "the Auth Service runs in the same cluster and asks it"),
    ("static_jwks", "with keys written here"),
    ("oidc", "with keys that the cluster's issuer publishes; newer than 18.0"),
];
const RECOVERY: Table = &[
    ("standard", "as often as the limit says"),
    ("relaxed", "as often as it likes; each use is checked"),
    ("insecure", "as often as it likes, and reuse of a copied key goes unseen"),
];
const CLAIMS: Table =
    &[("roles-and-traits", "both"), ("roles", "only the roles"), ("traits", "only the traits"), ("none", "neither")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::pool;

    #[test]
    fn every_word_of_an_enum_has_a_meaning() {
        for parent in pool().all_enums() {
            for word in parent.values().filter_map(|value| spelling(&parent, value.number())) {
                let name = format!("{}.{word}", parent.name());
                assert!(word.is_empty() || word == "drop" || !meaning(SPELLED, &name).is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn what_would_be_read_as_something_else_is_typed_in_quotes() {
        assert_eq!(Word::text("off", "").typed, "\"off\"");
        assert_eq!(Word::text("*", "").typed, "'*'");
        assert_eq!(Word::text("{{internal.logins}}", "").typed, "'{{internal.logins}}'");
        assert_eq!(Word::text("best_effort", "").typed, "best_effort");
    }
}
