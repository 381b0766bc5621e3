//! A cluster of any size, of which nothing is kept: every object is made from its index when somebody asks for it.
//!
//! So a hundred thousand app servers cost the demo no memory, and a measurement of the program measures the program. Names and
//! labels are of the kind that people have; the same index always gives the same object. Every name ends in its index, by which
//! it is found again.

mod shares;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prost::Message;

use self::shares::{leaf, leaf_name, request, request_name, role, role_name, token, token_name};
use super::SERVER_VERSION;
use super::collection::{Kind, Made, Times};
use super::ids::{mix, uuid};
use crate::schema::types::{AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, CommandLabelV2, Metadata, Rotation};

const SERVICES: [&str; 16] = [
    "billing",
    "ledger",
    "checkout",
    "catalog",
    "search",
    "pricing",
    "shipping",
    "returns",
    "identity",
    "notify",
    "reports",
    "warehouse",
    "loyalty",
    "fraud",
    "media",
    "payroll",
];
const PARTS: [&str; 6] = ["api", "web", "admin", "worker", "metrics", "console"];
const ENVS: [&str; 4] = ["prod", "staging", "dev", "qa"];
const REGIONS: [&str; 5] = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2"];
const TEAMS: [&str; 7] = ["payments", "platform", "storefront", "data", "logistics", "security", "people"];
const PEOPLE: [&str; 8] = ["alice", "bjorn", "chiara", "dmitri", "esther", "farid", "gwen", "haruto"];
const VERSIONS: [&str; 8] =
    [SERVER_VERSION, SERVER_VERSION, SERVER_VERSION, SERVER_VERSION, "18.4.2", "18.4.2", "17.7.8", "16.5.13"];

/// Apps one agent serves.
const APPS_PER_AGENT: u32 = 3;
/// What identifiers of made-up objects are drawn from.
const SEED: u64 = 0x5ca1e;

/// The rule for a kind at a scale; a count of 0 makes none.
pub(super) fn made(kind: Kind, scale: u32, start: SystemTime) -> Made {
    match kind {
        Kind::AppServer => Made { count: scale, key: app_server_key, bytes: app_server, start },
        Kind::Role => Made { count: scale / 5, key: role_name, bytes: role, start },
        Kind::AccessRequest => Made { count: scale / 20, key: request_name, bytes: request, start },
        Kind::Token => Made { count: scale / 20, key: token_name, bytes: token, start },
        Kind::RemoteCluster => Made { count: scale / 100, key: leaf_name, bytes: leaf, start },
        Kind::App | Kind::User => Made { count: 0, key: role_name, bytes: role, start },
    }
}

/// `HOST/NAME` of a made-up app server.
pub(super) fn app_server_key(index: u32) -> String {
    format!("{}/{}", host_id(index), app_name(index))
}

/// The key of the made-up app server with this name, if it is one.
pub(super) fn app_server_named(name: &str) -> Option<String> {
    let index = name.rsplit('-').next()?.parse().ok()?;
    (app_name(index) == name).then(|| app_server_key(index))
}

fn app_name(index: u32) -> String {
    format!("{}-{}-{}-{index}", pick(&SERVICES, index, 1), pick(&PARTS, index, 2), env(index))
}

fn host_id(index: u32) -> String {
    uuid(SEED, u64::from(index / APPS_PER_AGENT))
}

fn app_server(index: u32, times: Times) -> Bytes {
    announced(index, times).encode_to_vec().into()
}

/// A made-up app server as its agent's next heartbeat tells it: without a revision, unlike in a list. At a thousand of these a
/// second, reading what was just written to take the revision out again would cost more than all the rest.
pub(super) fn heartbeat(index: u32, times: Times) -> Bytes {
    let mut server = announced(index, times);
    if let Some(metadata) = &mut server.metadata {
        metadata.revision.clear();
    }
    server.encode_to_vec().into()
}

fn announced(index: u32, times: Times) -> AppServerV3 {
    let name = app_name(index);
    let (region, agent) = (pick(&REGIONS, index / APPS_PER_AGENT, 3), index / APPS_PER_AGENT);
    let (service, team) = (pick(&SERVICES, index, 1), pick(&TEAMS, index, 4));
    let labels = [
        ("env", env(index)),
        ("team", team),
        ("region", region),
        ("service", service),
        ("tier", ["critical", "standard", "batch"][(index % 3) as usize]),
        ("owner", &format!("{team}@northwind.example")),
    ];
    let described = format!(
        "{service}, {} part, run by {team} in {region}. Runbook: https://wiki.northwind.example/run/{name}",
        pick(&PARTS, index, 2)
    );
    // What runs is told by a label that the agent asks a command for; each deployment changes it.
    let build = u64::from(index) ^ u64::from(times.deployed) << 32;
    let commit = CommandLabelV2 {
        period: 3_600_000_000_000,
        command: ["/usr/bin/git", "-C", "/srv/app", "rev-parse", "HEAD"].map(str::to_owned).to_vec(),
        result: format!("{:016x}{:016x}{:08x}", mix(build), mix(build + 1), index),
    };
    let app = AppV3 {
        kind: "app".to_owned(),
        version: "v3".to_owned(),
        metadata: Some(Metadata { description: described, labels: pairs(&labels), ..metadata(&name, index) }),
        spec: Some(AppSpecV3 {
            uri: format!("http://{service}.{}.svc.cluster.local:{}", env(index), 8000 + index % 90),
            public_addr: format!("{name}.apps.northwind.example"),
            dynamic_labels: [("commit".to_owned(), commit)].into(),
            ..AppSpecV3::default()
        }),
        ..AppV3::default()
    };
    // Agents announce themselves every few minutes, each at its own time; nothing is ever far from its next one.
    let expires = times.now + Duration::from_secs(600 - u64::from(index % 240));
    AppServerV3 {
        kind: "app_server".to_owned(),
        version: "v3".to_owned(),
        metadata: Some(Metadata { expires: Some(expires.into()), ..metadata(&name, index) }),
        spec: Some(AppServerSpecV3 {
            version: pick(&VERSIONS, agent, 5).to_owned(),
            hostname: format!("ip-10-{}-{}-{}.{region}.compute.internal", agent / 65_536 % 256, agent / 256 % 256, agent % 256),
            host_id: host_id(index),
            rotation: Some(Rotation::default()),
            app: Some(app),
            proxy_ids: vec![uuid(SEED, 1 << 40), uuid(SEED, 1 << 41)],
            ..AppServerSpecV3::default()
        }),
        ..AppServerV3::default()
    }
}

fn metadata(name: &str, index: u32) -> Metadata {
    Metadata {
        name: name.to_owned(),
        namespace: "default".to_owned(),
        revision: uuid(SEED ^ 0xface, u64::from(index)),
        ..Metadata::default()
    }
}

fn env(index: u32) -> &'static str {
    pick(&ENVS, index, 9)
}

/// A choice that looks like chance and is none. `which` keeps the choices for one index apart.
fn pick<const N: usize>(from: &[&'static str; N], index: u32, which: u64) -> &'static str {
    let chance = mix(u64::from(index) ^ (which << 40));
    from[usize::try_from(chance % N as u64).unwrap_or_default()]
}

fn pairs(labels: &[(&str, &str)]) -> std::collections::HashMap<String, String> {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::collection::Collection;

    #[test]
    fn everything_is_found_again_by_its_name() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_007);
        for kind in Kind::ALL {
            let made = made(kind, 2000, now);
            let collection = Collection::default().with_made(made);
            let all: Vec<_> = collection.all(now).collect();
            assert_eq!(all.len(), made.count as usize);
            for (key, bytes) in all {
                assert_eq!(kind.key(&bytes), Some(key.clone()));
                // Maps have no order on the wire, so two encodings of one object may differ.
                assert_eq!(collection.get(&key, now).and_then(|again| kind.open(again)), kind.open(bytes), "{key}");
            }
        }
    }

    #[test]
    fn an_app_server_weighs_what_real_ones_do() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_007);
        let times = Times { start, now: start, deployed: 0 };
        let sizes: Vec<usize> = (0..500).map(|index| app_server(index, times).len()).collect();
        let average = sizes.iter().sum::<usize>() / sizes.len();
        assert!((700..1300).contains(&average), "{average}");
        let key = app_server_key(77);
        assert_eq!(app_server_named(key.rsplit('/').next().expect("a name")), Some(key));
        assert_eq!(app_server_named("grafana-7"), None);
    }

    #[test]
    fn a_heartbeat_is_what_the_list_has_but_for_the_revision() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_007);
        let times = Times { start, now: start, deployed: 3 };
        let (listed, beat) = (announced(7, times), heartbeat(7, times));
        let mut told = AppServerV3::decode(beat).expect("an app server");
        assert_ne!(told, listed);
        told.metadata.as_mut().expect("metadata").revision = listed.metadata.clone().expect("metadata").revision;
        assert_eq!(told, listed);
        assert_ne!(announced(7, Times { deployed: 4, ..times }).spec, listed.spec, "a deployment can be seen");
    }
}
