//! App servers: one for each application on each host that serves it; and the dynamic apps that agents are to serve.
//!
//! A name alone is no identity, several hosts serve one application. There is no status either: an agent renews its
//! announcement, and when it stops the server forgets it. How near that is, is what the heartbeat column tells. A dynamic app is
//! a row of its own here, since this is where one looks for an application, served or not; it has no host and no heartbeat.

mod detail;

use std::time::SystemTime;

use self::detail::detail;
use super::wire::{self, columns, moment};
use super::{
    Action, Asked, Column, Concern, Done, Item, Kind, Listed, Malformed, Order, Page, Rank, Sheet, Sort, Telling, Tone, Value,
    Verb, Width, app,
};
use crate::api::{Client, Error, Family};
use crate::document::Resource;
use crate::resource::{Labels, Reference, Strings};
use crate::schema::method;
use crate::schema::proto::paginated_resource::Resource as One;
use crate::schema::proto::{DeleteApplicationServerRequest, GetApplicationServersRequest, ListResourcesRequest};
use crate::schema::types::{AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, Metadata, ResourceHeader};

const NAME: &str = "app_server";
/// What exists without an agent.
const DYNAMIC: &str = "app";

/// Applications, by the host that serves them.
pub static APP_SERVERS: Kind = Kind {
    name: NAME,
    aliases: &["app_servers"],
    title: "App servers",
    plural: "app servers",
    wire: &[NAME, DYNAMIC],
    by_label: &[NAME],
    lags: false,
    columns: COLUMNS,
    sort: &[Sort::ascending("NAME"), Sort::ascending("HOST")],
    actions: &[
        Action {
            name: "delete",
            on: NAME,
            title: "Deregister · an agent that still runs announces it again within about five minutes",
            needs: &[Verb::Delete],
            ready: |_, _, _| Ok(()),
            sheet: Sheet::Name,
            call: |_| "DeleteApplicationServer",
            run: deregister,
        },
        Action {
            name: "delete-app",
            on: DYNAMIC,
            title: "Delete · the agents that serve it give it up",
            needs: &[Verb::Delete],
            ready: |_, _, _| Ok(()),
            sheet: Sheet::Name,
            call: |_| "DeleteApp",
            run: app::delete,
        },
    ],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern,
    consequences: super::consequence::none,
    edit: Some(app::EDIT),
};

/// An app server with the parts that protobuf would let be absent.
#[derive(Debug)]
struct Server {
    /// It is the application alone, without an agent.
    dynamic: bool,
    metadata: Metadata,
    spec: AppServerSpecV3,
    app: Metadata,
    app_spec: AppSpecV3,
}

impl From<AppServerV3> for Server {
    fn from(message: AppServerV3) -> Self {
        let mut spec = message.spec.unwrap_or_default();
        let app = spec.app.take().unwrap_or_default();
        let (metadata, app_spec) = (message.metadata.unwrap_or_default(), app.spec.unwrap_or_default());
        Self { dynamic: false, metadata, spec, app: app.metadata.unwrap_or_default(), app_spec }
    }
}

impl From<AppV3> for Server {
    fn from(app: AppV3) -> Self {
        let metadata = app.metadata.unwrap_or_default();
        let spec = AppServerSpecV3::default();
        Self { dynamic: true, app: metadata.clone(), metadata, spec, app_spec: app.spec.unwrap_or_default() }
    }
}

impl Server {
    fn read(kind: &str, bytes: &[u8]) -> Result<Self, Malformed> {
        if kind == DYNAMIC {
            return wire::decode::<AppV3>(kind, bytes).map(Self::from);
        }
        wire::decode::<AppServerV3>(kind, bytes).map(Self::from)
    }

    fn expires(&self) -> Option<SystemTime> {
        moment(self.metadata.expires.as_ref())
    }

    fn reference(&self) -> Reference {
        if self.dynamic {
            return Reference::new(DYNAMIC, self.metadata.name.as_str());
        }
        Reference::new(NAME, self.metadata.name.as_str()).on_host(self.spec.host_id.as_str())
    }

    /// The labels that decide who may reach it: the application's, and what its commands last said.
    fn labels(&self) -> Vec<(&str, &str)> {
        let fixed = self.app.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let dynamic = self.app_spec.dynamic_labels.iter().map(|(key, label)| (key.as_str(), label.result.as_str()));
        fixed.chain(dynamic).collect()
    }

    /// The labels as a list keeps them. What a command answered at some length (a commit, a digest) no other app has.
    fn kept(&self, strings: &mut Strings) -> Labels {
        let (own, shared): (Vec<_>, Vec<_>) = self.labels().into_iter().partition(|(key, value)| {
            value.len() > 24 && !self.app.labels.contains_key(*key) && self.app_spec.dynamic_labels.contains_key(*key)
        });
        let mut own: Vec<_> = own.into_iter().map(|(key, value)| (key, Labels::own(key, value))).collect();
        own.sort_unstable();
        let rest = own
            .iter()
            .filter(|(_, own)| own.is_none())
            .map(|(key, _)| (*key, self.app_spec.dynamic_labels[*key].result.as_str()));
        let labels = Labels::new(shared.into_iter().chain(rest), strings);
        let own: String = own.iter().filter_map(|(_, own)| own.as_deref()).collect();
        labels.with(own.into())
    }
}

columns! {
    Server:
    Column::new("NAME", Width::Share(3, 16)) => |server, _| Value::text(&server.metadata.name),
    Column::new("HEARTBEAT", Width::Fixed(9)).told(Telling::Heartbeat) => |server, _| {
        if server.dynamic { Value::Rank(&WITHOUT_AGENT) } else { server.expires().map_or(Value::None, Value::Heartbeat) }
    },
    Column::new("VERSION", Width::Fixed(8)) => |server, strings| wire::common(&server.spec.version, strings),
    Column::new("PUBLIC ADDRESS", Width::Share(3, 22)) => |server, _| Value::text(&server.app_spec.public_addr),
    Column::new("LABELS", Width::Share(4, 20)) => |server, strings| Value::labels(&server.kept(strings)),
    Column::new("HOST", Width::Share(3, 16)) => |server, strings| wire::common(&server.spec.hostname, strings),
    Column::new("URI", Width::Share(3, 10)).wide() => |server, _| Value::text(&server.app_spec.uri),
    Column::hidden("host id") => |server, strings| wire::common(&server.spec.host_id, strings),
    Column::hidden("description") => |server, _| Value::text(&server.app.description),
}

/// What stands where an agent's heartbeat would.
static WITHOUT_AGENT: Rank = Rank { order: 0, word: "dynamic", tone: Tone::Muted };

/// Neither a sort nor a total is ever asked for: with either the server drops all but one of an application's replicas.
fn listing(token: String, limit: i32, predicate: String) -> ListResourcesRequest {
    ListResourcesRequest {
        resource_type: NAME.to_owned(),
        namespace: "default".to_owned(),
        limit,
        start_key: token,
        predicate_expression: predicate,
        ..ListResourcesRequest::default()
    }
}

/// First the servers, then the applications that exist by themselves. A refusal of the second leaves the first as it is.
fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move {
        if page.source > 0 {
            let dynamic = (app::APPS.page)(client, page).await;
            return match dynamic {
                Err(error) if error.family == Family::AccessDenied || error.is_missing_method() => {
                    Ok(Listed { missing: Some(format!("dynamic apps: {error}")), ..Listed::default() })
                }
                dynamic => dynamic,
            };
        }
        let then = Some(Page { token: String::new(), limit: page.limit, source: 1 });
        let listed = some(client, page, String::new()).await?;
        Ok(Listed { next: listed.next.or(then), ..listed })
    })
}

async fn some(client: &Client, page: Page, predicate: String) -> Result<Listed, Error> {
    let request = listing(page.token.clone(), wire::limit(page.limit, 16_000), predicate);
    match client.call(&method::LIST_RESOURCES, request).await {
        Ok(reply) => {
            let servers = reply.resources.into_iter().filter_map(|one| one.resource.map(|One::AppServer(bytes)| bytes));
            Ok(Listed::page(NAME, servers.collect(), reply.next_key, &page))
        }
        Err(error) if error.is_missing_method() => {
            let request = GetApplicationServersRequest { namespace: "default".to_owned() };
            let reply = client.call(&method::GET_APPLICATION_SERVERS, request).await?;
            Ok(Listed::all(NAME, reply.servers))
        }
        Err(error) => Err(error),
    }
}

/// There is no "get one": the list, narrowed to the name where the server can, then the host.
fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        if reference.kind() == DYNAMIC {
            return (app::APPS.fetch)(client, reference).await;
        }
        // A name that would need quoting inside the predicate is searched for without one.
        let plain = reference.name().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@_:.-+".contains(&byte));
        let predicate = if plain { format!("name == \"{}\"", reference.name()) } else { String::new() };
        let found = match find(client, reference, predicate).await {
            Err(error) if error.family == Family::BadParameter => find(client, reference, String::new()).await?,
            found => found?,
        };
        let bytes = found.ok_or_else(|| wire::not_found(method::LIST_RESOURCES.path, reference))?;
        wire::resource(NAME, method::LIST_RESOURCES.path, bytes)
    })
}

async fn find(client: &Client, reference: &Reference, predicate: String) -> Result<Option<bytes::Bytes>, Error> {
    let is_it = |bytes: &bytes::Bytes| {
        wire::decode::<AppServerV3>(NAME, bytes).is_ok_and(|message| {
            let found = Server::from(message).reference();
            found.name() == reference.name() && (reference.host().is_none() || found.host() == reference.host())
        })
    };
    let mut next = Some(Page::default());
    while let Some(page) = next {
        let listed = some(client, page.clone(), predicate.clone()).await?;
        if let Some((_, bytes)) = listed.resources.into_iter().find(|(_, bytes)| is_it(bytes)) {
            return Ok(Some(bytes));
        }
        // A server that names the same page again would keep us here for good.
        next = listed.next.filter(|next| next.token != page.token);
    }
    Ok(None)
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let server = Server::read(kind, bytes)?;
    let reference = server.reference();
    // Many applications share a host, and so its ID.
    let reference = if server.dynamic { reference } else { reference.on_host(strings.share(&server.spec.host_id)) };
    Ok(Item {
        reference,
        revision: server.metadata.revision.as_str().into(),
        expires: server.expires(),
        labels: server.kept(strings),
        values: values(&server, strings),
    })
}

/// The header has the application's name, and the host where a description would be.
fn deleted(header: &ResourceHeader) -> Reference {
    if header.kind == DYNAMIC {
        return Reference::new(DYNAMIC, wire::header_name(header));
    }
    let host = header.metadata.as_ref().map_or("", |metadata| &metadata.description);
    Reference::new(NAME, wire::header_name(header)).on_host(host)
}

fn deregister<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        let request = DeleteApplicationServerRequest {
            namespace: "default".to_owned(),
            host_id: order.reference.host().unwrap_or_default().to_owned(),
            name: order.reference.name().to_owned(),
        };
        client.call(&method::DELETE_APPLICATION_SERVER, request).await?;
        Ok(Done::Said(format!("{} deregistered", order.reference)))
    })
}

/// An end of its own is no heartbeat.
fn concern(item: &Item, now: SystemTime) -> Option<Concern> {
    if item.reference.kind() == DYNAMIC {
        return None;
    }
    let beat = Value::Heartbeat(item.expires?);
    let cell = Column::new("HEARTBEAT", Width::Fixed(9)).cell(&beat, now).tone;
    match cell {
        Tone::Warn => Some(Concern::Unwell(Tone::Warn, "heartbeat late".to_owned())),
        Tone::Bad => Some(Concern::Unwell(Tone::Bad, "heartbeat stopped".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
