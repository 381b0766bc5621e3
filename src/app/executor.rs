//! Does what the program asks for, one task an effect, and hands every answer back under its ticket.
//!
//! The client is borrowed from the link for one question; without one the answer is that there is no connection. Nothing here
//! decides: what to ask is in the effect, what to make of the answer is the program's. Nothing is sent twice.

mod drafts;
mod keeper;
mod lines;
mod order;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, watch};

use self::drafts::Drafts;
use self::keeper::Keeper;
use self::lines::{learnt, told, written};
use self::order::Orders;
use crate::api::{Client, Error, Family, Guard};
use crate::document::Resource;
use crate::kind::{self, Kind, Order};
use crate::resource::Reference;
use crate::store::journal::{Answer, Journal, Sent};
use crate::store::save::{self, SaveError, Waiter};
use crate::store::sync::{Handle, Request};
use crate::store::verdict;
use crate::ui::notice::Notice;
use crate::view::{Effect, Outcome, OverviewPage, Ticket};

/// How long a read waits for a connection that is being made.
const PATIENCE: Duration = Duration::from_secs(10);

fn unconnected() -> Error {
    Error::new(Family::ConnectionProblem, "", "there is no connection")
}

/// The client as soon as there is one. Only reads wait: a write that nobody saw go out must not go out later.
async fn connected(mut link: watch::Receiver<Option<Client>>) -> Result<Client, Error> {
    match tokio::time::timeout(PATIENCE, link.wait_for(Option::is_some)).await {
        Ok(Ok(client)) => client.clone().ok_or_else(unconnected),
        _ => Err(unconnected()),
    }
}

/// What comes back from the executor.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The answer to a question.
    Answer(Ticket, Outcome),
    /// Unsaved texts of an earlier session.
    Drafts(Vec<crate::view::Offered>),
    /// Something to tell the person that is no answer.
    Said(Notice),
}

/// The wall clock as it really runs, for what is written to disk.
pub type Wall = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Does what the program asks for.
pub struct Executor {
    handle: Handle,
    guard: Guard,
    journal: Option<Journal>,
    drafts: Option<Drafts>,
    wall: Wall,
    orders: Orders,
    reports: mpsc::Sender<Report>,
    /// The cluster of the credentials, as long as no server has said its name.
    named: String,
    /// Held by each line on its way to the journal, so that the end can wait for the last.
    recording: (mpsc::Sender<()>, mpsc::Receiver<()>),
}

impl Executor {
    /// An executor on this store, and where its reports arrive.
    #[must_use]
    pub fn new(
        handle: Handle,
        guard: Guard,
        journal: Option<Journal>,
        wall: Wall,
        named: String,
    ) -> (Self, mpsc::Receiver<Report>) {
        let (reports, arriving) = mpsc::channel(64);
        let drafts =
            journal.clone().map(|journal| Drafts::spawn(journal, handle.snapshots.clone(), wall.clone(), reports.clone()));
        let orders = Orders::spawn(reports.clone());
        (Self { handle, guard, journal, drafts, wall, orders, reports, named, recording: mpsc::channel(1) }, arriving)
    }

    /// Begins what is asked for. What belongs to the terminal is left to whoever owns it.
    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::Refresh => {
                // A full queue means that as much was asked for already.
                let _ = self.handle.requests.try_send(Request::Poke);
                let _ = self.handle.requests.try_send(Request::Refresh(None));
            }
            Effect::Fetch { ticket, kind, reference, .. } => self.fetch(ticket, kind, reference),
            Effect::Save { ticket, kind, base, edited } => self.save(ticket, kind, base, edited),
            Effect::Create { ticket, kind, resource } => self.create(ticket, kind, resource),
            Effect::Act { ticket, kind, action, order } => self.act(ticket, kind, action, order),
            Effect::Revisions { ticket, kind, reference } => self.revisions(ticket, kind, &reference),
            Effect::Capabilities { ticket } => self.capabilities(ticket),
            Effect::Arrange { ticket, kind, filter, sort, now } => {
                if let Some(kind) = kind::named(kind) {
                    let snapshot = self.handle.snapshots.borrow().clone();
                    self.orders.ask(order::Asked { ticket, kind, filter, sort, now, snapshot });
                }
            }
            Effect::Gather { ticket, certificate_ends, now } => self.gather(ticket, certificate_ends, now),
            Effect::Guard(shut) => self.guard.shut(shut),
            Effect::Draft(draft) => {
                if let Some(drafts) = &self.drafts {
                    drafts.keep(draft, self.cluster());
                }
            }
            Effect::NotSent { action, reference, why } => {
                self.record(self.line(action, &reference, "", Answer::NotSent(why)));
            }
            Effect::Copy(_)
            | Effect::EditOutside { .. }
            | Effect::Suspend
            | Effect::Redraw
            | Effect::Ring
            | Effect::Quit(_) => {}
        }
    }

    /// Waits until the last drafts and lines of the journal are on disk.
    pub async fn finish(self) {
        let (sender, mut recorded) = self.recording;
        drop(sender);
        // Nothing is ever sent: it ends with the last of those who hold it.
        let _ = recorded.recv().await;
        if let Some(drafts) = self.drafts {
            drafts.finish().await;
        }
    }

    fn cluster(&self) -> String {
        let known = self.handle.snapshots.borrow().caller.server.cluster.clone();
        if known.is_empty() { self.named.clone() } else { known }
    }

    fn client(&self) -> Result<Client, Error> {
        let client = self.handle.link.borrow().clone();
        // Not a problem of the connection: then it would not be known whether it was done.
        client.ok_or_else(|| Error::new(Family::Unknown, "", "there is no connection; nothing was sent"))
    }

    fn fetch(&self, ticket: Ticket, kind: &'static str, reference: Reference) {
        let (link, reports) = (self.handle.link.clone(), self.reports.clone());
        tokio::spawn(async move {
            let answer = match (connected(link).await, named(kind)) {
                (Ok(client), Ok(kind)) => (kind.fetch)(&client, &reference).await,
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
            answered(&reports, ticket, Outcome::Fetched(answer)).await;
        });
    }

    fn revisions(&self, ticket: Ticket, kind: &'static str, reference: &Reference) {
        let (journal, cluster, reports) = (self.journal.clone(), self.cluster(), self.reports.clone());
        let name = reference.name().to_owned();
        tokio::task::spawn_blocking(move || {
            let found = match journal {
                Some(journal) => Ok(journal.revisions(&cluster, kind, &name)),
                None => Err("nothing is kept on disk".to_owned()),
            };
            let _ = reports.blocking_send(Report::Answer(ticket, Outcome::Revisions(found)));
        });
    }

    fn capabilities(&self, ticket: Ticket) {
        let (link, reports) = (self.handle.link.clone(), self.reports.clone());
        tokio::spawn(async move {
            let answer = match connected(link).await {
                Ok(client) => kind::offer(&client).await,
                Err(error) => Err(error),
            };
            answered(&reports, ticket, Outcome::Capabilities(answer)).await;
        });
    }

    fn save(&self, ticket: Ticket, kind: &'static str, base: Resource, edited: Resource) {
        let (client, reports) = (self.client(), self.reports.clone());
        let waiter = Waiter::new(self.handle.snapshots.clone());
        let keep = self.keeper();
        tokio::spawn(async move {
            let answer = match (client, named(kind)) {
                (Ok(client), Ok(kind)) => save::save(&client, kind, &base, &edited, waiter).await,
                (Err(error), _) | (_, Err(error)) => Err(SaveError::Refused(error)),
            };
            if let Ok(written) = &answer {
                keep.keep(&base, false).await;
                keep.keep(written, true).await;
            }
            answered(&reports, ticket, Outcome::Saved(answer)).await;
        });
    }

    fn create(&self, ticket: Ticket, kind: &'static str, resource: Resource) {
        let (client, reports) = (self.client(), self.reports.clone());
        let keep = self.keeper();
        tokio::spawn(async move {
            let answer = match (client, named(kind)) {
                (Ok(client), Ok(kind)) => save::create(&client, kind, &with_name(kind, resource)).await,
                (Err(error), _) | (_, Err(error)) => Err(SaveError::Refused(error)),
            };
            if let Ok(written) = &answer {
                keep.keep(written, true).await;
            }
            answered(&reports, ticket, Outcome::Created(answer)).await;
        });
    }

    fn act(&self, ticket: Ticket, kind: &'static str, action: &'static str, order: Order) {
        let (client, reports) = (self.client(), self.reports.clone());
        let found = named(kind).ok().and_then(|kind| kind.action(action));
        // A trial changes nothing and is not written down.
        let journal = self.journal.clone().filter(|_| !order.dry_run);
        let mut line = self.line(action, &order.reference, &order.reason, Answer::Sending);
        let (wall, link) = (self.wall.clone(), self.handle.link.clone());
        tokio::spawn(async move {
            let answer = match (client, found) {
                (Ok(client), Some(found)) => {
                    line.action = format!("{action} ({})", (found.call)(client.caller()));
                    written(journal.as_ref(), &line, &reports).await;
                    (found.run)(&client, &order).await
                }
                (Err(error), _) => Err(error),
                (_, None) => Err(Error::new(Family::Unknown, "", format!("{kind} has no action {action}"))),
            };
            line.at = wall();
            line.answer = told(&answer);
            written(journal.as_ref(), &line, &reports).await;
            // What is new has no name to look at it by, and a trial changes nothing.
            let open = line.answer == Answer::Unknown && !order.dry_run && !order.reference.name().is_empty();
            answered(&reports, ticket, Outcome::Done(answer)).await;
            let (true, Ok(kind), Some(found)) = (open, named(kind), found) else { return };
            let Some(known) = verdict::until_known(link, kind, found, &order, wall()).await else { return };
            let (tone, says, known) = learnt(known);
            (line.at, line.answer) = (wall(), known);
            written(journal.as_ref(), &line, &reports).await;
            let said = Notice::new(tone, &format!("{action} {}: looked at again: {says}", order.reference));
            let _ = reports.send(Report::Said(said)).await;
        });
    }

    fn gather(&self, ticket: Ticket, certificate_ends: Option<SystemTime>, now: SystemTime) {
        let snapshot = self.handle.snapshots.borrow().clone();
        let gathered = move || Outcome::Gathered(Box::new(OverviewPage::gather(&snapshot, certificate_ends, now)));
        let reports = self.reports.clone();
        tokio::spawn(async move {
            // It looks at everything there is, and a task must not compute for so long.
            if let Ok(outcome) = tokio::task::spawn_blocking(gathered).await {
                let _ = reports.send(Report::Answer(ticket, outcome)).await;
            }
        });
    }

    fn line(&self, action: &str, reference: &Reference, reason: &str, answer: Answer) -> Sent {
        let caller = self.handle.snapshots.borrow().caller.clone();
        Sent {
            at: (self.wall)(),
            cluster: self.cluster(),
            user: caller.user.clone(),
            reference: reference.to_string(),
            action: action.to_owned(),
            reason: reason.to_owned(),
            answer,
        }
    }

    fn record(&self, line: Sent) {
        let (journal, reports, recording) = (self.journal.clone(), self.reports.clone(), self.recording.0.clone());
        tokio::spawn(async move {
            written(journal.as_ref(), &line, &reports).await;
            drop(recording);
        });
    }

    fn keeper(&self) -> Keeper {
        Keeper::new(self.journal.clone(), self.cluster(), self.wall.clone())
    }
}

fn named(kind: &'static str) -> Result<&'static Kind, Error> {
    kind::named(kind).ok_or_else(|| Error::new(Family::Unknown, "", format!("there is no kind {kind}")))
}

/// The resource under a name made at random, where a template's own stands for one: as many bytes as `tctl` takes.
fn with_name(kind: &Kind, resource: Resource) -> Resource {
    let random = kind.edit.and_then(|edit| edit.random_name);
    if random != Some(resource.name()) {
        return resource;
    }
    let mut bytes = [0_u8; 16];
    if getrandom::getrandom(&mut bytes).is_err() {
        // Nothing is made under a name that can be guessed: the server refuses one that is empty.
        return resource.with_name("");
    }
    resource.with_name(&format!("{:032x}", u128::from_be_bytes(bytes)))
}

async fn answered(reports: &mpsc::Sender<Report>, ticket: Ticket, outcome: Outcome) {
    // Nobody listens any more when the program is on its way out.
    let _ = reports.send(Report::Answer(ticket, outcome)).await;
}

#[cfg(test)]
mod tests;
