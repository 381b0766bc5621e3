//! Lists that are put in as they come, and what a storm of events leaves behind.

use std::time::{Duration, UNIX_EPOCH};

use prost::Message as _;

use super::*;
use crate::kind;
use crate::kind::pager::too_many;
use crate::resource::Reference;
use crate::schema::types::{Metadata, ResourceHeader, RoleV6};
use crate::store::Shelf;
use crate::store::snapshot::Verb;
use crate::store::sync::intake::CHANGES;

const MOST: usize = 1_000;

fn board() -> Board {
    let clock: Arc<dyn Fn() -> SystemTime + Send + Sync> = Arc::new(|| UNIX_EPOCH + Duration::from_hours(500_000));
    Board::new(&[kind::named("role").expect("a kind")], Clock { shown: clock.clone(), real: clock })
}

fn role(name: &str, described: &str, expires: u64) -> Bytes {
    let expires = (expires > 0).then(|| prost_types::Timestamp { seconds: expires.cast_signed(), nanos: 0 });
    let (name, description) = (name.to_owned(), described.to_owned());
    let metadata = Metadata { name, description, expires, ..Metadata::default() };
    RoleV6 { metadata: Some(metadata), ..RoleV6::default() }.encode_to_vec().into()
}

fn page(names: &[&str]) -> Vec<(&'static str, Bytes)> {
    names.iter().map(|name| ("role", role(name, "", 0))).collect()
}

fn listed(board: &mut Board, pages: &[&[&str]]) {
    board.begin(0);
    for names in pages {
        board.page(0, &page(names), MOST);
    }
    board.finish(0, MOST);
}

fn names(board: &Board) -> Vec<String> {
    let snapshot = board.snapshot();
    let mut names: Vec<_> = snapshot.shelves()[0].iter().map(|(_, row)| row.name().to_owned()).collect();
    names.sort();
    names
}

fn put(name: &str, described: &str) -> Event {
    Event::Put { kind: "role", bytes: role(name, described, 0) }
}

fn gone(name: &str) -> Event {
    let metadata = Some(Metadata { name: name.to_owned(), ..Metadata::default() });
    Event::Gone { kind: "role", header: Box::new(ResourceHeader { metadata, ..ResourceHeader::default() }) }
}

#[test]
fn only_the_first_page_of_all_is_the_first() {
    let mut board = board();
    board.begin(0);
    assert!(board.page(0, &page(&["a"]), MOST) && !board.page(0, &page(&["b"]), MOST));
    board.finish(0, MOST);
    board.begin(0);
    assert!(!board.page(0, &page(&["a"]), MOST));
}

#[test]
fn a_list_again_lets_go_of_what_it_does_not_have() {
    let mut board = board();
    listed(&mut board, &[&["a", "b"], &["c"]]);
    board.take();
    board.begin(0);
    board.page(0, &page(&["a", "d"]), MOST);
    assert_eq!(names(&board), ["a", "b", "c", "d"], "what is not listed yet is not gone");
    // What happened since the list was asked for is newer than the list.
    board.event(&put("e", ""), MOST);
    board.event(&gone("c"), MOST);
    board.page(0, &page(&["c"]), MOST);
    board.finish(0, MOST);
    assert_eq!(names(&board), ["a", "d", "e"]);
    let told: Vec<_> = board.news.changes.iter().rev().map(|change| (change.reference.name(), change.verb)).collect();
    assert_eq!(told, [("d", Verb::Came), ("e", Verb::Came), ("c", Verb::Went), ("b", Verb::Went)]);
}

#[test]
fn a_list_that_finds_nothing_publishes_nothing_whatever_it_repeats() {
    let mut board = board();
    listed(&mut board, &[&["a", "b"]]);
    board.take();
    listed(&mut board, &[&["b"], &["b", "a"], &["b", "a"]]);
    assert!(!board.is_dirty() && board.quiet() == 0 && board.take().is_none());
}

#[test]
fn a_newer_expiry_is_quiet_and_comes_with_the_next_snapshot() {
    let mut board = board();
    listed(&mut board, &[&["a"]]);
    let before = board.take().expect("something came").shelves()[0].generation();
    board.begin(0);
    board.page(0, &[("role", role("a", "", 1_800_000_000))], MOST);
    board.finish(0, MOST);
    assert_eq!((board.is_dirty(), board.quiet()), (false, 1));
    let shelf = board.take().expect("it is not kept back for ever").shelves()[0].clone();
    assert_eq!(shelf.generation(), before, "nobody could see a difference");
    assert!(shelf.iter().all(|(_, row)| row.item().expires.is_some()));
}

#[test]
fn lists_that_never_end_fill_no_memory() {
    let mut board = board();
    for number in 0..20 {
        board.begin(0);
        let all: Vec<_> = (0..5).map(|at| format!("role-{number}-{at}")).collect();
        board.page(0, &page(&all.iter().map(String::as_str).collect::<Vec<_>>()), 10);
        board.fail(0, too_many(board.kind(0), 10));
    }
    assert_eq!(board.len(0), 20);
}

#[test]
fn ten_thousand_events_leave_what_they_say_and_no_more() {
    let mut board = board();
    let all: Vec<_> = (0..2_000).map(|number| format!("role-{number}")).collect();
    listed(&mut board, &[&all.iter().map(String::as_str).collect::<Vec<_>>()]);
    let published = board.take().expect("something came");
    for number in 0..10_000 {
        board.event(&put(&all[number % 100], &format!("edit {number}")), MOST * 10);
        board.event(&gone(&format!("never-listed-{number}")), MOST * 10);
    }
    let snapshot = board.take().expect("something changed");
    let (before, after) = (&published.shelves()[0], &snapshot.shelves()[0]);
    assert_eq!((after.len(), after.slots(), after.epoch()), (before.len(), before.slots(), before.epoch()));
    assert_eq!(snapshot.changes.len(), CHANGES);
    let text = |shelf: &Shelf| shelf.find(&Reference::new("role", "role-99")).map(|item| item.values.last().cloned());
    assert_eq!(text(after), Some(Some(kind::Value::text("edit 9999"))));
    assert_eq!(text(before), Some(Some(kind::Value::None)), "what was published stays as it was");
}
