//! Requests for elevated access, and the two ways of answering them.
//!
//! A vote and an override are different calls with different rights and meanings; they are separate actions here and neither
//! stands in for the other.

mod columns;
mod create;
mod detail;
mod ready;
mod verdict;
mod votes;

use std::time::SystemTime;

use self::columns::{COLUMNS, path, values};
pub use self::create::{Offer, offer};
use self::detail::detail;
use super::wire::{self, moment};
use super::{Action, Asked, Concern, Item, Kind, Listed, Malformed, Page, Sheet, Sort, Value, Verb};
use crate::api::{Client, Error};
use crate::document::Resource;
use crate::resource::{Reference, Strings};
use crate::schema::method;
use crate::schema::proto::{AccessRequestFilter, ListAccessRequestsRequest};
use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, Metadata, RequestState, ResourceHeader, ResourceId};

const NAME: &str = "access_request";

/// Requests for elevated access.
pub static ACCESS_REQUESTS: Kind = Kind {
    name: NAME,
    aliases: &["access_requests", "accessrequest", "accessrequests", "request", "requests", "req"],
    title: "Requests",
    plural: "requests",
    wire: &[NAME],
    by_label: &[],
    lags: true,
    columns: COLUMNS,
    sort: &[Sort::ascending("STATE"), Sort::ascending("LEFT"), Sort::descending("created")],
    actions: ACTIONS,
    page,
    fetch,
    item,
    deleted,
    detail,
    concern,
    consequences: super::consequence::none,
    edit: None,
};

/// Answers come in two ways, each with its own right. Anybody may ask for access, and see what asking would come to.
const ACTIONS: &[Action] = &[
    Action {
        name: "approve",
        on: NAME,
        title: "Approve · override: ends the matter whatever the votes",
        needs: &[Verb::Update],
        ready: ready::to_override,
        sheet: Sheet::Verdict { reason_needed: false, other: "vote-approve" },
        call: |_| "SetAccessRequestState",
        run: verdict::approve,
    },
    Action {
        name: "deny",
        on: NAME,
        title: "Deny · override: ends the matter whatever the votes",
        needs: &[Verb::Update],
        ready: ready::to_override,
        sheet: Sheet::Verdict { reason_needed: true, other: "vote-deny" },
        call: |_| "SetAccessRequestState",
        run: verdict::deny,
    },
    Action {
        name: "vote-approve",
        on: NAME,
        title: "Approve · vote: counts towards the thresholds",
        needs: &[Verb::Review],
        ready: ready::to_vote,
        sheet: Sheet::Verdict { reason_needed: false, other: "approve" },
        call: |_| "SubmitAccessReview",
        run: verdict::vote_approve,
    },
    Action {
        name: "vote-deny",
        on: NAME,
        title: "Deny · vote: counts towards the thresholds",
        needs: &[Verb::Review],
        ready: ready::to_vote,
        sheet: Sheet::Verdict { reason_needed: true, other: "deny" },
        call: |_| "SubmitAccessReview",
        run: verdict::vote_deny,
    },
    Action {
        name: "delete",
        on: NAME,
        title: "Delete · takes the request away, not a certificate already issued for it",
        needs: &[Verb::Delete],
        ready: |_, _, _| Ok(()),
        sheet: Sheet::Confirm,
        call: |_| "DeleteAccessRequest",
        run: verdict::delete,
    },
    Action {
        name: "create",
        on: NAME,
        title: "Request access · for yourself",
        needs: &[],
        ready: |_, _, _| Ok(()),
        sheet: Sheet::Request,
        call: |_| "CreateAccessRequestV2",
        run: create::create,
    },
];

/// A request with the parts that protobuf would let be absent.
#[derive(Debug, Default)]
struct Request {
    metadata: Metadata,
    spec: AccessRequestSpecV3,
}

impl From<AccessRequestV3> for Request {
    fn from(message: AccessRequestV3) -> Self {
        Self { metadata: message.metadata.unwrap_or_default(), spec: message.spec.unwrap_or_default() }
    }
}

impl Request {
    /// When the server removes it: `spec.expiry` since v16, before that only the metadata knew.
    fn expiry(&self) -> Option<SystemTime> {
        moment(self.spec.expiry.as_ref()).or_else(|| moment(self.metadata.expires.as_ref()))
    }

    /// Until when it can be answered; nothing once it was.
    fn left(&self) -> Option<SystemTime> {
        self.expiry().filter(|_| self.spec.state() == RequestState::Pending)
    }

    /// Until when the access asked for would last.
    fn until(&self) -> Option<SystemTime> {
        moment(self.spec.expires.as_ref())
    }

    /// All roles asked for, sorted.
    fn roles(&self) -> Vec<String> {
        let mut roles = self.spec.roles.clone();
        roles.sort();
        roles
    }

    /// All resources asked for, sorted. Newer servers may send them with constraints instead, or both.
    fn resources(&self) -> Vec<String> {
        let plain = self.spec.resource_ids.iter();
        let constrained = self.spec.resource_access_ids.iter().filter_map(|access| access.id.as_ref());
        let mut paths: Vec<String> = plain.chain(constrained).map(|id: &ResourceId| path(id)).collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move {
        let request = ListAccessRequestsRequest {
            filter: Some(AccessRequestFilter::default()),
            limit: wire::limit(page.limit, 16_000),
            start_key: page.token.clone(),
            ..ListAccessRequestsRequest::default()
        };
        match client.call(&method::LIST_ACCESS_REQUESTS, request).await {
            Ok(reply) => Ok(Listed::page(NAME, reply.access_requests, reply.next_key, &page)),
            Err(error) if error.is_missing_method() => {
                let all = client.collect(&method::GET_ACCESS_REQUESTS_V2, AccessRequestFilter::default()).await?;
                Ok(Listed::all(NAME, all.into_iter().map(|raw| raw.0)))
            }
            Err(error) => Err(error),
        }
    })
}

fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        let bytes = by_id(client, reference).await?;
        wire::resource(NAME, method::GET_ACCESS_REQUESTS_V2.path, bytes)
    })
}

/// There is no "get one"; a filter by ID is answered from storage and not from the list's cache. None is an empty stream.
async fn by_id(client: &Client, reference: &Reference) -> Result<bytes::Bytes, Error> {
    let filter = AccessRequestFilter { id: reference.name().to_owned(), ..AccessRequestFilter::default() };
    let found = client.collect(&method::GET_ACCESS_REQUESTS_V2, filter).await?;
    found.into_iter().next().map(|raw| raw.0).ok_or_else(|| wire::not_found(method::GET_ACCESS_REQUESTS_V2.path, reference))
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let request = Request::from(wire::decode::<AccessRequestV3>(kind, bytes)?);
    Ok(Item {
        reference: Reference::new(NAME, request.metadata.name.as_str()),
        revision: request.metadata.revision.as_str().into(),
        expires: request.expiry(),
        labels: wire::labels(&request.metadata, strings),
        values: values(&request, strings),
    })
}

fn deleted(header: &ResourceHeader) -> Reference {
    Reference::new(NAME, wire::header_name(header))
}

/// What waits for an answer comes first of all things; a grant that ends soon is told too.
fn concern(item: &Item, now: SystemTime) -> Option<Concern> {
    let value = |title| ACCESS_REQUESTS.column(title).and_then(|at| item.values.get(at));
    let Some(Value::Rank(state)) = value("STATE") else { return None };
    if *state == columns::rank(RequestState::Pending) {
        return Some(Concern::Waiting(item.expires));
    }
    match value("until") {
        Some(Value::Time(end)) if *state == columns::rank(RequestState::Approved) && *end > now => {
            Some(Concern::Ends(*end, "grant"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
