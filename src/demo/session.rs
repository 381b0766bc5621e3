//! Who one is, what server this is, and what one may ask for.

use prost_types::Timestamp;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::Kind;
use super::route::Route;
use super::{CLUSTER_NAME, Edition, SERVER_VERSION};
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    AccessCapabilities, AccessCapabilitiesRequest, EntitlementInfo, Features, GetUserRequest, GetUserResponse, PingResponse,
};

/// The answer to a call for an MFA challenge by somebody who needs none: field 4, value 2.
const NO_MFA_NEEDED: &[u8] = &[0x20, 0x02];

impl Cluster {
    pub(super) fn offer_session(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::PING, |_| Ok(self.ping()));
        on.unary(&call::GET_USER, |wanted: GetUserRequest| self.get_user(caller, &wanted));
        on.removed(call::GET_CURRENT_USER.path);
        on.streaming(&call::GET_CURRENT_USER_ROLES, |_| self.current_roles(caller));
        on.unary(&call::GET_ACCESS_CAPABILITIES, |wanted| self.capabilities(caller, &wanted));
        on.unary(&call::CREATE_AUTHENTICATE_CHALLENGE, |_| Ok(Raw(bytes::Bytes::from_static(NO_MFA_NEEDED))));
    }

    fn ping(&self) -> PingResponse {
        let enterprise = self.options.edition == Edition::Enterprise;
        let entitlement = EntitlementInfo { enabled: enterprise, limit: 0 };
        PingResponse {
            cluster_name: CLUSTER_NAME.to_owned(),
            server_version: SERVER_VERSION.to_owned(),
            server_features: Some(Features {
                advanced_access_workflows: enterprise,
                entitlements: ["AccessRequests", "AccessLists", "Policy"].map(|name| (name.to_owned(), entitlement)).into(),
            }),
            proxy_public_addr: format!("{CLUSTER_NAME}.example.com:443"),
            ..PingResponse::default()
        }
    }

    fn get_user(&mut self, caller: &Caller, wanted: &GetUserRequest) -> Result<GetUserResponse, Status> {
        let name = if wanted.current_user { caller.user() } else { wanted.name.as_str() };
        if name != caller.user() {
            caller.may("user", &["read"])?;
        }
        let user = self.get(Kind::User, name).ok_or_else(|| Status::not_found(format!("\"user\" {name:?} does not exist")))?;
        Ok(GetUserResponse { user })
    }

    fn current_roles(&self, caller: &Caller) -> Result<Vec<Raw>, Status> {
        let find =
            |name: &String| self.get(Kind::Role, name).ok_or_else(|| Status::not_found(format!("role {name} is not found")));
        caller.identity.roles.iter().map(|name| find(name).map(Raw)).collect()
    }

    fn capabilities(&self, caller: &Caller, wanted: &AccessCapabilitiesRequest) -> Result<AccessCapabilities, Status> {
        if !wanted.user.is_empty() && wanted.user != caller.user() {
            caller.may("user", &["read"])?;
            caller.may("role", &["list", "read"])?;
        }
        let mut capabilities = AccessCapabilities::default();
        if wanted.requestable_roles {
            capabilities.requestable_roles = self.requestable(caller);
        }
        if wanted.suggested_reviewers {
            let mut names: Vec<String> = caller.asking().flat_map(|request| request.suggested_reviewers.clone()).collect();
            names.sort();
            names.dedup();
            capabilities.suggested_reviewers = names;
        }
        let options = || caller.roles.iter().filter_map(|role| role.spec.as_ref()?.options.as_ref());
        let enterprise = self.options.edition == Edition::Enterprise;
        capabilities.require_reason = enterprise
            && (options().any(|option| ["reason", "always"].contains(&option.request_access.as_str()))
                || caller.asking().any(|request| request.reason.as_ref().is_some_and(|reason| reason.mode == "required")));
        capabilities.auto_request = enterprise && options().any(|option| option.request_access == "always");
        let prompts: Vec<&str> =
            options().map(|option| option.request_prompt.as_str()).filter(|prompt| !prompt.is_empty()).collect();
        capabilities.request_prompt = prompts.join(", ");
        Ok(capabilities)
    }

    /// Roles the caller may ask for and does not hold.
    pub(super) fn requestable(&self, caller: &Caller) -> Vec<String> {
        self.of(Kind::Role).keys().filter(|name| !caller.holds(name) && caller.may_ask_for(name)).collect()
    }
}

/// How many objects a page holds, if the caller may ask for that many.
pub(super) fn page_size(asked: i32, default: usize, most: usize) -> Result<usize, Status> {
    match usize::try_from(asked) {
        Ok(0) => Ok(default),
        Ok(limit) if limit <= most => Ok(limit),
        Ok(limit) => Err(Status::invalid_argument(format!("page size of {limit} is too large"))),
        Err(_) => Err(Status::invalid_argument(format!("negative page size {asked}"))),
    }
}

/// A moment as the wire has it; `None` for the moments it cannot say.
pub(super) fn moment(timestamp: Option<&Timestamp>) -> Option<std::time::SystemTime> {
    std::time::SystemTime::try_from(*timestamp?).ok()
}
