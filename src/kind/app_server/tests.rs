//! App servers built by hand: what is no change, what concerns, and what a listing must not ask for.

use std::time::{Duration, UNIX_EPOCH};

use prost::Message as _;

use super::*;
use crate::schema::types::{AppV3, CommandLabelV2};

fn server(host: &str, expires: u64) -> Item {
    let name = || Metadata { name: "wiki".to_owned(), ..Metadata::default() };
    let arch = CommandLabelV2 { result: "x86_64".to_owned(), ..CommandLabelV2::default() };
    let spec = AppSpecV3 { dynamic_labels: [("arch".to_owned(), arch)].into(), ..AppSpecV3::default() };
    let labels = [("env".to_owned(), "prod".to_owned())].into();
    let app = AppV3 { metadata: Some(Metadata { labels, ..name() }), spec: Some(spec), ..AppV3::default() };
    let spec = AppServerSpecV3 { host_id: host.to_owned(), app: Some(app), ..AppServerSpecV3::default() };
    let expires = Some(wire::stamp(UNIX_EPOCH + Duration::from_secs(expires)));
    let metadata = Some(Metadata { expires, ..name() });
    let message = AppServerV3 { metadata, spec: Some(spec), ..AppServerV3::default() };
    item(NAME, &message.encode_to_vec(), &mut Strings::default()).expect("an app server")
}

#[test]
fn a_keepalive_is_no_change_and_another_host_is_another_server() {
    assert_eq!(server("a", 1_000), server("a", 2_000));
    assert_ne!(server("a", 1_000).reference, server("b", 1_000).reference);
}

#[test]
fn labels_are_the_applications_and_what_its_commands_said() {
    let item = server("a", 1_000);
    assert_eq!((item.labels.get("env"), item.labels.get("arch")), (Some("prod"), Some("x86_64")));
}

#[test]
fn an_agent_that_is_not_heard_of_concerns() {
    let at = |seconds| concern(&server("a", 1_000), UNIX_EPOCH + Duration::from_secs(seconds));
    assert_eq!(at(100), None);
    assert_eq!(at(900), Some(Concern::Unwell(Tone::Warn, "heartbeat late".to_owned())));
    assert_eq!(at(1_001), Some(Concern::Unwell(Tone::Bad, "heartbeat stopped".to_owned())));
}

#[test]
fn a_listing_never_asks_for_what_would_drop_replicas() {
    let request = listing(String::new(), 10, String::new());
    assert_eq!(request.resource_type, NAME);
    // Fields 8 and up are the sort and the total; ours has none, and this fails if somebody declares one.
    let descriptor = crate::schema::message("proto.ListResourcesRequest");
    assert!(descriptor.get_field_by_name("sort_by").is_none() && descriptor.get_field_by_name("need_total_count").is_none());
}
