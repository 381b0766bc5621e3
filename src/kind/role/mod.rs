//! Roles: what they let in as what, what they rule over, and what about them stands out.
//!
//! The message is decoded to be read only. What is edited is the resource as it came, so that nothing this build does not know
//! is lost; see `edit`.

mod columns;
mod consequence;
mod detail;
mod door;
mod edit;
mod options;
mod standing;
mod templates;

use self::columns::{COLUMNS, values};
use self::detail::detail;
use super::wire::{self, moment};
use super::{Action, Asked, Item, Kind, Listed, Malformed, Page, Sheet, Sort, Verb};
use crate::api::Client;
use crate::document::Resource;
use crate::resource::{Reference, Strings};
use crate::schema::method;
use crate::schema::proto::{Empty, GetRoleRequest, ListRolesRequest};
use crate::schema::types::{Metadata, ResourceHeader, RoleConditions, RoleOptions, RoleV6};

const NAME: &str = "role";
/// How newer servers mark a preset: they give it no origin.
const RESOURCE_TYPE: &str = "teleport.internal/resource-type";
/// On a role that a server rewrote for a client it took for an old one; its value says what was left out.
const DOWNGRADED: &str = "teleport.internal/downgraded";

/// What lets users in, and where.
pub static ROLES: Kind = Kind {
    name: NAME,
    aliases: &["roles", "r"],
    title: "Roles",
    plural: "roles",
    wire: &[NAME],
    by_label: &[],
    lags: false,
    columns: COLUMNS,
    sort: &[Sort::ascending("NAME")],
    actions: &[Action {
        name: "delete",
        on: NAME,
        title: "Delete · users keep what their certificates carry until these end",
        needs: &[Verb::Delete],
        ready: |_, _, _| Ok(()),
        sheet: Sheet::Name,
        call: |_| "DeleteRole",
        run: edit::delete,
    }],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern: |_, _| None,
    consequences: consequence::consequences,
    edit: Some(edit::EDIT),
};

/// A role with the parts that protobuf would let be absent.
#[derive(Debug, Default)]
struct Role {
    version: String,
    metadata: Metadata,
    options: RoleOptions,
    allow: RoleConditions,
    deny: RoleConditions,
}

impl From<RoleV6> for Role {
    fn from(message: RoleV6) -> Self {
        let spec = message.spec.unwrap_or_default();
        Self {
            version: message.version,
            metadata: message.metadata.unwrap_or_default(),
            options: spec.options.unwrap_or_default(),
            allow: spec.allow.unwrap_or_default(),
            deny: spec.deny.unwrap_or_default(),
        }
    }
}

impl Role {
    /// Who made it, in the server's word; nothing for a role that somebody wrote.
    fn origin(&self) -> &str {
        let labels = &self.metadata.labels;
        labels.get(wire::ORIGIN).or_else(|| labels.get(RESOURCE_TYPE)).map_or("", String::as_str)
    }
}

/// A refused list is a refusal, even though one's own roles could be had another way: a short list would read as all there is.
fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move {
        let request = ListRolesRequest { limit: wire::limit(page.limit, 16_000), start_key: page.token.clone() };
        match client.call(&method::LIST_ROLES, request).await {
            Ok(reply) => Ok(Listed::page(NAME, reply.roles, reply.next_key, &page)),
            Err(error) if error.is_missing_method() => {
                let reply = client.call(&method::GET_ROLES, Empty {}).await?;
                Ok(Listed::all(NAME, reply.roles))
            }
            Err(error) => Err(error),
        }
    })
}

fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        let raw = client.call(&method::GET_ROLE, GetRoleRequest { name: reference.name().to_owned() }).await?;
        wire::resource(NAME, method::GET_ROLE.path, raw.0)
    })
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let role = Role::from(wire::decode::<RoleV6>(kind, bytes)?);
    Ok(Item {
        reference: Reference::new(NAME, role.metadata.name.as_str()),
        revision: role.metadata.revision.as_str().into(),
        expires: moment(role.metadata.expires.as_ref()),
        labels: wire::labels(&role.metadata, strings),
        values: values(&role, strings),
    })
}

fn deleted(header: &ResourceHeader) -> Reference {
    Reference::new(NAME, wire::header_name(header))
}

#[cfg(test)]
mod tests;
