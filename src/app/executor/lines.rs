//! What the journal says of an action: before it goes out, when it is answered, and when it was looked at again.

use tokio::sync::mpsc;

use super::Report;
use crate::api::{Error, Family};
use crate::kind::{Done, Tone};
use crate::store::journal::{Answer, Journal, Sent};
use crate::store::verdict::Known;
use crate::ui::notice::Notice;

/// What came of an action, for the journal.
pub fn told(answer: &Result<Done, Error>) -> Answer {
    match answer {
        Ok(Done::Said(said)) => Answer::Done(said.clone()),
        Ok(Done::Changed(_)) => Answer::NotSent("it had changed".to_owned()),
        Ok(Done::Overtaken(state)) => Answer::Done(format!("overtaken: {state}")),
        Err(error) if matches!(error.family, Family::NoAnswer | Family::ConnectionProblem) => Answer::Unknown,
        Err(error) => Answer::Refused(error.to_string()),
    }
}

/// What a second look says of an action without an answer: to the person and to the journal.
pub fn learnt(known: Known) -> (Tone, String, Answer) {
    match known {
        Known::Open => {
            let says = "it is still open, so it was not done; it is not sent again";
            (Tone::Warn, says.to_owned(), Answer::NotSent("no answer came, and it is still open".to_owned()))
        }
        Known::Settled(why) => (Tone::Plain, why.clone(), Answer::Done(format!("looked at again: {why}"))),
        Known::Gone => (Tone::Plain, "it is gone".to_owned(), Answer::Done("looked at again: it is gone".to_owned())),
    }
}

/// Writes a line; what cannot be written is said, and stops nothing.
pub async fn written(journal: Option<&Journal>, line: &Sent, reports: &mpsc::Sender<Report>) {
    let Some(journal) = journal.cloned() else { return };
    let line = line.clone();
    let recorded = tokio::task::spawn_blocking(move || journal.record(&line)).await;
    if let Ok(Err(error)) = recorded {
        let _ = reports.send(Report::Said(Notice::new(Tone::Warn, &error.to_string()))).await;
    }
}
