//! What a person decides a request by, as columns.

use super::Request;
use super::votes;
use crate::kind::wire::{self, columns, moment};
use crate::kind::{Column, Rank, Telling, Tone, Value, Width};
use crate::schema::types::{RequestState, ResourceId};

columns! {
    pub(super) Request:
    Column::new("LEFT", Width::Fixed(6)).told(Telling::Countdown) => |request, _| Value::time(request.left()),
    Column::new("STATE", Width::Fixed(8)) => |request, _| Value::Rank(rank(request.spec.state())),
    Column::new("USER", Width::Share(1, 8)) => |request, strings| wire::common(&request.spec.user, strings),
    Column::new("ROLES", Width::Share(2, 14)).told(Telling::First) =>
        |request, strings| wire::list(&request.roles(), strings),
    Column::new("VOTES", Width::Fixed(6)) => |request, _| votes::value(&request.spec),
    Column::new("REASON", Width::Share(4, 12)) => |request, _| Value::text(&request.spec.request_reason),
    Column::new("RESOURCES", Width::Share(3, 12)).told(Telling::First) =>
        |request, strings| wire::list(&request.resources(), strings),
    Column::hidden("id") => |request, _| Value::text(&request.metadata.name),
    Column::hidden("created").told(Telling::Age) => |request, _| Value::time(moment(request.spec.created.as_ref())),
    Column::hidden("until").told(Telling::Countdown) => |request, _| Value::time(request.until()),
    Column::hidden("resolve reason") => |request, _| Value::text(&request.spec.resolve_reason),
    Column::hidden("suggested reviewers") => |request, strings| wire::list(&request.spec.suggested_reviewers, strings),
    Column::hidden("reviewers") => |request, strings|
        wire::shared(request.spec.reviews.iter().map(|review| review.author.as_str()), strings),
}

/// A state by the server's word. What waits for an answer comes first.
pub(super) fn rank(state: RequestState) -> &'static Rank {
    match state {
        RequestState::Pending => &Rank { order: 0, word: "pending", tone: Tone::Warn },
        RequestState::Approved => &Rank { order: 1, word: "approved", tone: Tone::Good },
        RequestState::Promoted => &Rank { order: 2, word: "promoted", tone: Tone::Good },
        RequestState::Denied => &Rank { order: 3, word: "denied", tone: Tone::Muted },
        RequestState::None => &Rank { order: 4, word: "unknown", tone: Tone::Muted },
    }
}

/// A resource as Teleport writes it on a command line, `/cluster/kind/name`, so that equal words are equal resources.
pub(super) fn path(id: &ResourceId) -> String {
    let ResourceId { cluster, kind, name, sub_resource } = id;
    if sub_resource.is_empty() {
        format!("/{cluster}/{kind}/{name}")
    } else {
        format!("/{cluster}/{kind}/{name}/{sub_resource}")
    }
}
