//! Names of kinds, join methods and system roles, with what they are.

type Table = &'static [(&'static str, &'static str)];

/// Kinds that are written as documents.
pub const DOCUMENTS: Table = &[
    ("role", "what whoever holds it may do"),
    ("token", "lets agents, bots and leaf clusters join"),
    ("app", "an app that agents pick up by its labels"),
    ("app_server", "an app as one agent serves it"),
    ("trusted_cluster", "the root cluster this one joins"),
    ("user", "a local user"),
    ("lock", "keeps somebody or something out"),
    ("cert_authority", "keys that certificates are signed with"),
];

/// Kinds that a rule of a role can be about.
pub const RESOURCES: Table = &[
    ("*", "every kind"),
    ("role", "roles"),
    ("user", "local users"),
    ("token", "tokens for joining"),
    ("access_request", "requests for access; update approves and denies"),
    ("session", "recordings of sessions"),
    ("event", "the audit log"),
    ("node", "hosts"),
    ("app", "dynamic apps"),
    ("app_server", "apps as agents serve them"),
    ("db", "dynamic databases"),
    ("db_server", "databases as agents serve them"),
    ("db_service", "database services"),
    ("kube_cluster", "dynamic Kubernetes clusters"),
    ("kube_server", "Kubernetes clusters as agents serve them"),
    ("windows_desktop", "Windows desktops"),
    ("windows_desktop_service", "agents that serve Windows desktops"),
    ("dynamic_windows_desktop", "Windows desktops that agents pick up by their labels"),
    ("trusted_cluster", "root clusters this one joined"),
    ("remote_cluster", "leaf clusters"),
    ("cert_authority", "certificate authorities"),
    ("lock", "locks"),
    ("device", "registered devices"),
    ("auth_connector", "every kind of sign-in: oidc, saml and github"),
    ("oidc", "sign-in by OIDC"),
    ("saml", "sign-in by SAML"),
    ("github", "sign-in by GitHub"),
    ("login_rule", "rules that change traits at sign-in"),
    ("access_list", "access lists, their members and reviews"),
    ("access_monitoring_rule", "rules about requests: whom to tell, what to approve"),
    ("access_plugin_data", "what access plugins keep with requests"),
    ("bot", "bots"),
    ("bot_instance", "running bots"),
    ("instance", "running agents, of any kind"),
    ("plugin", "hosted plugins"),
    ("integration", "credentials for other systems"),
    ("discovery_config", "what is looked for in clouds"),
    ("session_tracker", "sessions that are going on"),
    ("ssh_session", "sessions on hosts that are going on"),
    ("connection_diagnostic", "tests of a connection"),
    ("cluster_auth_preference", "how people sign in, second factors"),
    ("cluster_networking_config", "timeouts and tunnels of the cluster"),
    ("cluster_audit_config", "where audit events go"),
    ("session_recording_config", "where sessions are recorded"),
    ("cluster_maintenance_config", "when upgrades may happen"),
    ("autoupdate_config", "whether and when agents and clients update themselves"),
    ("autoupdate_version", "to which version they update"),
    ("autoupdate_agent_rollout", "how far an update has come"),
    ("network_restrictions", "addresses that sessions may reach"),
    ("ui_config", "settings of the web pages"),
    ("installer", "scripts that install agents"),
    ("cluster_alert", "alerts shown to people"),
    ("user_group", "groups of other systems"),
    ("saml_idp_service_provider", "programs that sign in through Teleport"),
    ("okta_import_rule", "rules for what comes from Okta"),
    ("okta_assignment", "who has what in Okta"),
    ("license", "the licence"),
    ("download", "downloads of the Enterprise edition"),
    ("billing", "billing of the cloud edition"),
    ("usage_event", "counts of use"),
    ("spiffe_federation", "trust in workload identities of others"),
    ("workload_identity", "identities of workloads"),
    ("sigstore_policy", "which signatures workloads must carry"),
    ("static_host_user", "users kept on hosts"),
    ("git_server", "Git hosts"),
    ("vnet_config", "the virtual network of apps"),
    ("db_object", "objects in databases"),
    ("db_object_import_rule", "which objects in databases get which labels"),
    ("health_check_config", "how databases are checked"),
    ("crown_jewel", "resources that are watched closely"),
    ("access_graph", "the graph of who can reach what"),
    ("audit_query", "queries of the audit log"),
    ("security_report", "reports on the audit log"),
    ("notification", "notices to a user"),
    ("contact", "whom the vendor writes to"),
    ("user_task", "things that want somebody's attention"),
    ("namespace", "of no use any more; presets name it"),
];

/// How whoever joins proves who it is.
pub const JOIN_METHODS: Table = &[
    ("token", "by knowing the token's name: a secret"),
    ("iam", "as an AWS identity"),
    ("ec2", "as an EC2 instance"),
    ("gcp", "as a Google Cloud service account"),
    ("azure", "as an Azure identity"),
    ("oracle", "as an instance of Oracle Cloud"),
    ("kubernetes", "as a Kubernetes service account"),
    ("github", "as a job of GitHub Actions"),
    ("gitlab", "as a job of GitLab CI"),
    ("bitbucket", "as a step of Bitbucket Pipelines"),
    ("circleci", "as a job of CircleCI"),
    ("azure_devops", "as a pipeline of Azure DevOps"),
    ("spacelift", "as a run of Spacelift"),
    ("terraform_cloud", "as a run of HCP Terraform"),
    ("tpm", "by the TPM in the machine"),
    ("bound_keypair", "by a key that is bound at the first join"),
];

/// What whoever joins becomes.
pub const SYSTEM_ROLES: Table = &[
    ("Node", "serves a host over SSH"),
    ("App", "serves apps"),
    ("Db", "serves databases"),
    ("Kube", "serves Kubernetes clusters"),
    ("WindowsDesktop", "serves Windows desktops"),
    ("Discovery", "looks for resources in clouds"),
    ("Proxy", "a Proxy Service"),
    ("Auth", "an Auth Service"),
    ("Bot", "a bot; bot_name says which"),
    ("Trusted_cluster", "a leaf cluster"),
    ("Okta", "brings in users and apps of Okta"),
    ("MDM", "brings in devices from their management"),
    ("AccessGraphPlugin", "feeds the access graph"),
    ("Instance", "every agent has it; seldom written"),
    ("Admin", "of the Auth Service itself; seldom written"),
    ("ProvisionToken", "of joining itself; seldom written"),
    ("Signup", "of signing up; seldom written"),
    ("RemoteProxy", "a Proxy Service of another cluster; seldom written"),
    ("Nop", "nothing; seldom written"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::problems;

    fn said(roles: &str, method: &str) -> String {
        let text = format!(
            "kind: token\nversion: v2\nmetadata:\n  name: a\nspec:\n  roles: [{roles}]\n  join_method: {method}\n  bot_name: b\n"
        );
        problems(&text).into_iter().map(|problem| problem.text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_checks_know_what_is_offered() {
        for (method, _) in JOIN_METHODS {
            assert!(!said("Bot", method).contains("unknown join method"), "{method}");
        }
        for (role, _) in SYSTEM_ROLES {
            assert!(!said(role, "token").contains("is no role"), "{role}");
        }
        for (kind, _) in DOCUMENTS {
            let text = problems(&format!("kind: {kind}\n")).into_iter().map(|problem| problem.text).collect::<String>();
            assert!(!text.contains("unknown kind"), "{kind}");
        }
    }
}
