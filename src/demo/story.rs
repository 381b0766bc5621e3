//! Small things that happen, so that a visitor sees a living cluster: never boring, never chaotic, and for as long as they like
//! without anything piling up.
//!
//! A second is a step. What happens repeats in cycles of different lengths, so that two minutes never look alike, and everything
//! that begins is taken back: agents return, requests go, roles toggle. Colleagues act through the same rules as the visitor.
//! The visitor's own choices are left alone: nobody answers the requests that were there at the start.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use prost_reflect::Value;

use super::caller::glob;
use super::cluster::Cluster;
use super::collection::Kind;
use super::reviews::with_review;
use super::session::moment;
use crate::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AccessReview, AccessReviewThreshold, AppServerV3, Metadata, ProvisionTokenSpecV2,
    ProvisionTokenV2, RemoteClusterV3, RequestState, ThresholdIndexSet, ThresholdIndexSets,
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

/// Roles that colleagues keep tuning, with the two session lengths between which they cannot decide.
const TUNED: [(&str, i64, i64); 3] = [("prod-readonly", 6, 8), ("incident-4471", 2, 4), ("staging-access", 12, 24)];

const HOUR: i64 = 3600 * 1_000_000_000;
const ANNOUNCED_FOR: Duration = Duration::from_secs(10 * 60);
const RENEWED_BEFORE: Duration = Duration::from_secs(6 * 60);
/// How many of the story's requests are kept, answered or not.
const KEPT: usize = 9;

/// Where the story is.
#[derive(Debug, Default)]
pub(super) struct Story {
    second: u64,
    /// App servers as seeded, by which agents return.
    roster: Vec<(String, Bytes)>,
    /// Hosts that do not announce themselves any more; their app servers end by themselves.
    silent: Vec<String>,
    asked: usize,
    answered: usize,
    tuned: usize,
    requests: VecDeque<String>,
}

impl Story {
    /// One second more.
    pub(super) fn go_on(&mut self, cluster: &mut Cluster) {
        if self.second == 0 {
            self.begin(cluster);
        }
        self.second += 1;
        let now = self.second;
        let at = |every: u64, second: u64| now % every == second;
        self.announce(cluster);
        if at(20, 6) {
            self.ask(cluster);
        }
        if at(45, 17) {
            self.answer(cluster);
        }
        if at(120, 35) {
            self.stop_an_agent(cluster);
        }
        if at(120, 80) {
            self.bring_back(cluster);
        }
        if at(90, 50) {
            self.tune_a_role(cluster);
        }
        if at(150, 100) {
            make_a_token(cluster);
        }
        if at(40, 0) {
            hear_from_leaves(cluster, None);
        }
        if at(240, 70) || at(240, 190) {
            hear_from_leaves(cluster, Some(("depot-lisbon", at(240, 70))));
        }
    }

    fn begin(&mut self, cluster: &Cluster) {
        self.roster = cluster.of(Kind::AppServer).stored().map(|(key, bytes)| (key.clone(), bytes.clone())).collect();
        // Whoever has less time left than a renewal leaves has already missed one.
        let late = cluster.now() + Duration::from_secs(4 * 60);
        let quiet = self.roster.iter().filter(|(_, bytes)| expires(bytes).is_some_and(|end| end < late));
        self.silent = quiet.map(|(key, _)| host(key).to_owned()).collect();
    }

    /// Agents renew what they announced, each in its own time.
    fn announce(&self, cluster: &mut Cluster) {
        let soon = cluster.now() + RENEWED_BEFORE;
        let living = |key: &str| !self.silent.iter().any(|quiet| quiet == host(key));
        let due: Vec<Bytes> = cluster
            .of(Kind::AppServer)
            .stored()
            .filter(|(key, bytes)| living(key) && expires(bytes).is_some_and(|end| end < soon))
            .map(|(_, bytes)| bytes.clone())
            .collect();
        for server in due {
            announced(cluster, &server);
        }
    }

    /// An agent that is stopped properly takes its app servers along at once.
    fn stop_an_agent(&self, cluster: &mut Cluster) {
        let choice = cluster.ids.below(self.roster.len());
        let Some(gone) = self.roster.get(choice).map(|(key, _)| host(key)) else { return };
        for (key, _) in self.roster.iter().filter(|(key, _)| host(key) == gone) {
            cluster.delete(Kind::AppServer, key);
        }
    }

    fn bring_back(&mut self, cluster: &mut Cluster) {
        for (key, bytes) in &self.roster {
            if cluster.get(Kind::AppServer, key).is_none() {
                self.silent.retain(|quiet| quiet != host(key));
                announced(cluster, bytes);
            }
        }
    }

    fn ask(&mut self, cluster: &mut Cluster) {
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
            suggested_reviewers: vec![super::seed::ADA.to_owned(), "margaret".to_owned()],
            ..AccessRequestSpecV3::default()
        };
        let id = cluster.ids.next();
        let metadata = Some(Metadata { name: id.clone(), ..Metadata::default() });
        let (kind, version) = ("access_request".to_owned(), "v3".to_owned());
        let request = AccessRequestV3 { kind, version, metadata, ..AccessRequestV3::default() };
        drop(cluster.store_request(request, spec));
        self.requests.push_back(id);
        if self.requests.len() > KEPT {
            let oldest = self.requests.pop_front();
            oldest.into_iter().for_each(|id| drop(cluster.delete(Kind::AccessRequest, &id).then_some(id)));
        }
    }

    /// The oldest of the story's requests that still waits gets a vote. Break-glass takes two, so it may go on waiting.
    fn answer(&mut self, cluster: &mut Cluster) {
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
        let waiting = self.requests.iter().filter_map(|id| cluster.request(id));
        let voted = waiting.filter_map(|(request, spec)| {
            let roles = ["reviewer".to_owned()];
            Some((request, with_review(spec, review.clone(), &roles).ok()?))
        });
        let first = voted.into_iter().next();
        if let Some((request, spec)) = first {
            drop(cluster.store_request(request, spec));
        }
    }

    fn tune_a_role(&mut self, cluster: &mut Cluster) {
        let (name, short, long) = TUNED[self.tuned % TUNED.len()];
        self.tuned += 1;
        let Some(mut role) = cluster.get(Kind::Role, name).and_then(|bytes| Kind::Role.open(bytes)) else { return };
        let spec = role.get_field_by_name_mut("spec").and_then(Value::as_message_mut);
        let options = spec.and_then(|spec| spec.get_field_by_name_mut("options")).and_then(Value::as_message_mut);
        if let Some(options) = options {
            let is_short = options.get_field_by_name("max_session_ttl").is_some_and(|ttl| ttl.as_i64() == Some(short * HOUR));
            options.set_field_by_name("max_session_ttl", Value::I64(if is_short { long } else { short } * HOUR));
        }
        drop(cluster.put(Kind::Role, role.encode_to_vec().into()));
    }
}

/// Somebody sets up a machine: a token that lives three minutes.
fn make_a_token(cluster: &mut Cluster) {
    let token = ProvisionTokenV2 {
        kind: "token".to_owned(),
        version: "v2".to_owned(),
        metadata: Some(Metadata {
            name: cluster.ids.next().replace('-', ""),
            expires: Some((cluster.now() + Duration::from_secs(180)).into()),
            ..Metadata::default()
        }),
        spec: Some(ProvisionTokenSpecV2 {
            roles: vec!["Node".to_owned()],
            join_method: "token".to_owned(),
            ..ProvisionTokenSpecV2::default()
        }),
        ..ProvisionTokenV2::default()
    };
    drop(cluster.put(Kind::Token, token.encode_to_vec().into()));
}

/// The root notes when it last heard from its leaves; one of them loses and finds its connection.
fn hear_from_leaves(cluster: &mut Cluster, turned: Option<(&str, bool)>) {
    let leaves: Vec<Bytes> = cluster.of(Kind::RemoteCluster).stored().map(|(_, bytes)| bytes.clone()).collect();
    for mut leaf in leaves.into_iter().filter_map(|bytes| RemoteClusterV3::decode(bytes).ok()) {
        let name = leaf.metadata.as_ref().map(|metadata| metadata.name.clone()).unwrap_or_default();
        let status = leaf.status.get_or_insert_default();
        let turn = turned.filter(|(wanted, _)| glob(wanted, &name)).map(|(_, online)| online);
        if let Some(online) = turn {
            status.connection = if online { "online" } else { "offline" }.to_owned();
        }
        if status.connection == "online" && (turned.is_none() || turn.is_some()) {
            status.last_heartbeat = Some(cluster.now().into());
        } else if turn.is_none() {
            continue;
        }
        drop(cluster.put(Kind::RemoteCluster, leaf.encode_to_vec().into()));
    }
}

fn announced(cluster: &mut Cluster, server: &Bytes) {
    let Ok(mut server) = AppServerV3::decode(server.clone()) else { return };
    server.metadata.get_or_insert_default().expires = Some((cluster.now() + ANNOUNCED_FOR).into());
    drop(cluster.put(Kind::AppServer, server.encode_to_vec().into()));
}

fn expires(server: &Bytes) -> Option<std::time::SystemTime> {
    moment(super::collection::header(server)?.metadata?.expires.as_ref())
}

fn host(key: &str) -> &str {
    key.split_once('/').map_or(key, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::demo::fault::Faults;
    use crate::demo::{Clock, Options};

    /// Lets a cluster live for some seconds and tells, for each, what it has of every kind.
    fn lived(seconds: u64) -> Vec<[usize; Kind::ALL.len()]> {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
        let options = Options { now: Clock::Frozen(start), ..Options::default() };
        let mut cluster = Cluster::new(options, Faults::default()).expect("the seeds are good");
        let mut story = Story::default();
        let step = |second| {
            cluster.options.now = Clock::Frozen(start + Duration::from_secs(second));
            cluster.expire();
            story.go_on(&mut cluster);
            Kind::ALL.map(|kind| cluster.of(kind).stored().count())
        };
        (0..seconds).map(step).collect()
    }

    #[test]
    fn the_first_request_comes_in_after_six_seconds() {
        let counts = lived(30);
        let requests = Kind::AccessRequest as usize;
        assert_eq!(counts[4][requests], counts[0][requests]);
        assert_eq!(counts[5][requests], counts[0][requests] + 1);
        assert_eq!(counts[25][requests], counts[0][requests] + 2);
    }

    #[test]
    fn agents_go_and_come_back_and_nothing_piles_up() {
        let counts = lived(5400);
        let of = |kind: Kind| counts.iter().map(move |count| count[kind as usize]);
        let all = counts[0][Kind::AppServer as usize];
        assert_eq!(of(Kind::AppServer).max(), Some(all));
        assert!(of(Kind::AppServer).min().is_some_and(|least| least < all && least > all / 2));
        assert!(counts.iter().rev().take(240).any(|count| count[Kind::AppServer as usize] == all), "they come back");
        assert!(of(Kind::AccessRequest).max().is_some_and(|most| most < 30));
        assert!(of(Kind::Token).max().is_some_and(|most| most < 15));
        assert!(of(Kind::Role).all(|roles| roles + 1 >= counts[0][Kind::Role as usize]), "one role has an end");
    }
}
