//! Two people, one role: what fits together comes together, what clashes is asked, and nobody's words are lost.

use super::edit::{HOME, changed, changed_at, role, save};
use super::kit::{Story, lacks, resource, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::document::Resource;
use crate::store::save::SaveError;
use crate::view::{Draft, Effect, Outcome};

const SMALL: (u16, u16) = (80, 24);

fn theirs(change: (&str, &str)) -> String {
    let text = seeds::role("prod-dba", "newer", "postgres");
    let changed = text.replace(change.0, change.1);
    assert_ne!(text, changed);
    changed
}

/// Saves, and hears that somebody else was first.
fn conflict(story: &mut Story, theirs: &Resource) -> Vec<Effect> {
    let effects = save(story);
    let [Effect::Save { ticket, .. }] = &effects[..] else { panic!("{effects:?}") };
    story.answer(*ticket, Outcome::Saved(Err(SaveError::Conflict(Box::new(theirs.clone())))))
}

/// Saves what is in the review now.
fn confirm(story: &mut Story) -> (Resource, Resource) {
    story.frame();
    story.keys("PgDn PgDn");
    story.read();
    let effects = story.keys("Tab Enter");
    let Some(Effect::Save { base, edited, .. }) = effects.last() else { panic!("{effects:?}\n{}", story.picture()) };
    (base.clone(), edited.clone())
}

#[test]
fn what_fits_together_is_shown_and_saved_over_theirs() {
    let (mut story, _) = changed();
    let theirs = resource(&theirs(("8h0m0s", "4h0m0s")));
    let effects = conflict(&mut story, &theirs);
    let [Effect::Draft(Draft::Keep { revision, base, text, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(revision, "8c1f2e77", "a draft is a change of what it began from");
    assert!(base.contains("8h0m0s") && text.contains("postgresx"));
    let picture = story.picture();
    says(&picture, "nothing open");
    says(&picture, "CAME TOGETHER BY ITSELF");
    says(&picture, "theirs  spec.options.max_session_ttl  8h0m0s → 4h0m0s");
    says(&picture, "mine    spec.allow.logins");
    says(&picture, "+ postgresx");
    lacks(&picture, "BOTH CHANGED THIS");
    let effects = story.keys("w");
    let [Effect::Draft(Draft::Keep { revision, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(revision, "newer");
    says(&story.picture(), "what this changes");
    let (base, edited) = confirm(&mut story);
    assert_eq!(base, theirs);
    let text = edited.to_yaml().expect("it has a text");
    assert!(text.contains("- postgresx") && text.contains("4h0m0s") && text.contains("revision: newer"), "{text}");
}

#[test]
fn what_clashes_is_asked_hunk_by_hunk() {
    for (keys, wanted, not) in [("m", "env: prodx", "staging"), ("b", "- prodx", "env: prod\n")] {
        let (mut story, _) = changed_at("env: prod", SMALL);
        conflict(&mut story, &resource(&theirs(("env: prod", "env: staging"))));
        let picture = story.picture();
        for text in ["1 clash open", "spec.allow.node_labels.env  open", "before  prod", "theirs  staging", "mine    prodx"] {
            says(&picture, text);
        }
        assert_eq!(story.keys("w"), [], "not before it is settled");
        says(&story.picture(), "one clash waits for an answer");
        story.keys(keys);
        says(&story.picture(), "nothing open");
        story.keys("w");
        let (_, edited) = confirm(&mut story);
        let text = edited.to_yaml().expect("it has a text");
        assert!(text.contains(wanted) && !text.contains(not), "{keys}: {text}");
    }
}

#[test]
fn a_merge_that_comes_to_theirs_is_nothing_to_save() {
    let (mut story, _) = changed_at("env: prod", HOME);
    conflict(&mut story, &resource(&theirs(("env: prod", "env: staging"))));
    story.keys("t");
    says(&story.picture(), "nothing: it is theirs");
    let effects = story.keys("w");
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
    says(&story.picture(), "nothing to save");
    says(&story.picture(), "env: staging");
}

#[test]
fn a_clash_can_be_written_by_hand() {
    let (mut story, _) = changed_at("env: prod", HOME);
    conflict(&mut story, &resource(&theirs(("env: prod", "env: staging"))));
    story.keys("e");
    says(&story.picture(), "by hand");
    story.keys("w");
    says(&story.picture(), "the merge, with yours where you want to write it by hand");
    // The cursor stands on the line in question.
    story.keys("End");
    story.types("y");
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
    let (base, edited) = confirm(&mut story);
    assert_eq!(base.revision(), "newer");
    assert!(edited.to_yaml().expect("it has a text").contains("env: prodxy"));
}

#[test]
fn keeping_on_editing_keeps_the_question() {
    let (mut story, _) = changed_at("env: prod", HOME);
    conflict(&mut story, &resource(&theirs(("env: prod", "env: staging"))));
    story.keys("i");
    let picture = story.picture();
    says(&picture, "env: prodx");
    says(&picture, "saving brings it and your text together first");
    let effects = story.types("z");
    let [Effect::Draft(Draft::Keep { revision, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(revision, "8c1f2e77");
    story.keys("Esc :");
    story.types("w");
    assert_eq!(story.keys("Enter"), [], "nothing is sent over theirs unseen");
    says(&story.picture(), "mine    prodxz");
}

#[test]
fn theirs_is_taken_whole_only_when_asked_for_twice() {
    let (mut story, _) = changed();
    conflict(&mut story, &resource(&theirs(("- postgres", "- oracle"))));
    assert_eq!(story.keys("T"), []);
    assert_eq!(story.keys("j T"), [], "not twice in a row");
    let effects = story.keys("T");
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
    says(&story.picture(), "- oracle");
    lacks(&story.picture(), "postgresx");
}

#[test]
fn a_conflict_after_the_merge_begins_from_what_was_merged() {
    let (mut story, _) = changed();
    conflict(&mut story, &resource(&theirs(("8h0m0s", "4h0m0s"))));
    story.keys("w");
    story.read();
    let effects = story.keys("Tab Enter");
    let ticket = effects[0].ticket().expect("a save");
    let third = theirs(("8h0m0s", "4h0m0s")).replace("newer", "newest").replace("env: prod", "env: dev");
    story.answer(ticket, Outcome::Saved(Err(SaveError::Conflict(Box::new(resource(&third))))));
    says(&story.picture(), "nothing open");
    story.keys("w");
    let (base, edited) = confirm(&mut story);
    assert_eq!(base.revision(), "newest");
    let text = edited.to_yaml().expect("it has a text");
    assert!(text.contains("4h0m0s") && text.contains("env: dev") && text.contains("- postgresx"), "{text}");
}

#[test]
fn what_this_build_does_not_know_of_theirs_goes_through_the_merge() {
    let (mut story, _) = changed();
    let mut bytes = resource(&theirs(("8h0m0s", "4h0m0s"))).bytes().to_vec();
    bytes.extend([0xf8, 0x7f, 0x07]);
    let theirs = Resource::from_bytes("role", bytes.into()).expect("a role of a newer Teleport");
    assert_eq!(theirs.hidden(), ["#2047"]);
    conflict(&mut story, &theirs);
    story.keys("w");
    let (base, edited) = confirm(&mut story);
    assert_eq!((base.hidden(), edited.hidden()), (theirs.hidden(), theirs.hidden()));
}

#[test]
fn a_text_that_is_no_yaml_yet_is_kept_apart() {
    let mut story = Story::live(HOME);
    let base = resource(&role()).to_yaml().expect("it has a text");
    let reference = crate::resource::Reference::new("role", "prod-dba");
    story.offer(Draft::Keep { reference, revision: "older".to_owned(), base, text: "kind: [".to_owned() });
    let asked = story.keys("Enter");
    story.fetched(&asked, &role());
    let picture = story.picture();
    says(&picture, "They cannot be brought together: your text cannot be read");
    says(&picture, "+ kind: [");
    assert_eq!(story.keys("w t"), []);
    story.keys("i");
    says(&story.picture(), "kind: [");
}

#[test]
fn deleted_meanwhile_offers_to_create_it_anew() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    story.answer(effects[0].ticket().expect("a save"), Outcome::Saved(Err(SaveError::Deleted)));
    let picture = story.picture();
    for text in
        ["role/prod-dba: not saved · it was deleted by somebody else", "creates it anew", "goes back to your text", ":discard"]
    {
        says(&picture, text);
    }
    story.keys("i");
    says(&story.picture(), "- postgresx");
    says(&story.picture(), "it was deleted meanwhile");
    story.keys("Esc :");
    story.types("w");
    assert_eq!(story.keys("Enter"), []);
    says(&story.picture(), "was deleted by somebody else");
    story.keys("c");
    says(&story.picture(), "Create role/prod-dba");
    story.read();
    let effects = story.keys("Tab Enter");
    let [Effect::Create { ticket, resource, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(resource.revision(), "");
    assert!(resource.to_yaml().expect("it has a text").contains("- postgresx"));
    let effects = story.answer(*ticket, Outcome::Created(Ok(resource.clone())));
    assert!(matches!(&effects[..], [Effect::Draft(Draft::Drop(_))]), "{effects:?}");
}

#[test]
fn a_save_that_follows_a_save_is_based_on_its_answer_however_stale_reads_are() {
    let (mut story, _) = changed();
    // Three saves in a row, and every read still shows the first form.
    for (number, revision) in ["second", "third", "fourth"].into_iter().enumerate() {
        let effects = if number == 0 {
            save(&mut story)
        } else {
            let asked = story.keys("e");
            story.fetched(&asked, &role());
            lacks(&story.picture(), "a newer revision");
            let line = story.picture().lines().position(|line| line.contains("- postgresx")).expect("ours is shown");
            let first = story.picture().lines().position(|line| line.contains("kind: role")).expect("the first line");
            for _ in first..line {
                story.keys("Down");
            }
            story.keys("End");
            story.types("x");
            save(&mut story)
        };
        let Some(Effect::Save { ticket, edited, base, .. }) = effects.last() else { panic!("{effects:?}") };
        assert_eq!(base.revision(), ["8c1f2e77", "second", "third"][number]);
        let answer = Outcome::Saved(Ok(edited.with_revision(revision)));
        story.answer(*ticket, answer);
        says(&story.picture(), "saved role/prod-dba");
        story.wait(7_000);
    }
}

#[test]
fn a_refused_save_keeps_text_and_cursor() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    let error = Error::new(Family::AccessDenied, "/x/UpdateRole", "access denied to perform action \"update\" on \"role\"");
    story.answer(effects[0].ticket().expect("a save"), Outcome::Saved(Err(SaveError::Refused(error))));
    story.keys("i");
    story.types("y");
    says(&story.picture(), "- postgresxy");
}

#[test]
fn one_that_was_created_anew_by_somebody_is_met_and_not_overwritten() {
    let (mut story, _) = changed();
    let effects = save(&mut story);
    story.answer(effects[0].ticket().expect("a save"), Outcome::Saved(Err(SaveError::Deleted)));
    story.keys("c");
    story.read();
    let effects = story.keys("Tab Enter");
    let error = Error::new(Family::AlreadyExists, "/x/CreateRole", "role \"prod-dba\" already exists");
    story.answer(effects[0].ticket().expect("a creation"), Outcome::Created(Err(SaveError::Refused(error))));
    story.keys(":");
    story.types("w");
    story.keys("Enter");
    let (base, _) = confirm(&mut story);
    assert_eq!(base.revision(), "8c1f2e77", "the server compares, and says what is there now");
}

#[test]
fn where_the_server_cannot_compare_the_page_before_the_save_says_so() {
    let (mut story, _) = changed();
    story.caller.server.version = crate::api::Version(14, 3, 0);
    story.publish();
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
    says(&story.picture(), "an edit of the last second or so could be overtaken");
}
