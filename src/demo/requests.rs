//! Access requests: who sees them, and the direct answer that ends the matter.
//!
//! Making one is in `asking`. Votes are in `reviews`: the two ways of answering are different calls with different permissions and
//! must stay apart.

use prost::Message;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::Kind;
use super::route::Route;
use super::session::page_size;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    AccessRequestFilter, Empty, ListAccessRequestsRequest, ListAccessRequestsResponse, RequestId, RequestStateSetter,
};
use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, RequestState};

impl Cluster {
    pub(super) fn offer_requests(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::LIST_ACCESS_REQUESTS, |wanted| self.list_requests(caller, &wanted));
        on.streaming(&call::GET_ACCESS_REQUESTS_V2, |wanted| self.get_requests(caller, &wanted));
        on.unary(&call::SET_ACCESS_REQUEST_STATE, |wanted| self.set_state(caller, wanted));
        on.unary(&call::DELETE_ACCESS_REQUEST, |wanted: RequestId| self.delete_request(caller, &wanted.id));
    }

    /// One request, opened.
    pub(super) fn request(&self, id: &str) -> Option<(AccessRequestV3, AccessRequestSpecV3)> {
        let mut request = AccessRequestV3::decode(self.get(Kind::AccessRequest, id)?).ok()?;
        let spec = request.spec.take().unwrap_or_default();
        Some((request, spec))
    }

    /// Puts a request back together and stores it.
    pub(super) fn store_request(&mut self, mut request: AccessRequestV3, spec: AccessRequestSpecV3) -> Result<Raw, Status> {
        request.spec = Some(spec);
        self.put(Kind::AccessRequest, request.encode_to_vec().into()).map(Raw)
    }

    fn get_requests(&mut self, caller: &Caller, wanted: &AccessRequestFilter) -> Result<Vec<Raw>, Status> {
        let found = self.visible(caller, wanted)?;
        if let Some((_, name, _)) = found.first().filter(|_| !wanted.id.is_empty()) {
            self.read(Kind::AccessRequest, name);
        }
        Ok(found.into_iter().map(|(_, _, bytes)| Raw(bytes)).collect())
    }

    fn list_requests(
        &mut self,
        caller: &Caller,
        wanted: &ListAccessRequestsRequest,
    ) -> Result<ListAccessRequestsResponse, Status> {
        let limit = page_size(wanted.limit, 1000, 16_000)?;
        let filter = wanted.filter.clone().unwrap_or_default();
        let mut found: Vec<_> = self
            .visible(caller, &filter)?
            .into_iter()
            .map(|(spec, name, bytes)| match wanted.sort {
                1 => (format!("{}/{name}", spec.created.unwrap_or_default()), bytes),
                2 => (format!("{}/{name}", short(spec.state)), bytes),
                _ => (name, bytes),
            })
            .collect();
        found.sort();
        if wanted.descending {
            found.reverse();
        }
        let before = |key: &String| if wanted.descending { *key > wanted.start_key } else { *key < wanted.start_key };
        let skipped = found.iter().take_while(|(key, _)| !wanted.start_key.is_empty() && before(key)).count();
        let mut rest = found.split_off(skipped);
        let next_key = rest.get(limit).map(|(key, _)| key.clone()).unwrap_or_default();
        rest.truncate(limit);
        Ok(ListAccessRequestsResponse { access_requests: rest.into_iter().map(|(_, bytes)| bytes).collect(), next_key })
    }

    /// Everything for those who may list and read; for others their own and those they may review. Never a refusal.
    fn visible(
        &self,
        caller: &Caller,
        wanted: &AccessRequestFilter,
    ) -> Result<Vec<(AccessRequestSpecV3, String, bytes::Bytes)>, Status> {
        if caller.hidden.contains("access_request") || caller.identity.is_nobody() {
            caller.may("access_request", &["list", "read"])?;
        }
        let everything = caller.may("access_request", &["list", "read"]).is_ok();
        // One request is answered from the storage, a list from the cache.
        let candidates: Vec<_> = if wanted.id.is_empty() {
            self.all_seen(Kind::AccessRequest, self.of(Kind::AccessRequest).all(self.now()).map(|(_, bytes)| bytes).collect())
        } else {
            self.get(Kind::AccessRequest, &wanted.id).into_iter().collect()
        };
        let opened = candidates.into_iter().filter_map(|bytes| {
            let request = AccessRequestV3::decode(bytes.clone()).ok()?;
            Some((request.spec?, request.metadata?.name, bytes))
        });
        Ok(opened
            .filter(|(spec, _, _)| wanted.user.is_empty() || wanted.user == spec.user)
            .filter(|(spec, _, _)| wanted.state == 0 || wanted.state == spec.state)
            .filter(|(spec, _, _)| everything || spec.user == caller.user() || caller.may_review(&spec.roles))
            .collect())
    }

    fn set_state(&mut self, caller: &Caller, wanted: RequestStateSetter) -> Result<Empty, Status> {
        caller.may("access_request", &["update"])?;
        self.admin_action()?;
        let state = RequestState::try_from(wanted.state).unwrap_or(RequestState::None);
        let refused = match state {
            RequestState::None => Some("missing request state"),
            RequestState::Promoted => Some("state promoted can be only set when promoting to access list"),
            _ => None,
        };
        if let Some(why) = refused {
            return Err(Status::invalid_argument(why));
        }
        if !caller.identity.active_requests.is_empty() {
            let why = "cannot directly update the state of an access request while using an access request";
            return Err(Status::permission_denied(why));
        }
        let missing = || Status::not_found(format!("cannot set state of access request {:?} (not found)", wanted.id));
        let (request, mut spec) = self.request(&wanted.id).ok_or_else(missing)?;
        if spec.user == caller.user() {
            let why = "directly updating the state of your own access requests is not permitted";
            return Err(Status::permission_denied(why));
        }
        // A denial is final; an approval is not, on servers of this version.
        if spec.state == RequestState::Denied as i32 && state != RequestState::Denied {
            let text = format!("cannot set request-state {:?} (already denied)", short(wanted.state));
            return Err(Status::invalid_argument(text));
        }
        if !wanted.roles.is_empty() {
            if state != RequestState::Approved {
                return Err(Status::invalid_argument(format!(
                    "cannot override roles when setting state: {}",
                    short(wanted.state)
                )));
            }
            if let Some(role) = wanted.roles.iter().find(|role| !spec.roles.contains(role)) {
                return Err(Status::invalid_argument(format!("role {role:?} was not part of the request")));
            }
            spec.roles = wanted.roles;
        }
        spec.state = state.into();
        spec.resolve_reason = wanted.reason;
        spec.resolve_annotations = wanted.annotations;
        if state == RequestState::Approved {
            spec.expiry = spec.expires;
            spec.assume_start_time = wanted.assume_start_time.or(spec.assume_start_time);
        }
        self.store_request(request, spec).map(|_| Empty {})
    }

    fn delete_request(&mut self, caller: &Caller, id: &str) -> Result<Empty, Status> {
        caller.may("access_request", &["delete"])?;
        self.admin_action()?;
        if self.delete(Kind::AccessRequest, id) {
            return Ok(Empty {});
        }
        Err(Status::not_found(format!("cannot delete access request {id:?} (not found)")))
    }
}

/// The state's name as the server prints it.
pub(super) fn short(state: i32) -> &'static str {
    let name = RequestState::try_from(state).unwrap_or(RequestState::None).as_str_name();
    name.strip_prefix("REQUEST_STATE_").unwrap_or(name)
}
