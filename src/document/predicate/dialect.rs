//! Which names and functions each kind of expression knows, and their types.
//!
//! Two families live on the server. The older one (`loose`: rules, impersonation, joining of sessions) takes arguments of any
//! type and is false at use where they do not fit; the newer one checks types when it reads. Both are held to the types here,
//! because a condition that can never hold is never meant. What is said of names was seen on servers of version 18.

use super::roots::WHERE_ROOTS;

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
