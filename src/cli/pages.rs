//! The pages of a list, for those who print and exit.
//!
//! One page is in hand while the next is on its way, and never more than these two: a reader of our output that is slow slows the
//! asking down. When the next is asked for is the caller's to say, so that something is printed before. Like `store::sync`, a
//! page that the server calls too large is asked for again at half the size, and a server that goes in circles is stopped.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::api::{Client, Error, Family};
use crate::kind::{Kind, Listed, Page};
use crate::store::sync::too_many;

/// The list methods' own default: larger ones gain nothing, smaller ones cost round trips.
const PAGE: usize = 1_000;
/// Pages without a single resource that are taken in a row.
const EMPTY: usize = 200;

/// So many resources are read at most, whatever a server sends: as many as the dashboard keeps.
const MOST: usize = 500_000;
/// After so many pages of a smaller size a larger one is tried: one large resource must not make the rest come one by one. Each
/// time it was too large it is tried more rarely.
const GROW: usize = 2;

/// A list that is being read.
pub struct Pages {
    client: Client,
    kind: &'static Kind,
    source: u8,
    /// The page that nobody has asked for yet.
    next: Option<Page>,
    /// At most one; what is coming is given up with the rest.
    coming: JoinSet<(usize, Page, Result<Listed, Error>)>,
    hasher: RandomState,
    seen: HashSet<u64>,
    empty: usize,
    total: usize,
    /// Pages of a smaller size since it was last changed, and how many are needed to try a larger one.
    came: usize,
    patience: usize,
}

impl Pages {
    /// Asks for the first page of one of the kind's sources.
    pub fn begin(client: Client, kind: &'static Kind, source: u8) -> Self {
        let next = Some(Page { limit: PAGE, source, ..Page::default() });
        let (coming, hasher, seen) = (JoinSet::new(), RandomState::new(), HashSet::new());
        let mut pages = Self { client, kind, source, next, coming, hasher, seen, empty: 0, total: 0, came: 0, patience: GROW };
        pages.ask();
        pages
    }

    /// Asks for the page after the one that came last, if there is one and nobody has yet.
    pub fn ask(&mut self) {
        if let Some(page) = self.next.take() {
            let (client, kind) = (self.client.clone(), self.kind);
            self.coming.spawn(async move { fitting(&client, kind, page).await });
        }
    }

    /// The next page; none behind the last.
    ///
    /// # Errors
    /// What the server said, or that its list has no end.
    pub async fn next(&mut self) -> Result<Option<Vec<(&'static str, Bytes)>>, Error> {
        self.ask();
        let Some(answer) = self.coming.join_next().await else { return Ok(None) };
        let (asked, page, listed) = answer.map_err(|error| self.error(Family::Unknown, error.to_string()))?;
        let listed = listed?;
        self.seen.insert(self.hasher.hash_one(&page.token));
        self.empty = if listed.resources.is_empty() { self.empty + 1 } else { 0 };
        // A kind that is two on the wire goes on to its second by itself.
        let limit = self.limit(asked, page.limit);
        self.next = listed.next.filter(|next| next.source == self.source).map(|next| Page { limit, ..next });
        self.total += listed.resources.len();
        if self.total > MOST {
            return Err(too_many(self.kind, MOST));
        }
        let again = self.next.as_ref().is_some_and(|next| self.seen.contains(&self.hasher.hash_one(&next.token)));
        if again {
            return Err(self.error(Family::Malformed, "the server goes in circles: it names a page it has already sent"));
        }
        if self.empty > EMPTY {
            return Err(self.error(Family::Malformed, "the server sends empty pages without end"));
        }
        Ok(Some(listed.resources))
    }

    /// How many to ask for next, when so many were asked for and so many could be had.
    fn limit(&mut self, asked: usize, had: usize) -> usize {
        if had < asked {
            (self.came, self.patience) = (0, self.patience.saturating_mul(2));
        }
        self.came += 1;
        if had >= PAGE || self.came < self.patience {
            return had;
        }
        self.came = 0;
        had.saturating_mul(2).min(PAGE)
    }

    fn error(&self, family: Family, text: impl Into<String>) -> Error {
        Error::new(family, self.kind.name, text)
    }
}

/// The size that was asked for, and the page at the size the server can send.
async fn fitting(client: &Client, kind: &'static Kind, mut page: Page) -> (usize, Page, Result<Listed, Error>) {
    let asked = page.limit;
    loop {
        match (kind.page)(client, page.clone()).await {
            Err(error) if page.limit > 1 && error.is_too_large() => page.limit /= 2,
            answer => return (asked, page, answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::kind::ROLES;
    use crate::schema::proto::{ListRolesRequest, ListRolesResponse};
    use crate::schema::types::RoleV6;
    use crate::store::tests::fake::Fake;

    fn page(roles: usize, next: &str) -> ListRolesResponse {
        let role = RoleV6::default().encode_to_vec();
        ListRolesResponse { roles: vec![role.into(); roles], next_key: next.to_owned() }
    }

    #[tokio::test]
    async fn the_next_is_asked_for_when_it_is_wanted_and_once() {
        let (mut fake, client) = Fake::new();
        let mut pages = Pages::begin(client, &ROLES, 0);
        fake.expect("ListRoles").await.reply(&page(2, "b")).await;
        assert_eq!(pages.next().await.map(|page| page.map_or(0, |page| page.len())), Ok(2));
        assert!(pages.coming.is_empty(), "it is for the caller to print first");
        pages.ask();
        pages.ask();
        let call = fake.expect("ListRoles").await;
        assert_eq!(call.request::<ListRolesRequest>().start_key, "b");
        call.reply(&page(1, "")).await;
        assert!(pages.next().await.is_ok_and(|page| page.is_some()));
        pages.ask();
        assert_eq!(pages.next().await, Ok(None));
    }

    #[tokio::test]
    async fn a_page_too_large_is_halved_and_so_are_those_behind_it() {
        let (mut fake, client) = Fake::new();
        let mut pages = Pages::begin(client, &ROLES, 0);
        fake.expect("ListRoles").await.end(8, "received message larger than max").await;
        fake.expect("ListRoles").await.reply(&page(1, "b")).await;
        assert!(pages.next().await.is_ok_and(|page| page.is_some()));
        pages.ask();
        let call = fake.expect("ListRoles").await;
        assert_eq!(call.request::<ListRolesRequest>().limit, 500);
        call.end(8, "rate limit exceeded").await;
        assert!(pages.next().await.is_err_and(|error| error.family == Family::LimitExceeded));
    }

    #[tokio::test]
    async fn circles_end() {
        let (mut fake, client) = Fake::new();
        let mut pages = Pages::begin(client, &ROLES, 0);
        fake.expect("ListRoles").await.reply(&page(1, "b")).await;
        assert!(pages.next().await.is_ok_and(|page| page.is_some()));
        pages.ask();
        fake.expect("ListRoles").await.reply(&page(1, "b")).await;
        assert!(pages.next().await.is_err_and(|error| error.text.contains("circles")));
    }
}
