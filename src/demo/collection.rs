//! Everything the cluster has of one kind, in the order in which it is listed.
//!
//! What was seeded or written is kept as the bytes it came as, so that fields unknown to this build survive here as they do on
//! the wire. Made-up objects are not kept at all: they are made from their index when somebody asks, until somebody changes one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, Value};

use crate::schema::types::{AppServerV3, ResourceHeader};

/// The kinds the demo has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Role,
    Token,
    AccessRequest,
    RemoteCluster,
    AppServer,
    App,
    User,
}

impl Kind {
    pub(super) const ALL: [Self; 7] =
        [Self::Role, Self::Token, Self::AccessRequest, Self::RemoteCluster, Self::AppServer, Self::App, Self::User];

    /// The server's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Token => "token",
            Self::AccessRequest => "access_request",
            Self::RemoteCluster => "remote_cluster",
            Self::AppServer => "app_server",
            Self::App => "app",
            Self::User => "user",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Role => "types.RoleV6",
            Self::Token => "types.ProvisionTokenV2",
            Self::AccessRequest => "types.AccessRequestV3",
            Self::RemoteCluster => "types.RemoteClusterV3",
            Self::AppServer => "types.AppServerV3",
            Self::App => "types.AppV3",
            Self::User => "types.UserV2",
        }
    }

    /// Opens a resource of this kind for changing it in place.
    pub(super) fn open(self, bytes: Bytes) -> Option<DynamicMessage> {
        DynamicMessage::decode(crate::schema::message(self.message()), bytes).ok()
    }

    /// The same resource with another revision, and not a bit else changed.
    pub(super) fn stamped(self, bytes: Bytes, revision: &str) -> Option<Bytes> {
        let mut resource = self.open(bytes)?;
        let metadata = resource.get_field_by_name_mut("metadata")?.as_message_mut()?;
        metadata.set_field_by_name("revision", Value::String(revision.to_owned()));
        Some(resource.encode_to_vec().into())
    }

    /// What tells one object of the kind from another: an app runs on several hosts under one name.
    pub(super) fn key(self, bytes: &Bytes) -> Option<String> {
        if self == Self::AppServer {
            let server = AppServerV3::decode(bytes.clone()).ok()?;
            return Some(format!("{}/{}", server.spec?.host_id, server.metadata?.name));
        }
        header(bytes)?.metadata.map(|metadata| metadata.name)
    }
}

/// The fields that every resource has at the same numbers.
pub(super) fn header(bytes: &Bytes) -> Option<ResourceHeader> {
    ResourceHeader::decode(bytes.clone()).ok()
}

/// The revision a resource carries.
pub(super) fn revision(bytes: &Bytes) -> String {
    header(bytes).and_then(|header| header.metadata).map(|metadata| metadata.revision).unwrap_or_default()
}

/// Objects that exist only as a rule for making them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) count: u32,
    pub(super) key: fn(u32) -> String,
    pub(super) bytes: fn(u32, Times) -> Bytes,
    pub(super) start: SystemTime,
}

/// What made-up objects date themselves by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// When the cluster came up: ends of requests and tokens, which must not move.
    pub(super) start: SystemTime,
    /// Heartbeats, which must.
    pub(super) now: SystemTime,
    /// How often something new was deployed there since the cluster came up.
    pub(super) deployed: u32,
}

impl Made {
    /// The index behind a key; every made-up name ends in it.
    fn index(&self, key: &str) -> Option<u32> {
        let index = key.rsplit('-').next()?.parse().ok()?;
        (index < self.count && (self.key)(index) == key).then_some(index)
    }
}

/// A page of a list, and the key of the next one, empty at the end.
pub(super) type Page = (Vec<Bytes>, String);

/// See the file.
#[derive(Debug, Default)]
pub(super) struct Collection {
    stored: BTreeMap<String, Bytes>,
    made: Option<Made>,
    /// Made-up ones that were changed (then they are stored) or deleted.
    replaced: BTreeSet<u32>,
    /// Where something was deployed, and how often: all that is kept of a made-up one.
    deployed: BTreeMap<u32, u32>,
}

impl Collection {
    pub(super) fn with_made(mut self, made: Made) -> Self {
        self.made = (made.count > 0).then_some(made);
        self
    }

    pub(super) fn get(&self, key: &str, now: SystemTime) -> Option<Bytes> {
        self.stored.get(key).cloned().or_else(|| {
            let made = self.made?;
            let index = made.index(key)?;
            Some((made.bytes)(index, self.times(index, now)?))
        })
    }

    /// What a made-up object dates itself by, while it is one: nobody has changed or deleted it.
    pub(super) fn times(&self, index: u32, now: SystemTime) -> Option<Times> {
        let made = self.made.filter(|made| index < made.count && !self.replaced.contains(&index))?;
        Some(Times { start: made.start, now, deployed: self.deployed.get(&index).copied().unwrap_or_default() })
    }

    /// Something new runs on a made-up one from now on.
    pub(super) fn deploy(&mut self, index: u32) {
        *self.deployed.entry(index).or_default() += 1;
    }

    pub(super) fn put(&mut self, key: String, bytes: Bytes) {
        self.replaced.extend(self.made.and_then(|made| made.index(&key)));
        self.stored.insert(key, bytes);
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, key: &str) -> bool {
        let made = self.made.and_then(|made| made.index(key));
        self.stored.remove(key).is_some() | made.is_some_and(|index| self.replaced.insert(index))
    }

    /// What was seeded or written, without the made-up ones.
    pub(super) fn stored(&self) -> impl Iterator<Item = (&String, &Bytes)> {
        self.stored.iter()
    }

    /// Everything, in order: what is stored by key, then what is made by index.
    pub(super) fn all(&self, now: SystemTime) -> impl Iterator<Item = (String, Bytes)> {
        self.from("", now)
    }

    /// The same, names only: making a hundred thousand objects to know what they are called would hold everybody up.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        let made = self.made.into_iter().flat_map(|made| (0..made.count).map(move |index| (index, (made.key)(index))));
        let made = made.filter(|(index, _)| !self.replaced.contains(index)).map(|(_, key)| key);
        self.stored.keys().cloned().chain(made)
    }

    /// Up to `limit` objects that `keep` likes, beginning with the one named `start`.
    pub(super) fn page(&self, start: &str, limit: usize, now: SystemTime, mut keep: impl FnMut(&Bytes) -> bool) -> Page {
        let mut page = Vec::new();
        for (key, bytes) in self.from(start, now) {
            if page.len() == limit {
                return (page, key);
            }
            if keep(&bytes) {
                page.push(bytes);
            }
        }
        (page, String::new())
    }

    fn from(&self, start: &str, now: SystemTime) -> impl Iterator<Item = (String, Bytes)> {
        let first_made = self.made.and_then(|made| made.index(start));
        let stored = self.stored.range(start.to_owned()..).filter(move |_| first_made.is_none());
        let stored = stored.map(|(key, bytes)| (key.clone(), bytes.clone()));
        let made = self.made.into_iter().flat_map(move |made| {
            let indexes = first_made.unwrap_or_default()..made.count;
            indexes.filter_map(move |index| Some(((made.key)(index), (made.bytes)(index, self.times(index, now)?))))
        });
        stored.chain(made)
    }
}
