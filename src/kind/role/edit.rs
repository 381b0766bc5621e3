//! How a role is written: conditionally where the server can, else compared first.
//!
//! What is written is the resource as it was fetched, changed in place, with the revision it had: never a decoded and
//! re-encoded message. Which call it will be is known from the server's version before anything is sent.

use super::templates::TEMPLATES;
use super::{DOWNGRADED, NAME};
use crate::api::{Caller, Client, Error, Family, Version};
use crate::document::Resource;
use crate::kind::{Asked, Done, Edit, Order, Refusal, Verb, Write, wire};
use crate::resource::{Reference, clean};
use crate::schema::Raw;
use crate::schema::method;
use crate::schema::proto::{DeleteRoleRequest, GetRoleRequest, RoleRequest};

pub(super) const EDIT: Edit = Edit {
    wires: &[NAME],
    others: "",
    templates: TEMPLATES,
    random_name: None,
    needs: &[Verb::Update],
    write,
    update,
    create,
    refuse,
    forbids: |_, _| None,
    alike: None,
};

/// Servers write conditionally since 15.0; what was built on the way there says 15.0.0 too, with something after it.
fn is_conditional(caller: &Caller) -> bool {
    const SINCE: Version = Version(15, 0, 0);
    let server = &caller.server;
    server.version > SINCE || (server.version == SINCE && !server.version_text.contains('-'))
}

fn write(caller: &Caller) -> Write {
    let conditional = is_conditional(caller);
    if conditional {
        Write { call: "UpdateRole", creates: "CreateRole", conditional }
    } else {
        Write { call: "UpsertRole", creates: "UpsertRole", conditional }
    }
}

fn update<'a>(client: &'a Client, edited: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        if is_conditional(client.caller()) {
            let raw = client.call(&method::UPDATE_ROLE, RoleRequest { role: edited.bytes() }).await?;
            return wire::resource(NAME, method::UPDATE_ROLE.path, raw.0);
        }
        let theirs = read(client, edited.name()).await?;
        if theirs.revision() != edited.revision() {
            let text = "the role was changed since it was opened; nothing was sent";
            return Err(Error::new(Family::CompareFailed, method::UPSERT_ROLE.path, text));
        }
        upsert(client, edited).await
    })
}

fn create<'a>(client: &'a Client, new: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        if is_conditional(client.caller()) {
            let raw = client.call(&method::CREATE_ROLE, RoleRequest { role: new.bytes() }).await?;
            return wire::resource(NAME, method::CREATE_ROLE.path, raw.0);
        }
        match read(client, new.name()).await {
            Ok(_) => {
                let text = format!("role {} exists already; nothing was sent", clean(new.name()));
                Err(Error::new(Family::AlreadyExists, method::UPSERT_ROLE.path, text))
            }
            Err(error) if error.family == Family::NotFound => upsert(client, new).await,
            Err(error) => Err(error),
        }
    })
}

/// The old write answers nothing, and a read right after it may be as old as the server's cache: so what was sent is returned,
/// with no revision, since the one it has now is not known before the event.
async fn upsert(client: &Client, role: &Resource) -> Result<Resource, Error> {
    client.call(&method::UPSERT_ROLE, Raw(role.bytes())).await?;
    Ok(role.with_revision(""))
}

async fn read(client: &Client, name: &str) -> Result<Resource, Error> {
    let raw = client.call(&method::GET_ROLE, GetRoleRequest { name: name.to_owned() }).await?;
    wire::resource(NAME, method::GET_ROLE.path, raw.0)
}

/// A rewritten role has denials that nobody wrote, and the server refuses to store it.
fn refuse(role: &Resource) -> Option<Refusal> {
    let (_, reason) = role.labels().into_iter().find(|(key, _)| key == DOWNGRADED)?;
    Some(Refusal(format!("the server sent a downgraded copy, which must not be saved: {}", clean(&reason))))
}

pub(super) fn delete<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        client.call(&method::DELETE_ROLE, DeleteRoleRequest { name: order.reference.name().to_owned() }).await?;
        Ok(Done::Said(deleted(&order.reference)))
    })
}

fn deleted(reference: &Reference) -> String {
    format!("{reference} deleted; certificates that carry it go on until they end")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Server;

    fn on(version: &str) -> Write {
        let server = Server { version: Version::parse(version), version_text: version.to_owned(), ..Server::default() };
        write(&Caller { server, ..Caller::default() })
    }

    #[test]
    fn the_call_is_known_from_the_version() {
        for (version, call, conditional) in [
            ("18.0.0", "UpdateRole", true),
            ("15.0.0", "UpdateRole", true),
            ("16.0.0-dev", "UpdateRole", true),
            ("15.0.0-dev", "UpsertRole", false),
            ("14.3.33", "UpsertRole", false),
            ("junk", "UpsertRole", false),
        ] {
            let found = on(version);
            assert_eq!((found.call, found.conditional), (call, conditional), "{version}");
        }
    }
}
