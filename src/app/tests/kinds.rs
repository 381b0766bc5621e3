//! What hangs on each kind: tokens made and shown once, leaves changed by mask, dynamic apps among the servers.

use super::kit::{Story, lacks, resource, says};
use super::seeds;
use crate::store::save::SaveError;
use crate::view::{Effect, Outcome};

const HOME: (u16, u16) = (120, 40);
const SECRET: &str = "9f4c2d7e11aa4b6c8d7e2f0a1b3c7f2a";

fn token(name: &str, roles: &str) -> String {
    let expires = seeds::at(38);
    format!(
        "kind: token\nmetadata:\n  expires: {expires}\n  name: {name}\nspec:\n  join_method: token\n  roles:\n  - {roles}\nversion: v2\n"
    )
}

fn leaf(label: &str, connection: &str) -> String {
    let heard = seeds::at(0);
    format!(
        "kind: remote_cluster\nmetadata:\n  labels:\n    env: {label}\n  name: leaf-us\nstatus:\n  connection: {connection}\n  last_heartbeat: {heard}\nversion: v3\n"
    )
}

const APP: &str =
    "kind: app\nmetadata:\n  labels:\n    team: web\n  name: dynamo\nspec:\n  uri: http://localhost:8080\nversion: v3\n";

/// Gives the keys back and asks to save.
fn review(story: &mut Story) {
    story.keys("Esc :");
    story.types("w");
    story.keys("Enter");
}

fn save(story: &mut Story) -> Vec<Effect> {
    review(story);
    story.read();
    story.keys("Tab Enter")
}

/// To the end of the line that holds this.
fn to(story: &mut Story, text: &str) {
    let line = |story: &Story, text: &str| story.picture().lines().position(|line| line.contains(text)).expect("in sight");
    let (first, there) = (line(story, "kind: "), line(story, text));
    for _ in first..there {
        story.keys("Down");
    }
    story.keys("End");
}

#[test]
fn a_new_token_is_shown_once_and_copied_only_when_asked() {
    let mut story = Story::live(HOME);
    story.keys("4 n");
    let picture = story.picture();
    for name in ["server", "leaf-cluster", "kubernetes", "iam"] {
        says(&picture, name);
    }
    story.keys("j j Enter");
    says(&story.picture(), "region: eu");
    says(&story.picture(), "Trusted_cluster");
    review(&mut story);
    says(&story.picture(), "its name is a secret");
    says(&story.picture(), "CreateTokenV2");
    story.read();
    let effects = story.keys("Tab Enter");
    let [Effect::Create { ticket, kind: "token", resource: sent }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(sent.name(), "a-random-name-when-saved", "the secret is made where it is sent");
    assert_eq!(sent.labels(), [("env".to_owned(), "prod".to_owned()), ("region".to_owned(), "eu".to_owned())]);

    let made = "0011223344556677aabbccddeeff0011";
    let answer = sent.with_name(made);
    story.answer(*ticket, Outcome::Created(Ok(answer)));
    says(&story.picture(), made);
    assert_eq!(story.keys("c"), [], "not by the key that copies IDs");
    assert_eq!(story.keys("C"), [Effect::Copy(made.to_owned())]);
    story.wait(10_000);
    says(&story.picture(), made);
    story.keys("Esc");
    lacks(&story.picture(), made);
    says(&story.picture(), "Tokens");
}

#[test]
fn a_token_is_changed_and_its_name_stays_out_of_titles_and_notices() {
    let mut story = Story::live(HOME);
    let asked = story.keys("4 g e");
    story.fetched(&asked, &token(SECRET, "Node"));
    let title = story.picture().lines().find(|line| line.contains("token/")).expect("a title").to_owned();
    lacks(&title, SECRET);
    to(&mut story, "- Node");
    story.keys("Enter");
    story.types("- App");
    let effects = save(&mut story);
    let [Effect::Save { ticket, kind: "token", edited, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert!(edited.to_yaml().unwrap().contains("  - App\n"));
    story.answer(*ticket, Outcome::Saved(Ok(edited.clone())));
    says(&story.picture(), "saved token/************************1b3c7f2a");
    lacks(&story.picture(), SECRET);
}

#[test]
fn a_token_is_deleted_by_what_can_be_seen_of_it() {
    let mut story = Story::live(HOME);
    story.keys("4 g D");
    says(&story.picture(), "DeleteToken");
    story.read();
    story.types("1b3c7f2a");
    let effects = story.keys("Tab Enter");
    let [Effect::Act { kind: "token", action: "delete", order, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(order.reference.name(), SECRET);
}

#[test]
fn a_clone_of_a_secret_gets_a_secret_of_its_own() {
    let mut story = Story::live(HOME);
    let asked = story.keys("4 g N");
    story.fetched(&asked, &token(SECRET, "Node"));
    says(&story.picture(), "name: a-random-name-when-saved");
    lacks(&story.picture(), SECRET);
}

#[test]
fn of_a_leaf_only_labels_and_description_can_be_changed() {
    let mut story = Story::live(HOME);
    let asked = story.keys("5 G e");
    story.fetched(&asked, &leaf("prod", "online"));
    to(&mut story, "env: prod");
    story.types("2");
    // The server writes its heartbeats meanwhile: that is nobody's edit.
    story.put(&leaf("prod", "offline"));
    story.publish();
    lacks(&story.picture(), "a newer revision");
    let effects = save(&mut story);
    let [Effect::Save { ticket, kind: "remote_cluster", edited, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(edited.labels(), [("env".to_owned(), "prod2".to_owned())]);
    story.answer(*ticket, Outcome::Saved(Ok(edited.clone())));
    says(&story.picture(), "saved remote_cluster/leaf-us");
}

#[test]
fn what_the_server_says_of_a_leaf_is_not_typed_over_and_none_is_made() {
    let mut story = Story::live(HOME);
    let asked = story.keys("5 G e");
    story.fetched(&asked, &leaf("prod", "online"));
    to(&mut story, "connection: online");
    story.types("y");
    review(&mut story);
    says(&story.picture(), "only metadata.labels and metadata.description");
}

#[test]
fn a_leaf_is_not_made_here() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("5 n"), []);
    says(&story.picture(), "clusters are not made from here");
}

#[test]
fn a_leaf_that_somebody_else_changed_is_a_conflict() {
    let mut story = Story::live(HOME);
    let asked = story.keys("5 G e");
    story.fetched(&asked, &leaf("prod", "online"));
    to(&mut story, "env: prod");
    story.types("2");
    let effects = save(&mut story);
    let theirs = resource(&leaf("dev", "online"));
    story.answer(effects[0].ticket().unwrap(), Outcome::Saved(Err(SaveError::Conflict(Box::new(theirs)))));
    says(&story.picture(), "env: dev");
    says(&story.picture(), "env: prod2");
}

#[test]
fn dynamic_apps_are_made_changed_and_deleted_among_the_servers() {
    let mut story = Story::live(HOME);
    story.keys("6 n");
    says(&story.picture(), "New app · begin from");
    story.keys("Enter");
    says(&story.picture(), "new app");
    let effects = save(&mut story);
    let [Effect::Create { ticket, kind: "app_server", resource: sent }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((sent.kind(), sent.name()), ("app", "new-app"));
    story.answer(*ticket, Outcome::Created(Ok(sent.clone())));
    says(&story.picture(), "saved app/new-app");

    story.put(APP);
    story.publish();
    story.keys("/");
    story.types("dynamo");
    story.keys("Enter");
    says(&story.here(), "dynamic");
    let asked = story.keys("e");
    assert!(matches!(&asked[..], [.., Effect::Fetch { kind: "app_server", reference, .. }] if reference.kind() == "app"));
    story.fetched(&asked, APP);
    to(&mut story, "uri: ");
    story.types("/x");
    let effects = save(&mut story);
    let [Effect::Save { ticket, kind: "app_server", edited, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(edited.kind(), "app");
    story.answer(*ticket, Outcome::Saved(Ok(edited.clone())));

    story.keys("D");
    says(&story.picture(), "DeleteApp");
    lacks(&story.picture(), "DeleteApplicationServer");
    story.read();
    story.types("dynamo");
    let effects = story.keys("Tab Enter");
    let [Effect::Act { kind: "app_server", action: "delete-app", order, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(order.reference.kind(), "app");
}

#[test]
fn an_app_server_is_deregistered_and_never_edited() {
    let mut story = Story::live(HOME);
    story.keys("6 g");
    assert_eq!(story.keys("e"), []);
    says(&story.picture(), "edit: an agent announces it");
    assert_eq!(story.keys("N"), []);
    story.keys("D");
    says(&story.picture(), "Deregister");
    says(&story.picture(), "DeleteApplicationServer");
    lacks(&story.picture(), "DeleteApp ");
}

#[test]
fn requests_are_read_as_text_and_not_edited() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("2 e"), []);
    says(&story.picture(), "edit: requests are not edited from here; y shows the text");
    assert!(matches!(&story.keys("y")[..], [.., Effect::Fetch { kind: "access_request", .. }]));
}

#[test]
fn what_was_begun_and_not_made_is_not_lost_to_another_template() {
    let mut story = Story::live(HOME);
    story.keys("3 n Enter");
    story.types("# mine ");
    story.keys("Esc Esc");
    says(&story.picture(), "kept as a draft");
    story.keys("n j j Enter");
    says(&story.picture(), "# mine kind: role");
    story.keys("Esc :");
    story.types("discard");
    story.keys("Enter n j j Enter");
    lacks(&story.picture(), "# mine");
    says(&story.picture(), "name: session-auditor");
}
