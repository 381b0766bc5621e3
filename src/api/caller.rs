//! Who is asking, whom, and what they may do, as far as that can be known here.
//!
//! Rights are computed from the caller's own roles and are a hint: only the server evaluates `where` clauses, and on a leaf the
//! mapped roles count. What is not surely refused stays enabled.

use std::fmt;
use std::time::SystemTime;

use prost::Message as _;

use super::client::Client;
use super::error::{Error, Family};
use crate::schema::method;
use crate::schema::proto::{Empty, GetUserRequest, PingRequest};
use crate::schema::types::{RoleV6, Rule as WireRule};

/// What one may do with a kind, by Teleport's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// See which there are.
    List,
    /// Open one.
    Read,
    /// Make one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
    /// Vote on a request; not a verb of rules but of `review_requests`.
    Review,
}

impl Verb {
    /// The word in a role's rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Review => "review",
        }
    }
}

/// Whether something is allowed, as far as it can be known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Some role allows it and none denies it.
    Yes,
    /// A role denies it, or none allows it.
    No,
    /// A condition decides, or the roles could not be read.
    Unknown,
}

/// A version as servers print it; what follows a dash only says that it came before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Reads `18.0.0-dev`; what cannot be read is zero, the oldest.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let numbers = text.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        let mut parts = numbers.split('.').map(|part| part.parse().unwrap_or_default());
        let mut next = || parts.next().unwrap_or_default();
        Self(next(), next(), next())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Whom we ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The cluster's name.
    pub cluster: String,
    /// Its version.
    pub version: Version,
    /// The same in its own words.
    pub version_text: String,
    /// Whether requests are voted on. The Community Edition has only the override.
    pub reviews: bool,
}

/// One rule of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which kinds, or `*`.
    pub resources: Vec<String>,
    /// Which verbs, or `*`.
    pub verbs: Vec<String>,
    /// Whether a condition narrows it.
    pub conditional: bool,
}

/// Who asks, and whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The user of the certificate.
    pub user: String,
    /// The roles of the certificate.
    pub roles: Vec<String>,
    /// The access requests that the certificate itself carries: with one, no verdict by override.
    pub active_requests: Vec<String>,
    /// Whom.
    pub server: Server,
    /// Why the roles could not be read, if so: then nothing is known about rights.
    pub unknown: Option<Error>,
    /// What the roles allow.
    pub allow: Vec<Rule>,
    /// What the roles deny.
    pub deny: Vec<Rule>,
    /// Whether some role lets one review requests.
    pub reviewer: bool,
    /// When the certificate ends that this connection was made with.
    pub certificate_ends: Option<SystemTime>,
    /// Whether nothing may be written over this connection, whatever the roles say.
    pub read_only: bool,
}

/// Every user has these without a role saying so.
const IMPLICIT: [(&str, &[Verb]); 4] = [
    ("app_server", &[Verb::List, Verb::Read]),
    ("app", &[Verb::List, Verb::Read]),
    ("remote_cluster", &[Verb::List, Verb::Read]),
    ("cert_authority", &[]),
];

impl Caller {
    /// Asks the server who it is, and who we are to it.
    ///
    /// # Errors
    /// When the server does not answer, or lets this identity do nothing at all.
    pub async fn learn(client: &Client, user: String, roles: Vec<String>, active_requests: Vec<String>) -> Result<Self, Error> {
        let ping = client.call(&method::PING, PingRequest {}).await?;
        let features = ping.server_features.unwrap_or_default();
        let server = Server {
            cluster: ping.cluster_name,
            version: Version::parse(&ping.server_version),
            version_text: ping.server_version,
            reviews: features.advanced_access_workflows,
        };
        let mut caller = Self { user, roles, active_requests, server, ..Self::default() };
        // Ping is answered without any certificate, so it proves nothing. This call is about oneself and needs no right.
        match client.collect(&method::GET_CURRENT_USER_ROLES, Empty {}).await {
            Ok(roles) => caller.take(roles.iter().filter_map(|raw| RoleV6::decode(raw.0.clone()).ok())),
            Err(error) if error.family == Family::ConnectionProblem || error.family == Family::NoAnswer => return Err(error),
            Err(error) => {
                prove(client).await?;
                caller.unknown = Some(error);
            }
        }
        Ok(caller)
    }

    fn take(&mut self, roles: impl Iterator<Item = RoleV6>) {
        for role in roles {
            let Some(spec) = role.spec else { continue };
            if let Some(allow) = spec.allow {
                self.reviewer |=
                    allow.review_requests.is_some_and(|review| !review.roles.is_empty() || !review.claims_to_roles.is_empty());
                self.allow.extend(allow.rules.into_iter().map(rule));
            }
            self.deny.extend(spec.deny.into_iter().flat_map(|deny| deny.rules).map(rule));
        }
    }

    /// Whether the caller may do this with resources of this kind.
    #[must_use]
    pub fn may(&self, kind: &str, verb: Verb) -> Right {
        if self.unknown.is_some() {
            return Right::Unknown;
        }
        if verb == Verb::Review {
            return if self.reviewer && self.server.reviews { Right::Yes } else { Right::No };
        }
        let matching = |rules: &[Rule]| rules.iter().filter(|rule| rule.covers(kind, verb)).map(|rule| rule.conditional).min();
        let implicit = IMPLICIT.iter().any(|(name, verbs)| *name == kind && verbs.contains(&verb));
        match (matching(&self.deny), matching(&self.allow)) {
            (Some(false), _) => Right::No,
            (Some(true), _) => Right::Unknown,
            (None, Some(false)) => Right::Yes,
            (None, _) if implicit => Right::Yes,
            (None, Some(true)) => Right::Unknown,
            (None, None) => Right::No,
        }
    }
}

impl Rule {
    fn covers(&self, kind: &str, verb: Verb) -> bool {
        let any = |list: &[String], word: &str| list.iter().any(|entry| entry == "*" || entry == word);
        any(&self.resources, kind) && any(&self.verbs, verb.word())
    }
}

fn rule(wire: WireRule) -> Rule {
    Rule { resources: wire.resources, verbs: wire.verbs, conditional: !wire.r#where.is_empty() }
}

/// A call that only a real user can make: it tells a refused identity from a server that merely lacks the better method.
async fn prove(client: &Client) -> Result<(), Error> {
    let request = GetUserRequest { name: String::new(), current_user: true };
    match client.call(&method::GET_USER, request).await {
        Err(error) if error.is_missing_method() => client.call(&method::GET_CURRENT_USER, Empty {}).await.map(drop),
        answer => answer.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(resources: &[&str], verbs: &[&str], conditional: bool) -> Rule {
        let own = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Rule { resources: own(resources), verbs: own(verbs), conditional }
    }

    #[test]
    fn a_right_is_a_hint_from_the_roles() {
        let mut caller = Caller { allow: vec![rule(&["role"], &["list", "read"], false)], ..Caller::default() };
        assert_eq!(caller.may("role", Verb::Read), Right::Yes);
        assert_eq!(caller.may("role", Verb::Update), Right::No);
        assert_eq!(caller.may("app_server", Verb::List), Right::Yes, "everyone has it");
        caller.deny.push(rule(&["role"], &["*"], true));
        assert_eq!(caller.may("role", Verb::Read), Right::Unknown, "a condition decides");
        caller.deny.push(rule(&["*"], &["read"], false));
        assert_eq!(caller.may("role", Verb::Read), Right::No);
        caller.unknown = Some(Error::new(Family::AccessDenied, "/x/Y", "access denied"));
        assert_eq!(caller.may("role", Verb::Read), Right::Unknown);
    }

    #[test]
    fn versions_compare_as_versions() {
        assert!(Version::parse("18.0.0-dev") > Version::parse("17.10.2"));
        assert_eq!(Version::parse("v15.4.1"), Version(15, 4, 1));
        assert_eq!(Version::parse("junk"), Version(0, 0, 0));
    }
}
