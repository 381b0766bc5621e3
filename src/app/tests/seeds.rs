//! The made-up cluster of the stories.

use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;

use super::kit::{NOON, wall};
use crate::resource::Utc;
use crate::schema::types::{AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, Metadata};

/// A moment so many minutes from the beginning of the story, as YAML has it.
pub fn at(minutes: i64) -> String {
    let span = Duration::from_secs(minutes.unsigned_abs() * 60);
    let moment = if minutes < 0 { wall() - span } else { wall() + span };
    let utc = Utc::new(moment).to_string();
    format!("\"{}Z\"", utc.trim_end_matches(" UTC").replace(' ', "T"))
}

/// A request: its number, who, for which roles, in which state, how many minutes are left, and why.
pub fn request(number: u32, user: &str, roles: &[&str], state: u8, left: i64, reason: &str) -> String {
    let roles = roles.iter().flat_map(|role| ["  - ", role, "\n"]).collect::<String>();
    let (created, expires, expiry) = (at(left - 60), at(480), at(left));
    format!(
        "kind: access_request\nmetadata:\n  name: 018fa0c2-0000-4000-8000-{number:012}\nspec:\n  created: {created}\n  \
         expires: {expires}\n  expiry: {expiry}\n  request_reason: {reason:?}\n  roles:\n{roles}  state: {state}\n  user: {user}\nversion: v3\n"
    )
}

/// The name of a request by its number.
pub fn id(number: u32) -> String {
    format!("018fa0c2-0000-4000-8000-{number:012}")
}

/// A role with a revision and a login.
pub fn role(name: &str, revision: &str, login: &str) -> String {
    format!(
        "kind: role\nmetadata:\n  name: {name}\n  revision: {revision}\nspec:\n  allow:\n    logins:\n    - {login}\n    \
         node_labels:\n      env: prod\n  deny: {{}}\n  options:\n    max_session_ttl: 8h0m0s\nversion: v7\n"
    )
}

fn token(name: &str, method: &str, left: i64) -> String {
    let expires = at(left);
    let allow = if method == "iam" { "  allow:\n  - aws_account: \"123456789012\"\n" } else { "" };
    format!(
        "kind: token\nmetadata:\n  expires: {expires}\n  name: {name}\nspec:\n{allow}  join_method: {method}\n  roles:\n  - Node\nversion: v2\n"
    )
}

fn leaf(name: &str, connection: &str, heard: i64) -> String {
    let heard = at(heard);
    format!(
        "kind: remote_cluster\nmetadata:\n  name: {name}\nstatus:\n  connection: {connection}\n  last_heartbeat: {heard}\nversion: v3\n"
    )
}

/// App servers are made by their agents, never from text.
fn app(name: &str, host: &str, version: &str) -> Bytes {
    let metadata =
        Metadata { name: name.to_owned(), labels: [("env".to_owned(), "prod".to_owned())].into(), ..Metadata::default() };
    let seconds = i64::try_from(NOON + 12 * 60).unwrap();
    let expires = Some(prost_types::Timestamp { seconds, nanos: 0 });
    let spec = AppSpecV3 {
        uri: "http://localhost:3000".to_owned(),
        public_addr: format!("{name}.example.test"),
        ..AppSpecV3::default()
    };
    let app = AppV3 {
        kind: "app".to_owned(),
        version: "v3".to_owned(),
        metadata: Some(metadata),
        spec: Some(spec),
        ..AppV3::default()
    };
    let spec = AppServerSpecV3 {
        version: version.to_owned(),
        hostname: "ip-10-0-0-7".to_owned(),
        host_id: host.to_owned(),
        app: Some(app),
        ..AppServerSpecV3::default()
    };
    let metadata = Metadata { name: name.to_owned(), expires, ..Metadata::default() };
    let kind = "app_server".to_owned();
    AppServerV3 { kind, version: "v3".to_owned(), metadata: Some(metadata), spec: Some(spec), ..AppServerV3::default() }
        .encode_to_vec()
        .into()
}

/// The app servers there are.
pub fn apps() -> Vec<Bytes> {
    vec![app("grafana", "host-1", "18.0.0"), app("wiki", "host-1", "18.0.0"), app("wiki", "host-2", "16.4.1")]
}

/// Everything there is.
pub fn all() -> Vec<String> {
    vec![
        request(1, "rex", &["prod-dba"], 1, 11, "db is down, INC-4410"),
        request(2, "mia", &["prod-access", "prod-logs", "staging"], 1, 52, "deploy 4.2"),
        request(3, "rex", &["staging"], 2, 300, "weekly job"),
        request(4, "tom", &["root-everywhere"], 3, 20, "just because"),
        request(5, "ada", &["prod-dba"], 1, 35, "my own, to look"),
        role("access", "r-access", "ubuntu"),
        role("auditor", "r-auditor", "nobody"),
        role("editor", "r-editor", "root"),
        role("prod-dba", "8c1f2e77", "postgres"),
        token("9f4c2d7e11aa4b6c8d7e2f0a1b3c7f2a", "token", 38),
        token("github-ci", "iam", 90),
        leaf("leaf-eu", "offline", -23),
        leaf("leaf-us", "online", 0),
    ]
}
