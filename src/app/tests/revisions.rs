//! Earlier texts of what was saved: listed, compared with now, and put back as an ordinary edit.

use std::time::Duration;

use super::edit::{HOME, changed, role};
use super::kit::{Story, resource, says, wall};
use super::seeds;
use crate::store::journal::Revision;
use crate::view::{Draft, Effect, Outcome};

fn kept(login: &str, minutes: u64, ours: bool) -> Revision {
    let role = resource(&seeds::role("prod-dba", &format!("r{minutes}"), login));
    Revision {
        cluster: "root.example.test".to_owned(),
        kind: "role".to_owned(),
        name: "prod-dba".to_owned(),
        revision: format!("r{minutes}"),
        at: wall() - Duration::from_secs(60 * minutes),
        ours,
        text: role.to_yaml().expect("it has a text"),
    }
}

pub fn listed(size: (u16, u16)) -> Story {
    let mut story = Story::live(size);
    let asked = story.keys("3 G l");
    let [Effect::Revisions { ticket, kind: "role", reference }] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(reference.name(), "prod-dba");
    let found = vec![kept("postgres", 10, true), kept("oracle", 11, false), kept("mysql", 60, true)];
    story.answer(*ticket, Outcome::Revisions(Ok(found)));
    story
}

#[test]
fn they_are_listed_and_compared_with_now() {
    let mut story = listed(HOME);
    let picture = story.picture();
    for text in ["earlier texts", "2026-11-25 09:31", "saved from here", "found, replaced", "-2 +2", "revision r11"] {
        says(&picture, text);
    }
    let asked = story.keys("j Enter");
    story.fetched(&asked, &role());
    let picture = story.picture();
    says(&picture, "the text of 2026-11-25 09:30");
    says(&picture, "- oracle");
    says(&picture, "- postgres");
}

#[test]
fn reverting_is_an_ordinary_edit_on_what_is_there_now() {
    for from in ["j e", "j Enter e"] {
        let mut story = listed(HOME);
        let asked = story.keys(from);
        let fetches: Vec<_> = asked.iter().filter(|effect| matches!(effect, Effect::Fetch { .. })).cloned().collect();
        let effects = story.fetched(&fetches, &role());
        let [Effect::Draft(Draft::Keep { revision, text, .. })] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(revision, "8c1f2e77");
        assert!(text.contains("- oracle") && text.contains("revision: 8c1f2e77"), "{text}");
        story.keys(":");
        story.types("w");
        story.keys("Enter");
        says(&story.picture(), "what this changes");
        story.read();
        let effects = story.keys("Tab Enter");
        let [Effect::Save { base, edited, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(*base, resource(&role()));
        assert_eq!(edited.with_revision(""), resource(&seeds::role("prod-dba", "", "oracle")).with_revision(""));
    }
}

#[test]
fn a_revert_never_takes_the_place_of_an_unsaved_text() {
    let (mut story, _) = changed();
    story.keys("Esc Esc");
    let asked = story.keys("l");
    story.answer(asked[0].ticket().expect("a question"), Outcome::Revisions(Ok(vec![kept("oracle", 11, true)])));
    story.wait(7_000);
    assert_eq!(story.keys("e"), []);
    says(&story.picture(), "an unsaved text of role/prod-dba is kept");
}

#[test]
fn what_has_no_earlier_texts_says_why() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("4 l"), []);
    says(&story.picture(), "earlier: ");
    assert_eq!(story.keys("2 l"), []);
    says(&story.picture(), "earlier: requests are not edited from here");
    let asked = story.keys("3 G l");
    story.answer(asked[0].ticket().expect("a question"), Outcome::Revisions(Ok(Vec::new())));
    says(&story.picture(), "nothing was saved from here yet");
    assert_eq!(story.keys("Enter"), []);
}
