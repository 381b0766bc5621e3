//! Reads one kind's list to its end, page by page, whatever a server makes of that.
//!
//! A page that is too large is asked for again at half the size, and pages grow again behind what was too large. A server that
//! repeats a page or never ends is stopped with an error that says so: a list is finite, and so is memory. What the resources
//! mean is not known here.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::link::{Heard, too_many};
use crate::api::{Client, Error, Family};
use crate::kind::{Kind, Page};

/// Pages without a single resource that are taken in a row; a server that hides most of a list may well send some.
const EMPTY: usize = 200;
/// After twice so many pages that came at a size smaller than asked for, twice that size is tried: one large resource must not
/// make the rest of a long list come one by one. Each time it was too large it is tried more rarely.
const GROW: usize = 2;

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
        let mut page = Page { limit: self.limit, ..Page::default() };
        let (hasher, mut seen) = (RandomState::new(), HashSet::new());
        let (mut total, mut empty) = (0_usize, 0_usize);
        let (mut came, mut patience) = (0_usize, GROW);
        // One page is put on the shelf while the next is on its way, and no more than that is ever in memory. The first is on
        // screen before the second is asked for.
        let room = Arc::new(Semaphore::new(1));
        loop {
            let Ok(permit) = room.clone().acquire_owned().await else { return Ok(()) };
            if seen.len() == 1 {
                room.add_permits(1);
            }
            if !seen.insert(hasher.hash_one((page.source, &page.token))) {
                return Err(self.error(Family::Malformed, "the server goes in circles: it names a page it has already sent"));
            }
            let asked = page.limit;
            let listed = self.page(&mut page).await?;
            if page.limit < asked {
                (came, patience) = (0, patience.saturating_mul(2));
            }
            came += 1;
            total += listed.resources.len();
            empty = if listed.resources.is_empty() { empty + 1 } else { 0 };
            if total > self.most {
                return Err(too_many(self.kind, self.most));
            }
            if empty > EMPTY {
                return Err(self.error(Family::Malformed, "the server sends empty pages without end"));
            }
            let next = listed.next;
            if self.say.send(Heard::Page(self.shelf, listed.resources, permit)).await.is_err() {
                return Ok(());
            }
            let Some(next) = next else { return Ok(()) };
            let mut limit = page.limit;
            if limit < self.limit && came >= patience {
                (came, limit) = (0, limit.saturating_mul(2).min(self.limit));
            }
            page = Page { limit, ..next };
        }
    }

    /// One page, at the size the server can send.
    async fn page(&self, page: &mut Page) -> Result<crate::kind::Listed, Error> {
        loop {
            match (self.kind.page)(&self.client, page.clone()).await {
                Err(error) if page.limit > 1 && error.is_too_large() => page.limit /= 2,
                answer => return answer,
            }
        }
    }

    fn error(&self, family: Family, text: impl Into<String>) -> Error {
        Error::new(family, self.kind.name, text)
    }
}
