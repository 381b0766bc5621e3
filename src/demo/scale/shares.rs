//! What comes along with a number of app servers: roles, requests, tokens and leaves, in the proportions of real clusters.

use std::time::Duration;

use bytes::Bytes;
use prost::Message;

use super::{PEOPLE, REGIONS, SEED, SERVICES, TEAMS, env, metadata, pairs, pick};
use crate::demo::collection::Times;
use crate::demo::defaults;
use crate::demo::ids::mix;
use crate::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AccessReviewThreshold, Metadata, ProvisionTokenSpecV2, ProvisionTokenV2,
    RemoteClusterStatusV3, RemoteClusterV3, RequestState, RoleConditions, RoleSpecV6, RoleV6, Rule, ThresholdIndexSet,
    ThresholdIndexSets,
};
use crate::schema::wrappers::{LabelValues, StringValues};

pub(super) fn role_name(index: u32) -> String {
    let team = pick(&TEAMS, index, 1);
    format!("{team}-{}-{}-{index}", pick(&["viewer", "operator", "deployer", "oncall", "dba"], index, 2), env(index))
}

pub(super) fn role(index: u32, _: Times) -> Bytes {
    let labels = selector(&[("env", env(index)), ("team", pick(&TEAMS, index, 1))]);
    let reads = Rule {
        resources: vec!["event".to_owned(), "session".to_owned()],
        verbs: vec!["list".to_owned(), "read".to_owned()],
        ..Rule::default()
    };
    let login = if index.is_multiple_of(37) { "root" } else { pick(&["ubuntu", "deploy", "{{internal.logins}}"], index, 3) };
    let role = RoleV6 {
        kind: "role".to_owned(),
        version: pick(&["v8", "v8", "v7", "v6", "v5"], index, 4).to_owned(),
        metadata: Some(metadata(&role_name(index), index)),
        spec: Some(RoleSpecV6 {
            allow: Some(RoleConditions {
                logins: vec![login.to_owned()],
                node_labels: Some(labels.clone()),
                app_labels: Some(labels),
                rules: if index.is_multiple_of(3) { vec![reads] } else { Vec::new() },
                ..RoleConditions::default()
            }),
            ..RoleSpecV6::default()
        }),
        ..RoleV6::default()
    };
    // The server never hands out a role without its defaults.
    let plain: Bytes = role.encode_to_vec().into();
    defaults::complete(plain.clone()).unwrap_or(plain)
}

/// The shape the server gives to identifiers of requests, with the index where it can be read.
pub(super) fn request_name(index: u32) -> String {
    let mixed = mix(u64::from(index) ^ SEED);
    format!(
        "019a{:04x}-{:04x}-7{:03x}-8{:03x}-{index:012}",
        mixed >> 48,
        mixed >> 32 & 0xffff,
        mixed >> 16 & 0xfff,
        mixed & 0xfff
    )
}

pub(super) fn request(index: u32, times: Times) -> Bytes {
    let wanted = format!("{}-oncall-{}", pick(&TEAMS, index, 1), env(index));
    let state =
        [RequestState::Pending, RequestState::Pending, RequestState::Approved, RequestState::Denied][index as usize % 4];
    let minutes = |count: u32| Duration::from_secs(60 * u64::from(count));
    let threshold = AccessReviewThreshold { name: "default".to_owned(), approve: 1 + index % 2, deny: 1, ..Default::default() };
    let request = AccessRequestV3 {
        kind: "access_request".to_owned(),
        version: "v3".to_owned(),
        metadata: Some(metadata(&request_name(index), index)),
        spec: Some(AccessRequestSpecV3 {
            user: pick(&PEOPLE, index, 2).to_owned(),
            rtm: [(wanted.clone(), ThresholdIndexSets { s: vec![ThresholdIndexSet { i: vec![0] }] })].into(),
            roles: vec![wanted],
            state: state.into(),
            created: Some((times.start - minutes(index % 55)).into()),
            expires: Some((times.start + minutes(240 + index % 480)).into()),
            expiry: Some((times.start + minutes(65 + index % 600)).into()),
            request_reason: format!("NW-{}: {} on {}", 1000 + index, pick(&SERVICES, index, 3), env(index)),
            thresholds: vec![threshold],
            ..AccessRequestSpecV3::default()
        }),
        ..AccessRequestV3::default()
    };
    request.encode_to_vec().into()
}

pub(super) fn token_name(index: u32) -> String {
    match index % 3 {
        0 => format!("{:016x}-{index}", mix(u64::from(index))),
        _ => format!("{}-{}-{index}", pick(&SERVICES, index, 1), env(index)),
    }
}

pub(super) fn token(index: u32, times: Times) -> Bytes {
    let ends = index.is_multiple_of(3).then(|| times.start + Duration::from_secs(3600 + 60 * u64::from(index % 900)));
    let token = ProvisionTokenV2 {
        kind: "token".to_owned(),
        version: "v2".to_owned(),
        metadata: Some(Metadata { expires: ends.map(Into::into), ..metadata(&token_name(index), index) }),
        spec: Some(ProvisionTokenSpecV2 {
            roles: vec![pick(&["Node", "App", "Kube", "Db"], index, 2).to_owned()],
            join_method: ["token", "iam", "kubernetes"][index as usize % 3].to_owned(),
            ..ProvisionTokenSpecV2::default()
        }),
        ..ProvisionTokenV2::default()
    };
    token.encode_to_vec().into()
}

pub(super) fn leaf_name(index: u32) -> String {
    format!(
        "{}-{}-{index}",
        pick(&["store", "depot", "plant", "edge"], index, 1),
        pick(&["oslo", "porto", "lyon", "gdansk", "cork"], index, 2)
    )
}

pub(super) fn leaf(index: u32, times: Times) -> Bytes {
    let offline = index % 9 == 4;
    let leaf = RemoteClusterV3 {
        kind: "remote_cluster".to_owned(),
        version: "v3".to_owned(),
        metadata: Some(Metadata {
            labels: pairs(&[("env", env(index)), ("region", pick(&REGIONS, index, 3))]),
            ..metadata(&leaf_name(index), index)
        }),
        status: Some(RemoteClusterStatusV3 {
            connection: if offline { "offline" } else { "online" }.to_owned(),
            last_heartbeat: Some(
                (times.start - Duration::from_secs(if offline { 4200 } else { u64::from(index % 40) })).into(),
            ),
        }),
        ..RemoteClusterV3::default()
    };
    leaf.encode_to_vec().into()
}

fn selector(labels: &[(&str, &str)]) -> LabelValues {
    let one = |value: &str| StringValues { values: vec![value.to_owned()] };
    LabelValues { values: labels.iter().map(|(key, value)| ((*key).to_owned(), one(value))).collect() }
}
