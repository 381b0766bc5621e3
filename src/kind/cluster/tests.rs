//! Both halves built by hand: how a leaf is, what a refusal hides, and what no page may tell.

use std::time::{Duration, UNIX_EPOCH};

use prost::Message as _;

use super::*;
use crate::schema::types::RemoteClusterStatusV3;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000)
}

fn remote(connection: &str, heartbeat: Option<SystemTime>) -> Item {
    let last_heartbeat = heartbeat.map(wire::stamp);
    let status = RemoteClusterStatusV3 { connection: connection.to_owned(), last_heartbeat };
    let message = RemoteClusterV3 { status: Some(status), ..RemoteClusterV3::default() };
    item(REMOTE, &message.encode_to_vec(), &mut Strings::default()).expect("a remote cluster")
}

fn status(item: &Item) -> &'static str {
    match &item.values[CLUSTERS.column("STATUS").expect("a column")] {
        Value::Rank(rank) => rank.word,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_leaf_is_online_offline_or_was_never_seen() {
    let seen = Some(now() - Duration::from_mins(23));
    assert_eq!(status(&remote("online", seen)), "online");
    assert_eq!(status(&remote("offline", seen)), "offline");
    assert_eq!(status(&remote("offline", None)), "never seen");
    assert_eq!(status(&remote("", seen)), "offline", "what is not said to be online is not shown so");
    assert_eq!(concern(&remote("online", seen), now()), None);
    assert_eq!(concern(&remote("offline", seen), now()), Some(Concern::Unwell(Tone::Bad, "offline 23m".to_owned())));
}

#[test]
fn the_token_of_a_trust_is_on_no_page_and_in_no_row() {
    let spec = TrustedClusterSpecV2 { token: "hunter2".to_owned(), enabled: true, ..TrustedClusterSpecV2::default() };
    let message = TrustedClusterV2 { spec: Some(spec), ..TrustedClusterV2::default() };
    let item = item(TRUSTED, &message.encode_to_vec(), &mut Strings::default()).expect("a trusted cluster");
    assert_eq!(status(&item), "enabled");
    assert!(!format!("{item:?}").contains("hunter2"));
    let resource = Resource::from_bytes(TRUSTED, message.encode_to_vec().into()).expect("a trusted cluster");
    let page = detail(&resource, &Context { now: now(), caller: &crate::api::Caller::default() });
    assert!(!format!("{page:?}").contains("hunter2"));
}

#[test]
fn a_half_that_is_refused_is_named_and_other_errors_pass() {
    let error = |family, text: &str| Error::new(family, "/x/ListRemoteClusters", text);
    let refused = left_out("trusted clusters", error(Family::AccessDenied, "access denied")).expect("a sentence");
    assert_eq!(refused, "trusted clusters: access denied");
    let old = error(Family::NotImplemented, "unknown service teleport.presence.v1.PresenceService");
    assert!(left_out("remote clusters", old).is_ok());
    let broken = error(Family::ConnectionProblem, "broken pipe");
    assert_eq!(left_out("remote clusters", broken.clone()), Err(broken));
}
