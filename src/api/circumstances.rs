//! What is known of the cluster and of the caller, in the plain form that advice on documents takes.

use super::caller::{Caller, Rule, Version};
use crate::document::{Circumstances, Edition, Grant, Me};

impl Caller {
    /// What advice may count on; nothing before the server has said who it is.
    #[must_use]
    pub fn circumstances(&self) -> Circumstances {
        if self.server.version_text.is_empty() {
            return Circumstances::default();
        }
        let Version(major, minor, patch) = self.server.version;
        let grants = |rules: &[Rule]| {
            let grant = |rule: &Rule| Grant {
                resources: rule.resources.clone(),
                verbs: rule.verbs.clone(),
                conditional: rule.conditional,
            };
            rules.iter().map(grant).collect()
        };
        let me = Me { roles: self.roles.clone(), allow: grants(&self.allow), deny: grants(&self.deny) };
        Circumstances {
            // Votes on requests are what the Community Edition never has.
            edition: Some(if self.server.reviews { Edition::Enterprise } else { Edition::Community }),
            version: (major > 0).then_some((major, minor, patch)),
            me: self.unknown.is_none().then_some(me),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Server;

    #[test]
    fn nothing_is_claimed_before_the_server_has_answered() {
        assert_eq!(Caller::default().circumstances(), Circumstances::default());
        let server =
            Server { version: Version(18, 0, 0), version_text: "18.0.0-dev".to_owned(), reviews: false, ..Server::default() };
        let rule = Rule { resources: vec!["role".to_owned()], verbs: vec!["*".to_owned()], conditional: true };
        let caller = Caller { roles: vec!["a".to_owned()], allow: vec![rule], server, ..Caller::default() };
        let around = caller.circumstances();
        assert_eq!((around.edition, around.version), (Some(Edition::Community), Some((18, 0, 0))));
        assert!(around.me.is_some_and(|me| me.roles == ["a"] && me.allow[0].conditional));
    }
}
