//! App servers: one for each application on each host that serves it.
//!
//! A name alone is no identity, several hosts serve one application. There is no status either: an agent renews its
//! announcement, and when it stops the server forgets it. How near that is, is what the heartbeat column tells.

use std::time::SystemTime;

use super::wire::{self, columns, moment};
use super::{
    Asked, Column, Concern, Context, Detail, Item, Kind, Line, Listed, Malformed, Page, Sort, Span, Tone, Value, Width,
};
use crate::api::{Client, Error, Family, Version};
use crate::document::Resource;
use crate::resource::{Labels, Reference, Strings, ago, clean};
use crate::schema::method;
use crate::schema::proto::paginated_resource::Resource as One;
use crate::schema::proto::{GetApplicationServersRequest, ListResourcesRequest};
use crate::schema::types::{AppServerSpecV3, AppServerV3, AppSpecV3, Metadata, PortRange, ResourceHeader};

const NAME: &str = "app_server";

/// Applications, by the host that serves them.
pub static APP_SERVERS: Kind = Kind {
    name: NAME,
    aliases: &["app_servers"],
    title: "App servers",
    plural: "app servers",
    wire: &[NAME],
    columns: COLUMNS,
    sort: &[Sort::ascending("NAME"), Sort::ascending("HOST")],
    actions: &[],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern,
    edit: None,
};

/// An app server with the parts that protobuf would let be absent.
#[derive(Debug)]
struct Server {
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
        Self { metadata, spec, app: app.metadata.unwrap_or_default(), app_spec }
    }
}

impl Server {
    fn expires(&self) -> Option<SystemTime> {
        moment(self.metadata.expires.as_ref())
    }

    fn reference(&self) -> Reference {
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
    Column::new("HEARTBEAT", Width::Fixed(9)) => |server, _| server.expires().map_or(Value::None, Value::Heartbeat),
    Column::new("VERSION", Width::Fixed(8)) => |server, strings| wire::common(&server.spec.version, strings),
    Column::new("PUBLIC ADDRESS", Width::Share(3, 22)) => |server, _| Value::text(&server.app_spec.public_addr),
    Column::new("LABELS", Width::Share(4, 20)) => |server, strings| Value::labels(&server.kept(strings)),
    Column::new("HOST", Width::Share(3, 16)) => |server, strings| wire::common(&server.spec.hostname, strings),
    Column::new("URI", Width::Share(3, 10)).wide() => |server, _| Value::text(&server.app_spec.uri),
    Column::hidden("host id") => |server, strings| wire::common(&server.spec.host_id, strings),
    Column::hidden("description") => |server, _| Value::text(&server.app.description),
}

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

fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move { some(client, page, String::new()).await })
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
    let server = Server::from(wire::decode::<AppServerV3>(kind, bytes)?);
    Ok(Item {
        reference: server.reference().on_host(strings.share(&server.spec.host_id)),
        revision: server.metadata.revision.as_str().into(),
        expires: server.expires(),
        labels: server.kept(strings),
        values: values(&server, strings),
    }
    .packed())
}

/// The header has the application's name, and the host where a description would be.
fn deleted(header: &ResourceHeader) -> Reference {
    let host = header.metadata.as_ref().map_or("", |metadata| &metadata.description);
    Reference::new(NAME, wire::header_name(header)).on_host(host)
}

fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let server = match wire::decode::<AppServerV3>(resource.kind(), &resource.bytes()) {
        Ok(message) => Server::from(message),
        Err(error) => return Detail::unreadable(resource.name(), &error.0),
    };
    let beat = server.expires().map(Value::Heartbeat);
    let column = Column::new("HEARTBEAT", Width::Fixed(9));
    let badge = beat.as_ref().map(|beat| column.cell(beat, cx.now)).map(|cell| Span::toned(&cell.text, cell.tone).bold());
    let rotation = server.spec.rotation.as_ref().filter(|rotation| !matches!(rotation.state.as_str(), "" | "standby"));
    let first = [
        Line::said("public address", &server.app_spec.public_addr),
        Line::said("uri", &server.app_spec.uri),
        Line::said("cloud", &server.app_spec.cloud),
        Line::said("description", &server.app.description),
    ];
    let agent = [
        Line::said("host", &server.spec.hostname),
        Line::said("host ID", &server.spec.host_id),
        version(&server.spec.version, cx),
        server.expires().map(|end| gone(end, cx.now)),
        rotation.map(|rotation| {
            Line::new("CA rotation", Span::toned(&format!("{} {}", rotation.state, rotation.phase), Tone::Warn))
        }),
        Line::listed("proxies", &server.spec.proxy_ids),
        Line::said("relay", &server.spec.relay_group),
    ];
    let options = [
        server
            .app_spec
            .insecure_skip_verify
            .then(|| Line::new("TLS", Span::toned("the app's certificate is not verified", Tone::Warn))),
        Line::listed("TCP ports", server.app_spec.tcp_ports.iter().copied().map(ports)),
        Line::listed("needs apps", &server.app_spec.required_app_names),
        Line::said("integration", &server.app_spec.integration),
        Line::said("revision", &server.metadata.revision),
    ];
    Detail { title: clean(&server.metadata.name).into_owned(), badge, ..Detail::default() }
        .with("", first.into_iter().flatten())
        .with("AGENT", agent.into_iter().flatten())
        .with("LABELS", wire::label_words(server.labels()).iter().map(|label| Line::plain(Span::new(label))))
        .with("MORE", options.into_iter().flatten())
}

fn version(agent: &str, cx: &Context<'_>) -> Option<Line> {
    let server = &cx.caller.server;
    let line = Line::said("version", agent)?;
    let behind = server.version.0 > Version::parse(agent).0;
    let words = format!(" · behind this server's {}", server.version_text);
    Some(if behind { line.and(Span::toned(&words, Tone::Warn)) } else { line })
}

/// No server says when it last heard of an agent, only when it will forget it.
fn gone(end: SystemTime, now: SystemTime) -> Line {
    match end.duration_since(now) {
        Ok(_) => Line::moment("forgotten", Some(end), now)
            .unwrap_or_default()
            .and(Span::toned(" unless it is heard of", Tone::Muted)),
        Err(_) => Line::new("forgotten", Span::toned(&format!("{} ago, not yet removed", ago(end, now)), Tone::Bad)),
    }
}

fn ports(range: PortRange) -> String {
    if range.end_port == 0 { range.port.to_string() } else { format!("{}-{}", range.port, range.end_port) }
}

fn concern(item: &Item, now: SystemTime) -> Option<Concern> {
    let beat = Value::Heartbeat(item.expires?);
    let cell = Column::new("HEARTBEAT", Width::Fixed(9)).cell(&beat, now).tone;
    match cell {
        Tone::Warn => Some(Concern::Unwell(Tone::Warn, "heartbeat late".to_owned())),
        Tone::Bad => Some(Concern::Unwell(Tone::Bad, "heartbeat stopped".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use prost::Message as _;

    use super::*;
    use crate::schema::types::{AppV3, CommandLabelV2};

    fn server(host: &str, expires: u64) -> Item {
        let name = || Metadata { name: "wiki".to_owned(), ..Metadata::default() };
        let arch = CommandLabelV2 { result: "x86_64".to_owned(), ..CommandLabelV2::default() };
        let spec = AppSpecV3 { dynamic_labels: [("arch".to_owned(), arch)].into(), ..AppSpecV3::default() };
        let labels = [("env".to_owned(), "prod".to_owned())].into();
        let app = AppV3 { metadata: Some(Metadata { labels, ..name() }), spec: Some(spec), ..AppV3::default() };
        let spec = AppServerSpecV3 { host_id: host.to_owned(), app: Some(app), ..AppServerSpecV3::default() };
        let expires = Some(wire::stamp(UNIX_EPOCH + Duration::from_secs(expires)));
        let metadata = Some(Metadata { expires, ..name() });
        let message = AppServerV3 { metadata, spec: Some(spec), ..AppServerV3::default() };
        item(NAME, &message.encode_to_vec(), &mut Strings::default()).expect("an app server")
    }

    #[test]
    fn a_keepalive_is_no_change_and_another_host_is_another_server() {
        assert_eq!(server("a", 1_000), server("a", 2_000));
        assert_ne!(server("a", 1_000).reference, server("b", 1_000).reference);
    }

    #[test]
    fn labels_are_the_applications_and_what_its_commands_said() {
        let item = server("a", 1_000);
        assert_eq!((item.labels.get("env"), item.labels.get("arch")), (Some("prod"), Some("x86_64")));
    }

    #[test]
    fn an_agent_that_is_not_heard_of_concerns() {
        let at = |seconds| concern(&server("a", 1_000), UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(100), None);
        assert_eq!(at(900), Some(Concern::Unwell(Tone::Warn, "heartbeat late".to_owned())));
        assert_eq!(at(1_001), Some(Concern::Unwell(Tone::Bad, "heartbeat stopped".to_owned())));
    }

    #[test]
    fn a_listing_never_asks_for_what_would_drop_replicas() {
        let request = listing(String::new(), 10, String::new());
        assert_eq!(request.resource_type, NAME);
        // Fields 8 and up are the sort and the total; ours has none, and this fails if somebody declares one.
        let descriptor = crate::schema::message("proto.ListResourcesRequest");
        assert!(
            descriptor.get_field_by_name("sort_by").is_none() && descriptor.get_field_by_name("need_total_count").is_none()
        );
    }
}
