//! How far the votes on a request have come.
//!
//! A request carries thresholds, and for each role the sets of thresholds of which one must be full. Reviews name the thresholds
//! that they count for. The Community Edition fills in one default threshold and never a review, so that alone says nothing.

use crate::kind::Value;
use crate::schema::types::{AccessRequestSpecV3, AccessReviewThreshold, RequestState};

/// Votes for one threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Approvals that count for it.
    pub approvals: u32,
    /// Denials that count for it.
    pub denials: u32,
    /// Approvals that fill it; none means that it never does.
    pub approve: u32,
    /// Denials that end the matter; none means that they never do.
    pub deny: u32,
}

impl Count {
    fn missing(&self) -> u32 {
        if self.approve == 0 { u32::MAX } else { self.approve.saturating_sub(self.approvals) }
    }
}

/// The votes for each threshold, in the thresholds' order.
pub(super) fn counts(spec: &AccessRequestSpecV3) -> Vec<Count> {
    let count = |index: usize, threshold: &AccessReviewThreshold| {
        let votes = |state: RequestState| {
            let counted = |indexes: &[u32]| indexes.iter().any(|&i| usize::try_from(i) == Ok(index));
            let reviews = spec.reviews.iter().filter(|review| review.proposed_state() == state && counted(&review.i));
            u32::try_from(reviews.count()).unwrap_or(u32::MAX)
        };
        let (approvals, denials) = (votes(RequestState::Approved), votes(RequestState::Denied));
        Count { approvals, denials, approve: threshold.approve, deny: threshold.deny }
    };
    spec.thresholds.iter().enumerate().map(|(index, threshold)| count(index, threshold)).collect()
}

/// The threshold that is farthest from full on the shortest way to an approval.
pub(super) fn bottleneck(spec: &AccessRequestSpecV3) -> Option<Count> {
    let counts = counts(spec);
    let worst = |indexes: &[u32]| {
        let counts = indexes.iter().filter_map(|&i| counts.get(usize::try_from(i).ok()?));
        counts.max_by_key(|count| (count.missing(), count.approve)).copied()
    };
    let of_role = |sets: &crate::schema::types::ThresholdIndexSets| {
        sets.s.iter().filter_map(|set| worst(&set.i)).min_by_key(|count| (count.missing(), count.approve))
    };
    if spec.rtm.is_empty() {
        return counts.iter().max_by_key(|count| (count.missing(), count.approve)).copied();
    }
    spec.rtm.values().filter_map(of_role).max_by_key(|count| (count.missing(), count.approve))
}

/// Whether there is more to tell than the default that every server fills in.
pub(super) fn is_telling(spec: &AccessRequestSpecV3) -> bool {
    let default =
        |threshold: &AccessReviewThreshold| threshold.filter.is_empty() && (threshold.approve, threshold.deny) == (1, 1);
    !spec.reviews.is_empty() || spec.thresholds.len() > 1 || spec.thresholds.iter().any(|threshold| !default(threshold))
}

/// `1/2`: approvals of those needed. Denials have a word of their own, since the first of them often ends it.
pub(super) fn value(spec: &AccessRequestSpecV3) -> Value {
    if !is_telling(spec) {
        return Value::None;
    }
    let denials = spec.reviews.iter().filter(|review| review.proposed_state() == RequestState::Denied).count();
    let approvals = spec.reviews.iter().filter(|review| review.proposed_state() == RequestState::Approved).count();
    let said = match bottleneck(spec) {
        Some(count) if count.approve > 0 => format!("{}/{}", count.approvals, count.approve),
        _ => approvals.to_string(),
    };
    Value::text(&if denials == 0 { said } else { format!("{said} {denials}-") })
}
