//! How a token is written. No server compares revisions of tokens, and none answers with what it wrote.
//!
//! So a change is compared before it is sent and what was sent is what is known of it, without a revision; something new is
//! read back, which a cache that never had it looks up in the storage. Which call it will be is known from the version.

use super::templates::{RANDOM_NAME, TEMPLATES};
use super::{NAME, Source, Token};
use crate::api::{Caller, Client, Error, Family, Version};
use crate::document::Resource;
use crate::kind::{Asked, Done, Edit, Item, Order, Refusal, Value, Verb, Write, wire};
use crate::resource::Reference;
use crate::schema::Raw;
use crate::schema::method;
use crate::schema::proto::{ResourceRequest, TokenRequest};
use crate::schema::types::ProvisionTokenV2;

pub(super) const EDIT: Edit = Edit {
    wires: &[NAME],
    others: "",
    templates: TEMPLATES,
    random_name: Some(RANDOM_NAME),
    // The server asks for both: it has only a write that takes no notice of what was there.
    needs: &[Verb::Create, Verb::Update],
    write,
    update,
    create,
    refuse,
    forbids: |_, _| None,
    alike: None,
};

/// Since when tokens are written by calls that know all join methods.
fn is_second(caller: &Caller) -> bool {
    caller.server.version >= Version(13, 0, 0)
}

fn write(caller: &Caller) -> Write {
    if is_second(caller) {
        Write { call: "UpsertTokenV2", creates: "CreateTokenV2", conditional: false }
    } else {
        Write { call: "UpsertToken", creates: "UpsertToken", conditional: false }
    }
}

fn update<'a>(client: &'a Client, edited: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        upsert(client, edited).await?;
        Ok(edited.with_revision(""))
    })
}

async fn upsert(client: &Client, token: &Resource) -> Result<(), Error> {
    if is_second(client.caller()) {
        client.call(&method::UPSERT_TOKEN_V2, TokenRequest { v2: token.bytes() }).await?;
    } else {
        client.call(&method::UPSERT_TOKEN, Raw(token.bytes())).await?;
    }
    Ok(())
}

fn create<'a>(client: &'a Client, new: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        if is_second(client.caller()) {
            client.call(&method::CREATE_TOKEN_V2, TokenRequest { v2: new.bytes() }).await?;
        } else {
            match read(client, new).await {
                Ok(_) => {
                    let text = "a token of this name exists already; nothing was sent";
                    return Err(Error::new(Family::AlreadyExists, method::UPSERT_TOKEN.path, text));
                }
                Err(error) if error.family == Family::NotFound => upsert(client, new).await?,
                Err(error) => return Err(error),
            }
        }
        // It is written; that it cannot be read back is no reason to say otherwise.
        Ok(read(client, new).await.unwrap_or_else(|_| new.with_revision("")))
    })
}

async fn read(client: &Client, token: &Resource) -> Result<Resource, Error> {
    let raw = client.call(&method::GET_TOKEN, ResourceRequest { name: token.name().to_owned() }).await?;
    wire::resource(NAME, method::GET_TOKEN.path, raw.0)
}

/// `GetTokens` shows more than can be written.
fn refuse(resource: &Resource) -> Option<Refusal> {
    let message = wire::decode::<ProvisionTokenV2>(NAME, &resource.bytes()).ok()?;
    // Something new has no revision either, but nobody asks about it.
    match Token::from(message).source() {
        Source::Provision => None,
        Source::Static => Some(Refusal("a static token is changed in the configuration of the Auth Service".to_owned())),
        Source::User => Some(Refusal("an invitation or a password reset is not edited; it can be deleted".to_owned())),
    }
}

pub(super) fn deletable(item: &Item) -> Result<(), Refusal> {
    let is_static = item.values.iter().any(|value| matches!(value, Value::Rank(rank) if rank.word == "static"));
    if is_static {
        return Err(Refusal("a static token is taken away in the configuration of the Auth Service".to_owned()));
    }
    Ok(())
}

pub(super) fn delete<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        client.call(&method::DELETE_TOKEN, ResourceRequest { name: order.reference.name().to_owned() }).await?;
        Ok(Done::Said(deleted(&order.reference)))
    })
}

fn deleted(reference: &Reference) -> String {
    format!("{reference} deleted; what has joined by it stays")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Server;

    #[test]
    fn the_call_is_known_from_the_version_and_none_compares() {
        for (version, call, creates) in [
            ("18.0.0", "UpsertTokenV2", "CreateTokenV2"),
            ("13.0.0", "UpsertTokenV2", "CreateTokenV2"),
            ("12.4.1", "UpsertToken", "UpsertToken"),
        ] {
            let server = Server { version: Version::parse(version), ..Server::default() };
            let expected = Write { call, creates, conditional: false };
            assert_eq!(write(&Caller { server, ..Caller::default() }), expected, "{version}");
        }
    }
}
