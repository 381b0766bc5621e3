//! Keys do what they say everywhere, and never more.

use super::kit::{Story, lacks, says};
use super::seeds;
use crate::app::Msg;
use crate::view::Effect;

const HOME: (u16, u16) = (120, 40);

#[test]
fn esc_never_quits_and_q_does_only_at_the_top() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("Esc Esc Esc"), []);
    let asked = story.keys("3 Enter");
    story.fetched(&asked, &seeds::role("access", "r-access", "ubuntu"));
    assert_eq!(story.keys("q"), []);
    says(&story.here(), "access");
    assert_eq!(story.keys("q"), [Effect::Quit(0)]);
}

#[test]
fn ctrl_c_cancels_and_twice_quits() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("Ctrl-c"), []);
    says(&story.picture(), "Ctrl-c once more quits");
    story.wait(3_000);
    assert_eq!(story.keys("Ctrl-c"), []);
    assert_eq!(story.keys("j Ctrl-c"), [], "not twice in a row");
    assert_eq!(story.keys("Ctrl-c"), [Effect::Quit(130)]);
    let mut story = Story::live(HOME);
    story.keys("2 /");
    assert_eq!(story.keys("Ctrl-c Ctrl-c"), [Effect::Quit(130)], "from inside a field too");
}

#[test]
fn the_way_back_and_forth() {
    let mut story = Story::live(HOME);
    story.keys("2 3 [");
    says(&story.picture(), "Requests  ");
    story.keys("]");
    says(&story.here(), "access");
    story.keys("-");
    says(&story.here(), "rex");
}

#[test]
fn a_paste_outside_a_field_does_nothing() {
    let mut story = Story::live(HOME);
    story.keys("2");
    let before = story.picture();
    assert_eq!(story.app.update(Msg::Paste("aaaaxDy\r\n".to_owned()), story.now), []);
    assert_eq!(story.picture(), before);
}

#[test]
fn the_palette_goes_to_views_and_runs_commands() {
    let mut story = Story::live(HOME);
    story.keys(":");
    story.types("rol");
    says(&story.picture(), "roles");
    story.keys("Tab Enter");
    says(&story.here(), "access");
    story.keys(":");
    story.types("sort name:desc");
    story.keys("Enter g");
    says(&story.here(), "prod-dba");
    story.keys(":");
    story.types("q");
    assert_eq!(story.keys("Enter"), [Effect::Quit(0)]);
}

#[test]
fn help_is_of_this_view_and_says_why_not() {
    let mut story = Story::live((120, 60));
    story.keys("2 !");
    story.keys("?");
    let picture = story.picture();
    says(&picture, "open the sheet that approves");
    says(&picture, "read-only");
    story.keys("?");
    lacks(&story.picture(), "open the sheet that approves");
}

#[test]
fn the_overview_leads_to_the_row() {
    let mut story = Story::live(HOME);
    let picture = story.picture();
    says(&picture, "WAITING FOR YOU");
    lacks(&picture, "my own, to look");
    story.keys("j Enter");
    says(&story.here(), "mia");
}

#[test]
fn a_deletion_wants_the_name_typed() {
    let mut story = Story::live(HOME);
    story.keys("3 D");
    says(&story.picture(), "type access");
    story.read();
    story.types("acces");
    assert_eq!(story.keys("Tab Enter"), []);
    says(&story.picture(), "type access first");
    story.keys("Tab");
    story.types("s");
    let effects = story.keys("Tab Enter");
    assert!(matches!(&effects[..], [Effect::Act { kind: "role", action: "delete", .. }]), "{effects:?}");
}

#[test]
fn an_answer_nobody_waits_for_is_dropped() {
    let mut story = Story::live(HOME);
    let asked = story.keys("3 Enter");
    story.keys("Esc");
    let before = story.picture();
    assert_eq!(story.fetched(&asked, &seeds::role("access", "x", "root")), []);
    assert_eq!(story.picture(), before);
    assert!(story.app.is_idle());
}

#[test]
fn refresh_and_redraw_are_asked_of_the_world() {
    let mut story = Story::live(HOME);
    assert_eq!(story.keys("r Ctrl-l Ctrl-z"), [Effect::Refresh, Effect::Redraw, Effect::Suspend]);
}
