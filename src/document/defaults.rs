//! What the Auth Service fills into a resource before it stores it.
//!
//! Because of it a role read back differs from what was sent. Knowing it, a text can be compared with what is stored, and the demo
//! can store as the real server does. What is *sent* is never filled in here: a newer server has defaults of its own. The filling
//! in is done on the message as it came, field by field, so that settings unknown to this build survive it.

use prost_reflect::{DynamicMessage, MapKey, ReflectMessage, Value};

use crate::schema::{Form, yaml};

const VERSIONS: [&str; 6] = ["v3", "v4", "v5", "v6", "v7", "v8"];
const SECOND: i64 = 1_000_000_000;
const THIRTY_HOURS: i64 = 30 * 3600 * SECOND;
const FIVE_MINUTES: i64 = 5 * 60 * SECOND;
const ORIGIN: &str = "teleport.dev/origin";

/// Fills in what is filled in for this kind; most are stored as they come.
pub fn complete(kind: &str, message: &mut DynamicMessage) {
    empty_values(message);
    match kind {
        "role" => role(message),
        "token" => token(message),
        "app" => app(message),
        _ => {}
    }
}

/// The server keeps JSON, where a label without any value has the empty one.
fn empty_values(message: &mut DynamicMessage) {
    let fields: Vec<_> = message.fields().map(|(field, _)| field).collect();
    for field in fields {
        let labels = yaml(&field).form == Form::Labels;
        match message.get_field_mut(&field) {
            Value::Message(selector) if labels => {
                let values = selector.get_field_by_name_mut("values").and_then(Value::as_map_mut);
                for value in values.into_iter().flat_map(|map| map.values_mut()).filter_map(Value::as_message_mut) {
                    set(value, "values", list([""]));
                }
            }
            Value::Message(inner) => empty_values(inner),
            Value::List(items) => items.iter_mut().filter_map(Value::as_message_mut).for_each(empty_values),
            _ => {}
        }
    }
}

fn role(role: &mut DynamicMessage) {
    set(role, "kind", word("role"));
    let given = text(role, "version");
    let version = if VERSIONS.contains(&given.as_str()) { given } else { "v8".to_owned() };
    role.set_field_by_name("version", Value::String(version.clone()));
    inside(role, "spec", |spec| {
        inside(spec, "options", |options| role_options(options, &version));
        inside(spec, "allow", |allow| role_allow(allow, &version));
        inside(spec, "deny", |deny| set(deny, "namespaces", list(["default"])));
        if !["v7", "v8"].contains(&version.as_str()) {
            for part in ["allow", "deny"] {
                inside(spec, part, all_verbs);
            }
        }
    });
}

fn role_options(options: &mut DynamicMessage, version: &str) {
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
    // As a whole or not at all: what is left out of one that is there stays out.
    if !options.has_field_by_name("record_session") {
        inside(options, "record_session", |record| {
            set(record, "default", word("best_effort"));
            switch(record, "desktop", true);
        });
    }
    if version != "v8" && !options.has_field_by_name("idp") {
        inside(options, "idp", |idp| inside(idp, "saml", |saml| switch(saml, "enabled", true)));
    }
}

fn role_allow(allow: &mut DynamicMessage, version: &str) {
    set(allow, "namespaces", list(["default"]));
    if version == "v3" {
        if allow.has_field_by_name("logins") {
            everything(allow, "node_labels");
        }
        for selector in ["app_labels", "kubernetes_labels", "db_labels"] {
            everything(allow, selector);
        }
    }
    if selects_kubernetes(allow) && !allow.has_field_by_name("kubernetes_resources") && version != "v6" {
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

/// Whether it reaches any cluster of Kubernetes, by labels or by an expression.
fn selects_kubernetes(allow: &DynamicMessage) -> bool {
    let labels = allow.get_field_by_name("kubernetes_labels");
    let labelled = labels.is_some_and(|labels| labels.as_message().is_some_and(|labels| labels.has_field_by_name("values")));
    labelled || !text(allow, "kubernetes_labels_expression").is_empty()
}

/// Before v7 there were no verbs: an entry without means all.
fn all_verbs(conditions: &mut DynamicMessage) {
    if let Some(entries) = conditions.get_field_by_name_mut("kubernetes_resources").and_then(Value::as_list_mut) {
        for entry in entries.iter_mut().filter_map(Value::as_message_mut) {
            set(entry, "verbs", list(["*"]));
        }
    }
}

/// A selector that matches everything, where there is none: what roles of version 3 mean by leaving it out.
fn everything(allow: &mut DynamicMessage, selector: &str) {
    inside(allow, selector, |labels| {
        if !labels.has_field_by_name("values") {
            let mut values = DynamicMessage::new(crate::schema::message("wrappers.StringValues"));
            values.set_field_by_name("values", list(["*"]));
            let key = MapKey::String("*".to_owned());
            labels.set_field_by_name("values", Value::Map([(key, Value::Message(values))].into()));
        }
    });
}

fn token(token: &mut DynamicMessage) {
    token.set_field_by_name("kind", word("token"));
    token.set_field_by_name("version", word("v2"));
    inside(token, "spec", |spec| {
        if let Some(roles) = spec.get_field_by_name_mut("roles").and_then(Value::as_list_mut) {
            for role in roles.iter_mut() {
                let known = role.as_str().and_then(super::check::system_role);
                *role = known.map_or_else(|| role.clone(), word);
            }
        }
        let given = text(spec, "join_method");
        let has_rules = spec.has_field_by_name("allow");
        let method = if !given.is_empty() {
            given
        } else if has_rules {
            "ec2".to_owned()
        } else {
            "token".to_owned()
        };
        match method.as_str() {
            "ec2" if !spec.has_field_by_name("aws_iid_ttl") => spec.set_field_by_name("aws_iid_ttl", Value::I64(FIVE_MINUTES)),
            "kubernetes" => inside(spec, "kubernetes", |block| set(block, "type", word("in_cluster"))),
            "gitlab" => inside(spec, "gitlab", |block| set(block, "domain", word("gitlab.com"))),
            "bound_keypair" => inside(spec, "bound_keypair", |block| {
                inside(block, "recovery", |recovery| set(recovery, "limit", Value::U32(1)));
            }),
            _ => {}
        }
        spec.set_field_by_name("join_method", Value::String(method));
    });
}

fn app(app: &mut DynamicMessage) {
    const CONSOLES: [&str; 3] =
        ["https://console.aws.amazon.com", "https://console.amazonaws-us-gov.com", "https://console.amazonaws.cn"];
    app.set_field_by_name("kind", word("app"));
    app.set_field_by_name("version", word("v3"));
    inside(app, "metadata", |metadata| {
        let Some(labels) = metadata.get_field_by_name_mut("labels").and_then(Value::as_map_mut) else { return };
        labels.entry(MapKey::String(ORIGIN.to_owned())).or_insert_with(|| word("dynamic"));
    });
    inside(app, "spec", |spec| {
        let cloud = text(spec, "cloud");
        if !cloud.is_empty() {
            set(spec, "uri", Value::String(format!("cloud://{cloud}")));
        }
        let uri = text(spec, "uri");
        if cloud.is_empty() && CONSOLES.iter().any(|console| uri.starts_with(console)) {
            spec.set_field_by_name("cloud", word("AWS"));
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

fn word(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list<const N: usize>(items: [&str; N]) -> Value {
    Value::List(items.map(word).to_vec())
}
