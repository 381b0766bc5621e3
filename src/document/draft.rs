//! From text to a resource: new ones, and edits of one that was fetched.
//!
//! Runs the rooms of `tctl create` in one go and keeps what each of them finds: reading, kind, types, rules. An edit goes the same
//! way on the fetched message; what already was against a rule before the edit is no reason to refuse it.

use prost_reflect::DynamicMessage;

use super::advice::{self, Circumstances, Read, Text};
use super::apply::Apply;
use super::check;
use super::node::{Node, Value};
use super::problem::{Finding, Problem, Severity, Stage, nearest, sorted};
use super::read;
use super::resource::{KINDS, Resource, descriptor};

/// What became of one document.
pub struct Draft {
    /// Only when nothing stands in the way.
    message: Option<(&'static str, DynamicMessage)>,
    pub findings: Vec<Finding>,
    /// Where it begins.
    line: usize,
}

/// One document of a stream, for whoever writes them one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The line of its first key, from 1.
    pub line: usize,
    /// All of it, when nothing stands in the way.
    pub resource: Option<Resource>,
    /// What there is to say about it, advice included, by place.
    pub problems: Vec<Problem>,
}

/// Every document of a stream of new ones, each with what there is to say about it.
#[must_use]
pub fn documents(text: &str) -> Vec<Document> {
    let told = |mut draft: Draft| Document { line: draft.line, resource: draft.resource(), problems: sorted(draft.findings) };
    all(text).into_iter().map(told).collect()
}

impl Draft {
    /// Made only when it is wanted: putting a message on the wire costs as much as reading it.
    pub fn resource(&mut self) -> Option<Resource> {
        self.message.take().map(|(kind, message)| Resource::from_message(kind, message))
    }

    fn nothing(findings: Vec<Finding>, line: usize) -> Self {
        Self { message: None, findings, line }
    }
}

/// Kinds that nobody creates from a file.
const ONLY_READ: [&str; 2] = ["access_request", "remote_cluster"];

/// What advice needs to know, if advice is wanted.
pub type Around<'a> = Option<(&'a Text<'a>, &'a Circumstances)>;

/// Every document of a stream.
pub fn all(text: &str) -> Vec<Draft> {
    advised(text, None)
}

/// The same with advice.
pub fn advised(text: &str, around: Around<'_>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = read::documents(text).into_iter().map(|document| new(document, around)).collect();
    if drafts.is_empty() {
        let findings = vec![Finding::error(Stage::Empty, (1, 1), "there is no resource in this text")];
        drafts.push(Draft::nothing(findings, 1));
    }
    drafts
}

/// The only document of a text.
pub fn one(text: &str) -> Result<Resource, Vec<Finding>> {
    let mut documents = read::documents(text);
    let extra = second(&mut documents);
    let mut draft = match documents.pop() {
        Some(document) => new(document, None),
        None => all("").remove(0),
    };
    draft.findings.extend(extra);
    match draft.resource() {
        Some(resource) if !draft.findings.iter().any(Finding::is_error) => Ok(resource),
        _ => Err(draft.findings),
    }
}

/// The problems of a new document, or of several; advice included.
#[must_use]
pub fn problems(text: &str) -> Vec<Problem> {
    sorted(all(text).into_iter().flat_map(|draft| draft.findings).collect())
}

/// Who would be the first to refuse this text; `None` when all of it is taken.
#[must_use]
pub fn refused_by(text: &str) -> Option<Stage> {
    let stages = all(text)
        .into_iter()
        .filter_map(|draft| draft.findings.iter().filter(|finding| finding.is_error()).map(|finding| finding.stage).min());
    let stages: Vec<Stage> = stages.collect();
    // What only we refuse does not stop `tctl` on its way to the next document.
    stages.iter().find(|stage| **stage != Stage::Silent).or(stages.first()).copied()
}

/// An edit of a resource.
pub fn edited(base: &Resource, text: &str) -> Result<Resource, Vec<Finding>> {
    let (message, findings) = edit(base, text, None);
    match message {
        Some(message) if !findings.iter().any(Finding::is_error) => {
            if message == *base.message() {
                return Ok(base.clone());
            }
            let (kind, _) = descriptor(base.kind()).ok_or_else(Vec::new)?;
            Ok(Resource::from_message(kind, message))
        }
        _ => Err(findings),
    }
}

/// What there is to say about an edit.
pub fn edit_findings(base: &Resource, text: &str, around: Around<'_>) -> Vec<Finding> {
    edit(base, text, around).1
}

fn second(documents: &mut Vec<read::Document>) -> Option<Finding> {
    let extra = documents.get(1)?;
    let place = extra
        .root
        .as_ref()
        .map(Node::place)
        .or(extra.findings.first().map(|finding| (finding.problem.line, finding.problem.column)));
    documents.truncate(1);
    Some(Finding::error(Stage::Silent, place.unwrap_or((1, 1)), "one document at a time; this is a second one"))
}

/// A document as it was once printed: its form is checked, and no rule about who may create what.
pub fn printed(text: &str) -> Result<Resource, Vec<Finding>> {
    let mut documents = read::documents(text);
    let extra = second(&mut documents);
    let Some(document) = documents.pop() else { return Err(all("").remove(0).findings) };
    let mut findings = document.findings;
    findings.extend(extra);
    let Some(root) = document.root else { return Err(findings) };
    let Some((kind, descriptor)) = kind_of(&root, &mut findings) else { return Err(findings) };
    let mut message = DynamicMessage::new(descriptor);
    let mut apply = Apply::new();
    apply.resource(&root, &mut message);
    findings.append(&mut apply.findings);
    if findings.iter().any(Finding::is_error) { Err(findings) } else { Ok(Resource::from_message(kind, message)) }
}

fn new(document: read::Document, around: Around<'_>) -> Draft {
    let mut findings = document.findings;
    let Some(root) = document.root else {
        let line = findings.first().map_or(1, |finding| finding.problem.line);
        return Draft::nothing(findings, line);
    };
    let (line, _) = root.place();
    let Some((kind, descriptor)) = kind_of(&root, &mut findings) else { return Draft::nothing(findings, line) };
    if ONLY_READ.contains(&kind) {
        let text = format!("a {kind} cannot be created from text");
        findings.push(Finding::error(Stage::Kind, place_of(&root, "kind"), text));
    }
    let mut message = DynamicMessage::new(descriptor);
    let mut apply = Apply::new();
    apply.resource(&root, &mut message);
    findings.append(&mut apply.findings);
    if !findings.iter().any(|finding| finding.is_error() && finding.stage < Stage::Check) {
        check::new(kind, &root, &message, &mut findings);
        if let Some((source, around)) = around {
            let read = Read { kind, root: &root, message: &message, base: None };
            advice::advise(read, source, around, &mut findings);
        }
    }
    let sound = !findings.iter().any(Finding::is_error);
    Draft { message: sound.then_some((kind, message)), findings, line }
}

fn place_of(root: &Node, key: &str) -> (usize, usize) {
    root.get(key).map_or(root.place(), Node::place)
}

fn kind_of(root: &Node, findings: &mut Vec<Finding>) -> Option<(&'static str, prost_reflect::MessageDescriptor)> {
    if !matches!(root.value, Value::Map(_)) {
        findings.push(Finding::error(
            Stage::Parse,
            root.place(),
            "a resource is a map that begins with kind, version, metadata",
        ));
        return None;
    }
    let other_case = root.entries().iter().find(|entry| entry.key.text.eq_ignore_ascii_case("kind"));
    if let (None, Some(entry)) = (root.get("kind"), other_case) {
        let text = format!("write \"kind\" instead of {:?}", entry.key.text);
        findings.push(Finding::error(Stage::Silent, entry.key.place(), text));
        return None;
    }
    let names = || KINDS.into_iter().map(|(name, _)| name).filter(|name| !ONLY_READ.contains(name));
    let place = place_of(root, "kind");
    let typed = match root.get("kind").map(|node| (node.is_null(), &node.value)) {
        None | Some((true, _)) => "",
        Some((_, Value::Text(text))) => text,
        Some(_) => {
            findings.push(Finding::error(Stage::Parse, place, "kind must be text"));
            return None;
        }
    };
    let found = descriptor(typed);
    if found.is_none() {
        let text = match (typed, nearest(typed, names())) {
            ("", _) => format!("kind is missing; write one of {}", names().collect::<Vec<_>>().join(", ")),
            (typed, Some(name)) => format!("unknown kind {typed:?}; did you mean {name:?}?"),
            (typed, None) => format!("unknown kind {typed:?}; write one of {}", names().collect::<Vec<_>>().join(", ")),
        };
        findings.push(Finding::error(Stage::Kind, place, text));
        // The header is read before anybody looks at the kind.
        let mut header = DynamicMessage::new(crate::schema::message("types.ResourceHeader"));
        let mut apply = Apply::new();
        apply.resource(root, &mut header);
        findings.extend(apply.findings.into_iter().filter(|finding| finding.stage == Stage::Parse));
    }
    found
}

fn edit(base: &Resource, text: &str, around: Around<'_>) -> (Option<DynamicMessage>, Vec<Finding>) {
    let mut documents = read::documents(text);
    let mut findings: Vec<Finding> = second(&mut documents).into_iter().collect();
    let Some(document) = documents.pop() else {
        findings.push(Finding::error(Stage::Empty, (1, 1), "the text is empty; to delete a resource there is an action"));
        return (None, findings);
    };
    findings.extend(document.findings);
    let Some(root) = document.root else { return (None, findings) };
    if !matches!(root.value, Value::Map(_)) {
        findings.push(Finding::error(
            Stage::Parse,
            root.place(),
            "a resource is a map that begins with kind, version, metadata",
        ));
        return (None, findings);
    }
    let mut message = base.message().clone();
    let mut apply = Apply::new();
    apply.resource(&root, &mut message);
    findings.append(&mut apply.findings);
    fixed(base, &root, &mut findings);
    if !findings.iter().any(|finding| finding.is_error() && finding.stage < Stage::Check) {
        findings.extend(broken_rules(base, &root, &message));
        if let Some((source, around)) = around {
            let read = Read { kind: base.kind(), root: &root, message: &message, base: Some(base.message()) };
            advice::advise(read, source, around, &mut findings);
        }
    }
    (Some(message), findings)
}

/// Rules that the edit breaks. One that was broken before is the server's own doing and only worth advice.
fn broken_rules(base: &Resource, root: &Node, message: &DynamicMessage) -> Vec<Finding> {
    let mut found = Vec::new();
    check::edit(base.kind(), root, message, &mut found);
    if found.is_empty() {
        return found;
    }
    let mut before = Vec::new();
    check::edit(base.kind(), root, base.message(), &mut before);
    for finding in &mut found {
        if before.iter().any(|old| old.problem.text == finding.problem.text) {
            finding.problem.severity = Severity::Advice;
        }
    }
    found
}

/// Kind, version and name say which resource this is; another one is created, not edited into.
fn fixed(base: &Resource, root: &Node, findings: &mut Vec<Finding>) {
    let metadata = root.get("metadata");
    let own = super::resource::borrowed(base.message(), "kind").and_then(prost_reflect::Value::as_str).unwrap_or_default();
    let parts = [("kind", own, Some(root)), ("version", base.version(), Some(root)), ("name", base.name(), metadata)];
    for (key, value, parent) in parts {
        let node = parent.and_then(|parent| parent.get(key));
        let typed = match node.map(|node| &node.value) {
            Some(Value::Text(text)) => text.as_str(),
            Some(Value::Bare(..)) | None => "",
            Some(_) => continue,
        };
        if typed != super::style::received(value) {
            let place = node.or(parent).unwrap_or(root).place();
            let shown = if key == "name" && base.kind() == "token" { "its name".to_owned() } else { format!("{value:?}") };
            let text = format!("{key} must stay {shown}; for another resource use clone or new");
            findings.push(Finding::error(Stage::Silent, place, text));
        }
    }
}
