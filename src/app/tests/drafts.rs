//! Unsaved texts of before: offered, opened with what changed since, thrown away only when asked.

use super::edit::{HOME, role};
use super::kit::{Story, lacks, resource, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::resource::Reference;
use crate::view::{Draft, Effect, Outcome};

fn draft(name: &str, revision: &str) -> Draft {
    let base = resource(&seeds::role("prod-dba", "8c1f2e77", "postgres")).to_yaml().expect("it has a text");
    let text = base.replace("- postgres", "- postgresx");
    Draft::Keep { reference: Reference::new("role", name), revision: revision.to_owned(), base, text }
}

#[test]
fn they_are_offered_with_what_became_of_them() {
    let mut story = Story::live(HOME);
    story.offer(draft("prod-dba", "8c1f2e77"));
    let picture = story.picture();
    says(&picture, "Unsaved texts of before");
    says(&picture, "role/prod-dba");
    says(&picture, "-1 +1 · 2h ago · unchanged since");
    let asked = story.keys("Enter");
    let effects = story.fetched(&asked, &role());
    assert_eq!(effects, [], "nothing is written yet");
    says(&story.picture(), "- postgresx");
    says(&story.picture(), "your unsaved text is back");
}

#[test]
fn one_that_was_overtaken_opens_in_the_merge() {
    let mut story = Story::live(HOME);
    story.put(&seeds::role("prod-dba", "newer", "postgres"));
    story.publish();
    story.offer(draft("prod-dba", "8c1f2e77"));
    says(&story.picture(), "newer one saved since");
    let asked = story.keys("Enter");
    story.fetched(&asked, &seeds::role("prod-dba", "newer", "postgres").replace("8h0m0s", "4h0m0s"));
    let picture = story.picture();
    says(&picture, "CAME TOGETHER BY ITSELF");
    says(&picture, "theirs  spec.options.max_session_ttl  8h0m0s → 4h0m0s");
    says(&picture, "mine    spec.allow.logins");
    story.keys("w");
    story.read();
    let effects = story.keys("Tab Enter");
    assert!(matches!(&effects[..], [Effect::Save { base, .. }] if base.revision() == "newer"), "{effects:?}");
}

#[test]
fn one_of_something_deleted_can_be_made_anew() {
    let mut story = Story::live(HOME);
    story.offer(draft("gone", "1"));
    says(&story.picture(), "deleted since");
    let asked = story.keys("Enter");
    let ticket = asked.iter().find_map(Effect::ticket).expect("a fetch");
    story.answer(ticket, Outcome::Fetched(Err(Error::new(Family::NotFound, "/x/GetRole", "role gone is not found"))));
    says(&story.picture(), "role/gone: not saved · it was deleted by somebody else");
    story.keys("i");
    says(&story.picture(), "- postgresx");
}

#[test]
fn one_of_something_new_opens_as_it_was_and_is_not_overwritten_by_another() {
    let mut story = Story::live(HOME);
    story.offer(draft("new", ""));
    says(&story.picture(), "new, never saved");
    story.keys("Esc 3 n Enter");
    says(&story.picture(), "- postgresx");
    says(&story.picture(), "your unsaved text is back");
    let mut story = Story::live(HOME);
    story.offer(draft("new", ""));
    assert_eq!(story.keys("Enter"), [], "there is nothing to fetch");
    says(&story.picture(), "- postgresx");
}

#[test]
fn throwing_away_asks_and_leaving_keeps() {
    let mut story = Story::live(HOME);
    story.offer(draft("prod-dba", "8c1f2e77"));
    assert_eq!(story.keys("Esc"), []);
    lacks(&story.picture(), "Unsaved texts");
    story.keys(":");
    story.types("drafts");
    story.keys("Enter");
    says(&story.picture(), "role/prod-dba");
    story.keys("D");
    says(&story.picture(), "Throw it away?");
    assert_eq!(story.keys("n"), []);
    story.keys("D");
    let effects = story.keys("y");
    assert_eq!(effects, [Effect::Draft(Draft::Drop(Reference::new("role", "prod-dba")))]);
    lacks(&story.picture(), "Unsaved texts");
}

#[test]
fn they_come_to_nobody_who_is_busy() {
    let mut story = Story::live(HOME);
    story.keys("3 /");
    story.offer(draft("prod-dba", "8c1f2e77"));
    lacks(&story.picture(), "Unsaved texts of before");
    says(&story.picture(), "kept from earlier");
}
