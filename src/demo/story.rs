//! The story.

use super::cluster::Cluster;

/// See the file.
#[derive(Debug, Default)]
pub(super) struct Story {
    seconds: u64,
}

impl Story {
    pub(super) fn go_on(&mut self, _cluster: &mut Cluster) {
        self.seconds += 1;
    }
}
