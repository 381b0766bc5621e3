//! One error for every call, in Teleport's own families.
//!
//! Code branches on the family. The text is the server's and for people: it is never parsed, but for the few exact texts that
//! the server uses where a family of its own is missing.

use std::fmt;

/// Which kind of failure, as Teleport's own libraries divide them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// No such object.
    NotFound,
    /// There is one already.
    AlreadyExists,
    /// The server refused for want of rights.
    AccessDenied,
    /// The object is not at the revision we named, or is gone.
    CompareFailed,
    /// The server could not make sense of what was sent.
    BadParameter,
    /// Too much or too often, or a reply larger than the limit.
    LimitExceeded,
    /// The connection broke or never was.
    ConnectionProblem,
    /// This server has no such method.
    NotImplemented,
    /// The cluster wants a tap on a security key for this call.
    MfaRequired,
    /// The answer did not come in time: whether it was done is not known.
    NoAnswer,
    /// The read-only guard kept the call from leaving.
    ReadOnly,
    /// The reply could not be read.
    Malformed,
    /// Everything else.
    Unknown,
}

/// What was tried and what the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Which kind of failure.
    pub family: Family,
    /// The method, without its package: `UpdateRole`.
    pub method: &'static str,
    /// The server's words, or ours where it said none. Not yet made safe to show.
    pub text: String,
}

impl Error {
    /// An error of a call.
    #[must_use]
    pub fn new(family: Family, path: &'static str, text: impl Into<String>) -> Self {
        Self { family, method: path.rsplit('/').next().unwrap_or(path), text: text.into() }
    }

    /// Whether a read should be tried by an older method: only the texts that a missing method has, since the same status is
    /// also the answer of a method that exists.
    #[must_use]
    pub fn is_missing_method(&self) -> bool {
        self.family == Family::NotImplemented
            && (self.text.starts_with("unknown method ")
                || self.text.starts_with("unknown service ")
                || (self.text.starts_with("method ") && self.text.ends_with(" not implemented")))
    }

    /// Whether a smaller page would do. The same family says that we ask too often; asking twice as often would not help.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        let too_often = matches!(self.text.as_str(), "rate limit exceeded" | "connection limit exceeded");
        self.family == Family::LimitExceeded && !too_often
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::resource::clean(&self.text))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_method_calls_for_an_older_one() {
        let says = |text: &str| Error::new(Family::NotImplemented, "/proto.AuthService/ListRoles", text).is_missing_method();
        assert!(says("unknown method ListRoles for service proto.AuthService"));
        assert!(says("unknown service teleport.presence.v1.PresenceService"));
        assert!(says("method GetCurrentUser not implemented"));
        assert!(!says("cloud tenants cannot be leaf clusters"));
        assert!(!says("sorting by field \"x\" is not supported"));
    }
}
