//! Provision tokens: what lets an agent or a bot join.
//!
//! For the join method `token`, and for static and user tokens whatever they say, the name is the secret itself: it is masked
//! before it becomes a value, so that no filter, sort or copy can reach it.

mod consequence;
mod detail;
mod edit;
mod templates;

use std::time::{Duration, SystemTime};

use self::detail::detail;
use super::wire::{self, columns, moment};
use super::{
    Action, Asked, Column, Concern, Item, Kind, Listed, Malformed, Page, Rank, Sheet, Sort, Telling, Tone, Value, Verb, Width,
};
use crate::api::Client;
use crate::document::Resource;
use crate::resource::{Reference, Strings, mask};
use crate::schema::method;
use crate::schema::proto::{Empty, ListProvisionTokensRequest, ResourceRequest};
use crate::schema::types::{
    Metadata, ProvisionTokenSpecV2, ProvisionTokenStatusV2BoundKeypair, ProvisionTokenV2, ResourceHeader,
};

const NAME: &str = "token";

/// What lets an agent, a proxy or a bot join the cluster.
pub static TOKENS: Kind = Kind {
    name: NAME,
    aliases: &["tokens"],
    title: "Tokens",
    plural: "tokens",
    wire: &[NAME],
    by_label: &[],
    lags: false,
    columns: COLUMNS,
    sort: &[Sort::ascending("EXPIRES"), Sort::ascending("NAME")],
    actions: &[Action {
        name: "delete",
        on: NAME,
        title: "Delete · nothing joins by it any more; what has joined stays",
        needs: &[Verb::Delete],
        ready: |item, _, _| edit::deletable(item),
        sheet: Sheet::Name,
        call: |_| "DeleteToken",
        run: edit::delete,
    }],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern,
    consequences: consequence::consequences,
    edit: Some(edit::EDIT),
};

/// A token with the parts that protobuf would let be absent.
#[derive(Debug)]
struct Token {
    metadata: Metadata,
    spec: ProvisionTokenSpecV2,
    bound: Option<ProvisionTokenStatusV2BoundKeypair>,
}

/// Where a token lives; `GetTokens` mixes all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Provision,
    /// In the configuration of the Auth Service: it neither ends nor can be deleted.
    Static,
    /// An invitation or a password reset.
    User,
}

impl From<ProvisionTokenV2> for Token {
    fn from(message: ProvisionTokenV2) -> Self {
        Self {
            metadata: message.metadata.unwrap_or_default(),
            spec: message.spec.unwrap_or_default(),
            bound: message.status.and_then(|status| status.bound_keypair),
        }
    }
}

impl Token {
    fn source(&self) -> Source {
        // That role alone: a provision token may name it among others.
        if self.spec.roles == ["Signup"] {
            return Source::User;
        }
        // A static token is made up from the configuration at every call; only what is stored has a revision.
        // Newer servers label it, older ones only give it an end at the first second of 1970.
        let labelled = self.metadata.labels.get(wire::ORIGIN).is_some_and(|origin| origin == "config-file");
        let endless = self.metadata.expires.is_some_and(|expires| expires.seconds == 0);
        let stored = !self.metadata.revision.is_empty();
        if !stored && (labelled || endless) { Source::Static } else { Source::Provision }
    }

    /// Old servers leave the method empty.
    fn method(&self) -> &str {
        if self.spec.join_method.is_empty() { "token" } else { &self.spec.join_method }
    }

    /// Whether the name is what a joining agent must present. What cannot be read is taken for a secret.
    fn is_secret(&self) -> bool {
        self.method() == "token" || self.source() != Source::Provision
    }

    fn label(&self) -> String {
        if self.is_secret() { mask(&self.metadata.name) } else { self.metadata.name.clone() }
    }

    fn reference(&self) -> Reference {
        let reference = Reference::new(NAME, self.metadata.name.as_str());
        if self.is_secret() { reference.secret() } else { reference }
    }

    fn expires(&self) -> Option<SystemTime> {
        // A static token never ends, and says so with the first second of 1970.
        moment(self.metadata.expires.as_ref()).filter(|_| self.source() != Source::Static)
    }
}

columns! {
    Token:
    Column::new("NAME", Width::Share(4, 18)) => |token, _| Value::text(&token.label()),
    Column::new("METHOD", Width::Share(1, 10)) => |token, strings| wire::common(token.method(), strings),
    Column::new("ROLES", Width::Share(3, 14)) => |token, strings| wire::list(&token.spec.roles, strings),
    Column::new("EXPIRES", Width::Fixed(9)).told(Telling::Countdown) => |token, _| Value::time(token.expires()),
    Column::new("SOURCE", Width::Fixed(9)).wide() => |token, _| Value::Rank(rank(token.source())),
    Column::new("BOT", Width::Share(2, 6)).wide() => |token, strings| wire::common(&token.spec.bot_name, strings),
    Column::hidden("labels") => |token, strings| Value::labels(&wire::labels(&token.metadata, strings)),
    Column::hidden("suggested labels") => |token, strings| {
        let words = wire::selector(token.spec.suggested_labels.as_ref());
        wire::shared(words.iter().map(|(key, values)| format!("{key}={}", values.join("|"))), strings)
    },
    Column::hidden("description") => |token, _| Value::text(&token.metadata.description),
}

fn rank(source: Source) -> &'static Rank {
    match source {
        Source::Provision => &Rank { order: 0, word: "stored", tone: Tone::Plain },
        Source::User => &Rank { order: 1, word: "user", tone: Tone::Plain },
        Source::Static => &Rank { order: 2, word: "static", tone: Tone::Warn },
    }
}

/// `GetTokens` first, though it has no pages: it alone also has static and user tokens, and servers keep it until v21.
fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move {
        if page.token.is_empty() {
            match client.call(&method::GET_TOKENS, Empty {}).await {
                Ok(reply) => return Ok(Listed::all(NAME, reply.provision_tokens)),
                Err(error) if error.is_missing_method() => {}
                Err(error) => return Err(error),
            }
        }
        let request = ListProvisionTokensRequest { limit: wire::limit(page.limit, wire::PAGE), start_key: page.token.clone() };
        let reply = client.call(&method::LIST_PROVISION_TOKENS, request).await?;
        let listed = Listed::page(NAME, reply.tokens, reply.next_key, &page);
        Ok(Listed { missing: Some("static and user tokens: this server has no list of all tokens".to_owned()), ..listed })
    })
}

fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        let raw = client.call(&method::GET_TOKEN, ResourceRequest { name: reference.name().to_owned() }).await;
        let bytes = match raw {
            Ok(raw) => raw.0,
            // Static and user tokens are found by no name, only in the list of all.
            Err(error) if error.family == crate::api::Family::NotFound => {
                let all = client.call(&method::GET_TOKENS, Empty {}).await.map_err(|_| error.clone())?;
                let named = |bytes: &&bytes::Bytes| {
                    wire::decode::<ProvisionTokenV2>(NAME, bytes)
                        .is_ok_and(|token| token.metadata.is_some_and(|metadata| metadata.name == reference.name()))
                };
                all.provision_tokens.iter().find(named).cloned().ok_or(error)?
            }
            Err(error) => return Err(error),
        };
        wire::resource(NAME, method::GET_TOKEN.path, bytes)
    })
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let token = Token::from(wire::decode::<ProvisionTokenV2>(kind, bytes)?);
    Ok(Item {
        reference: token.reference(),
        revision: token.metadata.revision.as_str().into(),
        expires: token.expires(),
        labels: wire::labels(&token.metadata, strings),
        values: values(&token, strings),
    })
}

/// The header does not say whether the name is a secret, so it is treated as one; see [`Reference`] on what equality means.
fn deleted(header: &ResourceHeader) -> Reference {
    Reference::new(NAME, wire::header_name(header)).secret()
}

/// A token that ends within this time is worth a word on the overview.
const SOON: Duration = Duration::from_hours(1);

fn concern(item: &Item, now: SystemTime) -> Option<Concern> {
    let end = item.expires?;
    let left = end.duration_since(now).ok()?;
    (left <= SOON).then_some(Concern::Ends(end, "token"))
}

#[cfg(test)]
mod tests;
