//! The read-only guard: no call that writes leaves this program while it is on.
//!
//! It stands where calls are sent and knows them by an allow-list, so a method that somebody adds later is a write until it is
//! listed here. `--read-only` shuts it for good; the key only opens what a key has shut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{Error, Family};
use crate::schema::method;

const READS: [&str; 24] = [
    method::PING.path,
    method::GET_USER.path,
    method::GET_CURRENT_USER.path,
    method::GET_ACCESS_CAPABILITIES.path,
    method::GET_ROLE.path,
    method::LIST_ROLES.path,
    method::GET_ROLES.path,
    method::GET_TOKEN.path,
    method::GET_TOKENS.path,
    method::LIST_PROVISION_TOKENS.path,
    method::LIST_ACCESS_REQUESTS.path,
    method::GET_REMOTE_CLUSTER.path,
    method::LIST_REMOTE_CLUSTERS.path,
    method::GET_TRUSTED_CLUSTER.path,
    method::GET_TRUSTED_CLUSTERS.path,
    method::LIST_TRUSTED_CLUSTERS.path,
    method::LIST_RESOURCES.path,
    method::GET_APPLICATION_SERVERS.path,
    method::GET_APPS.path,
    method::GET_APP.path,
    method::CREATE_AUTHENTICATE_CHALLENGE.path,
    method::GET_CURRENT_USER_ROLES.path,
    method::GET_ACCESS_REQUESTS_V2.path,
    method::WATCH_EVENTS.path,
];

/// Whether calls that write may leave.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    shut: Arc<AtomicBool>,
    for_good: Arc<AtomicBool>,
}

impl Guard {
    /// Shut for good by `--read-only` or the configuration, or open.
    #[must_use]
    pub fn new(read_only: bool) -> Self {
        Self { shut: Arc::new(AtomicBool::new(read_only)), for_good: Arc::new(AtomicBool::new(read_only)) }
    }

    /// Shuts or opens it. Opening what was shut for good changes nothing.
    pub fn shut(&self, shut: bool) {
        self.shut.store(shut || self.is_for_good(), Ordering::Relaxed);
    }

    /// Shuts it for good: the cluster that was reached is one the configuration closes.
    pub fn shut_for_good(&self) {
        self.for_good.store(true, Ordering::Relaxed);
        self.shut.store(true, Ordering::Relaxed);
    }

    /// Whether it is shut now.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        self.shut.load(Ordering::Relaxed) || self.is_for_good()
    }

    /// Whether no key can open it.
    #[must_use]
    pub fn is_for_good(&self) -> bool {
        self.for_good.load(Ordering::Relaxed)
    }

    /// Lets a call pass, or says why not.
    pub(super) fn check(&self, path: &'static str) -> Result<(), Error> {
        if self.is_shut() && !READS.contains(&path) {
            let how = if self.is_for_good() { "start without --read-only to write" } else { "press ! to lift it" };
            return Err(Error::new(Family::ReadOnly, path, format!("read-only: nothing was sent; {how}")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_write_passes_a_shut_guard() {
        let writes = [
            method::CREATE_ROLE.path,
            method::UPDATE_ROLE.path,
            method::UPSERT_ROLE_V2.path,
            method::UPSERT_ROLE.path,
            method::DELETE_ROLE.path,
            method::CREATE_TOKEN_V2.path,
            method::UPSERT_TOKEN_V2.path,
            method::UPSERT_TOKEN.path,
            method::DELETE_TOKEN.path,
            method::CREATE_ACCESS_REQUEST_V2.path,
            method::SET_ACCESS_REQUEST_STATE.path,
            method::SUBMIT_ACCESS_REVIEW.path,
            method::DELETE_ACCESS_REQUEST.path,
            method::UPDATE_REMOTE_CLUSTER.path,
            method::DELETE_REMOTE_CLUSTER.path,
            method::DELETE_APPLICATION_SERVER.path,
            method::CREATE_APP.path,
            method::UPDATE_APP.path,
            method::DELETE_APP.path,
        ];
        let guard = Guard::new(true);
        for path in writes {
            assert_eq!(guard.check(path).map_err(|error| error.family), Err(Family::ReadOnly), "{path}");
        }
    }

    #[test]
    fn only_reads_pass_a_shut_guard() {
        let guard = Guard::new(true);
        assert!(guard.check(method::LIST_ROLES.path).is_ok());
        assert_eq!(guard.check(method::UPDATE_ROLE.path).map_err(|error| error.family), Err(Family::ReadOnly));
        guard.shut(false);
        assert!(guard.is_shut(), "--read-only is for good");

        let guard = Guard::new(false);
        assert!(guard.check(method::DELETE_ROLE.path).is_ok());
        guard.clone().shut(true);
        assert!(guard.check(method::DELETE_ROLE.path).is_err(), "clones share the guard");
        guard.clone().shut_for_good();
        guard.shut(false);
        assert!(guard.is_shut(), "what the configuration closes is for good");
    }
}
