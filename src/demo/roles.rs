//! Roles: who may read and write them, and that nobody overwrites what they have not seen.

use bytes::Bytes;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::{Kind, revision};
use super::defaults;
use super::route::Route;
use super::session::page_size;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{DeleteRoleRequest, Empty, GetRoleRequest, ListRolesRequest, ListRolesResponse};
use crate::schema::types::UserV2;

/// What a conditional write answers, whether the object was changed, made or deleted meanwhile.
pub(super) const STALE: &str = "resource revision does not match, it may have been concurrently created|modified|deleted; \
                                please work from the latest state, or use --force to overwrite";

impl Cluster {
    pub(super) fn offer_roles(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::GET_ROLE, |wanted: GetRoleRequest| self.get_role(caller, &wanted.name));
        on.unary(&call::LIST_ROLES, |wanted| self.list_roles(caller, &wanted));
        on.unary(&call::CREATE_ROLE, |sent| self.create_role(caller, sent.role).map(Raw));
        on.unary(&call::UPDATE_ROLE, |sent| self.update_role(caller, sent.role).map(Raw));
        on.unary(&call::UPSERT_ROLE_V2, |sent| self.upsert_role(caller, sent.role).map(Raw));
        on.unary(&call::UPSERT_ROLE, |sent: Raw| self.upsert_role(caller, sent.0).map(|_| Empty {}));
        on.unary(&call::DELETE_ROLE, |wanted: DeleteRoleRequest| self.delete_role(caller, &wanted.name));
    }

    fn get_role(&mut self, caller: &Caller, name: &str) -> Result<Raw, Status> {
        // One's own roles can always be read.
        if !caller.holds(name) || caller.hidden.contains("role") {
            caller.may("role", &["read"])?;
        }
        self.read(Kind::Role, name).map(Raw).ok_or_else(|| Status::not_found(format!("role {name} is not found")))
    }

    fn list_roles(&mut self, caller: &Caller, wanted: &ListRolesRequest) -> Result<ListRolesResponse, Status> {
        caller.may("role", &["list", "read"])?;
        let limit = page_size(wanted.limit, 100, 16_000)?;
        let (roles, next_key) = self.of(Kind::Role).page(&wanted.start_key, limit, self.now(), |_| true);
        Ok(ListRolesResponse { roles: self.all_seen(Kind::Role, roles), next_key })
    }

    fn create_role(&mut self, caller: &Caller, role: Bytes) -> Result<Bytes, Status> {
        caller.may("role", &["create"])?;
        self.admin_action()?;
        let (name, role) = self.checked(role)?;
        if self.get(Kind::Role, &name).is_some() {
            return Err(Status::already_exists("UNIQUE constraint failed: kv.key"));
        }
        self.put(Kind::Role, role)
    }

    fn update_role(&mut self, caller: &Caller, role: Bytes) -> Result<Bytes, Status> {
        caller.may("role", &["update"])?;
        self.admin_action()?;
        let (name, role) = self.checked(role)?;
        let read = revision(&role);
        let current = self.get(Kind::Role, &name).map(|stored| revision(&stored));
        if read.is_empty() || current.is_none_or(|current| current != read) {
            return Err(Status::failed_precondition(STALE));
        }
        self.put(Kind::Role, role)
    }

    fn upsert_role(&mut self, caller: &Caller, role: Bytes) -> Result<Bytes, Status> {
        caller.may("role", &["create", "update"])?;
        self.admin_action()?;
        let (_, role) = self.checked(role)?;
        self.put(Kind::Role, role)
    }

    fn delete_role(&mut self, caller: &Caller, name: &str) -> Result<Empty, Status> {
        caller.may("role", &["delete"])?;
        self.admin_action()?;
        if self.users().any(|user| user.spec.is_some_and(|spec| spec.roles.iter().any(|role| role == name))) {
            let why = "failed to delete a role that is still in use by a user, check the system server logs for more details";
            return Err(Status::unknown(why));
        }
        if self.delete(Kind::Role, name) {
            return Ok(Empty {});
        }
        Err(Status::not_found(format!("role {name:?} is not found")))
    }

    fn checked(&self, role: Bytes) -> Result<(String, Bytes), Status> {
        defaults::check(&role, self.options.edition)?;
        let role = defaults::complete(role)?;
        let name = Kind::Role.key(&role).ok_or_else(|| Status::invalid_argument("missing parameter Name"))?;
        Ok((name, role))
    }

    fn users(&self) -> impl Iterator<Item = UserV2> {
        self.of(Kind::User).stored().filter_map(|(_, bytes)| prost::Message::decode(bytes.clone()).ok())
    }
}
