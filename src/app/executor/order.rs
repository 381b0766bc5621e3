//! Puts long lists in order beside the screen, one after the other, remembering the last.
//!
//! One task has the memory of what was arranged, so that a letter more of a filter looks only at what is left. The view drops
//! what it no longer waits for; nothing here is cancelled, since each is over within a few frames.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Report, Wall};
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
    /// Of which state.
    pub snapshot: Arc<Snapshot>,
}

/// The way to the task.
pub struct Orders(mpsc::Sender<Asked>);

impl Orders {
    /// Starts the task. It ends with the executor.
    pub fn spawn(wall: Wall, reports: mpsc::Sender<Report>) -> Self {
        let (asking, mut asked) = mpsc::channel::<Asked>(64);
        tokio::spawn(async move {
            let mut memory = Memory::default();
            while let Some(next) = asked.recv().await {
                let wall = wall.clone();
                // It computes for many milliseconds, and a task must not.
                let made = tokio::task::spawn_blocking(move || {
                    let answer = arranged(&next, &mut memory, &wall);
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

fn arranged(asked: &Asked, memory: &mut Memory, wall: &Wall) -> Report {
    let shelf = asked.snapshot.shelf(asked.kind);
    let sort = asked.sort.iter().filter_map(|sort| Some((asked.kind.column(sort.column)?, sort.descending))).collect();
    // What does not parse was not asked for: the list asks only for what it could read itself.
    let filter = Filter::parse(&asked.filter).unwrap_or_default();
    let slots = memory.order(shelf, &Arrange { filter, sort }, wall());
    Report::Answer(asked.ticket, Outcome::Arranged { epoch: shelf.epoch(), generation: shelf.generation(), slots })
}
