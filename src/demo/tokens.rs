//! Provision tokens. Their names are the secrets, so a refusal shows a masked one, as the server's own do.

use bytes::Bytes;
use prost::Message;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::Kind;
use super::defaults::check_name;
use super::route::Route;
use crate::document::Resource;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    Empty, ListProvisionTokensRequest, ListProvisionTokensResponse, ProvisionTokenList, ResourceRequest,
};
use crate::schema::types::ProvisionTokenV2;

/// System roles a token can give, as the server spells them.
const SYSTEM_ROLES: [&str; 21] = [
    "Auth",
    "Node",
    "Proxy",
    "Admin",
    "ProvisionToken",
    "Trusted_cluster",
    "Signup",
    "Nop",
    "RemoteProxy",
    "Kube",
    "App",
    "Db",
    "WindowsDesktop",
    "Bot",
    "Instance",
    "Discovery",
    "Okta",
    "MDM",
    "AccessGraphPlugin",
    "Access_graph",
    "Relay",
];

impl Cluster {
    pub(super) fn offer_tokens(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::GET_TOKEN, |wanted: ResourceRequest| self.get_token(caller, &wanted.name));
        on.unary(&call::GET_TOKENS, |_| self.get_tokens(caller));
        on.unary(&call::LIST_PROVISION_TOKENS, |wanted| self.list_tokens(caller, &wanted));
        on.unary(&call::CREATE_TOKEN_V2, |sent| self.write_token(caller, sent.v2, &["create"], true));
        on.unary(&call::UPSERT_TOKEN_V2, |sent| self.write_token(caller, sent.v2, &["create", "update"], false));
        on.unary(&call::DELETE_TOKEN, |wanted: ResourceRequest| self.delete_token(caller, &wanted.name));
    }

    fn get_token(&mut self, caller: &Caller, name: &str) -> Result<Raw, Status> {
        caller.may("token", &["read"])?;
        self.admin_action()?;
        let missing = || Status::not_found(format!("\"token\" {name:?} does not exist"));
        self.read(Kind::Token, name).map(Raw).ok_or_else(missing)
    }

    fn get_tokens(&self, caller: &Caller) -> Result<ProvisionTokenList, Status> {
        caller.may("token", &["list", "read"])?;
        self.admin_action()?;
        let all = self.of(Kind::Token).all(self.now()).map(|(_, bytes)| bytes).collect();
        Ok(ProvisionTokenList { provision_tokens: self.all_seen(Kind::Token, all) })
    }

    fn list_tokens(&self, caller: &Caller, wanted: &ListProvisionTokensRequest) -> Result<ListProvisionTokensResponse, Status> {
        caller.may("token", &["list", "read"])?;
        self.admin_action()?;
        let limit = usize::try_from(wanted.limit).ok().filter(|limit| (1..=1000).contains(limit)).unwrap_or(1000);
        let (tokens, next_key) = self.of(Kind::Token).page(&wanted.start_key, limit, self.now(), |_| true);
        Ok(ListProvisionTokensResponse { tokens: self.all_seen(Kind::Token, tokens), next_key })
    }

    fn write_token(&mut self, caller: &Caller, token: Bytes, verbs: &[&str], new: bool) -> Result<Empty, Status> {
        caller.may("token", verbs)?;
        self.admin_action()?;
        let name = check(&token)?;
        if new && self.get(Kind::Token, &name).is_some() {
            return Err(Status::already_exists("UNIQUE constraint failed: kv.key"));
        }
        self.put(Kind::Token, complete(token)?).map(|_| Empty {})
    }

    fn delete_token(&mut self, caller: &Caller, name: &str) -> Result<Empty, Status> {
        caller.may("token", &["delete"])?;
        self.admin_action()?;
        if self.delete(Kind::Token, name) {
            return Ok(Empty {});
        }
        Err(Status::not_found(format!("provisioning token({}) not found", masked(name))))
    }
}

fn check(token: &Bytes) -> Result<String, Status> {
    let token = ProvisionTokenV2::decode(token.clone()).map_err(|error| Status::invalid_argument(error.to_string()))?;
    let name = token.metadata.unwrap_or_default().name;
    check_name(&name)?;
    let spec = token.spec.unwrap_or_default();
    if spec.roles.is_empty() {
        return Err(Status::invalid_argument("provisioning token is missing roles"));
    }
    let unknown = |role: &&String| !SYSTEM_ROLES.iter().any(|known| known.eq_ignore_ascii_case(role));
    if let Some(role) = spec.roles.iter().find(unknown) {
        return Err(Status::invalid_argument(format!("role {role} is not registered")));
    }
    let bot = spec.roles.iter().any(|role| role.eq_ignore_ascii_case("bot"));
    if bot == spec.bot_name.is_empty() {
        return Err(Status::invalid_argument("token with role Bot must set bot_name, and no other token may"));
    }
    Ok(name)
}

fn complete(token: Bytes) -> Result<Bytes, Status> {
    let token = Resource::from_bytes("token", token).map_err(|_| Status::invalid_argument("this is no token"))?;
    Ok(token.completed().bytes())
}

/// Stars for three quarters of a long name, for all of a short one.
fn masked(name: &str) -> String {
    let hidden = if name.len() < 16 { name.len() } else { name.len() * 3 / 4 };
    let shown = name.get(hidden..).unwrap_or_default();
    "*".repeat(hidden) + shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_as_the_server_does() {
        assert_eq!(masked("short"), "*****");
        assert_eq!(masked("0123456789abcdef"), "************cdef");
    }
}
