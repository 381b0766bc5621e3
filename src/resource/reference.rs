//! Which resource: kind, name, and the host where one name lives on several.
//!
//! A cursor, a sheet and an effect hold a `Reference`, never a row number, so nothing that moves can redirect them. A name that
//! is itself a secret prints masked.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::clean::clean;
use super::secret::mask;
use super::text::Text;

/// The identity of one resource. Whether its name prints masked is no part of the identity: the header that tells of a
/// deletion does not say it.
#[derive(Clone)]
pub struct Reference {
    kind: &'static str,
    name: Text,
    host: Option<Arc<str>>,
    secret: bool,
}

impl Reference {
    /// A resource that its kind and name identify.
    #[must_use]
    pub fn new(kind: &'static str, name: impl Into<Text>) -> Self {
        Self { kind, name: name.into(), host: None, secret: false }
    }

    /// One of several of the same name, told apart by the ID of the host it runs on.
    #[must_use]
    pub fn on_host(mut self, host: impl Into<Arc<str>>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The name is the key itself: print it masked.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The server's word for the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The name as the wire wants it. For a person, use `Display`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host ID, for kinds that have one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The same, as many references share it.
    #[must_use]
    pub fn shared_host(&self) -> Option<&Arc<str>> {
        self.host.as_ref()
    }

    /// What two references of one resource have in common.
    #[must_use]
    pub fn identity(&self) -> (&'static str, &str, Option<&str>) {
        (self.kind, &self.name, self.host.as_deref())
    }

    /// Whether the name is the key itself.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The name as it may be shown: masked if secret, hidden characters visible.
    #[must_use]
    pub fn label(&self) -> String {
        if self.secret { mask(&self.name) } else { clean(&self.name).into_owned() }
    }
}

impl PartialEq for Reference {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Reference {}

impl Hash for Reference {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialOrd for Reference {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reference {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "{}/{}/{}", self.kind, clean(host), self.label()),
            None => write!(f, "{}/{}", self.kind, self.label()),
        }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_print_masked() {
        let token = Reference::new("token", "0123456789abcdef").secret();
        assert_eq!(token.to_string(), "token/************cdef");
        assert_eq!(format!("{token:?}"), "token/************cdef");
        assert_eq!(token.name(), "0123456789abcdef");
    }

    #[test]
    fn a_mask_is_no_part_of_the_identity() {
        assert_eq!(Reference::new("token", "a").secret(), Reference::new("token", "a"));
    }

    #[test]
    fn hosts_tell_replicas_apart() {
        let one = Reference::new("app_server", "wiki").on_host("a");
        assert_ne!(one, Reference::new("app_server", "wiki").on_host("b"));
        assert_eq!(one.to_string(), "app_server/a/wiki");
    }
}
