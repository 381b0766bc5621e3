//! Dynamic apps: applications that agents pick up by label, as `get app` lists them.
//!
//! They have no screen of their own: they are rows among the app servers, which is where one looks for an application; see
//! there. This is the kind by itself, for the command line. Apps from an agent's configuration are not among them: those are
//! only ever seen as app servers.

mod edit;

pub(super) use self::edit::{EDIT, delete};

use super::wire::{self, columns};
use super::{Asked, Column, Context, Detail, Item, Kind, Listed, Malformed, Page, Sort, Value, Width};
use crate::api::Client;
use crate::document::Resource;
use crate::resource::{Reference, Strings};
use crate::schema::method;
use crate::schema::proto::{Empty, ResourceRequest};
use crate::schema::types::{AppV3, ResourceHeader};

const NAME: &str = "app";

/// Applications that exist by themselves.
pub static APPS: Kind = Kind {
    name: NAME,
    aliases: &["apps"],
    title: "Apps",
    plural: "apps",
    wire: &[NAME],
    by_label: &[NAME],
    lags: false,
    columns: COLUMNS,
    sort: &[Sort::ascending("NAME")],
    actions: &[],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern: |_, _| None,
    consequences: super::consequence::none,
    edit: Some(EDIT),
};

columns! {
    AppV3:
    Column::new("NAME", Width::Share(3, 10)) => |app, _| Value::text(name(app)),
    Column::new("URI", Width::Share(4, 14)) => |app, _| app.spec.as_ref().map_or(Value::None, |spec| Value::text(&spec.uri)),
    Column::new("PUBLIC ADDRESS", Width::Share(4, 14)) => |app, _| {
        app.spec.as_ref().map_or(Value::None, |spec| Value::text(&spec.public_addr))
    },
    Column::new("LABELS", Width::Share(4, 10)) => |app, strings| {
        app.metadata.as_ref().map_or(Value::None, |metadata| Value::labels(&wire::labels(metadata, strings)))
    },
}

fn name(app: &AppV3) -> &str {
    app.metadata.as_ref().map_or("", |metadata| &metadata.name)
}

fn page(client: &Client, _: Page) -> Asked<'_, Listed> {
    Box::pin(async move { Ok(Listed::all(NAME, client.call(&method::GET_APPS, Empty {}).await?.apps)) })
}

fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        let reply = client.call(&method::GET_APP, ResourceRequest { name: reference.name().to_owned() }).await?;
        wire::resource(NAME, method::GET_APP.path, reply.0)
    })
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let app = wire::decode::<AppV3>(kind, bytes)?;
    let metadata = app.metadata.clone().unwrap_or_default();
    Ok(Item {
        reference: Reference::new(NAME, name(&app)),
        revision: metadata.revision.as_str().into(),
        expires: wire::moment(metadata.expires.as_ref()),
        labels: wire::labels(&metadata, strings),
        values: values(&app, strings),
    })
}

fn deleted(header: &ResourceHeader) -> Reference {
    Reference::new(NAME, wire::header_name(header))
}

fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    (super::APP_SERVERS.detail)(resource, cx)
}
