//! The task that watches, and how it finds out what may be watched.

use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;

use super::link::Heard;
use crate::api::{Client, Error, Version, Watched};

/// Watches until it is over.
pub async fn watch(client: Client, wires: Vec<&'static str>, say: mpsc::Sender<Heard>) {
    let mut watched = match begin(&client, wires).await {
        Ok(Some(watched)) => watched,
        Ok(None) => {
            let _ = say.send(Heard::Granted(Vec::new())).await;
            return;
        }
        Err(error) => {
            let _ = say.send(Heard::Over(error)).await;
            return;
        }
    };
    let mut next = Some(Heard::Granted(watched.granted().to_vec()));
    while let Some(heard) = next {
        if say.send(heard).await.is_err() {
            return;
        }
        next = watched.next().await.map(|event| event.map_or_else(Heard::Over, Heard::Event));
    }
}

/// Opens the watch; nothing if there is nothing to watch.
async fn begin(client: &Client, wires: Vec<&'static str>) -> Result<Option<Watched>, Error> {
    let refused = match client.watch(&wires).await {
        Err(error) if error.nothing_to_watch() => error,
        answer => return answer.map(Some),
    };
    tracing::debug!(error = %refused, "nothing to watch");
    if client.caller().server.version >= Version(13, 0, 0) {
        return Ok(None);
    }
    // Before v13 one kind that is refused fails all, and which one it was is not said.
    let mut granted = Vec::new();
    for wire in wires {
        match client.watch(&[wire]).await {
            Ok(_) => granted.push(wire),
            Err(error) if error.nothing_to_watch() => {}
            Err(error) => return Err(error),
        }
    }
    if granted.is_empty() { Ok(None) } else { client.watch(&granted).await.map(Some) }
}
