//! Requests built by hand: their times, their votes, and who may answer them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message as _;

use super::{ACCESS_REQUESTS, Request, votes};
use crate::api::{Caller, Rule, Server};
use crate::kind::{Concern, Item, Seen, Value, wire};
use crate::resource::Strings;
use crate::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AccessReview, AccessReviewThreshold, Metadata, RequestState, ResourceAccessId,
    ResourceId, ThresholdIndexSet, ThresholdIndexSets,
};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
}

fn spec(state: RequestState) -> AccessRequestSpecV3 {
    let roles = vec!["prod-dba".to_owned(), "access".to_owned()];
    AccessRequestSpecV3 { user: "rex".to_owned(), roles, state: state.into(), ..AccessRequestSpecV3::default() }
}

fn item(spec: AccessRequestSpecV3, expires: Option<SystemTime>) -> Item {
    let metadata = Metadata { name: "id".to_owned(), expires: expires.map(wire::stamp), ..Metadata::default() };
    let message = AccessRequestV3 { metadata: Some(metadata), spec: Some(spec), ..AccessRequestV3::default() };
    super::item("access_request", &message.encode_to_vec(), &mut Strings::default()).expect("a request")
}

fn value(item: &Item, title: &str) -> Value {
    item.values[ACCESS_REQUESTS.column(title).expect("a column")].clone()
}

fn threshold(approve: u32, deny: u32) -> AccessReviewThreshold {
    AccessReviewThreshold { approve, deny, ..AccessReviewThreshold::default() }
}

fn review(author: &str, state: RequestState, counts_for: &[u32]) -> AccessReview {
    AccessReview { author: author.to_owned(), proposed_state: state.into(), i: counts_for.to_vec(), ..AccessReview::default() }
}

fn sets(sets: &[&[u32]]) -> ThresholdIndexSets {
    ThresholdIndexSets { s: sets.iter().map(|set| ThresholdIndexSet { i: set.to_vec() }).collect() }
}

#[test]
fn time_left_is_the_expiry_wherever_the_server_keeps_it() {
    let new = AccessRequestSpecV3 { expiry: Some(wire::stamp(at(60))), ..spec(RequestState::Pending) };
    assert_eq!(value(&item(new.clone(), None), "LEFT"), Value::Time(at(60)), "since v16");
    assert_eq!(value(&item(spec(RequestState::Pending), Some(at(90))), "LEFT"), Value::Time(at(90)), "before");
    assert_eq!(value(&item(new, Some(at(90))), "LEFT"), Value::Time(at(60)), "the spec wins");
    let answered = AccessRequestSpecV3 { expiry: Some(wire::stamp(at(60))), ..spec(RequestState::Approved) };
    let answered = item(answered, None);
    assert_eq!(value(&answered, "LEFT"), Value::None, "nothing is left to answer");
    assert_eq!(answered.expires, Some(at(60)));
}

#[test]
fn resources_are_told_as_paths_with_or_without_constraints() {
    let id = |name: &str, sub: &str| ResourceId {
        cluster: "root".to_owned(),
        kind: "db".to_owned(),
        name: name.to_owned(),
        sub_resource: sub.to_owned(),
    };
    let constrained = ResourceAccessId { id: Some(id("b", "")), ..ResourceAccessId::default() };
    let spec = AccessRequestSpecV3 {
        resource_ids: vec![id("z", "ns/pod"), id("b", "")],
        resource_access_ids: vec![constrained],
        ..spec(RequestState::Pending)
    };
    let seen = Seen::of(&ACCESS_REQUESTS, &item(spec, None));
    assert_eq!(seen.resources, ["/root/db/b", "/root/db/z/ns/pod"]);
    assert_eq!(seen.roles, ["access", "prod-dba"]);
}

#[test]
fn the_default_threshold_alone_says_nothing() {
    let rtm = [("access".to_owned(), sets(&[&[0]]))].into();
    let community = AccessRequestSpecV3 { thresholds: vec![threshold(1, 1)], rtm, ..spec(RequestState::Pending) };
    assert_eq!(votes::value(&community), Value::None);
    assert_eq!(votes::value(&spec(RequestState::Pending)), Value::None);
}

#[test]
fn votes_are_counted_where_they_count() {
    let reviews = vec![review("kim", RequestState::Approved, &[0]), review("ada", RequestState::Approved, &[0, 1])];
    let mut spec = AccessRequestSpecV3 {
        thresholds: vec![threshold(2, 1), threshold(3, 1)],
        rtm: [("access".to_owned(), sets(&[&[0]])), ("prod-dba".to_owned(), sets(&[&[1], &[0, 1]]))].into(),
        reviews,
        ..spec(RequestState::Pending)
    };
    assert_eq!(votes::value(&spec), Value::text("1/3"), "the role that is farthest from it decides");
    spec.rtm.insert("prod-dba".to_owned(), sets(&[&[1], &[0]]));
    assert_eq!(votes::value(&spec), Value::text("2/2"), "any one of its sets is enough for a role");
    spec.reviews.push(review("tom", RequestState::Denied, &[1]));
    assert_eq!(votes::value(&spec), Value::text("2/2 1-"));
    let counts = votes::counts(&spec);
    assert_eq!((counts[1].approvals, counts[1].denials), (1, 1));
}

#[test]
fn thresholds_that_name_nothing_are_borne() {
    let spec = AccessRequestSpecV3 {
        thresholds: vec![threshold(0, 0)],
        rtm: [("access".to_owned(), sets(&[&[7, u32::MAX], &[]]))].into(),
        reviews: vec![review("kim", RequestState::Approved, &[9])],
        ..spec(RequestState::Pending)
    };
    assert_eq!(votes::value(&spec), Value::text("1"));
}

fn ada(reviews: bool) -> Caller {
    let rule = |resource: &str, verb: &str| Rule {
        resources: vec![resource.to_owned()],
        verbs: vec![verb.to_owned()],
        conditional: false,
    };
    Caller {
        user: "ada".to_owned(),
        server: Server { reviews, ..Server::default() },
        reviewer: true,
        allow: vec![rule("access_request", "update")],
        ..Caller::default()
    }
}

/// Why an action is refused; empty if it is not.
fn refusal(action: &str, item: &Item, caller: &Caller) -> String {
    let action = ACCESS_REQUESTS.action(action).expect("an action");
    action.check(&ACCESS_REQUESTS, Some(item), caller, at(0)).err().map(|refusal| refusal.0).unwrap_or_default()
}

#[test]
fn refusals_have_their_reasons() {
    let pending = item(spec(RequestState::Pending), None);
    let denied = item(spec(RequestState::Denied), None);
    let mine = item(AccessRequestSpecV3 { user: "ada".to_owned(), ..spec(RequestState::Pending) }, None);
    let voted =
        AccessRequestSpecV3 { reviews: vec![review("ada", RequestState::Approved, &[0])], ..spec(RequestState::Pending) };
    let voted = item(voted, None);
    let carrying = Caller { active_requests: vec!["018f".to_owned()], ..ada(true) };
    let powerless = Caller { allow: Vec::new(), reviewer: false, ..ada(true) };
    let table = [
        ("approve", &pending, ada(false), ""),
        ("deny", &pending, ada(true), ""),
        ("vote-approve", &pending, ada(true), ""),
        ("approve", &denied, ada(false), "approve: already resolved: it is denied"),
        ("vote-deny", &denied, ada(true), "vote-deny: already resolved: it is denied"),
        ("approve", &mine, ada(false), "approve: it is your own request: someone else has to answer it"),
        ("vote-deny", &mine, ada(true), "vote-deny: it is your own request: someone else has to answer it"),
        ("vote-approve", &voted, ada(true), "vote-approve: you have voted on it already, and a vote cannot be changed"),
        ("deny", &voted, ada(true), ""),
        (
            "vote-deny",
            &pending,
            ada(false),
            "vote-deny: this cluster has no reviews (Community Edition): only an override answers a request",
        ),
        (
            "deny",
            &pending,
            carrying.clone(),
            "deny: your certificate itself carries access request 018f: drop it first (tsh request drop)",
        ),
        ("vote-deny", &pending, carrying, ""),
        ("deny", &pending, powerless.clone(), "deny: your roles lack access_request/update"),
        ("delete", &pending, powerless.clone(), "delete: your roles lack access_request/delete"),
        ("vote-deny", &pending, powerless, "vote-deny: your roles review no requests"),
    ];
    for (action, item, caller, words) in table {
        assert_eq!(refusal(action, item, &caller), words);
    }
}

#[test]
fn a_right_that_only_the_server_can_judge_refuses_nothing() {
    let pending = item(spec(RequestState::Pending), None);
    let mut caller = ada(false);
    caller.allow[0].conditional = true;
    assert_eq!(refusal("deny", &pending, &caller), "");
}

#[test]
fn anybody_may_ask() {
    let create = ACCESS_REQUESTS.action("create").expect("an action");
    assert_eq!(create.check(&ACCESS_REQUESTS, None, &Caller::default(), at(0)), Ok(()));
}

#[test]
fn what_waits_and_what_ends_concerns() {
    let concern = |state, expires| {
        let until = Some(wire::stamp(at(500)));
        super::concern(&item(AccessRequestSpecV3 { expires: until, ..spec(state) }, Some(at(expires))), at(0))
    };
    assert_eq!(concern(RequestState::Pending, 60), Some(Concern::Waiting(Some(at(60)))));
    assert_eq!(concern(RequestState::Approved, 60), Some(Concern::Ends(at(500), "grant")));
    assert_eq!(concern(RequestState::Denied, 60), None);
}

#[test]
fn a_request_without_parts_is_borne() {
    let empty = Request::from(AccessRequestV3::default());
    assert_eq!((empty.left(), empty.until(), empty.roles().len()), (None, None, 0));
}
