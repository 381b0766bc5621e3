//! What a name in an expression is: an entry of a table, a field of a message, a trait.
//!
//! An unknown name gets the nearest known one, or the list of those there are.

use prost_reflect::{Kind, MessageDescriptor};

use super::dialect::{Dialect, Names, Root, Type};
use crate::document::plan::{Planned, plan};
use crate::document::problem::nearest;
use crate::schema::{self, Form};

/// The type of a name with its parts, or why there is none.
pub fn resolve(dialect: &Dialect, path: &[&str]) -> Result<Type, String> {
    match &dialect.names {
        Names::Listed(listed) => listed_type(dialect, listed, path),
        Names::Rooted(roots) => rooted_type(dialect, roots, path),
        Names::Traits => trait_type(path),
    }
}

fn listed_type(dialect: &Dialect, listed: &[(&'static str, Type)], path: &[&str]) -> Result<Type, String> {
    let joined = path.join(".");
    if let Some((_, kind)) = listed.iter().find(|(name, _)| *name == joined) {
        return Ok(*kind);
    }
    if let Some((map, _)) = joined.rsplit_once('.')
        && let Some((_, kind)) = listed.iter().find(|(name, _)| *name == map)
    {
        match kind {
            Type::TextMap => return Ok(Type::Text),
            Type::TextsMap => return Ok(Type::Texts),
            _ => {}
        }
    }
    // A misspelt map is recognised by what stands before its key, too.
    let names = || listed.iter().map(|(name, _)| *name);
    let without_key = joined.rsplit_once('.').map_or(joined.as_str(), |(map, _)| map);
    let near = nearest(&joined, names()).or_else(|| nearest(without_key, names()));
    Err(unknown(dialect, &joined, near, names()))
}

fn unknown<'a>(dialect: &Dialect, name: &str, near: Option<&str>, names: impl Iterator<Item = &'a str>) -> String {
    if matches!(name, "true" | "false") {
        return format!("{name} is no name in {}; write a comparison", dialect.name);
    }
    match (near, names.collect::<Vec<_>>().join(", ")) {
        (Some(near), _) => format!("{name} is not known in {}; did you mean {near}?", dialect.name),
        (None, names) if names.is_empty() => format!("{name} is not known in {}; no names are", dialect.name),
        (None, names) => format!("{name} is not known in {}; there are {names}", dialect.name),
    }
}

fn rooted_type(dialect: &Dialect, roots: &[(&'static str, Root)], path: &[&str]) -> Result<Type, String> {
    let joined = path.join(".");
    for (name, root) in roots {
        let rest = match joined.strip_prefix(name) {
            Some("") => &[][..],
            Some(rest) if rest.starts_with('.') => &path[name.split('.').count()..],
            _ => continue,
        };
        return match root {
            Root::Alone(kind) if rest.is_empty() => Ok(*kind),
            Root::Alone(_) => Err(format!("{name} has no parts; write {name}")),
            Root::Message(message) => field_type(name, &schema::message(message), rest),
            Root::Resource => resource_type(rest),
            Root::Fields(fields) => match rest {
                [only] => fields
                    .iter()
                    .find(|(field, _)| field == only)
                    .map(|(_, kind)| *kind)
                    .ok_or_else(|| no_field(name, only, fields.iter().map(|(field, _)| *field))),
                [] => Err(format!("{name} alone is no value; write for example {name}.{}", fields[0].0)),
                _ => Err(format!("{joined} goes too deep; {name} has one level")),
            },
        };
    }
    let names = || roots.iter().map(|(name, _)| *name);
    let near = nearest(path.first().copied().unwrap_or_default(), names()).or_else(|| nearest(&joined, names()));
    Err(unknown(dialect, &joined, near, names()))
}

fn resource_type(rest: &[&str]) -> Result<Type, String> {
    match rest {
        [] => Err("resource alone is no value; write for example resource.metadata.name".to_owned()),
        ["kind" | "sub_kind" | "version"] => Ok(Type::Text),
        ["metadata", rest @ ..] => field_type("resource.metadata", &schema::message("types.Metadata"), rest),
        // Other kinds have other parts, and none of them is looked at before the rule is used.
        ["spec" | "status", ..] => Ok(Type::Any),
        [other, ..] => Err(no_field("resource", other, ["kind", "sub_kind", "version", "metadata", "spec", "status"])),
    }
}

fn no_field<'a>(parent: &str, name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("{parent} has no {name:?}; did you mean {near:?}?"),
        None if names.len() <= 12 => format!("{parent} has no {name:?}; it has {}", names.join(", ")),
        None => format!("{parent} has no {name:?}"),
    }
}

fn field_type(parent: &str, message: &MessageDescriptor, path: &[&str]) -> Result<Type, String> {
    let Some((name, rest)) = path.split_first() else {
        return Err(format!("{parent} alone is no value; name one of its fields"));
    };
    let fields = plan(message);
    let Some(field) = fields.iter().find(|planned| planned.name == *name) else {
        return Err(no_field(parent, name, fields.iter().map(|planned| planned.name.as_str())));
    };
    let kind = type_of(field);
    if rest.is_empty() {
        return Ok(kind);
    }
    let full = format!("{parent}.{name}");
    match (&kind, &field.kind) {
        (Type::TextMap | Type::TextsMap, _) => {
            let key = rest.join(".");
            Err(format!("write {full}[{key:?}] instead of {full}.{key}"))
        }
        (Type::Other, Kind::Message(inner)) if !field.list && !field.map => field_type(&full, inner, rest),
        _ => Err(format!("{full} is {} and has no parts", kind.said())),
    }
}

fn type_of(field: &Planned) -> Type {
    match (field.options.form, &field.kind) {
        (Form::Traits, _) => Type::TextsMap,
        (_, Kind::Message(entry)) if field.map => match entry.map_entry_value_field().kind() {
            Kind::String => Type::TextMap,
            _ => Type::TextsMap,
        },
        (_, Kind::String) if field.list => Type::Texts,
        (_, Kind::String) => Type::Text,
        _ => Type::Other,
    }
}

fn trait_type(path: &[&str]) -> Result<Type, String> {
    match path {
        ["external" | "internal"] => Ok(Type::TextsMap),
        ["external", _] => Ok(Type::Texts),
        ["internal", name] => internal(name),
        [namespace, name] => Err(match nearest(namespace, ["external", "internal"]) {
            Some(near) => format!("{namespace}.{name} is not known; did you mean {near}.{name}?"),
            None => format!("{namespace}.{name} is not known; write external.{name} or internal.{name}"),
        }),
        [alone] => Err(format!("{alone} is not known; write external.{alone} or internal.{alone}")),
        _ => Err(format!("{} is not known; a trait is written external.NAME or external[\"NAME\"]", path.join("."))),
    }
}

/// What the server keeps for its own users. Any other name is refused at login, and the value vanishes.
pub fn internal(name: &str) -> Result<Type, String> {
    const NAMES: [&str; 14] = [
        "logins",
        "windows_logins",
        "kubernetes_groups",
        "kubernetes_users",
        "db_names",
        "db_users",
        "db_roles",
        "aws_role_arns",
        "azure_identities",
        "gcp_service_accounts",
        "host_user_uid",
        "host_user_gid",
        "github_orgs",
        "jwt",
    ];
    if NAMES.contains(&name) {
        return Ok(Type::Texts);
    }
    Err(match nearest(name, NAMES) {
        Some(near) => format!("there is no internal.{name}; did you mean internal.{near}?"),
        None => format!("there is no internal.{name}; a trait of any name is external.{name}"),
    })
}
