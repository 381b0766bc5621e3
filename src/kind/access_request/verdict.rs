//! Sending a verdict, and finding out what came of it.
//!
//! There is no conditional verdict. So the request is read by its ID and compared with what was shown, then one call is sent,
//! and the request is read again, because another's answer may have overwritten ours. Nothing is ever sent twice: a call
//! without an answer may have been done.

use super::columns::rank;
use super::{Request, by_id, votes};
use crate::api::{Client, Error, Family};
use crate::kind::{Asked, Done, Order, Seen, Value, wire};
use crate::resource::clean;
use crate::schema::method;
use crate::schema::proto::{AccessReviewSubmission, RequestId, RequestStateSetter};
use crate::schema::types::{AccessRequestV3, AccessReview, RequestState};

pub(super) fn approve<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(settle(client, order, RequestState::Approved))
}

pub(super) fn deny<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(settle(client, order, RequestState::Denied))
}

pub(super) fn vote_approve<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(vote(client, order, RequestState::Approved))
}

pub(super) fn vote_deny<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(vote(client, order, RequestState::Denied))
}

pub(super) fn delete<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        client.call(&method::DELETE_ACCESS_REQUEST, RequestId { id: order.reference.name().to_owned() }).await?;
        Ok(Done::Said("request deleted; a certificate already issued for it goes on until it ends".to_owned()))
    })
}

/// What a verdict on this request would be about.
fn seen(request: &Request) -> Seen {
    let counted = votes::value(&request.spec);
    let counted = counted.parts().into_iter().map(std::borrow::Cow::into_owned);
    let votes = counted.chain(request.spec.reviews.iter().map(|review| review.author.clone())).collect();
    Seen { state: rank(request.spec.state()).word.to_owned(), roles: request.roles(), resources: request.resources(), votes }
}

async fn read(client: &Client, order: &Order) -> Result<Request, Error> {
    let bytes = by_id(client, &order.reference).await?;
    parse(&bytes, method::GET_ACCESS_REQUESTS_V2.path)
}

fn parse(bytes: &[u8], path: &'static str) -> Result<Request, Error> {
    let message = wire::decode::<AccessRequestV3>(super::NAME, bytes);
    message.map(Request::from).map_err(|error| Error::new(Family::Malformed, path, error.0))
}

/// The request as it is now, or what changed since it was shown.
async fn unchanged(client: &Client, order: &Order) -> Result<Result<Request, Done>, Error> {
    let request = read(client, order).await?;
    let now = seen(&request);
    Ok(if now == order.seen { Ok(request) } else { Err(Done::Changed(now)) })
}

async fn settle(client: &Client, order: &Order, verdict: RequestState) -> Result<Done, Error> {
    let before = match unchanged(client, order).await? {
        Ok(request) => request,
        Err(changed) => return Ok(changed),
    };
    let setter = RequestStateSetter {
        id: order.reference.name().to_owned(),
        state: verdict.into(),
        reason: order.reason.clone(),
        // Only an approval may narrow the roles; the server refuses them with a denial.
        roles: if verdict == RequestState::Approved { order.roles.clone() } else { Vec::new() },
        ..RequestStateSetter::default()
    };
    let sent = client.call(&method::SET_ACCESS_REQUEST_STATE, setter).await;
    let after = read(client, order).await;
    match (sent, after) {
        (Ok(_), Ok(after)) => Ok(outcome(&before, &after, verdict)),
        // The server said that it was done; a request that has vanished since, or cannot be read, does not take that back.
        (Ok(_), Err(_)) => Ok(Done::Said(said(&before, verdict))),
        (Err(error), Ok(after)) => answer_without_reply(order, error, &after, verdict),
        (Err(error), Err(_)) => Err(error),
    }
}

/// What a request that was answered looks like afterwards. A server that still shows it pending answers from a cache.
fn outcome(before: &Request, after: &Request, verdict: RequestState) -> Done {
    let state = after.spec.state();
    if state == verdict || state == RequestState::Pending {
        Done::Said(said(before, verdict))
    } else {
        Done::Overtaken(rank(state).word.to_owned())
    }
}

/// A refusal, or silence: the request itself tells whether it was done, or whether somebody was faster.
fn answer_without_reply(order: &Order, error: Error, after: &Request, verdict: RequestState) -> Result<Done, Error> {
    let state = after.spec.state();
    let silent = matches!(error.family, Family::NoAnswer | Family::ConnectionProblem);
    if silent && state == verdict && after.spec.resolve_reason == order.reason {
        return Ok(Done::Said(said(after, verdict)));
    }
    if rank(state).word == order.seen.state { Err(error) } else { Ok(Done::Overtaken(rank(state).word.to_owned())) }
}

async fn vote(client: &Client, order: &Order, verdict: RequestState) -> Result<Done, Error> {
    if let Err(changed) = unchanged(client, order).await? {
        return Ok(changed);
    }
    // No author: the server takes the caller, and refuses any other.
    let review = AccessReview { proposed_state: verdict.into(), reason: order.reason.clone(), ..AccessReview::default() };
    let submission = AccessReviewSubmission { request_id: order.reference.name().to_owned(), review: Some(review) };
    match client.call(&method::SUBMIT_ACCESS_REVIEW, submission).await {
        Ok(raw) => Ok(counted(&parse(&raw.0, method::SUBMIT_ACCESS_REVIEW.path)?, verdict)),
        Err(error) => match read(client, order).await {
            Ok(after) if has_vote(&after, client, order, verdict) => Ok(counted(&after, verdict)),
            Ok(after) if rank(after.spec.state()).word != order.seen.state => {
                Ok(Done::Overtaken(rank(after.spec.state()).word.to_owned()))
            }
            _ => Err(error),
        },
    }
}

fn has_vote(after: &Request, client: &Client, order: &Order, verdict: RequestState) -> bool {
    let mine = |review: &AccessReview| {
        review.author == client.caller().user && review.proposed_state() == verdict && review.reason == order.reason
    };
    after.spec.reviews.iter().any(mine)
}

/// What a counted vote has led to. One that does not fit the outcome has been counted nevertheless.
fn counted(after: &Request, verdict: RequestState) -> Done {
    let voted = if verdict == RequestState::Approved { "voted to approve" } else { "voted to deny" };
    let state = after.spec.state();
    let user = clean(&after.spec.user);
    if state != RequestState::Pending {
        return Done::Said(format!("{voted}: {user}'s request is {}", rank(state).word));
    }
    match votes::value(&after.spec) {
        Value::Text(votes) => Done::Said(format!("{voted}: {user}'s request is still pending, {votes}")),
        _ => Done::Said(format!("{voted}: {user}'s request is still pending")),
    }
}

fn said(request: &Request, verdict: RequestState) -> String {
    let what = if request.spec.roles.is_empty() { request.resources() } else { request.roles() };
    let what = what.iter().map(|word| clean(word)).collect::<Vec<_>>().join(", ");
    format!("{}: {} → {what}", rank(verdict).word, clean(&request.spec.user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::types::AccessRequestSpecV3;

    fn request(state: RequestState, reason: &str) -> Request {
        let spec = AccessRequestSpecV3 {
            user: "rex".to_owned(),
            roles: vec!["prod-dba".to_owned(), "access".to_owned()],
            state: state.into(),
            resolve_reason: reason.to_owned(),
            ..AccessRequestSpecV3::default()
        };
        Request { spec, ..Request::default() }
    }

    fn order(reason: &str) -> Order {
        Order {
            reference: crate::resource::Reference::new(super::super::NAME, "id"),
            seen: seen(&request(RequestState::Pending, "")),
            reason: reason.to_owned(),
            roles: Vec::new(),
            duration: None,
            dry_run: false,
        }
    }

    #[test]
    fn what_was_seen_has_no_order_of_its_own() {
        let seen = seen(&request(RequestState::Pending, ""));
        assert_eq!((seen.state.as_str(), seen.roles), ("pending", vec!["access".to_owned(), "prod-dba".to_owned()]));
    }

    #[test]
    fn another_verdict_on_top_of_ours_is_told() {
        let before = request(RequestState::Pending, "");
        let outcome = |after| outcome(&before, &request(after, ""), RequestState::Approved);
        assert_eq!(outcome(RequestState::Denied), Done::Overtaken("denied".to_owned()));
        assert_eq!(outcome(RequestState::Approved), Done::Said("approved: rex → access, prod-dba".to_owned()));
        assert_eq!(outcome(RequestState::Pending), outcome(RequestState::Approved), "a cache that lags");
    }

    #[test]
    fn silence_is_settled_only_by_our_own_words() {
        let silence = || Error::new(Family::NoAnswer, "/x/SetAccessRequestState", "no answer within 30 s");
        let ask = |after: &Request| answer_without_reply(&order("ok by kim"), silence(), after, RequestState::Approved);
        assert!(matches!(ask(&request(RequestState::Approved, "ok by kim")), Ok(Done::Said(_))));
        assert!(matches!(ask(&request(RequestState::Approved, "other")), Ok(Done::Overtaken(_))));
        assert_eq!(ask(&request(RequestState::Pending, "")), Err(silence()), "not known: it may still be done");
    }

    #[test]
    fn a_refusal_because_somebody_was_faster_says_so() {
        let refusal =
            || Error::new(Family::BadParameter, "/x/SetAccessRequestState", "cannot set request-state (already denied)");
        let ask = |state| answer_without_reply(&order(""), refusal(), &request(state, ""), RequestState::Approved);
        assert_eq!(ask(RequestState::Denied), Ok(Done::Overtaken("denied".to_owned())));
        assert_eq!(ask(RequestState::Pending), Err(refusal()));
    }

    #[test]
    fn a_vote_tells_what_it_led_to() {
        assert_eq!(
            counted(&request(RequestState::Approved, ""), RequestState::Approved),
            Done::Said("voted to approve: rex's request is approved".to_owned())
        );
        assert_eq!(
            counted(&request(RequestState::Pending, ""), RequestState::Denied),
            Done::Said("voted to deny: rex's request is still pending".to_owned())
        );
    }
}
