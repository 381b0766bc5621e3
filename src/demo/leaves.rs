//! Remote clusters, which joined us, and trusted clusters, which we joined: the demo is a root cluster and has only the first.

use prost::Message;
use tonic::Status;

use super::CLUSTER_NAME;
use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::{Kind, header, revision};
use super::route::Route;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    Empty, ListRemoteClustersResponse, ListTrustedClustersResponse, NameRequest, PageRequest, ResourceRequest,
    TrustedClusterList, UpdateRemoteClusterRequest,
};
use crate::schema::types::{RemoteClusterV3, RoleConditions};
use crate::schema::wrappers::LabelValues;

impl Cluster {
    pub(super) fn offer_leaves(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::GET_REMOTE_CLUSTER, |wanted: NameRequest| self.get_leaf(caller, &wanted.name));
        on.unary(&call::LIST_REMOTE_CLUSTERS, |wanted| self.list_leaves(caller, &wanted));
        on.unary(&call::UPDATE_REMOTE_CLUSTER, |sent| self.update_leaf(caller, sent));
        on.unary(&call::DELETE_REMOTE_CLUSTER, |wanted: NameRequest| self.delete_leaf(caller, &wanted.name));
        on.unary(&call::GET_TRUSTED_CLUSTER, |wanted: ResourceRequest| {
            caller.may("trusted_cluster", &["read"])?;
            Err::<Raw, _>(Status::not_found(format!("trusted cluster {:?} is not found", wanted.name)))
        });
        let none = |caller: &Caller| caller.may("trusted_cluster", &["list", "read"]);
        on.unary(&call::GET_TRUSTED_CLUSTERS, |_| none(caller).map(|()| TrustedClusterList::default()));
        on.unary(&call::LIST_TRUSTED_CLUSTERS, |_| none(caller).map(|()| ListTrustedClustersResponse::default()));
    }

    fn get_leaf(&mut self, caller: &Caller, name: &str) -> Result<Raw, Status> {
        caller.may("remote_cluster", &["read"])?;
        let leaf = self.read(Kind::RemoteCluster, name).filter(|leaf| may_see(caller, leaf));
        leaf.map(Raw).ok_or_else(|| Status::not_found("not found"))
    }

    /// The page is cut before it is filtered, so it may be short, or empty, with more to come.
    fn list_leaves(&self, caller: &Caller, wanted: &PageRequest) -> Result<ListRemoteClustersResponse, Status> {
        caller.may("remote_cluster", &["list"])?;
        let limit = usize::try_from(wanted.page_size).ok().filter(|size| (1..=1000).contains(size)).unwrap_or(1000);
        let (page, next_page_token) = self.of(Kind::RemoteCluster).page(&wanted.page_token, limit, self.now(), |_| true);
        let mut remote_clusters = self.all_seen(Kind::RemoteCluster, page);
        remote_clusters.retain(|leaf| may_see(caller, leaf));
        Ok(ListRemoteClustersResponse { remote_clusters, next_page_token })
    }

    fn update_leaf(&mut self, caller: &Caller, sent: UpdateRemoteClusterRequest) -> Result<Raw, Status> {
        caller.may("remote_cluster", &["update"])?;
        self.admin_action()?;
        let wanted = open(sent.remote_cluster.clone())?;
        let new = wanted.metadata.clone().unwrap_or_default();
        let stored = self.get(Kind::RemoteCluster, &new.name).filter(|leaf| may_see(caller, leaf));
        let stored = stored.ok_or_else(|| Status::not_found(format!("remote cluster {:?} is not found", new.name)))?;
        let mut leaf = open(stored.clone())?;
        let Some(mask) = sent.update_mask else {
            if new.revision != revision(&stored) {
                return Err(Status::failed_precondition("failed to update remote cluster within 3 iterations"));
            }
            return self.put(Kind::RemoteCluster, sent.remote_cluster).map(Raw);
        };
        let (metadata, status) = (leaf.metadata.get_or_insert_default(), leaf.status.get_or_insert_default());
        let seen = wanted.status.unwrap_or_default();
        for path in mask.paths {
            // Spelled as the server's own language spells them, not as protobuf does.
            match path.as_str() {
                "Metadata.Labels" => metadata.labels.clone_from(&new.labels),
                "Metadata.Description" => metadata.description.clone_from(&new.description),
                "Metadata.Expires" => metadata.expires = new.expires,
                "Status.Connection" => status.connection.clone_from(&seen.connection),
                "Status.LastHeartbeat" => status.last_heartbeat = seen.last_heartbeat,
                other => return Err(Status::invalid_argument(format!("unsupported field: {other:?}"))),
            }
        }
        self.put(Kind::RemoteCluster, leaf.encode_to_vec().into()).map(Raw)
    }

    fn delete_leaf(&mut self, caller: &Caller, name: &str) -> Result<Empty, Status> {
        caller.may("remote_cluster", &["delete"])?;
        self.admin_action()?;
        if name == CLUSTER_NAME {
            let text = format!("remote cluster {name:?} is the name of this root cluster and cannot be removed.");
            return Err(Status::invalid_argument(text));
        }
        if self.delete(Kind::RemoteCluster, name) {
            return Ok(Empty {});
        }
        Err(Status::not_found(format!("remote cluster {name:?} is not found")))
    }
}

/// A leaf without labels is seen by whoever has a role that does not speak of labels.
fn may_see(caller: &Caller, leaf: &bytes::Bytes) -> bool {
    let selector: fn(&RoleConditions) -> Option<&LabelValues> = |conditions| conditions.cluster_labels.as_ref();
    let labels = header(leaf).and_then(|header| header.metadata).unwrap_or_default().labels;
    let silent = |allow: &RoleConditions| selector(allow).is_none_or(|labels| labels.values.is_empty());
    let mut allows = caller.roles.iter().filter_map(|role| role.spec.as_ref()?.allow.as_ref());
    caller.sees(&labels, selector) || (labels.is_empty() && allows.any(silent))
}

fn open(bytes: bytes::Bytes) -> Result<RemoteClusterV3, Status> {
    RemoteClusterV3::decode(bytes).map_err(|error| Status::invalid_argument(error.to_string()))
}
