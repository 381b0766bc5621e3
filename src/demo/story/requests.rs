//! The part of the story that is told in requests: colleagues ask, and colleagues answer.
//!
//! They vote by the same rules as the visitor. What was there at the start is the visitor's: nobody answers that. No more than a
//! few are kept, so a demo that runs for days is no fuller than one that runs for minutes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::demo::cluster::Cluster;
use crate::demo::collection::Kind;
use crate::demo::reviews::with_review;
use crate::demo::seed::ADA;
use crate::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AccessReview, AccessReviewThreshold, Metadata, RequestState, ThresholdIndexSet,
    ThresholdIndexSets,
};

/// Requests that come in, one after the other: who, for what, why.
const ASKS: [(&str, &str, &str); 14] = [
    ("linus", "prod-ssh", "web-prod-03 does not answer on 443, restart nginx"),
    ("radia", "staging-access", "Load test of the new checkout, 20 minutes"),
    ("grace", "prod-readonly", "INC-4471: compare the error rate with last week"),
    ("hedy", "prod-kube", "Roll back catalog 2.31.0, images do not load"),
    ("alan", "staging-access", "Show the vendor what we see"),
    ("linus", "break-glass", "Replace the failed disk in store-3, needs root on the array"),
    ("grace", "incident-4471", "On call from now, taking over from Hedy"),
    ("radia", "prod-db-admin", "Kill the query that blocks the nightly export"),
    ("hedy", "prod-readonly", "Why did the canary of pricing go red?"),
    ("alan", "prod-readonly", "Customer says the invoice PDF is empty"),
    ("linus", "staging-access", "Certificates of staging end tomorrow"),
    ("grace", "prod-kube", "Scale payments-api to 12 before the sale starts"),
    ("radia", "prod-ssh", "Core dump on db-prod-2, copy it before the reboot"),
    ("hedy", "staging-access", "Reset the basket of the demo customer"),
];

/// What colleagues say about them.
const ANSWERS: [(&str, bool, &str); 6] = [
    ("margaret", true, "go ahead"),
    ("katherine", true, "Seen the ticket, fine"),
    ("margaret", true, "ok until noon"),
    ("margaret", false, "Please use staging for that"),
    ("barbara", true, "I am watching"),
    ("margaret", true, "yes"),
];

/// How many of the story's requests are kept, answered or not.
const KEPT: usize = 9;

/// The requests of the story, oldest first, and how far its texts have been used.
#[derive(Debug, Default)]
pub(super) struct Requests {
    asked: usize,
    answered: usize,
    kept: VecDeque<String>,
}

impl Requests {
    /// Somebody asks.
    pub(super) fn ask(&mut self, cluster: &mut Cluster) {
        let (user, role, reason) = ASKS[self.asked % ASKS.len()];
        self.asked += 1;
        let now = cluster.now();
        let after = |minutes: u64| Some((now + Duration::from_secs(60 * minutes)).into());
        let (name, approve) = if role == "break-glass" { ("two reviewers", 2) } else { ("default", 1) };
        let spec = AccessRequestSpecV3 {
            user: user.to_owned(),
            roles: vec![role.to_owned()],
            state: RequestState::Pending.into(),
            created: Some(now.into()),
            expires: after(240),
            max_duration: after(240),
            session_ttl: after(240),
            expiry: after(20 + 5 * (self.asked as u64 % 8)),
            request_reason: reason.to_owned(),
            thresholds: vec![AccessReviewThreshold { name: name.to_owned(), approve, deny: 1, ..Default::default() }],
            rtm: [(role.to_owned(), ThresholdIndexSets { s: vec![ThresholdIndexSet { i: vec![0] }] })].into(),
            suggested_reviewers: vec![ADA.to_owned(), "margaret".to_owned()],
            ..AccessRequestSpecV3::default()
        };
        let id = cluster.ids.next();
        let metadata = Some(Metadata { name: id.clone(), ..Metadata::default() });
        let (kind, version) = ("access_request".to_owned(), "v3".to_owned());
        let request = AccessRequestV3 { kind, version, metadata, ..AccessRequestV3::default() };
        drop(cluster.store_request(request, spec));
        self.kept.push_back(id);
        if self.kept.len() > KEPT {
            self.forget(cluster);
        }
    }

    /// Takes away the oldest that is answered, or else the oldest.
    fn forget(&mut self, cluster: &mut Cluster) {
        let pending = |id: &String| cluster.request(id).is_some_and(|(_, spec)| spec.state == RequestState::Pending as i32);
        let at = self.kept.iter().position(|id| !pending(id)).unwrap_or_default();
        if let Some(id) = self.kept.remove(at) {
            cluster.delete(Kind::AccessRequest, &id);
        }
    }

    /// The oldest of the story's requests that still waits gets a vote. Break-glass takes two, so it may go on waiting.
    pub(super) fn answer(&mut self, cluster: &mut Cluster) {
        let (author, yes, reason) = ANSWERS[self.answered % ANSWERS.len()];
        self.answered += 1;
        let state = if yes { RequestState::Approved } else { RequestState::Denied };
        let review = AccessReview {
            author: author.to_owned(),
            proposed_state: state.into(),
            reason: reason.to_owned(),
            created: Some(cluster.now().into()),
            ..AccessReview::default()
        };
        let waiting = self.kept.iter().filter_map(|id| cluster.request(id));
        let voted = waiting.filter_map(|(request, spec)| {
            let roles = ["reviewer".to_owned()];
            Some((request, with_review(spec, review.clone(), &roles).ok()?))
        });
        let first = voted.into_iter().next();
        if let Some((request, spec)) = first {
            drop(cluster.store_request(request, spec));
        }
    }
}
