//! What the server does to a role before it stores it: refuses some, and fills in what was left out.
//!
//! The filling in is done on the message as it came, field by field, so that settings unknown to this build survive it. Because
//! of it a role read back differs from what was sent, which a client has to expect.

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, ReflectMessage, Value};
use tonic::Status;

use super::Edition;
use super::collection::Kind;
use crate::schema::types::{RoleConditions, RoleV6};

const VERSIONS: [&str; 6] = ["v3", "v4", "v5", "v6", "v7", "v8"];
const THIRTY_HOURS: i64 = 30 * 3600 * 1_000_000_000;

/// Names the storage accepts.
pub(super) fn check_name(name: &str) -> Result<(), Status> {
    if name.is_empty() {
        return Err(Status::invalid_argument("missing parameter Name"));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "@_:.-+".contains(letter);
    if name == "." || name == ".." || !name.chars().all(allowed) {
        return Err(Status::invalid_argument("special characters are not allowed in resource names, please use another one"));
    }
    Ok(())
}

/// Refuses what the server refuses.
pub(super) fn check(role: &Bytes, edition: Edition) -> Result<(), Status> {
    let role = RoleV6::decode(role.clone()).map_err(|error| Status::invalid_argument(error.to_string()))?;
    let metadata = role.metadata.unwrap_or_default();
    check_name(&metadata.name)?;
    if let Some(reason) = metadata.labels.get("teleport.internal/downgraded") {
        let text = format!("refusing to upsert role because teleport.internal/downgraded label is set with reason {reason:?}");
        return Err(Status::invalid_argument(text));
    }
    let spec = role.spec.unwrap_or_default();
    let (allow, deny) = (spec.allow.unwrap_or_default(), spec.deny.unwrap_or_default());
    for rule in allow.rules.iter().chain(&deny.rules) {
        if rule.resources.is_empty() {
            return Err(Status::invalid_argument("missing resources to match"));
        }
        if rule.verbs.is_empty() {
            return Err(Status::invalid_argument("missing verbs"));
        }
    }
    if allow.logins.iter().any(|login| login == "*") {
        return Err(Status::invalid_argument("wildcard matcher is not allowed in logins"));
    }
    if deny.request.as_ref().is_some_and(|request| !request.thresholds.is_empty()) {
        return Err(Status::invalid_argument("cannot set request thresholds under deny"));
    }
    if edition == Edition::Community { enterprise_only(&allow) } else { Ok(()) }
}

fn enterprise_only(allow: &RoleConditions) -> Result<(), Status> {
    let request = allow.request.clone().unwrap_or_default();
    let field = if allow.review_requests.is_some() {
        "allow.review_requests"
    } else if !request.thresholds.is_empty() {
        "allow.request.thresholds"
    } else if !request.search_as_roles.is_empty() {
        "allow.request.search_as_roles"
    } else {
        return Ok(());
    };
    Err(Status::permission_denied(format!("role field {field} is only available in enterprise subscriptions")))
}

/// The role with the server's defaults.
pub(super) fn complete(role: Bytes) -> Result<Bytes, Status> {
    let mut role = Kind::Role.open(role).ok_or_else(|| Status::invalid_argument("this is no role"))?;
    set(&mut role, "kind", word("role"));
    let given = text(&role, "version");
    let version = if VERSIONS.contains(&given.as_str()) { given } else { "v8".to_owned() };
    role.set_field_by_name("version", Value::String(version.clone()));
    inside(&mut role, "spec", |spec| {
        inside(spec, "options", |options| complete_options(options, &version));
        inside(spec, "allow", |allow| complete_allow(allow, &version));
        inside(spec, "deny", |deny| set(deny, "namespaces", list(["default"])));
    });
    Ok(role.encode_to_vec().into())
}

fn complete_options(options: &mut DynamicMessage, version: &str) {
    let ttl = options.get_field_by_name("max_session_ttl").and_then(|value| value.as_i64()).unwrap_or_default();
    if ttl <= 0 {
        options.set_field_by_name("max_session_ttl", Value::I64(THIRTY_HOURS));
    }
    set(options, "cert_format", word("standard"));
    set(options, "enhanced_recording", list(["command", "network"]));
    for (name, on) in [
        ("desktop_clipboard", true),
        ("desktop_directory_sharing", true),
        ("ssh_file_copy", true),
        ("create_desktop_user", false),
        ("create_db_user", false),
    ] {
        switch(options, name, on);
    }
    inside(options, "record_session", |record| {
        set(record, "default", word("best_effort"));
        switch(record, "desktop", true);
    });
    if version != "v8" {
        inside(options, "idp", |idp| inside(idp, "saml", |saml| switch(saml, "enabled", true)));
    }
}

fn complete_allow(allow: &mut DynamicMessage, version: &str) {
    set(allow, "namespaces", list(["default"]));
    if version == "v3" {
        if allow.has_field_by_name("logins") {
            everything(allow, "node_labels");
        }
        for selector in ["app_labels", "kubernetes_labels", "db_labels"] {
            everything(allow, selector);
        }
    }
    if allow.has_field_by_name("kubernetes_labels") && !allow.has_field_by_name("kubernetes_resources") && version != "v6" {
        let kind = if ["v7", "v8"].contains(&version) { "*" } else { "pod" };
        let mut any = DynamicMessage::new(crate::schema::message("types.KubernetesResource"));
        for (name, value) in [("kind", kind), ("namespace", "*"), ("name", "*")] {
            any.set_field_by_name(name, word(value));
        }
        any.set_field_by_name("verbs", list(["*"]));
        if version == "v8" {
            any.set_field_by_name("api_group", word("*"));
        }
        allow.set_field_by_name("kubernetes_resources", Value::List(vec![Value::Message(any)]));
    }
}

/// A selector that matches everything, where there is none: what roles of version 3 mean by leaving it out.
fn everything(allow: &mut DynamicMessage, selector: &str) {
    inside(allow, selector, |labels| {
        if !labels.has_field_by_name("values") {
            let mut values = DynamicMessage::new(crate::schema::message("wrappers.StringValues"));
            values.set_field_by_name("values", list(["*"]));
            let key = prost_reflect::MapKey::String("*".to_owned());
            labels.set_field_by_name("values", Value::Map([(key, Value::Message(values))].into()));
        }
    });
}

fn switch(parent: &mut DynamicMessage, name: &str, on: bool) {
    if !parent.has_field_by_name(name) {
        let Some(field) = parent.descriptor().get_field_by_name(name) else { return };
        let mut value = DynamicMessage::new(crate::schema::message("types.BoolValue"));
        if on {
            value.set_field_by_name("Value", Value::Bool(true));
        }
        parent.set_field(&field, Value::Message(value));
    }
}

fn set(parent: &mut DynamicMessage, name: &str, value: Value) {
    if !parent.has_field_by_name(name) {
        parent.set_field_by_name(name, value);
    }
}

fn inside(parent: &mut DynamicMessage, name: &str, change: impl FnOnce(&mut DynamicMessage)) {
    if let Some(child) = parent.get_field_by_name_mut(name).and_then(Value::as_message_mut) {
        change(child);
    }
}

fn text(parent: &DynamicMessage, name: &str) -> String {
    parent.get_field_by_name(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn word(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list<const N: usize>(items: [&str; N]) -> Value {
    Value::List(items.map(word).to_vec())
}
