//! One resource as it travels above this floor: opaque, whole, and exact.
//!
//! Holds the bytes as they came and the message decoded from them; nothing of either is dropped, whether this build knows it or
//! not. An edit gives a new `Resource` made from this one in place. The name of a token is a secret: `Debug` shows neither names
//! nor bodies.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, Value as Wire};

use super::advice::{Circumstances, Text};
use super::codec::{self, Unprintable};
use super::problem::{self, Finding, Problem};
use super::{defaults, draft, hidden, print, timestamp};
use crate::schema;

/// Bytes that are no message of the kind they were said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The kind that was asked for.
    pub kind: String,
    /// What the decoder says.
    pub reason: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the Auth Service sent a {} that cannot be decoded: {}", self.kind, self.reason)
    }
}

impl std::error::Error for Malformed {}

/// Kinds with a whole message, by the server's word.
pub(super) const KINDS: [(&str, &str); 10] = [
    ("role", "types.RoleV6"),
    ("token", "types.ProvisionTokenV2"),
    ("access_request", "types.AccessRequestV3"),
    ("remote_cluster", "types.RemoteClusterV3"),
    ("trusted_cluster", "types.TrustedClusterV2"),
    ("app_server", "types.AppServerV3"),
    ("app", "types.AppV3"),
    ("user", "types.UserV2"),
    ("lock", "types.LockV2"),
    ("cert_authority", "types.CertAuthorityV2"),
];

/// The message of a kind.
pub(super) fn descriptor(kind: &str) -> Option<(&'static str, MessageDescriptor)> {
    let (kind, message) = KINDS.into_iter().find(|(name, _)| *name == kind)?;
    Some((kind, schema::message(message)))
}

/// A whole resource of one of the known kinds.
#[derive(Clone)]
pub struct Resource {
    kind: &'static str,
    bytes: Bytes,
    message: DynamicMessage,
}

impl PartialEq for Resource {
    /// Messages, not bytes: the order of map entries on the wire is chance.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.message == other.message
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.may_be_secret() { "***" } else { self.name() };
        out.debug_struct("Resource")
            .field("kind", &self.kind)
            .field("name", &name)
            .field("revision", &self.revision())
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Resource {
    /// A resource as the Auth Service sent it. `kind` is the server's word, such as `access_request`.
    ///
    /// # Errors
    /// When the kind is none of ours, or the bytes are not its message.
    pub fn from_bytes(kind: &str, bytes: Bytes) -> Result<Self, Malformed> {
        let malformed = |reason: String| Malformed { kind: kind.to_owned(), reason };
        let (kind, descriptor) = descriptor(kind).ok_or_else(|| malformed("this kind is not known here".to_owned()))?;
        let message = DynamicMessage::decode(descriptor, bytes.clone()).map_err(|error| malformed(error.to_string()))?;
        Ok(Self { kind, bytes, message })
    }

    pub(super) fn from_message(kind: &'static str, message: DynamicMessage) -> Self {
        Self { kind, bytes: message.encode_to_vec().into(), message }
    }

    pub(super) fn message(&self) -> &DynamicMessage {
        &self.message
    }

    /// One new document, its kind taken from its text. Defaults are not filled in; that is the server's business.
    ///
    /// # Errors
    /// All problems that stand in the way, and advice with them.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        draft::one(text).map_err(problem::sorted)
    }

    /// One document as it was once printed, of any kind: its form is read, and no rule about who may create what is asked.
    ///
    /// # Errors
    /// All problems of its form.
    pub fn printed(text: &str) -> Result<Self, Vec<Problem>> {
        draft::printed(text).map_err(problem::sorted)
    }

    /// A stream of new documents.
    ///
    /// # Errors
    /// All problems of all documents, when any of them cannot be sent.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, Vec<Problem>> {
        let mut resources = Vec::new();
        let mut findings = Vec::new();
        for mut draft in draft::all(text) {
            resources.extend(draft.resource());
            findings.extend(draft.findings);
        }
        if findings.iter().any(Finding::is_error) { Err(problem::sorted(findings)) } else { Ok(resources) }
    }

    /// The document applied to this resource in place: what the text does not show stays as it is.
    ///
    /// # Errors
    /// All problems; changing kind, version or name is one.
    pub fn patched(&self, text: &str) -> Result<Self, Vec<Problem>> {
        draft::edited(self, text).map_err(problem::sorted)
    }

    /// What [`Self::patched`] would say about this text, advice included.
    #[must_use]
    pub fn problems(&self, text: &str) -> Vec<Problem> {
        problem::sorted(draft::edit_findings(self, text, None))
    }

    /// The same with advice for a cluster and a person.
    #[must_use]
    pub fn advised(&self, text: &str, around: &Circumstances) -> Vec<Problem> {
        let source = Text::new(text);
        problem::sorted(draft::edit_findings(self, text, Some((&source, around))))
    }

    /// The server's word for what this is.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// The version of its form, such as `v7`.
    #[must_use]
    pub fn version(&self) -> &str {
        self.top("version")
    }

    /// The kind within the kind; empty for most.
    #[must_use]
    pub fn sub_kind(&self) -> &str {
        self.top("sub_kind")
    }

    /// Its name. Of a token this is the secret itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.metadata("name").and_then(Wire::as_str).unwrap_or_default()
    }

    /// Whether names of its kind can be secrets; which of them are is known to `kind`.
    #[must_use]
    pub fn may_be_secret(&self) -> bool {
        self.kind == "token"
    }

    /// The revision it had when it was sent; empty when the server told none.
    #[must_use]
    pub fn revision(&self) -> &str {
        self.metadata("revision").and_then(Wire::as_str).unwrap_or_default()
    }

    /// The words somebody gave it.
    #[must_use]
    pub fn description(&self) -> &str {
        self.metadata("description").and_then(Wire::as_str).unwrap_or_default()
    }

    /// Its labels, by key.
    #[must_use]
    pub fn labels(&self) -> Vec<(String, String)> {
        let Some(map) = self.metadata("labels").and_then(Wire::as_map) else { return Vec::new() };
        let pairs = map.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.as_str()?.to_owned())));
        let mut labels: Vec<_> = pairs.collect();
        labels.sort();
        labels
    }

    /// When the server removes it; `None` for never.
    #[must_use]
    pub fn expires(&self) -> Option<SystemTime> {
        let time = self.metadata("expires")?.as_message()?;
        let seconds = codec::number(time, 1).as_i64().unwrap_or_default();
        let nanos = codec::number(time, 2).as_i32().unwrap_or_default();
        timestamp::print(seconds, nanos)?;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let start =
            if seconds < 0 { SystemTime::UNIX_EPOCH.checked_sub(whole) } else { SystemTime::UNIX_EPOCH.checked_add(whole) };
        start?.checked_add(Duration::from_nanos(nanos.unsigned_abs().into()))
    }

    /// The bytes for the wire, everything unknown included.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// What `tctl get KIND/NAME --format=yaml` prints.
    ///
    /// # Errors
    /// When a time in it is outside of what text can say.
    pub fn to_yaml(&self) -> Result<String, Unprintable> {
        codec::tree(&self.message).map(|tree| print::document(&tree))
    }

    /// The same as JSON.
    ///
    /// # Errors
    /// As [`Self::to_yaml`].
    pub fn to_json(&self) -> Result<serde_json::Value, Unprintable> {
        codec::tree(&self.message).map(|tree| tree.json())
    }

    /// Paths of what this build has no name for: `spec.allow.rules[0].#77`, or `spec.options.x=9` for an enum number.
    #[must_use]
    pub fn hidden(&self) -> Vec<String> {
        hidden::paths(&self.message)
    }

    /// The hidden paths that an edit has dropped.
    #[must_use]
    pub fn lost_hidden(&self, edited: &Self) -> Vec<String> {
        hidden::lost(&self.hidden(), &edited.hidden())
    }

    /// The same resource under another name and without a revision: a new one.
    #[must_use]
    pub fn with_name(&self, name: &str) -> Self {
        self.with_metadata(&[("name", name), ("revision", "")])
    }

    /// The same resource at the revision the server told.
    #[must_use]
    pub fn with_revision(&self, revision: &str) -> Self {
        self.with_metadata(&[("revision", revision)])
    }

    /// As the Auth Service stores it: with what it fills in where the text is silent. For comparing, never for sending.
    #[must_use]
    pub fn completed(&self) -> Self {
        let mut message = self.message.clone();
        defaults::complete(self.kind, &mut message);
        Self::from_message(self.kind, message)
    }

    fn with_metadata(&self, values: &[(&str, &str)]) -> Self {
        let mut message = self.message.clone();
        if let Some(metadata) = message.get_field_by_name_mut("metadata").and_then(Wire::as_message_mut) {
            for (field, value) in values {
                metadata.set_field_by_name(field, Wire::String((*value).to_owned()));
            }
        }
        Self::from_message(self.kind, message)
    }

    fn top(&self, name: &str) -> &str {
        borrowed(&self.message, name).and_then(Wire::as_str).unwrap_or_default()
    }

    fn metadata(&self, name: &str) -> Option<&Wire> {
        borrowed(borrowed(&self.message, "metadata")?.as_message()?, name)
    }
}

/// A set field by name, borrowed from the message.
pub(super) fn borrowed<'a>(message: &'a DynamicMessage, name: &str) -> Option<&'a Wire> {
    message.fields().find(|(field, _)| field.name() == name).map(|(_, value)| value)
}
