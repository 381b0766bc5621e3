//! How a dynamic app is written. The server compares no revision and answers with nothing, so what was sent is what is known.

use super::{NAME, fetch};
use crate::api::Client;
use crate::document::Resource;
use crate::kind::{Asked, Done, Edit, Order, Template, Verb, Write};
use crate::resource::Reference;
use crate::schema::Raw;
use crate::schema::method;
use crate::schema::proto::ResourceRequest;

/// An agent's announcement is no setting: it is made anew every few minutes.
pub(in crate::kind) const EDIT: Edit = Edit {
    wires: &[NAME],
    others: "an agent announces it: edit the dynamic app of that name, or the agent's configuration",
    templates: TEMPLATES,
    random_name: None,
    needs: &[Verb::Update],
    write: |_| Write { call: "UpdateApp", creates: "CreateApp", conditional: false },
    update,
    create,
    refuse: |_| None,
    forbids: |_, _| None,
    alike: None,
};

const TEMPLATES: &[Template] = &[
    Template { name: "web", about: "a web application, in the browser", text: WEB },
    Template { name: "tcp", about: "a TCP application, through tsh", text: TCP },
];

const WEB: &str = "\
kind: app
version: v3
metadata:
  name: new-app
  description: what it is
  # Agents whose matchers name these labels serve it.
  labels:
    team: web
spec:
  uri: http://localhost:8080
";

const TCP: &str = "\
kind: app
version: v3
metadata:
  name: new-tcp-app
  description: what it is
  # Agents whose matchers name these labels serve it.
  labels:
    team: web
spec:
  uri: tcp://localhost:5432
";

fn update<'a>(client: &'a Client, edited: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        client.call(&method::UPDATE_APP, Raw(edited.bytes())).await?;
        Ok(edited.with_revision(""))
    })
}

fn create<'a>(client: &'a Client, new: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        client.call(&method::CREATE_APP, Raw(new.bytes())).await?;
        // It is written; that it cannot be read back is no reason to say otherwise.
        let read = fetch(client, &Reference::new(NAME, new.name())).await;
        Ok(read.unwrap_or_else(|_| new.with_revision("")))
    })
}

pub(in crate::kind) fn delete<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        client.call(&method::DELETE_APP, ResourceRequest { name: order.reference.name().to_owned() }).await?;
        Ok(Done::Said(format!("{} deleted; its agents give it up within a minute or so", order.reference)))
    })
}
