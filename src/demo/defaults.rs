//! What the server does to a role before it stores it: refuses some, and fills in what was left out.
//!
//! What is filled in is known to `document`, which needs it to compare. Because of it a role read back differs from what was
//! sent, which a client has to expect.

use bytes::Bytes;
use prost::Message;
use tonic::Status;

use super::Edition;
use crate::document::Resource;
use crate::schema::types::{RoleConditions, RoleV6};

/// Names the storage accepts.
pub(super) fn check_name(name: &str) -> Result<(), Status> {
    if name.is_empty() {
        return Err(Status::invalid_argument("missing parameter Name"));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "@_:.-+".contains(letter);
    if name == "." || name == ".." || !name.chars().all(allowed) {
        return Err(Status::invalid_argument("special characters are not allowed in resource names, please use another one"));
    }
    Ok(())
}

/// Refuses what the server refuses.
pub(super) fn check(role: &Bytes, edition: Edition) -> Result<(), Status> {
    let role = RoleV6::decode(role.clone()).map_err(|error| Status::invalid_argument(error.to_string()))?;
    let metadata = role.metadata.unwrap_or_default();
    check_name(&metadata.name)?;
    if let Some(reason) = metadata.labels.get("teleport.internal/downgraded") {
        let text = format!("refusing to upsert role because teleport.internal/downgraded label is set with reason {reason:?}");
        return Err(Status::invalid_argument(text));
    }
    let spec = role.spec.unwrap_or_default();
    let (allow, deny) = (spec.allow.unwrap_or_default(), spec.deny.unwrap_or_default());
    for rule in allow.rules.iter().chain(&deny.rules) {
        if rule.resources.is_empty() {
            return Err(Status::invalid_argument("missing resources to match"));
        }
        if rule.verbs.is_empty() {
            return Err(Status::invalid_argument("missing verbs"));
        }
    }
    if allow.logins.iter().any(|login| login == "*") {
        return Err(Status::invalid_argument("wildcard matcher is not allowed in logins"));
    }
    if deny.request.as_ref().is_some_and(|request| !request.thresholds.is_empty()) {
        return Err(Status::invalid_argument("cannot set request thresholds under deny"));
    }
    if edition == Edition::Community { enterprise_only(&allow) } else { Ok(()) }
}

fn enterprise_only(allow: &RoleConditions) -> Result<(), Status> {
    let request = allow.request.clone().unwrap_or_default();
    let field = if allow.review_requests.is_some() {
        "allow.review_requests"
    } else if !request.thresholds.is_empty() {
        "allow.request.thresholds"
    } else if !request.search_as_roles.is_empty() {
        "allow.request.search_as_roles"
    } else {
        return Ok(());
    };
    Err(Status::permission_denied(format!("role field {field} is only available in enterprise subscriptions")))
}

/// The role with the server's defaults.
pub(super) fn complete(role: Bytes) -> Result<Bytes, Status> {
    let role = Resource::from_bytes("role", role).map_err(|_| Status::invalid_argument("this is no role"))?;
    Ok(role.completed().bytes())
}
