//! `get`: the lists and resources of the screen, for scripts.
//!
//! Rows are printed as pages arrive unless something has to be sorted or filtered first: the first is on stdout before a second
//! page is asked for, and from then on one page is printed while the next is on its way. YAML equals `tctl get`, but for names
//! of tokens that are secrets, which are masked unless asked for.

use std::collections::HashMap;
use std::io::Write;
use std::time::SystemTime;

use anyhow::Result;
use bytes::Bytes;

use super::arguments::{Format, Get};
use super::pages::Pages;
use super::setup::{Setup, explained, open};
use super::{Failure, table};
use crate::api::{self, Client};
use crate::credentials::Identity;
use crate::document::{self, Resource};
use crate::kind::{self, Item, Kind, Shown};
use crate::resource::{Reference, Strings, mask};
use crate::store::Shelf;
use crate::store::arrange::{Arrange, Filter, order};

/// What the words of the command line mean.
#[derive(Debug)]
struct Wanted {
    kind: &'static Kind,
    /// The wire's kind, for a screen that holds two.
    wire: &'static str,
    name: Option<String>,
    arrange: Arrange,
    /// Whether a filter or a sort was asked for.
    arranged: bool,
    format: Format,
    secrets: bool,
}

/// The other end, and how one got there.
struct Reached<'a> {
    setup: &'a Setup,
    client: Client,
    identity: Identity,
}

impl Reached<'_> {
    /// The first answer is the one that may say that the identity is no good.
    async fn first<T>(&self, answer: Result<T, api::Error>) -> Result<T> {
        match answer {
            Ok(answer) => Ok(answer),
            Err(error) => Err(explained(self.setup, &self.client, &self.identity, error).await),
        }
    }

    fn pages(&self, wanted: &Wanted) -> Pages {
        Pages::begin(self.client.clone(), wanted.kind, wanted.source())
    }
}

/// Prints what was asked for; `say` takes what the person should know beside it.
///
/// # Errors
/// Usage, no connection, what the server said, or a broken pipe.
pub async fn get(
    setup: &Setup,
    asked: &Get,
    filter: Option<&str>,
    now: SystemTime,
    say: &mut dyn FnMut(&str),
    out: &mut dyn Write,
) -> Result<()> {
    let wanted = understand(asked, filter)?;
    // Done by the time the first page is there; should it not be, that page waits for it, and nothing else does.
    drop(tokio::task::spawn_blocking(document::prepare));
    let (client, identity) = open(setup, now).await?;
    for warning in setup.warnings.iter().chain(identity.warnings()) {
        say(warning);
    }
    let reached = Reached { setup, client, identity };
    match &wanted.name {
        Some(name) => one(&reached, &wanted, name, now, out).await,
        None => many(&reached, &wanted, now, out).await,
    }
}

fn understand(asked: &Get, filter: Option<&str>) -> Result<Wanted> {
    let (word, name) = match asked.resource.split_once('/') {
        Some((word, name)) => (word, Some(name.to_owned())),
        None => (asked.resource.as_str(), None),
    };
    let (kind, wire) = kind::wire_named(word).ok_or_else(|| {
        let known: Vec<_> = kind::ALL.iter().flat_map(|kind| kind.wire).copied().collect();
        Failure::usage(format!("no kind is called {word:?}; there are {}", known.join(", ")))
    })?;
    let filter = Filter::parse(filter.unwrap_or_default()).map_err(|error| Failure::usage(error.to_string()))?;
    let sort = match &asked.sort {
        Some(text) => vec![column(kind, text)?],
        None => Vec::new(),
    };
    let arranged = filter != Filter::default() || !sort.is_empty();
    let format = asked.output.unwrap_or(if name.is_some() { Format::Yaml } else { Format::Table });
    Ok(Wanted { kind, wire, name, arrange: arrange(kind, filter, sort), arranged, format, secrets: asked.with_secrets })
}

fn arrange(kind: &'static Kind, filter: Filter, sort: Vec<(usize, bool)>) -> Arrange {
    let usual = Arrange::of(kind);
    Arrange { filter, sort: if sort.is_empty() { usual.sort } else { sort } }
}

fn column(kind: &'static Kind, text: &str) -> Result<(usize, bool)> {
    let (name, descending) = match text.rsplit_once(':') {
        Some((name, "desc")) => (name, true),
        Some((name, "asc")) => (name, false),
        _ => (text, false),
    };
    let found = kind.column(&name.to_lowercase()).or_else(|| kind.column(&name.to_uppercase()));
    let known = || kind.columns.iter().map(kind::Column::key).collect::<Vec<_>>().join(", ");
    found
        .map(|at| (at, descending))
        .ok_or_else(|| Failure::usage(format!("{} have no column {name:?}; there are {}", kind.plural, known())).into())
}

async fn one(reached: &Reached<'_>, wanted: &Wanted, name: &str, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    let resources = if wanted.kind.wire.contains(&"app_server") && wanted.wire == "app_server" && !name.contains('/') {
        // One name runs on several hosts; `tctl` prints them all.
        let all = gather(reached, wanted).await?;
        all.into_iter().filter(|resource| resource.name() == name).collect()
    } else {
        let answer = (wanted.kind.fetch)(&reached.client, &reference(wanted.wire, name)).await;
        vec![reached.first(answer).await?]
    };
    if resources.is_empty() {
        return Err(Failure::failed(format!("{}/{name} not found", wanted.wire)).into());
    }
    print(wanted, resources, now, out)
}

fn reference(wire: &'static str, name: &str) -> Reference {
    match name.split_once('/') {
        Some((host, name)) if wire == "app_server" => Reference::new(wire, name).on_host(host),
        _ => Reference::new(wire, name),
    }
}

async fn gather(reached: &Reached<'_>, wanted: &Wanted) -> Result<Vec<Resource>> {
    let mut all = Vec::new();
    let mut pages = reached.pages(wanted);
    let mut next = reached.first(pages.next().await).await?;
    while let Some(page) = next {
        pages.ask();
        for (wire, bytes) in page.into_iter().filter(|(wire, _)| *wire == wanted.wire) {
            all.push(resource(wire, bytes)?);
        }
        next = pages.next().await?;
    }
    Ok(all)
}

fn resource(wire: &str, bytes: Bytes) -> Result<Resource> {
    Resource::from_bytes(wire, bytes).map_err(|error| Failure::failed(format!("a {wire} that cannot be read: {error}")).into())
}

impl Wanted {
    fn source(&self) -> u8 {
        u8::try_from(self.kind.wire.iter().position(|wire| *wire == self.wire).unwrap_or_default()).unwrap_or_default()
    }

    fn arranges(&self) -> bool {
        self.arranged || matches!(self.format, Format::Table | Format::Wide)
    }
}

async fn many(reached: &Reached<'_>, wanted: &Wanted, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    if wanted.arranges() {
        let resources = gather(reached, wanted).await?;
        return print(wanted, arranged(wanted, resources, now)?, now, out);
    }
    let mut printer = Printer::new(wanted);
    let mut pages = reached.pages(wanted);
    let mut next = reached.first(pages.next().await).await?;
    while let Some(page) = next {
        for (wire, bytes) in page.into_iter().filter(|(wire, _)| *wire == wanted.wire) {
            printer.print(resource(wire, bytes)?, out)?;
            if printer.count == 1 {
                out.flush()?;
            }
            pages.ask();
        }
        out.flush()?;
        next = pages.next().await?;
    }
    printer.end(out)
}

fn arranged(wanted: &Wanted, resources: Vec<Resource>, now: SystemTime) -> Result<Vec<Resource>> {
    let mut strings = Strings::default();
    let mut shelf = Shelf::new(wanted.kind);
    let mut by_reference: HashMap<Reference, Resource> = HashMap::new();
    for resource in resources {
        let item = item(wanted, &resource, &mut strings)?;
        by_reference.insert(item.reference.clone(), resource);
        shelf.put(item);
    }
    let slots = order(&shelf, &wanted.arrange, now);
    let references = slots.into_iter().filter_map(|slot| shelf.row(slot)).map(|row| row.reference());
    Ok(references.filter_map(|reference| by_reference.remove(&reference)).collect())
}

fn item(wanted: &Wanted, resource: &Resource, strings: &mut Strings) -> Result<Item> {
    let read = (wanted.kind.item)(wanted.wire, &resource.bytes(), strings);
    read.map_err(|error| Failure::failed(format!("a {} that cannot be read: {}", wanted.wire, error.0)).into())
}

fn print(wanted: &Wanted, resources: Vec<Resource>, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    if matches!(wanted.format, Format::Table | Format::Wide) {
        let mut strings = Strings::default();
        let items: Result<Vec<_>> = resources.iter().map(|resource| item(wanted, resource, &mut strings)).collect();
        let wide = wanted.format == Format::Wide;
        let shown = |column: &kind::Column| column.shown == Shown::Always || (wide && column.shown == Shown::Wide);
        return table::write(wanted.kind, &items?, shown, now, out);
    }
    let mut printer = Printer::new(wanted);
    for resource in resources {
        printer.print(resource, out)?;
    }
    printer.end(out)
}

/// Writes resources one after the other, so that none has to wait for the last.
struct Printer<'a> {
    wanted: &'a Wanted,
    count: usize,
}

impl<'a> Printer<'a> {
    fn new(wanted: &'a Wanted) -> Self {
        Self { wanted, count: 0 }
    }

    fn print(&mut self, resource: Resource, out: &mut dyn Write) -> Result<()> {
        let reference = self.reference(&resource)?;
        let masked = reference.is_secret() && !self.wanted.secrets;
        let resource = if masked { resource.with_name(&mask(reference.name())) } else { resource };
        match self.wanted.format {
            Format::Name => {
                let name = if masked { reference.label() } else { reference.name().to_owned() };
                match reference.host() {
                    Some(host) => writeln!(out, "{}/{host}/{name}", self.wanted.wire)?,
                    None => writeln!(out, "{}/{name}", self.wanted.wire)?,
                }
            }
            Format::Json => {
                let value = resource.to_json().map_err(|error| unprintable(&reference, &error))?;
                let text = pretty(&value)?;
                out.write_all(if self.count == 0 { b"[\n    " } else { b",\n    " })?;
                out.write_all(text.replace('\n', "\n    ").as_bytes())?;
            }
            Format::Yaml | Format::Table | Format::Wide => {
                let text = resource.to_yaml().map_err(|error| unprintable(&reference, &error))?;
                if self.count > 0 {
                    out.write_all(b"---\n")?;
                }
                out.write_all(text.as_bytes())?;
            }
        }
        self.count += 1;
        Ok(())
    }

    /// Whose it is, and whether its name is a secret. An item costs as much as decoding the resource once more.
    fn reference(&self, resource: &Resource) -> Result<Reference> {
        if self.wanted.format == Format::Name || resource.may_be_secret() {
            return Ok(item(self.wanted, resource, &mut Strings::default())?.reference);
        }
        Ok(Reference::new(self.wanted.wire, resource.name()))
    }

    fn end(self, out: &mut dyn Write) -> Result<()> {
        match (self.wanted.format, self.count) {
            (Format::Json | Format::Yaml, 0) => out.write_all(b"[]\n")?,
            (Format::Json, _) => out.write_all(b"\n]\n")?,
            _ => {}
        }
        out.flush()?;
        Ok(())
    }
}

/// Indented as `tctl` does.
fn pretty(value: &serde_json::Value) -> Result<String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    Ok(String::from_utf8(text)?)
}

fn unprintable(reference: &Reference, error: &document::Unprintable) -> Failure {
    Failure::failed(format!("{reference} cannot be printed: {error}"))
}
