//! How a list is read to its end, page by page, whatever a server makes of that.
//!
//! A page that is too large is asked for again at half the size, and pages grow again behind what was too large. A server that
//! repeats a page or never ends is stopped with an error that says so: a list is finite, and so is memory. What the resources
//! mean is not known here, and when to ask is the caller's to say.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::{Kind, Listed, Page};
use crate::api::{Client, Error, Family};

/// Pages without a single resource that are taken in a row; a server that hides most of a list may well send some.
const EMPTY: usize = 200;
/// After so many pages that came at a size smaller than asked for, twice that size is tried: one large resource must not make the
/// rest of a long list come one by one. Each time it was too large it is tried more rarely.
const GROW: usize = 2;

/// A list that is being read.
#[derive(Debug)]
pub struct Pager {
    kind: &'static Kind,
    /// How many at once.
    limit: usize,
    /// How many at most.
    most: usize,
    next: Option<Page>,
    hasher: RandomState,
    seen: HashSet<u64>,
    total: usize,
    empty: usize,
    /// Pages since the size last changed, and how many it takes to try a larger one.
    came: usize,
    patience: usize,
}

impl Pager {
    /// Begins with the first page of one of the kind's sources.
    #[must_use]
    pub fn new(kind: &'static Kind, limit: usize, most: usize, source: u8) -> Self {
        let next = Some(Page { limit, source, ..Page::default() });
        let (hasher, seen) = (RandomState::new(), HashSet::new());
        Self { kind, limit, most, next, hasher, seen, total: 0, empty: 0, came: 0, patience: GROW }
    }

    /// The page to ask for now; none behind the last, nor before an answer to this one.
    pub fn due(&mut self) -> Option<Page> {
        self.next.take()
    }

    /// Whether a page has come.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !self.seen.is_empty()
    }

    /// This page was asked for and that came of it.
    ///
    /// # Errors
    /// When the list has no end.
    pub fn came(&mut self, asked: usize, page: &Page, listed: &Listed) -> Result<(), Error> {
        self.seen.insert(self.mark(page));
        self.total += listed.resources.len();
        self.empty = if listed.resources.is_empty() { self.empty + 1 } else { 0 };
        let limit = self.limit(asked, page.limit);
        self.next = listed.next.clone().map(|next| Page { limit, ..next });
        if self.total > self.most {
            return Err(too_many(self.kind, self.most));
        }
        if self.next.as_ref().is_some_and(|next| self.seen.contains(&self.mark(next))) {
            return Err(self.error("the server goes in circles: it names a page it has already sent"));
        }
        if self.empty > EMPTY {
            return Err(self.error("the server sends empty pages without end"));
        }
        Ok(())
    }

    fn mark(&self, page: &Page) -> u64 {
        self.hasher.hash_one((page.source, &page.token))
    }

    /// How many to ask for next, when so many were asked for and so many could be had.
    fn limit(&mut self, asked: usize, had: usize) -> usize {
        if had < asked {
            (self.came, self.patience) = (0, self.patience.saturating_mul(2));
        }
        self.came += 1;
        if had >= self.limit || self.came < self.patience {
            return had;
        }
        self.came = 0;
        had.saturating_mul(2).min(self.limit)
    }

    fn error(&self, text: &str) -> Error {
        Error::new(Family::Malformed, self.kind.name, text)
    }
}

/// A page, at the size the server can send, which is the size it says it has.
pub async fn fitting(client: &Client, kind: &'static Kind, mut page: Page) -> (Page, Result<Listed, Error>) {
    loop {
        match (kind.page)(client, page.clone()).await {
            Err(error) if page.limit > 1 && error.is_too_large() => page.limit /= 2,
            answer => return (page, answer),
        }
    }
}

/// The error of a list that is longer than anything that is kept.
#[must_use]
pub fn too_many(kind: &Kind, most: usize) -> Error {
    Error::new(Family::LimitExceeded, kind.name, format!("more than {most}: this many are not kept"))
}
