//! Nothing typed is lost, and nobody else's work is overwritten.

use super::kit::{Story, lacks, resource, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::store::save::SaveError;
use crate::view::{Draft, Effect, Outcome};

const HOME: (u16, u16) = (120, 40);

fn role() -> String {
    seeds::role("prod-dba", "8c1f2e77", "postgres")
}

/// In the editor on prod-dba, with the login changed to `postgresx`.
fn changed() -> (Story, Vec<Effect>) {
    let mut story = Story::live(HOME);
    story.keys("3 G");
    says(&story.here(), "prod-dba");
    let asked = story.keys("e");
    story.fetched(&asked, &role());
    says(&story.picture(), "role/prod-dba");
    let line = story.picture().lines().position(|line| line.contains("- postgres")).expect("the login is on screen");
    let first = story.picture().lines().position(|line| line.contains("kind: role")).expect("the first line is on screen");
    for _ in first..line {
        story.keys("Down");
    }
    story.keys("End");
    let effects = story.types("x");
    (story, effects)
}

/// Gives the keys back, asks to save, reads the difference and confirms.
fn save(story: &mut Story) -> Vec<Effect> {
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
    story.read();
    story.keys("Tab Enter")
}

#[test]
fn every_change_is_handed_to_the_journal() {
    let (_, effects) = changed();
    let [Effect::Draft(Draft::Keep { reference, revision, text, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((reference.name(), revision.as_str()), ("prod-dba", "8c1f2e77"));
    assert!(text.contains("- postgresx"));
}

#[test]
fn the_difference_is_shown_before_a_save_and_the_copy_is_the_base() {
    let (mut story, _) = changed();
    story.keys("Esc :");
    story.types("w");
    assert_eq!(story.keys("Enter"), []);
    let picture = story.picture();
    says(&picture, "- postgresx");
    says(&picture, "UpdateRole");
    assert_eq!(story.keys("Tab Enter"), [], "not read yet");
    story.read();
    let effects = story.keys("Enter");
    let [Effect::Save { ticket, kind: "role", base, edited }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*base, resource(&role()));
    assert!(edited.to_yaml().unwrap().contains("- postgresx"));
    let answer = Outcome::Saved(Ok(edited.clone()));
    let effects = story.answer(*ticket, answer);
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
    says(&story.picture(), "saved role/prod-dba");
    says(&story.here(), "prod-dba");
}

#[test]
fn a_conflict_shows_both_and_keeps_the_text() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    let ticket = effects[0].ticket().unwrap();
    let theirs = resource(&seeds::role("prod-dba", "newer", "oracle"));
    story.answer(ticket, Outcome::Saved(Err(SaveError::Conflict(Box::new(theirs)))));
    let picture = story.picture();
    says(&picture, "- oracle");
    says(&picture, "- postgresx");
    story.keys("i");
    says(&story.picture(), "- postgresx");
    // Saved now it is compared with theirs, in sight.
    let effects = save(&mut story);
    let [Effect::Save { base, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(base.revision(), "newer");
}

#[test]
fn theirs_is_taken_only_when_asked_for_twice() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    let theirs = resource(&seeds::role("prod-dba", "newer", "oracle"));
    story.answer(effects[0].ticket().unwrap(), Outcome::Saved(Err(SaveError::Conflict(Box::new(theirs)))));
    assert_eq!(story.keys("t"), []);
    says(&story.picture(), "- postgresx");
    let effects = story.keys("t");
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
    lacks(&story.picture(), "postgresx");
}

#[test]
fn a_refusal_leaves_the_text_as_it_was() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    let error = Error::new(Family::AccessDenied, "/x/UpdateRole", "access denied to perform action \"update\" on \"role\"");
    story.answer(effects[0].ticket().unwrap(), Outcome::Saved(Err(SaveError::Refused(error))));
    says(&story.picture(), "access denied to perform action");
    says(&story.picture(), "- postgresx");
}

#[test]
fn nothing_to_save_and_another_name_are_told_apart() {
    let mut story = Story::live(HOME);
    let asked = story.keys("3 G e");
    story.fetched(&asked, &role());
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
    says(&story.picture(), "nothing to save");
    let (mut story, _) = changed();
    let lines = |story: &Story, text: &str| story.picture().lines().position(|line| line.contains(text)).unwrap();
    let (name, login) = (lines(&story, "name: prod-dba"), lines(&story, "- postgresx"));
    for _ in name..login {
        story.keys("Up");
    }
    story.keys("End");
    story.types("2");
    story.keys("Esc :");
    story.types("w");
    assert_eq!(story.keys("Enter"), []);
    says(&story.picture(), "name must stay \"prod-dba\"");
}

#[test]
fn a_problem_stands_under_its_line_and_bars_the_save() {
    let (mut story, _) = changed();
    story.keys("Enter");
    story.types("nonsense");
    story.keys("Esc :");
    story.types("w");
    assert_eq!(story.keys("Enter"), []);
    says(&story.picture(), "not saved: line");
}

#[test]
fn a_newer_revision_is_a_banner_and_never_touches_the_text() {
    let (mut story, _) = changed();
    story.put(&seeds::role("prod-dba", "newer", "oracle"));
    story.publish();
    let picture = story.picture();
    says(&picture, "a newer revision was saved meanwhile");
    says(&picture, "- postgresx");
}

#[test]
fn leaving_keeps_a_draft_and_coming_back_finds_it() {
    let (mut story, _) = changed();
    story.keys("Esc Esc");
    says(&story.picture(), "kept as a draft");
    let asked = story.keys("e");
    story.fetched(&asked, &role());
    says(&story.picture(), "- postgresx");
    story.keys("Esc :");
    story.types("discard");
    let effects = story.keys("Enter");
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
    let asked = story.keys("e");
    story.fetched(&asked, &role());
    lacks(&story.picture(), "postgresx");
}

#[test]
fn quitting_with_a_draft_asks_once() {
    let (mut story, _) = changed();
    story.keys("Esc 1 q");
    says(&story.picture(), "Quit?");
    story.keys("n");
    lacks(&story.picture(), "Quit?");
    story.keys("q");
    assert_eq!(story.keys("y"), [Effect::Quit(0)]);
}

#[test]
fn the_persons_own_editor_brings_the_same_page_before_the_save() {
    let mut story = Story::live(HOME);
    let asked = story.keys("3 G E");
    let effects = story.fetched(&asked, &role());
    let [Effect::EditOutside { ticket, text }] = &effects[..] else { panic!("{effects:?}") };
    let text = text.replace("postgres", "mysql");
    story.answer(*ticket, Outcome::EditedOutside(Ok(text)));
    says(&story.picture(), "- mysql");
    story.read();
    assert!(matches!(&story.keys("Tab Enter")[..], [Effect::Save { .. }]));
}

#[test]
fn a_new_one_begins_from_the_kinds_own_text() {
    let mut story = Story::live(HOME);
    story.keys("3 n");
    says(&story.picture(), "New role · begin from");
    story.keys("j j Enter");
    says(&story.picture(), "new role");
    says(&story.picture(), "name: session-auditor");
    let asked = story.keys("Esc Esc N");
    story.fetched(&asked, &seeds::role("access", "r-access", "ubuntu"));
    says(&story.picture(), "access-copy");
    lacks(&story.picture(), "r-access");
    let effects = save(&mut story);
    assert!(matches!(&effects[..], [Effect::Create { kind: "role", .. }]), "{effects:?}");
}
