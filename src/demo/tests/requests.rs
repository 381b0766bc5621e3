//! Asking, answering and voting.

use prost::Message;
use tonic::{Code, Status};

use super::client::Client;
use super::{still, visit};
use crate::demo::Edition;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    AccessCapabilitiesRequest, AccessRequestFilter, AccessReviewSubmission, ListAccessRequestsRequest, RequestStateSetter,
};
use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, AccessReview, Metadata, RequestState};

const ID: &str = "00000000-0000-4000-8000-000000000000";

fn asking(name: &str, user: &str, roles: &[&str]) -> AccessRequestV3 {
    AccessRequestV3 {
        metadata: Some(Metadata { name: name.to_owned(), ..Metadata::default() }),
        spec: Some(AccessRequestSpecV3 {
            user: user.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            request_reason: "to see whether it works".to_owned(),
            ..AccessRequestSpecV3::default()
        }),
        ..AccessRequestV3::default()
    }
}

async fn ask(client: &mut Client, request: &AccessRequestV3) -> Result<AccessRequestV3, Status> {
    let reply = client.call(&call::CREATE_ACCESS_REQUEST_V2, Raw(request.encode_to_vec().into())).await?;
    Ok(AccessRequestV3::decode(reply.0).expect("a request"))
}

fn id(request: &AccessRequestV3) -> String {
    request.metadata.clone().unwrap_or_default().name
}

fn state(request: &AccessRequestV3) -> i32 {
    request.spec.clone().unwrap_or_default().state
}

async fn answer(client: &mut Client, id: &str, state: RequestState) -> Result<(), Status> {
    let wanted =
        RequestStateSetter { id: id.to_owned(), state: state.into(), reason: "because".to_owned(), ..Default::default() };
    client.call(&call::SET_ACCESS_REQUEST_STATE, wanted).await.map(drop)
}

async fn vote(client: &mut Client, id: &str, state: RequestState) -> Result<AccessRequestV3, Status> {
    let review = AccessReview { proposed_state: state.into(), ..AccessReview::default() };
    let sent = AccessReviewSubmission { request_id: id.to_owned(), review: Some(review) };
    let reply = client.call(&call::SUBMIT_ACCESS_REVIEW, sent).await?;
    Ok(AccessRequestV3::decode(reply.0).expect("a request"))
}

async fn listed(client: &mut Client, wanted: ListAccessRequestsRequest) -> Vec<AccessRequestV3> {
    let page = client.call(&call::LIST_ACCESS_REQUESTS, wanted).await.expect("a list, if an empty one");
    page.access_requests.into_iter().map(|bytes| AccessRequestV3::decode(bytes).expect("a request")).collect()
}

/// A pending request of the seeds, by its user and first role.
async fn seeded(client: &mut Client, user: &str, role: &str) -> String {
    let found = listed(client, ListAccessRequestsRequest::default()).await;
    let wanted = |request: &&AccessRequestV3| {
        let spec = request.spec.clone().unwrap_or_default();
        spec.user == user && spec.roles[0] == role && spec.state == RequestState::Pending as i32
    };
    id(found.iter().find(wanted).expect("in the seeds"))
}

#[tokio::test]
async fn asking_is_checked_and_completed() {
    let (_server, mut grace) = visit("grace").await;
    for (request, words) in [
        (asking("", "grace", &["prod-readonly"]), "missing parameter Name"),
        (asking("mine", "grace", &["prod-readonly"]), "invalid access request ID \"mine\""),
        (asking(ID, "grace", &["platform-admin"]), "user \"grace\" can not request role \"platform-admin\""),
        (asking(ID, "grace", &[]), "access request does not specify any roles or resources"),
    ] {
        let refused = ask(&mut grace, &request).await.expect_err(words);
        assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, words));
    }
    let refused = ask(&mut grace, &asking(ID, "tony", &["prod-readonly"])).await.expect_err("not for others");
    assert_eq!(refused.code(), Code::PermissionDenied);

    let made = ask(&mut grace, &asking(ID, "grace", &["prod-ssh", "prod-readonly", "prod-ssh"])).await.expect("stored");
    assert_ne!(id(&made), ID, "the server names it");
    let spec = made.spec.clone().unwrap_or_default();
    assert_eq!(spec.roles, ["prod-readonly", "prod-ssh"]);
    assert_eq!((spec.state, spec.thresholds.len(), spec.rtm.len()), (RequestState::Pending as i32, 1, 2));
    let seconds = |moment: Option<prost_types::Timestamp>| moment.map(|moment| moment.seconds);
    assert!(spec.expiry.is_some() && seconds(spec.expires) > seconds(spec.expiry));
    assert_eq!(made.metadata.unwrap_or_default().expires, None, "only the spec says when it ends");
}

#[tokio::test]
async fn a_dry_run_stores_nothing() {
    let (_server, mut grace) = visit("grace").await;
    let mine = || ListAccessRequestsRequest {
        filter: Some(AccessRequestFilter { user: "grace".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let before = listed(&mut grace, mine()).await.len();
    let mut request = asking(ID, "grace", &["prod-readonly"]);
    if let Some(spec) = &mut request.spec {
        spec.dry_run = true;
        spec.request_reason = String::new();
    }
    let dry = ask(&mut grace, &request).await.expect("computed").spec.unwrap_or_default();
    assert_eq!(dry.dry_run_enrichment.map(|enrichment| enrichment.reason_mode).as_deref(), Some("required"));
    assert_eq!(listed(&mut grace, mine()).await.len(), before);
}

#[tokio::test]
async fn votes_count_until_the_threshold() {
    let (server, mut ada) = visit("ada").await;
    let wanted = seeded(&mut ada, "radia", "prod-db-admin").await;
    let decided = vote(&mut ada, &wanted, RequestState::Approved).await.expect("the second of two");
    assert_eq!(state(&decided), RequestState::Approved as i32);
    let spec = decided.spec.unwrap_or_default();
    assert_eq!((spec.reviews.len(), spec.expiry), (2, spec.expires));
    let late = vote(&mut ada, &wanted, RequestState::Denied).await.expect_err("decided");
    assert_eq!((late.code(), late.message()), (Code::PermissionDenied, "the access request has been already approved"));

    let mut margaret = Client::login(&server, "margaret").await;
    let own = seeded(&mut ada, "ada", "break-glass").await;
    assert_eq!(vote(&mut ada, &own, RequestState::Approved).await.expect_err("one's own").code(), Code::PermissionDenied);
    let once = vote(&mut margaret, &own, RequestState::Approved).await.expect("counted");
    assert_eq!(state(&once), RequestState::Pending as i32, "one of two");
    let twice = vote(&mut margaret, &own, RequestState::Approved).await.expect_err("one each");
    assert_eq!((twice.code(), twice.message()), (Code::AlreadyExists, "user \"margaret\" has already reviewed this request"));
}

#[tokio::test]
async fn overrides_end_it_and_a_denial_is_final() {
    let (server, mut ada) = visit("ada").await;
    let wanted = seeded(&mut ada, "linus", "prod-ssh").await;
    answer(&mut ada, &wanted, RequestState::Approved).await.expect("approved");
    answer(&mut ada, &wanted, RequestState::Denied).await.expect("an approval is not final in this version");
    let refused = answer(&mut ada, &wanted, RequestState::Approved).await.expect_err("a denial is");
    let words = "cannot set request-state \"APPROVED\" (already denied)";
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, words));
    answer(&mut ada, &wanted, RequestState::Denied).await.expect("denied again");

    let own = seeded(&mut ada, "ada", "break-glass").await;
    let refused = answer(&mut ada, &own, RequestState::Approved).await.expect_err("one's own");
    assert_eq!(refused.message(), "directly updating the state of your own access requests is not permitted");
    let refused = answer(&mut ada, ID, RequestState::Denied).await.expect_err("absent");
    assert_eq!(refused.message(), format!("cannot set state of access request \"{ID}\" (not found)"));
    let mut barbara = Client::login(&server, "barbara").await;
    let refused = answer(&mut barbara, &wanted, RequestState::Denied).await.expect_err("her certificate carries a request");
    let words = "cannot directly update the state of an access request while using an access request";
    assert_eq!(refused.message(), words);
    let mut grace = Client::login(&server, "grace").await;
    let refused = answer(&mut grace, &wanted, RequestState::Denied).await.expect_err("no right");
    assert_eq!(refused.message(), "access denied to perform action \"update\" on \"access_request\"");
}

#[tokio::test]
async fn community_has_no_reviews() {
    let server = still(Edition::Community).await;
    let mut ada = Client::login(&server, "ada").await;
    let wanted = seeded(&mut ada, "linus", "prod-ssh").await;
    let refused = vote(&mut ada, &wanted, RequestState::Approved).await.expect_err("Community");
    assert_eq!((refused.code(), refused.message()), (Code::PermissionDenied, "user \"ada\" cannot submit reviews"));
    answer(&mut ada, &wanted, RequestState::Approved).await.expect("the direct answer is there");
}

#[tokio::test]
async fn one_sees_ones_own_and_what_one_may_review() {
    let (server, mut ada) = visit("ada").await;
    let all = listed(&mut ada, ListAccessRequestsRequest::default()).await;
    let mut grace = Client::login(&server, "grace").await;
    let hers = listed(&mut grace, ListAccessRequestsRequest::default()).await;
    assert!(!hers.is_empty() && hers.len() < all.len());
    assert!(hers.iter().all(|request| request.spec.clone().unwrap_or_default().user == "grace"));
    let mut tony = Client::login(&server, "tony").await;
    assert_eq!(listed(&mut tony, ListAccessRequestsRequest::default()).await, []);
    let mut streamed = ada
        .stream(&call::GET_ACCESS_REQUESTS_V2, AccessRequestFilter { id: id(&all[0]), ..Default::default() })
        .await
        .expect("a stream");
    let one = streamed.message().await.expect("no failure").expect("one");
    assert_eq!(AccessRequestV3::decode(one.0).expect("a request"), all[0]);
    assert!(streamed.message().await.expect("a proper end").is_none());
}

#[tokio::test]
async fn sorted_pages_add_up() {
    let (_server, mut ada) = visit("ada").await;
    for sort in 0..3 {
        for descending in [false, true] {
            let wanted = |limit, start_key| ListAccessRequestsRequest { sort, descending, limit, start_key, filter: None };
            let whole = ada.call(&call::LIST_ACCESS_REQUESTS, wanted(0, String::new())).await.expect("all").access_requests;
            let (mut parts, mut next) = (Vec::new(), String::new());
            loop {
                let page = ada.call(&call::LIST_ACCESS_REQUESTS, wanted(4, next)).await.expect("a page");
                parts.extend(page.access_requests);
                next = page.next_key;
                if next.is_empty() {
                    break;
                }
            }
            assert_eq!(parts, whole, "{sort} {descending}");
        }
    }
}

#[tokio::test]
async fn capabilities_say_what_may_be_asked_for() {
    let (_server, mut grace) = visit("grace").await;
    let wanted = AccessCapabilitiesRequest { requestable_roles: true, suggested_reviewers: true, ..Default::default() };
    let found = grace.call(&call::GET_ACCESS_CAPABILITIES, wanted).await.expect("one's own");
    assert_eq!(found.requestable_roles, ["incident-4471", "prod-kube", "prod-readonly", "prod-ssh", "staging-access"]);
    assert_eq!(found.suggested_reviewers, ["ada", "margaret"]);
    assert!(found.require_reason);
}
