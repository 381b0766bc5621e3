//! The page about an app server, or about a dynamic app that agents may serve.

use std::time::SystemTime;

use super::Server;
use crate::api::Version;
use crate::document::Resource;
use crate::kind::wire;
use crate::kind::{Column, Context, Detail, Line, Span, Tone, Value, Width};
use crate::resource::{ago, clean};
use crate::schema::types::PortRange;

pub(in crate::kind) fn detail(resource: &Resource, cx: &Context<'_>) -> Detail {
    let server = match Server::read(resource.kind(), &resource.bytes()) {
        Ok(server) => server,
        Err(error) => return Detail::unreadable(resource.name(), &error.0),
    };
    let beat = server.expires().filter(|_| !server.dynamic).map(Value::Heartbeat);
    let column = Column::new("HEARTBEAT", Width::Fixed(9));
    let badge = beat.as_ref().map(|beat| column.cell(beat, cx.now)).map(|cell| Span::toned(&cell.text, cell.tone).bold());
    let rotation = server.spec.rotation.as_ref().filter(|rotation| !matches!(rotation.state.as_str(), "" | "standby"));
    let about = server.dynamic.then(|| {
        let said = "dynamic app: agents whose matchers name its labels serve it, each as a row of its own";
        Line::new("type", Span::new(said))
    });
    let ends = Line::moment("expires", server.expires().filter(|_| server.dynamic), cx.now);
    let first = [
        about,
        Line::said("public address", &server.app_spec.public_addr),
        Line::said("uri", &server.app_spec.uri),
        Line::said("cloud", &server.app_spec.cloud),
        Line::said("description", &server.app.description),
    ];
    let agent = [
        Line::said("host", &server.spec.hostname),
        Line::said("host ID", &server.spec.host_id),
        version(&server.spec.version, cx),
        server.expires().filter(|_| !server.dynamic).map(|end| gone(end, cx.now)),
        rotation.map(|rotation| {
            Line::new("CA rotation", Span::toned(&format!("{} {}", rotation.state, rotation.phase), Tone::Warn))
        }),
        Line::listed("proxies", &server.spec.proxy_ids),
        Line::said("relay", &server.spec.relay_group),
    ];
    let options = [
        ends,
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
