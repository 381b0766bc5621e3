//! A list says what it knows, keeps the cursor where it was put, and filters while one types.

use super::kit::{Story, lacks, request, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::kind::Sort;
use crate::store::Phase;
use crate::view::{Effect, Outcome};

const HOME: (u16, u16) = (120, 40);

#[test]
fn the_cursor_stays_on_its_resource_and_its_line() {
    let mut story = Story::live(HOME);
    story.keys("2 j j");
    says(&story.here(), "mia");
    let line = story.picture().lines().position(|line| line.contains('▸'));
    // Two come in above, one goes from below.
    story.put(&seeds::request(6, "zoe", &["x"], 1, 5, "early"));
    story.put(&seeds::request(7, "kim", &["x"], 1, 6, "early"));
    story.shelf("access_request").remove(&request(&seeds::id(4)));
    story.publish();
    story.wait(300);
    says(&story.here(), "mia");
    says(&story.picture(), "zoe");
    story.keys("s");
    says(&story.here(), "mia");
    assert!(line.is_some());
}

#[test]
fn a_long_list_keeps_its_line_while_rows_come_above() {
    let mut story = Story::live((80, 24));
    for number in 100..200 {
        story.put(&seeds::role(&format!("role-{number}"), "r", "x"));
    }
    story.publish();
    story.wait(300);
    story.keys("3 PgDn PgDn");
    let line = |story: &Story| story.picture().lines().position(|line| line.contains('▸')).unwrap();
    let (before, here) = (line(&story), story.here());
    for number in 10..20 {
        story.put(&seeds::role(&format!("a-role-{number}"), "r", "x"));
    }
    story.publish();
    story.wait(300);
    assert_eq!((line(&story), story.here()), (before, here));
}

#[test]
fn the_cursor_waits_at_the_top_while_the_first_list_comes_in() {
    let mut story = Story::blank((80, 24));
    story.keys("3");
    for (name, phase) in [("m", Phase::Filling(1)), ("b", Phase::Filling(2)), ("a", Phase::Ready)] {
        story.put(&seeds::role(&format!("{name}-role"), "r", "x"));
        story.shelf("role").set_phase(phase);
        story.publish();
        story.wait(300);
        says(&story.here(), &format!("{name}-role"));
    }
    story.put(&seeds::role("0-role", "r", "x"));
    story.publish();
    story.wait(300);
    says(&story.here(), "a-role");
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_esc_clears_it() {
    let mut story = Story::live(HOME);
    story.keys("2 /");
    story.types("mia");
    says(&story.picture(), "1 of 5");
    says(&story.here(), "mia");
    story.keys("Enter");
    says(&story.picture(), "Requests  /mia");
    story.keys("Esc");
    says(&story.picture(), "rex");
    story.keys("/");
    story.types("nobody-of-this-name");
    says(&story.picture(), "nothing matches \"nobody-of-this-name\"");
    story.keys("Esc");
    lacks(&story.picture(), "nothing matches");
}

#[test]
fn every_printable_key_is_text_while_filtering() {
    let mut story = Story::live(HOME);
    story.keys("2 /");
    assert_eq!(story.types("axqDz!:?12"), []);
    says(&story.picture(), "/axqDz!:?12");
}

#[test]
fn empty_is_a_sentence_with_its_reason() {
    let mut story = Story::blank((80, 24));
    story.keys("2");
    lacks(&story.picture(), "loading");
    story.wait(300);
    says(&story.picture(), "loading…");
    story.shelf("access_request").set_phase(Phase::Ready);
    story.shelf("role").set_phase(Phase::Denied("access denied to perform action \"list\" on \"role\"".to_owned()));
    story.shelf("token").set_phase(Phase::Failed(Error::new(Family::LimitExceeded, "/x/GetTokens", "message too large")));
    story.shelf("app_server").set_phase(Phase::Ready);
    story.caller.allow.clear();
    story.publish();
    story.wait(300);
    says(&story.picture(), "no requests");
    story.keys("3");
    says(&story.picture(), "not allowed: list role");
    story.keys("4");
    says(&story.picture(), "tokens cannot be listed: message too large");
    story.keys("6");
    says(&story.picture(), "none that your labels let you see");
}

#[test]
fn the_preview_follows_a_cursor_that_rests() {
    let mut story = Story::live(HOME);
    story.keys("3");
    story.wait(100);
    let title = |story: &Story, name: &str| story.picture().lines().nth(4).is_some_and(|line| line[70..].contains(name));
    assert!(title(&story, "access"), "{}", story.picture());
    story.keys("j");
    assert!(title(&story, "access"), "the old one, till the cursor has rested");
    story.wait(50);
    assert!(title(&story, "auditor"), "{}", story.picture());
}

#[test]
fn a_long_list_is_put_in_order_beside_the_screen_and_the_newest_wins() {
    let mut story = Story::live(HOME);
    for number in 0..2_100 {
        story.put(&seeds::role(&format!("role-{number:05}"), "r", "x"));
    }
    let mut asked = story.publish();
    asked.extend(story.wait(300));
    asked.extend(story.keys("3"));
    asked.retain(|effect| !matches!(effect, Effect::Gather { .. }));
    let [Effect::Arrange { ticket: first, kind: "role", .. }] = asked[..] else { panic!("{asked:?}") };
    let newer = story.keys("S");
    let [Effect::Arrange { ticket: second, ref sort, .. }] = newer[..] else { panic!("{newer:?}") };
    assert_eq!(sort.first(), Some(&Sort::descending("NAME")));
    let (epoch, generation) = (story.shelf("role").epoch(), story.shelf("role").generation());
    assert_eq!(
        story.answer(first, Outcome::Arranged { epoch, generation, slots: vec![0] }),
        [],
        "nobody waits for it any more"
    );
    let slots: Vec<u32> = (0..2_104).rev().collect();
    story.answer(second, Outcome::Arranged { epoch, generation, slots });
    says(&story.picture(), "role-02099");
}

#[test]
fn marks_follow_their_resources_and_open_one_sheet_each() {
    let mut story = Story::live(HOME);
    story.keys("2 Space j Space");
    says(&story.picture(), "2 marked");
    story.put(&seeds::request(6, "zoe", &["x"], 1, 5, "early"));
    story.publish();
    story.wait(300);
    let asked = story.keys("a");
    let fetched = asked.iter().filter(|effect| matches!(effect, Effect::Fetch { .. })).count();
    assert_eq!(fetched, 1, "the one on top is fetched first: {asked:?}");
    says(&story.picture(), "Approve 018fa0c2-0000-4000-8000-000000000001");
    story.keys("Esc Esc");
    says(&story.picture(), "Approve 018fa0c2-0000-4000-8000-000000000002");
}

#[test]
fn secrets_stay_masked_and_off_the_clipboard() {
    let mut story = Story::live(HOME);
    story.keys("4");
    story.wait(100);
    lacks(&story.picture(), "9f4c2d7e11aa");
    says(&story.picture(), "7f2a");
    if !story.here().contains("****") {
        story.keys("j");
    }
    story.wait(100);
    assert_eq!(story.keys("c"), []);
    says(&story.picture(), "a secret never goes to the clipboard");
    story.keys("R");
    says(&story.picture(), "9f4c2d7e11aa4b6c8d7e2f0a1b3c7f2a");
    story.keys("j k");
    story.wait(100);
    lacks(&story.picture(), "9f4c2d7e11aa");
    story.keys("/");
    story.types("9f4c2d7e");
    says(&story.picture(), "nothing matches");
}

#[test]
fn a_name_is_sent_to_the_terminal() {
    let mut story = Story::live(HOME);
    story.keys("3");
    assert_eq!(story.keys("c"), [Effect::Copy("access".to_owned())]);
    says(&story.picture(), "sent to the terminal");
}
