//! Keeps earlier texts of what was saved from here, so that a mistake can be taken back.

use super::Wall;
use crate::document::Resource;
use crate::kind;
use crate::store::journal::{Journal, Revision};

/// Keeps earlier texts of what was saved.
pub struct Keeper {
    journal: Option<Journal>,
    cluster: String,
    wall: Wall,
}

impl Keeper {
    /// A keeper for this cluster.
    pub fn new(journal: Option<Journal>, cluster: String, wall: Wall) -> Self {
        Self { journal, cluster, wall }
    }

    /// Keeps one, as it was before or after a save of ours.
    pub async fn keep(&self, resource: &Resource, ours: bool) {
        let (Some(journal), Ok(text)) = (self.journal.clone(), resource.to_yaml()) else { return };
        let Some(Ok(reference)) = kind::named(resource.kind()).map(|kind| kind.reference(resource)) else { return };
        let revision = Revision {
            cluster: self.cluster.clone(),
            kind: resource.kind().to_owned(),
            name: resource.name().to_owned(),
            revision: resource.revision().to_owned(),
            at: (self.wall)(),
            ours,
            text,
        };
        let kept = tokio::task::spawn_blocking(move || journal.keep(&reference, &revision)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "an earlier text is not kept");
        }
    }
}
