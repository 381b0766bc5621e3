//! The pages of a list, for those who print and exit.
//!
//! One page is in hand while the next is on its way, and never more than these two: a reader of our output that is slow slows the
//! asking down. When the next is asked for is the caller's to say, so that something is printed before.

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::api::{Client, Error, Family};
use crate::kind::pager::{Pager, fitting};
use crate::kind::{Kind, Listed, Page};

/// The list methods' own default: larger ones gain nothing, smaller ones cost round trips.
const PAGE: usize = 1_000;
/// So many resources are read at most, whatever a server sends: as many as the dashboard keeps.
const MOST: usize = 500_000;

/// A list that is being read.
pub struct Pages {
    client: Client,
    kind: &'static Kind,
    source: u8,
    pager: Pager,
    /// At most one, with the size that was asked for; what is coming is given up with the rest.
    coming: JoinSet<(usize, Page, Result<Listed, Error>)>,
}

impl Pages {
    /// Asks for the first page of one of the kind's sources.
    pub fn begin(client: Client, kind: &'static Kind, source: u8) -> Self {
        let pager = Pager::new(kind, PAGE, MOST, source);
        let mut pages = Self { client, kind, source, pager, coming: JoinSet::new() };
        pages.ask();
        pages
    }

    /// Asks for the page after the one that came last, if there is one and nobody has yet. A kind that is two on the wire goes on
    /// to its second by itself, which was not asked for.
    pub fn ask(&mut self) {
        if let Some(page) = self.pager.due().filter(|page| page.source == self.source) {
            let (client, kind, asked) = (self.client.clone(), self.kind, page.limit);
            self.coming.spawn(async move {
                let (page, listed) = fitting(&client, kind, page).await;
                (asked, page, listed)
            });
        }
    }

    /// The next page; none behind the last.
    ///
    /// # Errors
    /// What the server said, or that its list has no end.
    pub async fn next(&mut self) -> Result<Option<Vec<(&'static str, Bytes)>>, Error> {
        self.ask();
        let Some(answer) = self.coming.join_next().await else { return Ok(None) };
        let lost = |error: tokio::task::JoinError| Error::new(Family::Unknown, self.kind.name, error.to_string());
        let (asked, page, listed) = answer.map_err(lost)?;
        let listed = listed?;
        self.pager.came(asked, &page, &listed)?;
        Ok(Some(listed.resources))
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
