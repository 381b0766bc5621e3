//! Reads one kind's list to its end and says each page as it comes.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::link::Heard;
use crate::api::{Client, Error};
use crate::kind::Kind;
use crate::kind::pager::{Pager, fitting};

/// What a list is read with.
pub struct Reading {
    /// Whom to ask.
    pub client: Client,
    /// For what.
    pub kind: &'static Kind,
    /// Whose shelf it is for, by its place.
    pub shelf: usize,
    /// How many at once.
    pub limit: usize,
    /// How many at most.
    pub most: usize,
    /// Where the pages go.
    pub say: mpsc::Sender<Heard>,
}

impl Reading {
    /// Sends every page and at last how it ended.
    pub async fn run(self) {
        let ended = self.pages().await;
        // The other end is gone only when the link is given up, and then nobody wants to know.
        let _ = self.say.send(Heard::Listed(self.shelf, ended)).await;
    }

    async fn pages(&self) -> Result<(), Error> {
        let mut pager = Pager::new(self.kind, self.limit, self.most, 0);
        // One page is put on the shelf while the next is on its way, and no more than that is ever in memory. The first is on
        // screen before the second is asked for.
        let room = Arc::new(Semaphore::new(1));
        let mut more = false;
        loop {
            let Ok(permit) = room.clone().acquire_owned().await else { return Ok(()) };
            if pager.has_begun() && !more {
                room.add_permits(1);
                more = true;
            }
            let Some(page) = pager.due() else { return Ok(()) };
            let asked = page.limit;
            let (page, listed) = fitting(&self.client, self.kind, page).await;
            let listed = listed?;
            pager.came(asked, &page, &listed)?;
            if self.say.send(Heard::Page(self.shelf, listed.resources, permit)).await.is_err() {
                return Ok(());
            }
        }
    }
}
