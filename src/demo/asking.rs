//! Asking for access: what is refused, and what the server fills in.
//!
//! Times, thresholds and reviewers come from the roles of the person asking, not from what they send. A dry run computes the same
//! and stores nothing.

use std::time::Duration;

use prost::Message;
use tonic::Status;

use super::caller::{Caller, glob};
use super::cluster::Cluster;
use super::collection::Kind;
use super::route::Route;
use super::session::moment;
use super::{Edition, ids};
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::types::{
    AccessRequestConditions, AccessRequestDryRunEnrichment, AccessRequestSpecV3, AccessRequestV3, AccessReviewThreshold,
    RequestState, ThresholdIndexSet,
};

/// How long a request waits for an answer unless it says otherwise.
const PENDING: Duration = Duration::from_hours(1);
/// How long access lasts unless a role or the request says otherwise.
const ACCESS: Duration = Duration::from_hours(12);
const LONGEST: Duration = Duration::from_hours(14 * 24);
const LONGEST_REASON: usize = 4096;

impl Cluster {
    pub(super) fn offer_asking(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::CREATE_ACCESS_REQUEST_V2, |sent| self.create_request(caller, sent));
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
        (request.kind, request.version) = (Kind::AccessRequest.word().to_owned(), "v3".to_owned());
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
        spec.expires = Some(end.into());
        (spec.max_duration, spec.session_ttl) = (spec.expires, spec.expires);
        spec.expiry = Some(pending.into());
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
