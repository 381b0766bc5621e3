//! Nothing typed is lost, and nobody else's work is overwritten.

use super::kit::{Story, lacks, resource, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::store::save::SaveError;
use crate::view::{Draft, Effect, Outcome};

pub const HOME: (u16, u16) = (120, 40);

pub fn role() -> String {
    seeds::role("prod-dba", "8c1f2e77", "postgres")
}

/// In the editor on prod-dba, with the login changed to `postgresx`.
pub fn changed() -> (Story, Vec<Effect>) {
    changed_at("- postgres", HOME)
}

/// In the editor on prod-dba, an `x` typed at the end of the line that says this.
pub fn changed_at(what: &str, size: (u16, u16)) -> (Story, Vec<Effect>) {
    let mut story = Story::live(size);
    story.keys("3 G");
    says(&story.here(), "prod-dba");
    let asked = story.keys("e");
    story.fetched(&asked, &role());
    says(&story.picture(), "role/prod-dba");
    let line = story.picture().lines().position(|line| line.contains(what)).expect("the line is on screen");
    let first = story.picture().lines().position(|line| line.contains("kind: role")).expect("the first line is on screen");
    for _ in first..line {
        story.keys("Down");
    }
    story.keys("End");
    let effects = story.types("x");
    (story, effects)
}

/// Gives the keys back, asks to save, reads the difference and confirms.
pub fn save(story: &mut Story) -> Vec<Effect> {
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

/// On the page before the save, with this in the role's text put in place of that.
fn reviewing(this: &str, that: &str) -> Story {
    let mut story = Story::live(HOME);
    let asked = story.keys("3 G E");
    let effects = story.fetched(&asked, &role());
    let [Effect::EditOutside { ticket, text }] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.contains(this), "{text}");
    let text = text.replace(this, that);
    story.answer(*ticket, Outcome::EditedOutside(Ok(text)));
    story.read();
    story
}

#[test]
fn what_a_save_does_is_told_above_the_difference() {
    let mut story = reviewing("- postgres", "- postgres\n    - oracle");
    let picture = story.picture();
    says(&picture, "gained     log in to nodes env=prod as oracle");
    says(&picture, "1 line comes · call UpdateRole");
    lacks(&picture, "type prod-dba");
    // Nothing is widened, so nothing is to be typed.
    assert!(matches!(&story.keys("Tab Enter")[..], [Effect::Save { .. }]));
}

#[test]
fn an_edit_of_words_alone_says_that_nobody_gains() {
    let mut story = reviewing("  name: prod-dba", "  description: the night shift\n  name: prod-dba");
    says(&story.picture(), "nobody gains or loses anything by this");
    assert!(matches!(&story.keys("Tab Enter")[..], [Effect::Save { .. }]));
}

#[test]
fn an_edit_that_only_narrows_needs_no_name() {
    let mut story = reviewing("max_session_ttl: 8h0m0s", "max_session_ttl: 1h0m0s");
    says(&story.picture(), "tighter    a session lasts: at most 1h (before: at most 8h)");
    assert!(matches!(&story.keys("Tab Enter")[..], [Effect::Save { .. }]));
}

#[test]
fn an_edit_that_widens_wants_the_name_typed() {
    let mut story = reviewing("env: prod", "'*': '*'");
    let picture = story.picture();
    says(&picture, "gained   ! log in to all nodes as postgres (before only nodes env=prod)");
    says(&picture, "type prod-dba");
    assert_eq!(story.keys("Tab Enter"), [], "nothing is typed");
    says(&story.picture(), "not saved: type prod-dba first");
    story.keys("Tab");
    story.types("prod-dbb");
    assert_eq!(story.keys("Tab Enter"), [], "another name is typed");
    story.keys("Tab Backspace");
    story.app.update(crate::app::Msg::Paste("a".to_owned()), story.now);
    assert_eq!(story.keys("Tab Enter"), [], "a paste proves nothing");
    story.keys("Tab");
    assert_eq!(story.types("a"), []);
    assert_eq!(story.keys("Enter"), [], "Enter in the field goes to the last line");
    assert!(matches!(&story.keys("Enter")[..], [Effect::Save { kind: "role", .. }]));
}

#[test]
fn the_name_is_asked_for_anew_after_going_back_to_the_text() {
    let mut story = reviewing("forward_agent: false", "forward_agent: true");
    story.types("prod-dba");
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
    story.read();
    assert_eq!(story.keys("Tab Enter"), []);
    says(&story.picture(), "not saved: type prod-dba first");
}

#[test]
fn tab_completes_and_the_line_below_says_what_a_key_means() {
    for size in [HOME, (80, 24)] {
        let mut story = Story::live(size);
        let asked = story.keys("3 G e");
        story.fetched(&asked, &role());
        says(&story.picture(), "kind  what this document describes");
        says(&story.picture(), "Tab complete");
        while !story.picture().contains("accounts on hosts that one may log in as") {
            story.keys("Down");
        }
        story.keys("Down End Enter");
        assert_eq!(story.keys("Tab"), [], "asking changes nothing");
        let picture = story.picture();
        says(&picture, "▸ rules");
        says(&picture, "what one may do with Teleport's own resources");
        says(&picture, "Enter takes it");
        // Esc is about the choice first, then about the keys.
        story.keys("Esc");
        lacks(&story.picture(), "▸ rules");
        story.types("db_n");
        story.keys("Tab");
        let effects = story.keys("Enter");
        let [Effect::Draft(Draft::Keep { text, .. })] = &effects[..] else { panic!("{effects:?}") };
        assert!(text.contains("    - postgres\n    db_names:\n    - \n"), "{text}");
        says(&story.picture(), "db_names  databases one may open");
    }
}
