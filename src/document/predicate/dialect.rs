//! Which names and functions each kind of expression knows, and their types.
//!
//! Two families live on the server. The older one (`loose`: rules, impersonation, joining of sessions) takes arguments of any
//! type and is false at use where they do not fit; the newer one checks types when it reads. Both are held to the types here,
//! because a condition that can never hold is never meant. What is said of names was seen on servers of version 18.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use crate::document::problem::nearest;
use crate::schema::{self, Form, yaml};

/// What a part of an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Texts,
    /// Keys to one text each.
    TextMap,
    /// Keys to lists.
    TextsMap,
    Bool,
    Number,
    /// What only an expression without variables gives: `regexp.match` as a pattern.
    Matcher,
    /// Not known before it is used.
    Any,
    /// A part of a resource that no function takes.
    Other,
}

impl Type {
    pub fn said(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Texts => "a list",
            Self::TextMap | Self::TextsMap => "a map",
            Self::Bool => "a condition",
            Self::Number => "a number",
            Self::Matcher => "a pattern",
            Self::Any => "of any type",
            Self::Other => "neither text nor list",
        }
    }
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Text,
    Texts,
    /// One or the other.
    Either,
    /// Of the type of the first argument, text or list.
    Same,
    /// A regular expression.
    Pattern,
    /// With `*`, or a regular expression between `^` and `$`.
    Glob,
    Anything,
}

/// A function by its full name.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    pub takes: &'static [Takes],
    /// What any further arguments must be.
    pub more: Option<Takes>,
    pub gives: Type,
}

const fn function(name: &'static str, takes: &'static [Takes], gives: Type) -> Function {
    Function { name, takes, more: None, gives }
}

const fn open(name: &'static str, takes: &'static [Takes], more: Takes, gives: Type) -> Function {
    Function { name, takes, more: Some(more), gives }
}

/// One kind of expression.
#[derive(Debug)]
pub struct Dialect {
    /// As in "in a label expression".
    pub name: &'static str,
    pub functions: &'static [Function],
    pub names: Names,
    /// Whether `&&`, `||` and `!` join conditions.
    pub joins: bool,
    /// Whether `==` and `!=` compare.
    pub compares: bool,
    /// Whether the server itself does not look at types, so that a list is no text and a text no list.
    pub loose: bool,
    pub gives: Type,
}

/// Where names come from.
#[derive(Debug)]
pub enum Names {
    /// These, each with its type; of a map, `map.key` is a value.
    Listed(&'static [(&'static str, Type)]),
    /// Fields of messages and of tables under a first word.
    Rooted(&'static [(&'static str, Root)]),
    /// `external` and `internal`; the server takes any other first word for `external`.
    Traits,
}

/// What lies under a first word.
#[derive(Debug)]
pub enum Root {
    Alone(Type),
    Fields(&'static [(&'static str, Type)]),
    Message(&'static str),
    /// A resource whose kind is not known: header and metadata are, the rest may be anything.
    Resource,
}

const WHERE_FUNCTIONS: &[Function] = &[
    function("equals", &[Takes::Same, Takes::Same], Type::Bool),
    function("contains", &[Takes::Texts, Takes::Text], Type::Bool),
    function("has_prefix", &[Takes::Text, Takes::Text], Type::Bool),
    function("all_equal", &[Takes::Either, Takes::Text], Type::Bool),
    function("all_end_with", &[Takes::Either, Takes::Text], Type::Bool),
    open("is_subset", &[Takes::Either], Takes::Text, Type::Bool),
    function("system.catype", &[], Type::Text),
];

const SESSION: &[(&str, Type)] = &[
    ("participants", Type::Texts),
    ("sid", Type::Text),
    ("user", Type::Text),
    ("login", Type::Text),
    ("impersonator", Type::Text),
    ("access_requests", Type::Texts),
    ("user_kind", Type::Other),
    ("bot_name", Type::Text),
    ("namespace", Type::Text),
    ("server_id", Type::Text),
    ("server_hostname", Type::Text),
    ("server_addr", Type::Text),
    ("server_labels", Type::TextMap),
    ("server_sub_kind", Type::Text),
    ("proto", Type::Text),
    ("event", Type::Text),
    ("uid", Type::Text),
    ("code", Type::Text),
    ("time", Type::Other),
    ("cluster_name", Type::Text),
    ("enhanced_recording", Type::Other),
    ("interactive", Type::Other),
    ("session_start", Type::Other),
    ("session_stop", Type::Other),
    ("initial_command", Type::Texts),
    ("session_recording", Type::Text),
    ("kubernetes_cluster", Type::Text),
    ("kubernetes_users", Type::Texts),
    ("kubernetes_groups", Type::Texts),
    ("kubernetes_labels", Type::TextMap),
    ("kubernetes_pod_name", Type::Text),
    ("kubernetes_pod_namespace", Type::Text),
    ("kubernetes_container_name", Type::Text),
    ("kubernetes_container_image", Type::Text),
    ("kubernetes_node_name", Type::Text),
    ("windows_desktop_service", Type::Text),
    ("desktop_addr", Type::Text),
    ("desktop_name", Type::Text),
    ("desktop_labels", Type::TextMap),
    ("windows_domain", Type::Text),
    ("windows_user", Type::Text),
    ("recorded", Type::Other),
];

const WHERE_ROOTS: &[(&str, Root)] = &[
    ("user", Root::Message("types.UserV2")),
    ("resource", Root::Resource),
    ("name", Root::Alone(Type::Text)),
    ("session", Root::Fields(SESSION)),
    (
        "ssh_session",
        Root::Fields(&[
            ("namespace", Type::Text),
            ("login", Type::Text),
            ("created", Type::Other),
            ("last_active", Type::Other),
            ("server_id", Type::Text),
            ("server_hostname", Type::Text),
            ("server_addr", Type::Text),
            ("cluster_name", Type::Text),
            ("participants", Type::Texts),
        ]),
    ),
    (
        "host_cert",
        Root::Fields(&[
            ("host_id", Type::Text),
            ("node_name", Type::Text),
            ("principals", Type::Texts),
            ("cluster_name", Type::Text),
            ("role", Type::Any),
            ("ttl", Type::Other),
        ]),
    ),
    (
        "session_tracker",
        Root::Fields(&[
            ("session_id", Type::Text),
            ("kind", Type::Text),
            ("participants", Type::Texts),
            ("state", Type::Text),
            ("hostname", Type::Text),
            ("address", Type::Text),
            ("login", Type::Text),
            ("cluster", Type::Text),
            ("kube_cluster", Type::Text),
            ("host_user", Type::Text),
            ("host_roles", Type::Texts),
        ]),
    ),
];

const fn loose(name: &'static str, functions: &'static [Function], roots: &'static [(&'static str, Root)]) -> Dialect {
    Dialect { name, functions, names: Names::Rooted(roots), joins: true, compares: false, loose: true, gives: Type::Bool }
}

const fn strict(
    name: &'static str,
    functions: &'static [Function],
    names: &'static [(&'static str, Type)],
    gives: Type,
) -> Dialect {
    Dialect { name, functions, names: Names::Listed(names), joins: true, compares: true, loose: false, gives }
}

/// `where` of a rule.
pub static WHERE: Dialect = loose("a where clause", WHERE_FUNCTIONS, WHERE_ROOTS);

/// One of the `actions` of a rule.
pub static ACTION: Dialect = Dialect {
    joins: false,
    ..loose("an action", &[open("log", &[Takes::Text, Takes::Text], Takes::Anything, Type::Bool)], WHERE_ROOTS)
};

/// `where` under `impersonate`.
pub static IMPERSONATE: Dialect = loose(
    "a where clause of impersonate",
    &[
        function("equals", &[Takes::Same, Takes::Same], Type::Bool),
        function("contains", &[Takes::Texts, Takes::Text], Type::Bool),
    ],
    &[
        ("user", Root::Message("types.UserV2")),
        ("impersonate_user", Root::Message("types.UserV2")),
        ("impersonate_role", Root::Message("types.RoleV6")),
    ],
);

/// `filter` under `require_session_join`.
pub static JOIN: Dialect = loose(
    "a filter of require_session_join",
    WHERE_FUNCTIONS,
    &[
        ("user.name", Root::Alone(Type::Text)),
        ("user.roles", Root::Alone(Type::Texts)),
        ("user.spec.name", Root::Alone(Type::Text)),
        ("user.spec.roles", Root::Alone(Type::Texts)),
    ],
);

/// `node_labels_expression` and its like.
pub static LABELS: Dialect = strict(
    "a label expression",
    &[
        function("contains", &[Takes::Texts, Takes::Text], Type::Bool),
        function("contains_any", &[Takes::Texts, Takes::Texts], Type::Bool),
        function("contains_all", &[Takes::Texts, Takes::Texts], Type::Bool),
        function("labels_matching", &[Takes::Glob], Type::Texts),
        function("regexp.match", &[Takes::Texts, Takes::Glob], Type::Bool),
        REPLACE,
        LOCAL,
        function("strings.upper", &[Takes::Texts], Type::Texts),
        function("strings.lower", &[Takes::Texts], Type::Texts),
    ],
    &[("labels", Type::TextMap), ("user.spec.traits", Type::TextsMap)],
    Type::Bool,
);

const REPLACE: Function = function("regexp.replace", &[Takes::Texts, Takes::Pattern, Takes::Text], Type::Texts);
const LOCAL: Function = function("email.local", &[Takes::Texts], Type::Texts);

const REVIEW_FUNCTIONS: &[Function] = &[
    function("equals", &[Takes::Same, Takes::Same], Type::Bool),
    function("contains", &[Takes::Texts, Takes::Text], Type::Bool),
    function("regexp.match", &[Takes::Texts, Takes::Glob], Type::Bool),
];

/// `where` under `review_requests`.
pub static REVIEW: Dialect = strict(
    "a where clause of review_requests",
    REVIEW_FUNCTIONS,
    &[
        ("reviewer.roles", Type::Texts),
        ("reviewer.traits", Type::TextsMap),
        ("request.roles", Type::Texts),
        ("request.reason", Type::Text),
        ("request.system_annotations", Type::TextsMap),
    ],
    Type::Bool,
);

/// `filter` of a threshold.
pub static THRESHOLD: Dialect = strict(
    "a threshold filter",
    REVIEW_FUNCTIONS,
    &[
        ("reviewer.roles", Type::Texts),
        ("reviewer.traits", Type::TextsMap),
        ("review.reason", Type::Text),
        ("review.annotations", Type::TextsMap),
        ("request.roles", Type::Texts),
        ("request.reason", Type::Text),
        ("request.system_annotations", Type::TextsMap),
    ],
    Type::Bool,
);

/// What stands between `{{` and `}}`.
pub static TRAITS: Dialect = Dialect {
    names: Names::Traits,
    joins: false,
    compares: false,
    ..strict("a template", &[REPLACE, LOCAL], &[], Type::Texts)
};

/// The same where names are matched and not made.
pub static MATCHER: Dialect = Dialect {
    joins: false,
    compares: false,
    ..strict(
        "a pattern",
        &[
            function("regexp.match", &[Takes::Pattern], Type::Matcher),
            function("regexp.not_match", &[Takes::Pattern], Type::Matcher),
        ],
        &[],
        Type::Matcher,
    )
};

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
    let Some(field) = message.get_field_by_name(name) else {
        let fields: Vec<FieldDescriptor> = message.fields().filter(|field| !yaml(field).hidden).collect();
        return Err(no_field(parent, name, fields.iter().map(FieldDescriptor::name)));
    };
    let kind = type_of(&field);
    let full = format!("{parent}.{name}");
    match (rest, &kind, field.kind()) {
        ([], _, _) => Ok(kind),
        (rest, Type::TextMap | Type::TextsMap, _) => {
            Err(format!("write {full}[{:?}] instead of {full}.{}", rest.join("."), rest.join(".")))
        }
        (rest, Type::Other, Kind::Message(inner)) if !field.is_list() && !field.is_map() => field_type(&full, &inner, rest),
        _ => Err(format!("{full} is {} and has no parts", kind.said())),
    }
}

fn type_of(field: &FieldDescriptor) -> Type {
    match (yaml(field).form, field.kind()) {
        (Form::Traits, _) => Type::TextsMap,
        (_, Kind::Message(entry)) if field.is_map() => match entry.map_entry_value_field().kind() {
            Kind::String => Type::TextMap,
            _ => Type::TextsMap,
        },
        (_, Kind::String) if field.is_list() => Type::Texts,
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
