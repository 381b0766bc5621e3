//! What can be changed of a remote cluster: its labels and its description, and nothing else of it.
//!
//! The server writes to these objects itself, several times a minute, so a write of the whole would lose that or be refused. With
//! a mask it reads, patches and stores by itself, and takes no notice of the revision; so what a person may change is compared
//! here, and the revision is not. The mask is spelt as the server's own language spells the fields. Servers before v16 have no
//! such call, nor one to list remote clusters, so there is none on screen to be edited.

use super::REMOTE;
use crate::api::Client;
use crate::document::Resource;
use crate::kind::{Asked, Done, Edit, Order, Refusal, Verb, Write, wire};
use crate::resource::clean;
use crate::schema::method;
use crate::schema::proto::{NameRequest, UpdateRemoteClusterRequest};
use crate::schema::types::{Metadata, RemoteClusterV3};

const MASK: [&str; 2] = ["Metadata.Labels", "Metadata.Description"];

pub(super) const EDIT: Edit = Edit {
    wires: &[REMOTE],
    others: "the trust in a root cluster is not edited from here; tctl create -f changes it",
    templates: &[],
    random_name: None,
    needs: &[Verb::Update],
    write: |_| Write { call: "UpdateRemoteCluster", creates: "", conditional: false },
    update,
    create,
    refuse: |_| None,
    forbids,
    alike: Some(alike),
};

fn update<'a>(client: &'a Client, edited: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        let update_mask = Some(prost_types::FieldMask { paths: MASK.map(str::to_owned).into() });
        let request = UpdateRemoteClusterRequest { remote_cluster: edited.bytes(), update_mask };
        let raw = client.call(&method::UPDATE_REMOTE_CLUSTER, request).await?;
        wire::resource(REMOTE, method::UPDATE_REMOTE_CLUSTER.path, raw.0)
    })
}

/// Nobody makes one: a leaf does, by joining.
fn create<'a>(_: &'a Client, new: &'a Resource) -> Asked<'a, Resource> {
    Box::pin(async move {
        let text = format!("{} has to join by itself, with a token for leaf clusters", clean(new.name()));
        Err(crate::api::Error::new(crate::api::Family::BadParameter, "UpdateRemoteCluster", text))
    })
}

fn metadata(resource: &Resource) -> Option<(RemoteClusterV3, Metadata)> {
    let mut message = wire::decode::<RemoteClusterV3>(REMOTE, &resource.bytes()).ok()?;
    let metadata = message.metadata.take()?;
    Some((message, metadata))
}

fn alike(a: &Resource, b: &Resource) -> bool {
    a.labels() == b.labels() && a.description() == b.description()
}

fn forbids(base: &Resource, edited: &Resource) -> Option<Refusal> {
    let ((before, was), (after, is)) = (metadata(base)?, metadata(edited)?);
    let same =
        Metadata { labels: is.labels.clone(), description: is.description.clone(), revision: is.revision.clone(), ..was };
    (before != after || same != is)
        .then(|| Refusal("only metadata.labels and metadata.description of a remote cluster can be changed".to_owned()))
}

pub(super) fn delete<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        client.call(&method::DELETE_REMOTE_CLUSTER, NameRequest { name: order.reference.name().to_owned() }).await?;
        Ok(Done::Said(format!("{} deleted; it comes back only by joining with a new token", order.reference)))
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use prost::Message as _;

    use super::*;
    use crate::schema::types::RemoteClusterStatusV3;

    fn leaf(revision: &str, label: &str, connection: &str) -> Resource {
        let labels = [("env".to_owned(), label.to_owned())].into();
        let metadata = Metadata { name: "leaf".to_owned(), revision: revision.to_owned(), labels, ..Metadata::default() };
        let status = RemoteClusterStatusV3 { connection: connection.to_owned(), ..RemoteClusterStatusV3::default() };
        let message = RemoteClusterV3 { metadata: Some(metadata), status: Some(status), ..RemoteClusterV3::default() };
        Resource::from_bytes(REMOTE, Bytes::from(message.encode_to_vec())).expect("a leaf")
    }

    #[test]
    fn a_heartbeat_of_the_server_is_nobodys_edit() {
        assert!(alike(&leaf("1", "a", "online"), &leaf("2", "a", "offline")));
        assert!(!alike(&leaf("1", "a", "online"), &leaf("1", "b", "online")));
    }

    #[test]
    fn what_the_mask_leaves_out_cannot_be_typed() {
        assert_eq!(forbids(&leaf("1", "a", "online"), &leaf("1", "b", "online")), None);
        assert!(forbids(&leaf("1", "a", "online"), &leaf("1", "a", "offline")).is_some());
    }
}
