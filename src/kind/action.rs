//! What can be done to a resource, as data: its name, what it needs, whether it is ready, and what its sheet must ask.
//!
//! An action is named by kind and name wherever it travels; the `fn` pointers stay here. Keys are bound to the names in the
//! keymap, not here.

use std::time::SystemTime;

use super::item::{Item, Value};
use super::{Asked, Kind, Right, Verb};
use crate::api::{Caller, Client};
use crate::resource::Reference;

/// Something a person can have done to a resource.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// By which the keymap, the palette and effects know it: `approve`.
    pub name: &'static str,
    /// The wire's kind that it is for.
    pub on: &'static str,
    /// What the sheet says it is, with what it means: `Approve · override: ends the matter whatever the votes`.
    pub title: &'static str,
    /// The verbs on this kind without which the server will refuse.
    pub needs: &'static [Verb],
    /// Why it cannot be done to this item now, if so.
    pub ready: fn(&Item, &Caller, SystemTime) -> Result<(), Refusal>,
    /// What the sheet asks before it is sent.
    pub sheet: Sheet,
    /// The call this will be on this server, named on the sheet.
    pub call: fn(&Caller) -> &'static str,
    /// Sends it.
    pub run: for<'a> fn(&'a Client, &'a Order) -> Asked<'a, Done>,
}

impl Action {
    /// Whether it can be done now, by this caller, to this item; none for something new. The refusal begins with the action's
    /// name. A right that only the server can judge refuses nothing.
    ///
    /// # Errors
    /// Why not, in words for a person.
    pub fn check(&self, kind: &Kind, item: Option<&Item>, caller: &Caller, now: SystemTime) -> Result<(), Refusal> {
        let named = |Refusal(words): Refusal| Refusal(format!("{}: {words}", self.name));
        if let Some(item) = item
            && self.sheet != Sheet::Request
        {
            (self.ready)(item, caller, now).map_err(named)?;
        }
        let wire = item.map_or(kind.name, |item| item.reference.kind());
        match self.needs.iter().find(|&&verb| caller.may(wire, verb) == Right::No) {
            None => Ok(()),
            Some(Verb::Review) => Err(named(Refusal("your roles review no requests".to_owned()))),
            Some(verb) => Err(named(Refusal(format!("your roles lack {wire}/{}", verb.word())))),
        }
    }
}

impl Kind {
    /// Which actions `approve` and `deny` mean on this server: votes where requests are voted on, else overrides. None for a
    /// kind that takes no verdict.
    #[must_use]
    pub fn verdicts(&self, caller: &Caller) -> Option<(&'static Action, &'static Action)> {
        let (approve, deny) = if caller.server.reviews { ("vote-approve", "vote-deny") } else { ("approve", "deny") };
        Some((self.action(approve)?, self.action(deny)?))
    }
}

/// What a sheet asks before an action is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// A verdict on a request: the whole request, a reason, a hold in which it can be taken back.
    Verdict {
        /// Whether it cannot be sent without one.
        reason_needed: bool,
        /// Another action of this kind that says the same by the other way, vote or override.
        other: &'static str,
    },
    /// Nothing but sending it from the last line.
    Confirm,
    /// Typing the name.
    Name,
    /// Fields to fill in for something new. It is about no item, so `ready` is not asked.
    Request,
}

/// Why something cannot be done, in words that end with what could be done instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// An action as a person ordered it, with what they saw when they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// On what.
    pub reference: Reference,
    /// What the sheet showed: it is re-read and compared before anything is sent.
    pub seen: Seen,
    /// What the person wrote.
    pub reason: String,
    /// The roles asked for (a new request) or kept (an approval); empty means all.
    pub roles: Vec<String>,
    /// How long access should last, for a new request.
    pub duration: Option<std::time::Duration>,
    /// Only ask the server what would come of it.
    pub dry_run: bool,
}

/// What a verdict is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The state, by the server's word: `pending`.
    pub state: String,
    /// All roles asked for, sorted.
    pub roles: Vec<String>,
    /// All resources asked for, as `/cluster/kind/name`, sorted.
    pub resources: Vec<String>,
    /// How the votes stood, and whose they were: with another one mine may be the last.
    pub votes: Vec<String>,
}

impl Seen {
    /// What a verdict on this row would be about. The columns are named, not the kind: a kind without them takes none.
    #[must_use]
    pub fn of(kind: &Kind, item: &Item) -> Self {
        let parts = |title: &str| {
            let value = kind.column(title).and_then(|at| item.values.get(at)).unwrap_or(&Value::None);
            value.parts().into_iter().map(std::borrow::Cow::into_owned).collect::<Vec<_>>()
        };
        let votes = [parts("VOTES"), parts("reviewers")].concat();
        Self { state: parts("STATE").concat(), roles: parts("ROLES"), resources: parts("RESOURCES"), votes }
    }
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The server did it; this says what, for a notice.
    Said(String),
    /// It is no longer as it was shown: nothing was sent.
    Changed(Seen),
    /// Someone or something else decided meanwhile: the server's state now.
    Overtaken(String),
}
