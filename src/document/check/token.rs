//! The rules of provision tokens: roles, and what each join method wants.

use super::at::At;
use crate::document::problem::{Finding, Stage, nearest};

/// The roles of services, as the server writes them.
pub const ROLES: [&str; 19] = [
    "Auth",
    "Node",
    "Proxy",
    "Admin",
    "ProvisionToken",
    "Trusted_cluster",
    "Signup",
    "Nop",
    "RemoteProxy",
    "Kube",
    "App",
    "Db",
    "WindowsDesktop",
    "Bot",
    "Instance",
    "Discovery",
    "Okta",
    "MDM",
    "AccessGraphPlugin",
];

/// Methods that have a block of their own under spec.
const WITH_BLOCK: [&str; 13] = [
    "github",
    "circleci",
    "kubernetes",
    "azure",
    "gitlab",
    "gcp",
    "spacelift",
    "tpm",
    "terraform_cloud",
    "bitbucket",
    "oracle",
    "azure_devops",
    "bound_keypair",
];

pub fn check(top: At<'_>, findings: &mut Vec<Finding>) {
    let spec = top.sub("spec");
    roles(spec, findings);
    let rules = spec.items("allow");
    let method = match (spec.text("join_method"), rules.is_empty()) {
        ("", true) => "token",
        ("", false) => "ec2",
        (method, _) => method,
    };
    match method {
        "token" if !rules.is_empty() => {
            findings.push(spec.breaks("allow", "allow rules do not go with the join method token; choose ec2 or iam"));
        }
        "token" => {}
        "ec2" | "iam" => amazon(method, spec, &rules, findings),
        method if WITH_BLOCK.contains(&method) => block(method, spec, findings),
        method => {
            let all = WITH_BLOCK.into_iter().chain(["token", "ec2", "iam"]);
            let near = nearest(method, all).map(|one| format!("did you mean {one}? ")).unwrap_or_default();
            let others = WITH_BLOCK.join(", ");
            let text = format!("unknown join method {method:?}; {near}write one of token, ec2, iam, {others}");
            findings.push(spec.breaks("join_method", text));
        }
    }
}

fn roles(spec: At<'_>, findings: &mut Vec<Finding>) {
    let roles = spec.texts("roles");
    if roles.is_empty() {
        findings.push(spec.breaks("roles", "a token needs roles, for example [Node]"));
    }
    let mut seen: Vec<&str> = Vec::new();
    for (typed, place) in roles {
        match system_role(typed) {
            None => {
                let near = nearest(typed, ROLES).map(|role| format!("did you mean {role}? ")).unwrap_or_default();
                let text = format!("{typed:?} is no role of a service; {near}write one of {}", ROLES.join(", "));
                findings.push(Finding::error(Stage::Check, place, text));
            }
            Some(role) if seen.contains(&role) => {
                findings.push(Finding::error(Stage::Check, place, format!("the role {role} is named twice")));
            }
            Some(role) => seen.push(role),
        }
    }
    let bot = seen.contains(&"Bot");
    if bot && spec.text("bot_name").is_empty() {
        findings.push(spec.breaks("bot_name", "a token with the role Bot needs bot_name"));
    } else if !bot && !spec.text("bot_name").is_empty() {
        findings.push(spec.breaks("bot_name", "bot_name needs the role Bot"));
    }
}

/// The role as the server spells it.
pub fn system_role(typed: &str) -> Option<&'static str> {
    ROLES.into_iter().find(|role| matches(role, typed))
}

/// Any letter case, and the underscore of trusted clusters may be left out.
fn matches(role: &str, typed: &str) -> bool {
    role.eq_ignore_ascii_case(typed) || (role == "Trusted_cluster" && typed.eq_ignore_ascii_case("trustedcluster"))
}

fn amazon(method: &str, spec: At<'_>, rules: &[At<'_>], findings: &mut Vec<Finding>) {
    if rules.is_empty() {
        findings.push(spec.breaks("allow", format!("the join method {method} needs allow rules")));
    }
    for rule in rules {
        let set = |name: &str| !rule.text(name).is_empty();
        if method == "ec2" {
            if set("aws_arn") {
                findings.push(rule.breaks("aws_arn", "aws_arn belongs to the join method iam"));
            }
            if !set("aws_account") && !set("aws_role") {
                findings.push(rule.breaks("aws_account", "a rule of ec2 needs aws_account or aws_role"));
            }
        } else {
            if set("aws_role") {
                findings.push(rule.breaks("aws_role", "aws_role belongs to the join method ec2; write aws_arn"));
            }
            if !rule.texts("aws_regions").is_empty() {
                findings.push(rule.breaks("aws_regions", "aws_regions belong to the join method ec2"));
            }
            if !set("aws_account") && !set("aws_arn") {
                findings.push(rule.breaks("aws_account", "a rule of iam needs aws_account or aws_arn"));
            }
        }
    }
}

/// Which keys a rule of a method must have: at least one of each group.
fn wanted(method: &str) -> &'static [&'static [&'static str]] {
    match method {
        "github" => &[&["repository", "repository_owner", "sub"]],
        "circleci" => &[&["project_id", "context_id"]],
        "azure" => &[&["subscription"]],
        "gitlab" => &[&["sub", "project_path", "namespace_path", "ci_config_ref_uri"]],
        "spacelift" => &[&["space_id", "caller_id"]],
        "tpm" => &[&["ek_public_hash", "ek_certificate_serial"]],
        "terraform_cloud" => {
            &[&["organization_id", "organization_name"], &["project_id", "project_name", "workspace_id", "workspace_name"]]
        }
        "bitbucket" => &[&["workspace_uuid", "repository_uuid"]],
        "oracle" => &[&["tenancy"]],
        "azure_devops" => &[&["sub", "project_name", "project_id"]],
        _ => &[],
    }
}

fn block(method: &str, spec: At<'_>, findings: &mut Vec<Finding>) {
    let block = spec.sub(method);
    if !block.is_set() {
        findings.push(spec.breaks("join_method", format!("the join method {method} needs the block spec.{method}")));
        return;
    }
    if method == "bound_keypair" {
        if !block.has("onboarding") {
            findings.push(block.breaks("onboarding", "bound_keypair needs onboarding"));
        }
        return;
    }
    let rules = block.items("allow");
    if rules.is_empty() {
        findings.push(block.breaks("allow", format!("the join method {method} needs rules under {method}.allow")));
    }
    for rule in &rules {
        for group in wanted(method) {
            if group.iter().all(|name| rule.text(name).is_empty()) {
                findings.push(rule.breaks(group[0], format!("this rule needs {}", group.join(" or "))));
            }
        }
    }
    match method {
        "kubernetes" => kubernetes(block, &rules, findings),
        "gcp" => {
            for rule in rules.iter().filter(|rule| rule.texts("project_ids").is_empty()) {
                findings.push(rule.breaks("project_ids", "this rule needs project_ids"));
            }
        }
        "github" => host(block, "enterprise_server_host", findings),
        "gitlab" => host(block, "domain", findings),
        "spacelift" | "terraform_cloud" => host(block, "hostname", findings),
        "tpm" => {
            for (text, place) in block.texts("ekcert_allowed_cas") {
                if !text.contains("-----BEGIN ") {
                    findings.push(Finding::error(Stage::Check, place, "an allowed CA must be PEM"));
                }
            }
        }
        _ => {}
    }
}

fn host(block: At<'_>, name: &str, findings: &mut Vec<Finding>) {
    if block.text(name).contains('/') {
        findings.push(block.breaks(name, format!("{name} is a host name, without scheme and path")));
    }
}

fn kubernetes(block: At<'_>, rules: &[At<'_>], findings: &mut Vec<Finding>) {
    match block.text("type") {
        "static_jwks" if block.sub("static_jwks").text("jwks").is_empty() => {
            findings.push(block.breaks("static_jwks", "the type static_jwks needs static_jwks.jwks"));
        }
        "" | "in_cluster" | "oidc" | "static_jwks" => {}
        other => {
            let text = format!("unknown type {other:?}; write in_cluster or static_jwks");
            findings.push(block.breaks("type", text));
        }
    }
    for rule in rules {
        let account = rule.text("service_account");
        if account.split(':').count() != 2 {
            let text = format!("a service account is written namespace:name, not {account:?}");
            findings.push(rule.breaks("service_account", text));
        }
    }
}
