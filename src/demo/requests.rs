//! Access requests: asking, looking, and the direct answer that ends the matter.
//!
//! Votes are in `reviews`; the two are different calls with different permissions and must stay apart.

use std::time::{Duration, SystemTime};

use prost::Message;
use prost_types::Timestamp;
use tonic::Status;

use super::caller::{Caller, glob};
use super::cluster::Cluster;
use super::collection::Kind;
use super::route::Route;
use super::session::{moment, page_size};
use super::{Edition, ids};
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    AccessRequestFilter, Empty, ListAccessRequestsRequest, ListAccessRequestsResponse, RequestId, RequestStateSetter,
};
use crate::schema::types::{
    AccessRequestConditions, AccessRequestDryRunEnrichment, AccessRequestSpecV3, AccessRequestV3, AccessReviewThreshold,
    RequestState, ThresholdIndexSet,
};

/// How long a request waits for an answer unless it says otherwise.
const PENDING: Duration = Duration::from_secs(3600);
/// How long access lasts unless a role or the request says otherwise.
const ACCESS: Duration = Duration::from_secs(12 * 3600);
const LONGEST: Duration = Duration::from_secs(14 * 24 * 3600);
const LONGEST_REASON: usize = 4096;

impl Cluster {
    pub(super) fn offer_requests(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::LIST_ACCESS_REQUESTS, |wanted| self.list_requests(caller, &wanted));
        on.streaming(&call::GET_ACCESS_REQUESTS_V2, |wanted| self.get_requests(caller, &wanted));
        on.unary(&call::CREATE_ACCESS_REQUEST_V2, |sent| self.create_request(caller, sent));
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
        let one =
            (!wanted.id.is_empty()).then(|| self.get(Kind::AccessRequest, &wanted.id).map(|bytes| (wanted.id.clone(), bytes)));
        let all = || self.of(Kind::AccessRequest).all(self.now());
        let candidates: Vec<_> = one.map_or_else(|| all().collect(), |one| one.into_iter().collect());
        let opened = candidates.into_iter().filter_map(|(name, bytes)| {
            let spec = AccessRequestV3::decode(bytes.clone()).ok()?.spec?;
            Some((spec, name, bytes))
        });
        Ok(opened
            .filter(|(spec, _, _)| wanted.user.is_empty() || wanted.user == spec.user)
            .filter(|(spec, _, _)| wanted.state == 0 || wanted.state == spec.state)
            .filter(|(spec, _, _)| everything || spec.user == caller.user() || caller.may_review(&spec.roles))
            .collect())
    }

    fn create_request(&mut self, caller: &Caller, sent: Raw) -> Result<Raw, Status> {
        let mut request = AccessRequestV3::decode(sent.0).map_err(|error| Status::invalid_argument(error.to_string()))?;
        let mut spec = request.spec.take().unwrap_or_default();
        let metadata = request.metadata.get_or_insert_default();
        if metadata.name.is_empty() {
            return Err(Status::invalid_argument("missing parameter Name"));
        }
        if !ids::is_uuid(&metadata.name) {
            return Err(Status::invalid_argument(format!("invalid access request ID {:?}", metadata.name)));
        }
        if spec.user != caller.user() {
            caller.may("access_request", &["create"])?;
            self.admin_action()?;
        }
        self.check_request(caller, &mut spec)?;
        self.fill_in(caller, &mut spec);
        metadata.name = self.ids.next();
        request.kind = Kind::AccessRequest.word().to_owned();
        request.version = "v3".to_owned();
        if !spec.dry_run {
            return self.store_request(request, spec);
        }
        spec.dry_run_enrichment = Some(AccessRequestDryRunEnrichment {
            reason_mode: if self.reason_required(caller, &spec.roles) { "required" } else { "optional" }.to_owned(),
            reason_prompt: Vec::new(),
        });
        request.spec = Some(spec);
        Ok(Raw(request.encode_to_vec().into()))
    }

    fn check_request(&self, caller: &Caller, spec: &mut AccessRequestSpecV3) -> Result<(), Status> {
        if spec.user.is_empty() {
            return Err(Status::invalid_argument("access request user name not set"));
        }
        if ![RequestState::None as i32, RequestState::Pending as i32].contains(&spec.state) {
            return Err(Status::permission_denied("requests can only be created in the pending state"));
        }
        if !spec.resolve_reason.is_empty() || spec.resolve_annotations.is_some() {
            return Err(Status::invalid_argument("a pending request cannot have a resolve reason or annotations"));
        }
        if spec.request_reason.len() > LONGEST_REASON {
            return Err(Status::invalid_argument("access request reason is too long"));
        }
        let requestable = self.requestable(caller);
        if spec.roles == ["*"] {
            spec.roles.clone_from(&requestable);
            if requestable.is_empty() {
                let why = "no requestable roles, please verify static RBAC configuration";
                return Err(Status::invalid_argument(why));
            }
        } else if spec.roles.is_empty() && !spec.resource_ids.is_empty() {
            spec.roles = caller.asking().flat_map(|asking| asking.search_as_roles.clone()).collect();
        } else if let Some(role) = spec.roles.iter().find(|role| !requestable.contains(role)) {
            return Err(Status::invalid_argument(format!("user {:?} can not request role {role:?}", spec.user)));
        }
        spec.roles.sort();
        spec.roles.dedup();
        if spec.roles.is_empty() {
            return Err(Status::invalid_argument("access request does not specify any roles or resources"));
        }
        if !spec.dry_run && spec.request_reason.is_empty() && self.reason_required(caller, &spec.roles) {
            return Err(Status::invalid_argument("request reason must be specified (required by the requested roles)"));
        }
        Ok(())
    }

    fn reason_required(&self, caller: &Caller, roles: &[String]) -> bool {
        self.options.edition == Edition::Enterprise
            && caller
                .asking()
                .filter(|asking| roles.iter().any(|role| concerns(asking, role)))
                .any(|asking| asking.reason.as_ref().is_some_and(|reason| reason.mode == "required"))
    }

    /// Times, thresholds and reviewers, as the server computes them from the roles of the person asking.
    fn fill_in(&self, caller: &Caller, spec: &mut AccessRequestSpecV3) {
        let now = self.now();
        spec.state = RequestState::Pending.into();
        spec.created = Some(now.into());
        let concerned = || caller.asking().filter(|asking| spec.roles.iter().any(|role| concerns(asking, role)));
        let longest = concerned().map(|asking| Duration::from_nanos(asking.max_duration.try_into().unwrap_or_default())).max();
        let longest = longest.filter(|longest| !longest.is_zero()).unwrap_or(ACCESS).min(LONGEST);
        let asked = moment(spec.max_duration.as_ref()).or_else(|| moment(spec.expires.as_ref()));
        let end = asked.filter(|end| *end > now).unwrap_or(now + longest).min(now + longest);
        let pending = moment(spec.expiry.as_ref()).filter(|end| *end > now).unwrap_or(now + PENDING).min(end);
        (spec.max_duration, spec.expires, spec.session_ttl) = (stamp(end), stamp(end), stamp(end));
        spec.expiry = stamp(pending);
        if spec.suggested_reviewers.is_empty() {
            spec.suggested_reviewers = concerned().flat_map(|asking| asking.suggested_reviewers.clone()).collect();
        }
        let roles = spec.roles.clone();
        spec.thresholds.clear();
        spec.rtm.clear();
        for role in &roles {
            for asking in caller.asking().filter(|asking| concerns(asking, role)) {
                let standard =
                    [AccessReviewThreshold { name: "default".to_owned(), approve: 1, deny: 1, ..Default::default() }];
                let own = if asking.thresholds.is_empty() { &standard[..] } else { &asking.thresholds };
                let i = own.iter().map(|threshold| position(&mut spec.thresholds, threshold)).collect();
                spec.rtm.entry(role.clone()).or_default().s.push(ThresholdIndexSet { i });
            }
        }
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

fn concerns(asking: &AccessRequestConditions, role: &str) -> bool {
    asking.roles.iter().chain(&asking.search_as_roles).any(|pattern| glob(pattern, role))
}

fn position(thresholds: &mut Vec<AccessReviewThreshold>, threshold: &AccessReviewThreshold) -> u32 {
    let at = thresholds.iter().position(|known| known == threshold).unwrap_or_else(|| {
        thresholds.push(threshold.clone());
        thresholds.len() - 1
    });
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn stamp(moment: SystemTime) -> Option<Timestamp> {
    Some(moment.into())
}

/// The state's name as the server prints it.
pub(super) fn short(state: i32) -> &'static str {
    let name = RequestState::try_from(state).unwrap_or(RequestState::None).as_str_name();
    name.strip_prefix("REQUEST_STATE_").unwrap_or(name)
}
