//! Nothing is approved by accident, and nothing that was not seen.

use super::kit::{Story, lacks, request, says};
use super::seeds;
use crate::api::{Error, Family};
use crate::app::Msg;
use crate::kind::Done;
use crate::store::LinkState;
use crate::view::{Effect, Outcome};

const HOME: (u16, u16) = (120, 40);

fn first() -> String {
    seeds::request(1, "rex", &["prod-dba"], 1, 11, "db is down, INC-4410")
}

/// In the list of requests, on the first one.
fn list() -> Story {
    let mut story = Story::live(HOME);
    story.keys("2");
    says(&story.here(), "rex");
    story
}

/// With its approval sheet open and read.
fn sheet(key: &str) -> Story {
    let mut story = list();
    let asked = story.keys(key);
    story.fetched(&asked, &first());
    story.read();
    story
}

fn acts(effects: &[Effect]) -> Vec<String> {
    let acts = effects.iter().filter_map(|effect| match effect {
        Effect::Act { action, order, .. } => Some(format!("{action} {} {:?}", order.reference.name(), order.reason)),
        _ => None,
    });
    acts.collect()
}

#[test]
fn an_approval_is_read_confirmed_held_and_sent() {
    let mut story = sheet("a");
    let picture = story.picture();
    says(&picture, "override: ends the matter");
    says(&picture, "SetAccessRequestState");
    says(&picture, "db is down, INC-4410");
    story.types("INC confirmed");
    assert_eq!(story.keys("Tab Enter"), []);
    says(&story.picture(), "goes out in 5s · z takes it back");
    assert_eq!(story.wait(4_900), []);
    let sent = story.wait(200);
    assert_eq!(acts(&sent), [format!("approve {} \"INC confirmed\"", seeds::id(1))]);
    let Some(Effect::Act { ticket, order, .. }) = sent.first() else { panic!("{sent:?}") };
    assert_eq!((order.seen.state.as_str(), &order.seen.roles[..]), ("pending", &["prod-dba".to_owned()][..]));
    story.answer(*ticket, Outcome::Done(Ok(Done::Said("approved; the server has it as approved".to_owned()))));
    says(&story.picture(), "approved; the server has it as approved");
    says(&story.here(), "pending");
}

#[test]
fn z_takes_it_back_from_anywhere() {
    let mut story = sheet("a");
    story.keys("Tab Enter");
    story.keys("3 j z");
    says(&story.picture(), "taken back, nothing was sent");
    assert_eq!(acts(&story.wait(60_000)), [""; 0]);
}

#[test]
fn a_key_before_the_end_was_read_does_not_count() {
    let mut story = list();
    let asked = story.keys("a");
    // Typed ahead, before the request is even there.
    assert_eq!(story.keys("Tab Enter"), []);
    story.fetched(&asked, &first());
    assert_eq!(story.keys("Enter Enter"), []);
    lacks(&story.picture(), "goes out in");
    story.frame();
    story.wait(299);
    story.keys("Enter");
    lacks(&story.picture(), "goes out in");
    story.wait(1);
    story.keys("Enter");
    says(&story.picture(), "goes out in");
}

#[test]
fn a_long_request_must_be_scrolled_to_its_end() {
    let mut story = list();
    let roles: Vec<String> = (0..60).map(|n| format!("role-{n}-with-a-rather-long-name-that-takes-room")).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let asked = story.keys("a");
    story.fetched(&asked, &seeds::request(1, "rex", &roles, 1, 11, "x"));
    says(&story.read(), "read on ↓");
    story.keys("Tab Enter");
    lacks(&story.picture(), "goes out in");
    story.keys("PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn");
    says(&story.picture(), "role-59");
    story.read();
    story.keys("Enter");
    says(&story.picture(), "goes out in");
}

#[test]
fn a_denial_needs_a_reason() {
    let mut story = sheet("x");
    says(&story.picture(), "a reason is needed");
    story.keys("Tab Enter");
    says(&story.picture(), "a denial needs a reason");
    story.types("no");
    story.keys("Tab Enter");
    assert_eq!(acts(&story.wait(6_000)), [format!("deny {} \"no\"", seeds::id(1))]);
}

#[test]
fn a_row_that_moves_does_not_take_the_sheet_along() {
    let mut story = sheet("a");
    story.put(&seeds::request(6, "zoe", &["evil"], 1, 2, "first in the list now"));
    story.publish();
    story.wait(300);
    says(&story.picture(), "Approve 018fa0c2-0000-4000-8000-000000000001");
    story.keys("Tab Enter");
    assert_eq!(acts(&story.wait(6_000)), [format!("approve {} \"\"", seeds::id(1))]);
}

#[test]
fn a_request_that_changes_under_the_sheet_is_read_anew() {
    let mut story = sheet("a");
    let changed = seeds::request(1, "rex", &["prod-dba", "root-everywhere"], 1, 11, "db is down, INC-4410");
    story.put(&changed);
    let asked = story.publish();
    story.keys("Tab Enter");
    lacks(&story.picture(), "goes out in");
    story.fetched(&asked, &changed);
    says(&story.picture(), "it changed while this was open");
    story.keys("Enter");
    lacks(&story.picture(), "goes out in");
    story.read();
    story.keys("Enter");
    let sent = story.wait(6_000);
    let Some(Effect::Act { order, .. }) = sent.first() else { panic!("{sent:?}") };
    assert_eq!(order.seen.roles, ["prod-dba", "root-everywhere"]);
}

#[test]
fn one_verdict_at_a_time_on_one_request() {
    let mut story = sheet("a");
    story.keys("Tab Enter");
    story.keys("a");
    says(&story.picture(), "held already");
    story.wait(6_000);
    story.keys("x");
    says(&story.picture(), "its answer is not here yet");
}

#[test]
fn my_own_request_is_refused_with_the_reason() {
    let mut story = list();
    story.keys("j");
    says(&story.here(), "ada");
    assert_eq!(story.keys("a"), []);
    says(&story.picture(), "approve: ");
    lacks(&story.picture(), "your reason");
}

#[test]
fn a_lost_link_or_leaving_drops_what_is_held() {
    let mut story = sheet("a");
    story.keys("Tab Enter");
    story.link = LinkState::Stale { since: story.now.wall, retry_at: story.now.wall, reason: "reset".to_owned() };
    let effects = story.publish();
    assert!(matches!(&effects[..], [Effect::NotSent { action: "approve", .. }]), "{effects:?}");
    says(&story.picture(), "not sent: the link was lost");
    assert_eq!(acts(&story.wait(10_000)), [""; 0]);

    let mut story = sheet("a");
    story.keys("Tab Enter q");
    says(&story.picture(), "would not be sent");
    let effects = story.keys("y");
    assert!(matches!(&effects[..], [Effect::NotSent { .. }, Effect::Quit(0)]), "{effects:?}");
    let mut story = sheet("a");
    story.keys("Tab Enter");
    let effects = story.app.update(Msg::Signal(15), story.now);
    assert!(matches!(&effects[..], [Effect::NotSent { .. }, Effect::Quit(143)]), "{effects:?}");
}

#[test]
fn what_is_held_does_not_go_out_unseen() {
    let mut story = sheet("a");
    story.keys("Tab Enter");
    let effects = story.app.update(Msg::Unseen("suspended before it went out"), story.now);
    let told = |why: &str| why == "suspended before it went out";
    assert!(matches!(&effects[..], [Effect::NotSent { action: "approve", why, .. }] if told(why)), "{effects:?}");
    story.wait(3_600_000);
    assert_eq!(acts(&story.app.update(Msg::Resize(120, 40), story.now)), [""; 0], "nor on return");
    says(&story.picture(), "not sent: suspended before it went out");
}

#[test]
fn the_reason_is_kept_when_the_sheet_is_left() {
    let mut story = sheet("a");
    story.types("half a sen");
    story.keys("Esc");
    says(&story.picture(), "your reason");
    story.keys("Esc");
    lacks(&story.picture(), "your reason");
    let asked = story.keys("a");
    story.fetched(&asked, &first());
    says(&story.picture(), "half a sen");
}

#[test]
fn where_there_are_votes_the_sheet_begins_with_one_and_switches() {
    let mut story = Story::voting(HOME);
    story.keys("2");
    let asked = story.keys("a");
    story.fetched(&asked, &first());
    says(&story.read(), "SubmitAccessReview");
    story.keys("Shift-Tab Space");
    says(&story.picture(), "SetAccessRequestState");
    story.keys("Tab Tab Enter");
    lacks(&story.picture(), "goes out in");
    story.read();
    story.keys("Enter");
    assert_eq!(acts(&story.wait(6_000)), [format!("approve {} \"\"", seeds::id(1))]);
}

#[test]
fn no_answer_is_not_called_a_refusal_and_nothing_is_sent_again() {
    let mut story = sheet("a");
    story.keys("Tab Enter");
    let sent = story.wait(6_000);
    let ticket = sent[0].ticket().unwrap();
    let error = Error::new(Family::NoAnswer, "/x/SetAccessRequestState", "no answer within 30 s");
    assert_eq!(acts(&story.answer(ticket, Outcome::Done(Err(error)))), [""; 0]);
    says(&story.picture(), "it is not known whether it was done");
    assert_eq!(acts(&story.wait(60_000)), [""; 0]);
}

#[test]
fn the_guard_keeps_verdicts_in() {
    let mut story = list();
    assert_eq!(story.keys("!"), [Effect::Guard(true)]);
    says(&story.picture(), "READ-ONLY");
    story.wait(1_000);
    story.keys("a");
    says(&story.picture(), "approve: read-only");
    story.keys("!");
    says(&story.picture(), "Lift read-only?");
    assert_eq!(story.keys("Enter"), [], "only y lifts it");
    story.keys("!");
    assert_eq!(story.keys("y"), [Effect::Guard(false)]);
}

#[test]
fn a_cluster_that_the_configuration_closes_is_read_only_once_it_is_reached() {
    let mut story = list();
    lacks(&story.picture(), "READ-ONLY");
    story.caller.read_only = true;
    story.publish();
    says(&story.picture(), "READ-ONLY");
    story.keys("a");
    says(&story.picture(), "approve: read-only");
    story.wait(6_000);
    assert_eq!(story.keys("!"), [], "no key lifts it");
    says(&story.picture(), "READ-ONLY");
}

#[test]
fn the_certificate_in_the_header_is_the_one_of_the_connection() {
    let mut story = list();
    says(&story.picture(), "cert 7h11m");
    story.caller.certificate_ends = Some(story.now.wall + std::time::Duration::from_mins(185));
    story.publish();
    says(&story.picture(), "cert 3h05m");
}

#[test]
fn filter_then_approve_works() {
    let mut story = list();
    story.keys("/");
    story.types("mia");
    story.keys("Enter");
    let asked = story.keys("a");
    assert!(matches!(&asked[..], [Effect::Fetch { reference, .. }] if *reference == request(&seeds::id(2))), "{asked:?}");
    says(&story.picture(), "/mia");
}
