//! Access reviews: votes that count towards thresholds.
//!
//! A role says how many approvals it takes and how many denials end the matter; a vote may still leave a request pending. The
//! Community Edition has none of this and says so in the words of a missing permission.

use tonic::Status;

use super::Edition;
use super::caller::Caller;
use super::cluster::Cluster;
use super::requests::short;
use super::route::Route;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::AccessReviewSubmission;
use crate::schema::types::{AccessRequestSpecV3, AccessReview, RequestState, ThresholdIndexSet};

impl Cluster {
    pub(super) fn offer_reviews(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::SUBMIT_ACCESS_REVIEW, |sent| self.submit_review(caller, sent));
    }

    fn submit_review(&mut self, caller: &Caller, sent: AccessReviewSubmission) -> Result<Raw, Status> {
        let user = caller.user();
        let no_say = || Status::permission_denied(format!("user {user:?} cannot submit reviews"));
        if self.options.edition == Edition::Community || !caller.reviews() {
            return Err(no_say());
        }
        let mut review = sent.review.unwrap_or_default();
        if !review.author.is_empty() && review.author != user {
            return Err(Status::permission_denied(format!(
                "user {user:?} cannot submit a review on behalf of {:?}",
                review.author
            )));
        }
        self.admin_action()?;
        check(&review)?;
        let missing = || Status::not_found(format!("\"access_request\" {:?} does not exist", sent.request_id));
        let (request, spec) = self.request(&sent.request_id).ok_or_else(missing)?;
        if spec.user == user || !caller.may_review(&spec.roles) {
            return Err(no_say());
        }
        user.clone_into(&mut review.author);
        review.created = Some(self.now().into());
        let spec = with_review(spec, review, &caller.identity.roles)?;
        self.store_request(request, spec)
    }
}

fn check(review: &AccessReview) -> Result<(), Status> {
    if ![RequestState::Approved as i32, RequestState::Denied as i32].contains(&review.proposed_state) {
        return Err(Status::invalid_argument(format!("invalid review state: {}", short(review.proposed_state))));
    }
    if review.annotations.is_some() {
        return Err(Status::unimplemented("annotations are not supported in reviews"));
    }
    if !review.roles.is_empty() {
        return Err(Status::unimplemented("role sub-selection is not supported in reviews"));
    }
    Ok(())
}

/// The request with one more vote, and with its new state if that vote decided it.
pub(super) fn with_review(
    mut spec: AccessRequestSpecV3,
    mut review: AccessReview,
    roles: &[String],
) -> Result<AccessRequestSpecV3, Status> {
    if spec.state != RequestState::Pending as i32 {
        let state = short(spec.state).to_lowercase();
        return Err(Status::permission_denied(format!("the access request has been already {state}")));
    }
    if spec.reviews.iter().any(|earlier| earlier.author == review.author) {
        let text = format!("user {:?} has already reviewed this request", review.author);
        return Err(Status::already_exists(text));
    }
    let counted = spec.thresholds.iter().zip(0..).filter(|(threshold, _)| admits(&threshold.filter, roles));
    review.i = counted.map(|(_, index)| index).collect();
    let reason = review.reason.clone();
    spec.reviews.push(review);
    if let Some(state) = verdict(&spec) {
        spec.state = state.into();
        spec.resolve_reason = reason;
        if state == RequestState::Approved {
            spec.expiry = spec.expires;
        }
    }
    Ok(spec)
}

/// One denial threshold is enough to deny; approval takes, for every role, one set of thresholds that are all reached.
fn verdict(spec: &AccessRequestSpecV3) -> Option<RequestState> {
    let votes = |index: u32, state: RequestState| {
        let counted = spec.reviews.iter().filter(|review| review.i.contains(&index) && review.proposed_state == state as i32);
        counted.count()
    };
    // A count of 0 means that the threshold never decides that way.
    let reached = |wanted: u32, votes: usize| wanted > 0 && votes >= wanted as usize;
    let mut thresholds = spec.thresholds.iter().zip(0..);
    if thresholds.any(|(threshold, index)| reached(threshold.deny, votes(index, RequestState::Denied))) {
        return Some(RequestState::Denied);
    }
    let approves = |index: &u32| {
        let threshold = spec.thresholds.get(*index as usize);
        threshold.is_some_and(|threshold| reached(threshold.approve, votes(*index, RequestState::Approved)))
    };
    let agreed = |set: &ThresholdIndexSet| !set.i.is_empty() && set.i.iter().all(approves);
    let every_role = spec.roles.iter().all(|role| spec.rtm.get(role).is_some_and(|sets| sets.s.iter().any(agreed)));
    (every_role && !spec.roles.is_empty()).then_some(RequestState::Approved)
}

/// Whose votes a threshold counts. Of the predicate language the demo knows the one form that its own roles use.
fn admits(filter: &str, roles: &[String]) -> bool {
    let role = filter.trim().strip_prefix("contains(reviewer.roles,").and_then(|rest| rest.strip_suffix(')'));
    filter.trim().is_empty() || role.is_some_and(|role| roles.iter().any(|held| held == role.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::types::{AccessReviewThreshold, ThresholdIndexSets};

    fn threshold(filter: &str, approve: u32, deny: u32) -> AccessReviewThreshold {
        AccessReviewThreshold { filter: filter.to_owned(), approve, deny, ..Default::default() }
    }

    fn pending(thresholds: Vec<AccessReviewThreshold>, sets: &[&[u32]]) -> AccessRequestSpecV3 {
        let s = sets.iter().map(|set| ThresholdIndexSet { i: set.to_vec() }).collect();
        AccessRequestSpecV3 {
            state: RequestState::Pending.into(),
            roles: vec!["prod".to_owned()],
            thresholds,
            rtm: [("prod".to_owned(), ThresholdIndexSets { s })].into(),
            ..Default::default()
        }
    }

    fn vote(spec: AccessRequestSpecV3, author: &str, state: RequestState, role: &str) -> Result<AccessRequestSpecV3, Status> {
        let review = AccessReview { author: author.to_owned(), proposed_state: state.into(), ..Default::default() };
        with_review(spec, review, &[role.to_owned()])
    }

    fn voted(spec: AccessRequestSpecV3, author: &str, state: RequestState, role: &str) -> AccessRequestSpecV3 {
        vote(spec, author, state, role).expect("a vote that counts")
    }

    #[test]
    fn two_of_two_approve_and_one_denies() {
        let spec = pending(vec![threshold("", 2, 1)], &[&[0]]);
        let once = voted(spec, "a", RequestState::Approved, "sre");
        assert_eq!(once.state, RequestState::Pending as i32);
        assert_eq!(voted(once.clone(), "b", RequestState::Approved, "sre").state, RequestState::Approved as i32);
        assert_eq!(voted(once.clone(), "b", RequestState::Denied, "sre").state, RequestState::Denied as i32);
        let again = vote(once, "a", RequestState::Approved, "sre").expect_err("one review per author");
        assert_eq!(again.message(), "user \"a\" has already reviewed this request");
    }

    #[test]
    fn a_filter_counts_only_whom_it_names() {
        let both = vec![threshold("", 1, 1), threshold("contains(reviewer.roles, \"security\")", 1, 1)];
        let spec = voted(pending(both, &[&[0, 1]]), "a", RequestState::Approved, "sre");
        assert_eq!(spec.state, RequestState::Pending as i32);
        assert_eq!(voted(spec, "b", RequestState::Approved, "security").state, RequestState::Approved as i32);
    }

    #[test]
    fn a_count_of_nothing_never_decides() {
        let spec = voted(pending(vec![threshold("", 0, 0)], &[&[0]]), "a", RequestState::Denied, "sre");
        assert_eq!(spec.state, RequestState::Pending as i32);
        assert_eq!(voted(spec, "b", RequestState::Approved, "sre").state, RequestState::Pending as i32);
    }
}
