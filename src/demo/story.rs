//! Small things that happen, so that a visitor sees a living cluster: never boring, never chaotic, and for as long as they like
//! without anything piling up.
//!
//! A second is a step. What happens repeats in cycles of different lengths, so that two minutes never look alike, and everything
//! that begins is taken back: agents return, requests go, roles toggle. Colleagues act through the same rules as the visitor.

mod requests;

use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use prost_reflect::Value;

use self::requests::Requests;
use super::cluster::Cluster;
use super::collection::Kind;
use super::session::moment;
use crate::schema::types::{AppServerV3, Metadata, ProvisionTokenSpecV2, ProvisionTokenV2, RemoteClusterV3};

/// Roles that colleagues keep tuning, with the two session lengths between which they cannot decide.
const TUNED: [(&str, i64, i64); 3] = [("prod-readonly", 6, 8), ("incident-4471", 2, 4), ("staging-access", 12, 24)];

const HOUR: i64 = 3600 * 1_000_000_000;
const ANNOUNCED_FOR: Duration = Duration::from_mins(10);
const RENEWED_BEFORE: Duration = Duration::from_mins(6);

/// Where the story is.
#[derive(Debug, Default)]
pub(super) struct Story {
    second: u64,
    /// App servers as seeded, by which agents return.
    roster: Vec<(String, Bytes)>,
    /// Hosts that do not announce themselves any more; their app servers end by themselves.
    silent: Vec<String>,
    tuned: usize,
    requests: Requests,
    /// Only heartbeats: nothing may move but what keeps the cluster as it is.
    still: bool,
}

impl Story {
    /// A story from its beginning; a `still` one keeps the agents alive and tells nothing.
    pub(super) fn new(still: bool) -> Self {
        Self { still, ..Self::default() }
    }

    /// One second more.
    pub(super) fn go_on(&mut self, cluster: &mut Cluster) {
        if self.second == 0 {
            self.begin(cluster);
        }
        self.second += 1;
        let now = self.second;
        let at = |every: u64, second: u64| now % every == second;
        self.announce(cluster);
        if self.still {
            return;
        }
        if at(20, 6) {
            self.requests.ask(cluster);
        }
        if at(45, 17) {
            self.requests.answer(cluster);
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
        let late = cluster.now() + Duration::from_mins(4);
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
            expires: Some((cluster.now() + Duration::from_mins(3)).into()),
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
        let turn = turned.filter(|(wanted, _)| *wanted == name).map(|(_, online)| online);
        if let Some(online) = turn {
            status.connection = String::from(if online { "online" } else { "offline" });
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
