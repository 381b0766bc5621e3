//! Puts long lists in order beside the screen, one after the other, remembering the last.
//!
//! One task has the memory of what was arranged, so that a letter more of a filter looks only at what is left. What a newer
//! question of the same list has overtaken is answered and not computed: five letters typed at once cost two orders. The one
//! under way is not cancelled, since it is over within a few frames.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::mpsc;

use super::Report;
use crate::kind::{Kind, Sort};
use crate::store::Snapshot;
use crate::store::arrange::{Arrange, Filter, Memory};
use crate::view::{Outcome, Ticket};

/// A list to be put in order.
pub struct Asked {
    /// Who asks.
    pub ticket: Ticket,
    /// Which shelf.
    pub kind: &'static Kind,
    /// As typed.
    pub filter: String,
    /// By which columns.
    pub sort: Vec<Sort>,
    /// The moment that ages and what is left are measured from.
    pub now: SystemTime,
    /// Of which state.
    pub snapshot: Arc<Snapshot>,
}

/// The way to the task.
pub struct Orders(mpsc::Sender<Asked>);

impl Orders {
    /// Starts the task. It ends with the executor.
    pub fn spawn(reports: mpsc::Sender<Report>) -> Self {
        let (asking, mut asked) = mpsc::channel::<Asked>(64);
        tokio::spawn(async move {
            let mut memory = Memory::default();
            let mut waiting = Vec::new();
            while let Some(next) = newest(&mut asked, &mut waiting, &reports).await {
                // It computes for many milliseconds, and a task must not.
                let made = tokio::task::spawn_blocking(move || {
                    let answer = arranged(&next, &mut memory);
                    (answer, memory)
                });
                match made.await {
                    Ok((answer, kept)) => {
                        memory = kept;
                        // Nobody listens any more when the program is on its way out.
                        let _ = reports.send(answer).await;
                    }
                    Err(_) => memory = Memory::default(),
                }
            }
        });
        Self(asking)
    }

    /// Asks for an order. What finds no room waits for it beside the screen.
    pub fn ask(&self, asked: Asked) {
        if let Err(mpsc::error::TrySendError::Full(asked)) = self.0.try_send(asked) {
            let asking = self.0.clone();
            tokio::spawn(async move {
                let _ = asking.send(asked).await;
            });
        }
    }
}

/// The question that is answered next; nothing when nobody can ask any more. Those that were overtaken while they waited are
/// told so, because somebody counts what is under way.
async fn newest(asked: &mut mpsc::Receiver<Asked>, waiting: &mut Vec<Asked>, reports: &mpsc::Sender<Report>) -> Option<Asked> {
    if waiting.is_empty() {
        waiting.push(asked.recv().await?);
    }
    while let Ok(more) = asked.try_recv() {
        waiting.push(more);
    }
    // By their tickets: what found no room may arrive out of turn.
    let newer = |one: &Asked| waiting.iter().any(|other| other.kind == one.kind && other.ticket > one.ticket);
    let overtaken: Vec<Ticket> = waiting.iter().filter(|one| newer(one)).map(|one| one.ticket).collect();
    waiting.retain(|one| !overtaken.contains(&one.ticket));
    for ticket in overtaken {
        let _ = reports.send(Report::Answer(ticket, Outcome::Overtaken)).await;
    }
    Some(waiting.remove(0))
}

fn arranged(asked: &Asked, memory: &mut Memory) -> Report {
    let shelf = asked.snapshot.shelf(asked.kind);
    let sort = asked.sort.iter().filter_map(|sort| Some((asked.kind.column(sort.column)?, sort.descending))).collect();
    // What does not parse was not asked for: the list asks only for what it could read itself.
    let filter = Filter::parse(&asked.filter).unwrap_or_default();
    let slots = memory.order(shelf, &Arrange { filter, sort }, asked.now);
    Report::Answer(asked.ticket, Outcome::Arranged { epoch: shelf.epoch(), generation: shelf.generation(), slots })
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::kind::{Item, named};
    use crate::resource::{Labels, Reference};
    use crate::store::Shelf;

    fn snapshot() -> Arc<Snapshot> {
        let shelves = crate::kind::ALL.iter().map(|kind| {
            let mut shelf = Shelf::new(kind);
            let item = |name: &str| Item {
                reference: Reference::new("role", name),
                revision: "".into(),
                expires: None,
                labels: Labels::default(),
                values: kind.columns.iter().map(|_| crate::kind::Value::None).collect(),
            };
            if kind.name == "role" {
                shelf.replace(["access", "auditor", "dba"].map(item).into());
            }
            shelf
        });
        Arc::new(Snapshot::new(shelves.collect()))
    }

    fn asked(ticket: u64, snapshot: &Arc<Snapshot>) -> Asked {
        let kind = named("role").expect("a kind");
        let (filter, sort) = (String::new(), Vec::new());
        Asked { ticket: Ticket(ticket), kind, filter, sort, now: UNIX_EPOCH, snapshot: snapshot.clone() }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_newest_wins_all_are_answered_and_nothing_is_kept() {
        let (reports, mut answers) = mpsc::channel(128);
        let orders = Orders::spawn(reports);
        let shown = snapshot();
        let kept = Arc::downgrade(&shown);
        // More than there is room for, before the task has had a turn: some wait beside it and come out of turn.
        for ticket in 1..=90 {
            orders.ask(asked(ticket, &shown));
        }
        drop(shown);
        let mut made = Vec::new();
        for _ in 1..=90 {
            match answers.recv().await.expect("an answer for each") {
                Report::Answer(ticket, Outcome::Arranged { slots, .. }) => made.push((ticket.0, slots.len())),
                Report::Answer(_, Outcome::Overtaken) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(made.len() <= 3, "typed in one go, and ordered so often: {made:?}");
        assert_eq!(made.iter().max(), Some(&(90, 3)), "the newest is among them");
        // The memory is of slots; the rows themselves go with the state they were of.
        assert!(kept.upgrade().is_none(), "the state that was ordered is let go");
    }
}
