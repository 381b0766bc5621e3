//! The person's own editor while it has the terminal, beside the loop.
//!
//! The loop goes on meanwhile: snapshots and answers are taken and signals are heard, only nothing is drawn and no key is read.
//! An editor that is cut off by a signal costs no text: what its file has by then is what was edited.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::task::{JoinError, JoinHandle};

use crate::app::outside::Outside;
use crate::view::Ticket;

/// So long an editor that was told to end may take to let go of the terminal.
const PATIENCE: Duration = Duration::from_millis(500);

/// The editor, and who waits for what it leaves.
pub struct Away {
    /// The question it answers.
    pub ticket: Ticket,
    /// Ends with it.
    pub ended: JoinHandle<Result<String, String>>,
    outside: Outside,
    process: Pid,
}

impl Away {
    /// Starts the editor on a text.
    pub fn begin(ticket: Ticket, text: &str, editor: &str, private: &Path) -> Result<Self, String> {
        let (outside, child) = Outside::begin(text, editor, private)?;
        let (process, waiting) = (Pid::from_child(&child), outside.clone());
        let ended = tokio::task::spawn_blocking(move || waiting.finish(child));
        Ok(Self { ticket, ended, outside, process })
    }

    /// Tells the editor to end as we were told, and answers with the text as its file has it.
    pub async fn cut_off(mut self, signal: Signal) -> Result<String, String> {
        if !self.ended.is_finished() {
            let _ = kill_process(self.process, signal);
            let _ = tokio::time::timeout(PATIENCE, &mut self.ended).await;
        }
        self.outside.left()
    }
}

/// What the editor left, if the one who waited for it is well.
pub fn edited(ended: Result<Result<String, String>, JoinError>) -> Result<String, String> {
    ended.unwrap_or_else(|error| Err(format!("what waited for it failed: {error}")))
}
