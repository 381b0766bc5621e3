//! Clusters: the leaf clusters that joined us, and the root cluster that we joined.
//!
//! Teleport has two kinds for the two directions. A remote cluster is on the root, comes with a heartbeat and can be watched. A
//! trusted cluster is on the leaf, has none and can only be asked for. One screen shows both; what one half refuses is said.

mod edit;

use std::time::SystemTime;

use super::wire::{self, columns, moment};
use super::{
    Action, Asked, Column, Concern, Context, Detail, Item, Kind, Line, Listed, Malformed, Page, Rank, Sheet, Sort, Span,
    Telling, Tone, Value, Verb, Width,
};
use crate::api::{Client, Error, Family};
use crate::document::Resource;
use crate::resource::{Reference, Strings, ago, clean};
use crate::schema::method;
use crate::schema::proto::{Empty, NameRequest, PageRequest, ResourceRequest};
use crate::schema::types::{Metadata, RemoteClusterV3, ResourceHeader, TrustedClusterSpecV2, TrustedClusterV2};

const REMOTE: &str = "remote_cluster";
const TRUSTED: &str = "trusted_cluster";

/// Clusters that trust each other.
pub static CLUSTERS: Kind = Kind {
    name: REMOTE,
    aliases: &["remote_clusters", "rc", "rcs", "leaf", "leaves", "trusted_clusters", "tc", "cluster", "clusters"],
    title: "Clusters",
    plural: "clusters",
    wire: &[REMOTE, TRUSTED],
    by_label: &[REMOTE],
    lags: false,
    columns: COLUMNS,
    sort: &[Sort::ascending("STATUS"), Sort::ascending("NAME")],
    actions: &[Action {
        name: "delete",
        on: REMOTE,
        title: "Delete · its authorities go with it; it comes back only by joining with a new token",
        needs: &[Verb::Delete],
        ready: |_, _, _| Ok(()),
        sheet: Sheet::Name,
        call: |_| "DeleteRemoteCluster",
        run: edit::delete,
    }],
    page,
    fetch,
    item,
    deleted,
    detail,
    concern,
    consequences: super::consequence::none,
    edit: Some(edit::EDIT),
};

/// Whether a word of the command line means the trusted half.
pub(super) fn means_trusted(word: &str) -> bool {
    matches!(word, TRUSTED | "trusted_clusters" | "tc" | "cluster" | "clusters")
}

/// Either half, by what both can say.
#[derive(Debug)]
struct Cluster {
    metadata: Metadata,
    half: Half,
}

#[derive(Debug)]
enum Half {
    Remote { online: bool, heartbeat: Option<SystemTime> },
    Trusted(TrustedClusterSpecV2),
}

impl Cluster {
    fn read(kind: &str, bytes: &[u8]) -> Result<Self, Malformed> {
        if kind == TRUSTED {
            let message = wire::decode::<TrustedClusterV2>(kind, bytes)?;
            let half = Half::Trusted(message.spec.unwrap_or_default());
            return Ok(Self { metadata: message.metadata.unwrap_or_default(), half });
        }
        let message = wire::decode::<RemoteClusterV3>(kind, bytes)?;
        let status = message.status.unwrap_or_default();
        let half = Half::Remote { online: status.connection == "online", heartbeat: moment(status.last_heartbeat.as_ref()) };
        Ok(Self { metadata: message.metadata.unwrap_or_default(), half })
    }

    fn kind(&self) -> &'static str {
        match self.half {
            Half::Remote { .. } => REMOTE,
            Half::Trusted(_) => TRUSTED,
        }
    }

    fn heartbeat(&self) -> Option<SystemTime> {
        match self.half {
            Half::Remote { heartbeat, .. } => heartbeat,
            Half::Trusted(_) => None,
        }
    }

    fn status(&self) -> &'static Rank {
        match &self.half {
            Half::Remote { online: false, heartbeat: None } => &Rank { order: 1, word: "never seen", tone: Tone::Warn },
            Half::Remote { online: false, .. } => &Rank { order: 0, word: "offline", tone: Tone::Bad },
            Half::Remote { online: true, .. } => &Rank { order: 2, word: "online", tone: Tone::Good },
            Half::Trusted(spec) if spec.enabled => &Rank { order: 3, word: "enabled", tone: Tone::Plain },
            Half::Trusted(_) => &Rank { order: 4, word: "disabled", tone: Tone::Muted },
        }
    }

    fn direction(&self) -> &'static Rank {
        match self.half {
            Half::Remote { .. } => &Rank { order: 0, word: "remote", tone: Tone::Plain },
            Half::Trusted(_) => &Rank { order: 1, word: "trusted", tone: Tone::Plain },
        }
    }
}

columns! {
    Cluster:
    Column::new("NAME", Width::Share(3, 16)) => |cluster, _| Value::text(&cluster.metadata.name),
    Column::new("STATUS", Width::Fixed(8)) => |cluster, _| Value::Rank(cluster.status()),
    Column::new("HEARTBEAT", Width::Fixed(9)).told(Telling::Age) => |cluster, _| Value::time(cluster.heartbeat()),
    Column::new("LABELS", Width::Share(5, 14)) =>
        |cluster, strings| Value::labels(&wire::labels(&cluster.metadata, strings)),
    Column::new("TYPE", Width::Fixed(7)) => |cluster, _| Value::Rank(cluster.direction()),
    Column::hidden("proxy") => |cluster, _| match &cluster.half {
        Half::Trusted(spec) => Value::text(&spec.web_proxy_addr),
        Half::Remote { .. } => Value::None,
    },
    Column::hidden("description") => |cluster, _| Value::text(&cluster.metadata.description),
}

/// The trusted half after a remote half that was refused: then a second refusal is the whole answer.
const ALONE: u8 = 2;

fn page(client: &Client, page: Page) -> Asked<'_, Listed> {
    Box::pin(async move {
        if page.source > 0 {
            return trusted(client, page).await;
        }
        let request = PageRequest { page_size: wire::limit(page.limit, wire::PAGE), page_token: page.token.clone() };
        let then = |source| Some(Page { token: String::new(), limit: page.limit, source });
        match client.call(&method::LIST_REMOTE_CLUSTERS, request).await {
            Ok(reply) => {
                let listed = Listed::page(REMOTE, reply.remote_clusters, reply.next_page_token, &page);
                Ok(Listed { next: listed.next.or_else(|| then(1)), ..listed })
            }
            Err(error) => {
                let missing = Some(left_out("remote clusters", error)?);
                Ok(Listed { missing, next: then(ALONE), ..Listed::default() })
            }
        }
    })
}

async fn trusted(client: &Client, page: Page) -> Result<Listed, Error> {
    let request = PageRequest { page_size: wire::limit(page.limit, wire::PAGE), page_token: page.token.clone() };
    let reply = match client.call(&method::LIST_TRUSTED_CLUSTERS, request).await {
        Err(error) if error.is_missing_method() => {
            let all = client.call(&method::GET_TRUSTED_CLUSTERS, Empty {}).await;
            all.map(|all| Listed::all(TRUSTED, all.trusted_clusters))
        }
        reply => reply.map(|reply| Listed::page(TRUSTED, reply.trusted_clusters, reply.next_page_token, &page)),
    };
    match reply {
        Err(error) if page.source < ALONE => {
            Ok(Listed { missing: Some(left_out("trusted clusters", error)?), ..Listed::default() })
        }
        reply => reply,
    }
}

/// Says in a sentence what one half will not tell, or passes on an error that is about more than this half.
fn left_out(half: &str, error: Error) -> Result<String, Error> {
    if error.is_missing_method() {
        Ok(format!("{half}: this server lists them only over its old HTTP API"))
    } else if error.family == Family::AccessDenied {
        Ok(format!("{half}: {error}"))
    } else {
        Err(error)
    }
}

fn fetch<'a>(client: &'a Client, reference: &'a Reference) -> Asked<'a, Resource> {
    Box::pin(async move {
        let name = reference.name().to_owned();
        if reference.kind() == TRUSTED {
            let raw = client.call(&method::GET_TRUSTED_CLUSTER, ResourceRequest { name }).await?;
            return wire::resource(TRUSTED, method::GET_TRUSTED_CLUSTER.path, raw.0);
        }
        let raw = client.call(&method::GET_REMOTE_CLUSTER, NameRequest { name }).await?;
        wire::resource(REMOTE, method::GET_REMOTE_CLUSTER.path, raw.0)
    })
}

fn item(kind: &str, bytes: &[u8], strings: &mut Strings) -> Result<Item, Malformed> {
    let cluster = Cluster::read(kind, bytes)?;
    Ok(Item {
        reference: Reference::new(cluster.kind(), cluster.metadata.name.as_str()),
        revision: cluster.metadata.revision.as_str().into(),
        expires: moment(cluster.metadata.expires.as_ref()),
        labels: wire::labels(&cluster.metadata, strings),
        values: values(&cluster, strings),
    })
}

fn deleted(header: &ResourceHeader) -> Reference {
    let kind = if header.kind == TRUSTED { TRUSTED } else { REMOTE };
    Reference::new(kind, wire::header_name(header))
}

fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let cluster = match Cluster::read(resource.kind(), &resource.bytes()) {
        Ok(cluster) => cluster,
        Err(error) => return Detail::unreadable(resource.name(), &error.0),
    };
    let status = cluster.status();
    let pairs = cluster.metadata.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let labels = wire::label_words(pairs);
    let first = match &cluster.half {
        Half::Remote { heartbeat, .. } => remote(*heartbeat, cx.now),
        Half::Trusted(spec) => we_trust(spec),
    };
    let maps = match &cluster.half {
        Half::Remote { .. } => Vec::new(),
        Half::Trusted(spec) => role_map(spec),
    };
    let more = [
        Line::said("description", &cluster.metadata.description),
        Line::moment("expires", moment(cluster.metadata.expires.as_ref()), cx.now),
        Line::said("revision", &cluster.metadata.revision),
    ];
    let badge = Some(Span::toned(status.word, status.tone).bold());
    Detail { title: clean(&cluster.metadata.name).into_owned(), badge, ..Detail::default() }
        .with("", first)
        .with("WHO BECOMES WHAT", maps)
        .with("LABELS", labels.iter().map(|label| Line::plain(Span::new(label))))
        .with("MORE", more.into_iter().flatten())
}

/// The server looks at its tunnels every 40 s or so, and calls a leaf offline a quarter of an hour after the last sign.
fn remote(heartbeat: Option<SystemTime>, now: SystemTime) -> Vec<Line> {
    let seen = Line::moment("heartbeat", heartbeat, now);
    vec![
        Line::new("type", Span::new("remote cluster: it joined this cluster as a leaf")),
        seen.unwrap_or_else(|| Line::new("heartbeat", Span::toned("never", Tone::Warn))),
    ]
}

/// Everything but the token it joined with.
fn we_trust(spec: &TrustedClusterSpecV2) -> Vec<Line> {
    let enabled = if spec.enabled { "enabled" } else { "disabled: its users cannot come here" };
    let mut lines = vec![
        Line::new("type", Span::new("trusted cluster: this cluster joined it as a leaf")),
        Line::new("trust", Span::new(enabled)),
    ];
    lines.extend(Line::said("proxy", &spec.web_proxy_addr));
    lines.extend(Line::said("tunnel", &spec.tunnel_addr));
    lines.extend(Line::listed("roles", &spec.roles));
    lines
}

fn role_map(spec: &TrustedClusterSpecV2) -> Vec<Line> {
    let mapped =
        |map: &crate::schema::types::RoleMapping| Line::new(&map.remote, Span::new(&format!("→ {}", map.local.join(", "))));
    spec.role_map.iter().map(mapped).collect()
}

fn concern(item: &Item, now: SystemTime) -> Option<Concern> {
    let value = |title| CLUSTERS.column(title).and_then(|at| item.values.get(at));
    match (value("STATUS"), value("HEARTBEAT")) {
        (Some(Value::Rank(status)), Some(Value::Time(seen))) if status.word == "offline" => {
            Some(Concern::Unwell(Tone::Bad, format!("offline {}", ago(*seen, now))))
        }
        (Some(Value::Rank(status)), _) if status.word == "never seen" => {
            Some(Concern::Unwell(Tone::Warn, "never seen".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
