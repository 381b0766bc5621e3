//! Rules over Teleport's own resources: verbs and kinds that do not exist.

use std::sync::LazyLock;

use crate::document::check::at::At;
use crate::document::problem::{Finding, nearest};

pub const VERBS: [&str; 11] =
    ["*", "list", "create", "read", "readnosecrets", "update", "delete", "rotate", "create_enroll_token", "enroll", "use"];

/// What rules are written about, up to v18.
const KINDS: &str = "* access_graph access_graph_authorized_key access_graph_private_key access_graph_settings access_list \
    access_list_member access_list_review access_monitoring_rule access_plugin_data access_request app app_server app_session \
    audit_query auth_connector auth_server autoupdate_agent_report autoupdate_agent_rollout autoupdate_config autoupdate_version \
    aws_ic_account aws_ic_account_assignment aws_ic_permission_set aws_ic_principal_assignment aws_identity_center backend_info \
    billing bot bot_instance cert_authority cluster_alert cluster_audit_config cluster_auth_preference cluster_config \
    cluster_maintenance_config cluster_name cluster_networking_config cloud_info connection_diagnostic connectors contact \
    crown_jewel database_certificate db db_object db_object_import_rule db_server db_service device discovery_config download \
    dynamic_windows_desktop event external_audit_storage git_server github github_request global_notification \
    headless_authentication health_check_config host_cert identity installer instance integration jwt kube_cluster kube_server \
    license lock login_rule mfa_device namespace network_restrictions node notification oidc oidc_request okta_assignment \
    okta_import_rule plugin plugin_data plugin_static_credentials provisioning_principal_state proxy recovery_codes remote_cluster \
    role saml saml_idp_service_provider saml_request security_report security_report_cost_limiter security_report_state semaphore \
    server_info session session_recording_config session_tracker sigstore_policy snowflake_session spiffe_federation ssh_session \
    stable_unix_user state static_host_user static_tokens token trusted_cluster tunnel tunnel_connection ui_config \
    unified_resource usage_event user user_group user_login_state user_task user_token user_token_secrets vnet_config \
    web_session web_token windows_desktop windows_desktop_service workload_identity workload_identity_x509_issuer_override \
    workload_identity_x509_issuer_override_csr workload_identity_x509_revocation";

/// So many unknown words get a suggestion: each is compared with all there are.
const SUGGESTIONS: usize = 20;

static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut kinds: Vec<&str> = KINDS.split_whitespace().collect();
    kinds.sort_unstable();
    kinds
});

pub fn check(spec: At<'_>, findings: &mut Vec<Finding>) {
    let mut suggested = 0;
    for side in ["allow", "deny"] {
        for rule in spec.sub(side).items("rules") {
            for (verb, place) in rule.texts("verbs").into_iter().filter(|(verb, _)| !VERBS.contains(verb)) {
                findings.push(Finding::warning(place, no_verb(verb)));
            }
            for (kind, place) in rule.texts("resources") {
                if SORTED.binary_search(&kind).is_err() {
                    suggested += 1;
                    findings.push(no_kind(kind, place, suggested <= SUGGESTIONS));
                }
            }
        }
    }
}

fn no_verb(verb: &str) -> String {
    const MEANT: [(&str, &str); 8] = [
        ("get", "read"),
        ("view", "read"),
        ("write", "create and update"),
        ("edit", "update"),
        ("upsert", "create and update"),
        ("remove", "delete"),
        ("rw", "list, create, read, update and delete"),
        ("ro", "list and read"),
    ];
    let meant = MEANT.into_iter().find(|(typed, _)| typed.eq_ignore_ascii_case(verb)).map(|(_, meant)| meant);
    match meant.or_else(|| nearest(verb, VERBS)) {
        Some(meant) => format!("{verb:?} is no verb and allows nothing; did you mean {meant}?"),
        None => format!("{verb:?} is no verb and allows nothing; the verbs are {}", VERBS.join(", ")),
    }
}

fn no_kind(kind: &str, place: (usize, usize), suggest: bool) -> Finding {
    match nearest(kind, SORTED.iter().copied().filter(|_| suggest)) {
        Some(near) => Finding::warning(place, format!("{kind:?} is no kind of resource; did you mean {near}?")),
        None => Finding::advice(place, format!("{kind:?} is no kind of resource that Teleport v18 has rules for")),
    }
}
