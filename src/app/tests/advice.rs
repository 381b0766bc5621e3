//! The editor advises for the cluster and the person at hand, and asks once before it saves what will fail.

use super::kit::{Story, lacks, says};
use super::seeds;

const HOME: (u16, u16) = (120, 40);

/// In the editor on prod-dba with this login, and a letter put behind the text of the name's line.
fn editing(login: &str) -> Story {
    let mut story = Story::live(HOME);
    let asked = story.keys("3 G e");
    story.fetched(&asked, &seeds::role("prod-dba", "8c1f2e77", login));
    let login = story.picture().lines().position(|line| line.contains("- ") && line.contains(" 8 ")).expect("the login");
    let first = story.picture().lines().position(|line| line.contains("kind: role")).expect("the first line");
    for _ in first..login {
        story.keys("Down");
    }
    story
}

fn asks_to_save(story: &mut Story) {
    story.keys(":");
    story.types("w");
    assert_eq!(story.keys("Enter"), []);
}

#[test]
fn what_fails_at_use_is_saved_only_when_asked_for_twice() {
    let mut story = editing("'{{internl.logins}}'");
    says(&story.picture(), "did you mean internal.logins?");
    says(&story.picture(), "1 warning");
    story.keys("End Enter");
    story.types("- more");
    story.keys("Esc");
    asks_to_save(&mut story);
    says(&story.picture(), ":w once more saves it all the same");
    lacks(&story.picture(), "UpdateRole");
    asks_to_save(&mut story);
    says(&story.picture(), "UpdateRole");
}

#[test]
fn advice_is_shown_and_asks_nothing() {
    let mut story = editing("root");
    says(&story.picture(), "root has every right on a server");
    says(&story.picture(), "1 hint");
    story.keys("End");
    story.types("2");
    lacks(&story.picture(), "root has every right");
    story.keys("Esc");
    asks_to_save(&mut story);
    says(&story.picture(), "UpdateRole");
}
