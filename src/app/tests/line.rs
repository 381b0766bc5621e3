//! What a slow line is spared: pictures that differ in nothing worth it, and states that nobody looks at.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::kit::{Story, kind, lacks, says, wall};
use super::seeds;
use crate::kind::{ALL, Item, Value};
use crate::resource::{Labels, Reference};
use crate::store::LinkState;
use crate::view::Effect;

#[test]
fn a_countdown_reads_differently_once_a_minute_until_the_last_five() {
    let mut story = Story::live((80, 24));
    for (number, minutes) in [(20, 70), (21, 47), (22, 9)] {
        story.put(&seeds::request(number, &format!("left{minutes}"), &["x"], 1, minutes, "long"));
    }
    story.publish();
    story.wait(300);
    story.keys("2 /");
    story.types("left");
    story.keys("Enter");
    story.wait(20_000);
    for minutes in [70, 47, 9] {
        let name = format!("left{minutes}");
        says(&story.picture(), &name);
    }
    let row = |picture: &str, name: &str| {
        let line = picture.lines().find(|line| line.contains(name)).unwrap_or_default();
        line.replace('▸', " ").trim().to_owned()
    };
    let mut last = story.picture();
    let mut changes = Vec::new();
    let pictures = story.watch(240);
    // Never more than a wake-up a second.
    for pair in pictures.windows(2) {
        assert!(pair[1].0.saturating_sub(pair[0].0) >= Duration::from_millis(900), "{:?} and {:?}", pair[0].0, pair[1].0);
    }
    for (at, picture) in pictures {
        for name in ["left70", "left47", "left9"] {
            if row(&picture, name) != row(&last, name) {
                changes.push((name, at.as_secs()));
            }
        }
        last = picture;
    }
    // Four minutes: what is left changes four times, and so does the age where one is told.
    for name in ["left70", "left47", "left9"] {
        let of: Vec<u64> = changes.iter().filter(|(row, _)| *row == name).map(|(_, at)| *at).collect();
        assert!((3..=9).contains(&of.len()), "{name}: {of:?}");
    }
}

#[test]
fn on_a_slow_line_time_is_told_in_steps() {
    let stale =
        || LinkState::Stale { since: wall(), retry_at: wall() + Duration::from_mins(5), reason: "the line broke".to_owned() };
    let changes = |mut story: Story| {
        story.keys("2");
        story.link = stale();
        story.publish();
        story.wait(1_000);
        let mut last = story.picture();
        let mut at = Vec::new();
        for (moment, picture) in story.watch(60) {
            if picture != last {
                at.push(moment);
            }
            last = picture;
        }
        at
    };
    let often = changes(Story::live((80, 24)));
    assert!(often.len() >= 55, "each second is told: {}", often.len());
    let seldom = changes(Story::slow((80, 24)));
    assert!((4..=7).contains(&seldom.len()), "each ten seconds: {seldom:?}");
}

#[test]
fn on_a_slow_line_the_clock_is_not_woken_for_what_is_not_told() {
    let mut story = Story::slow((80, 24));
    story.keys("2");
    story.wait(1_000);
    let woken = story.watch(120);
    assert!(woken.len() <= 13, "{}", woken.len());
    // What is no clock keeps its moment: a verdict that is held counts in seconds.
    assert!(woken.windows(2).all(|pair| pair[1].0.saturating_sub(pair[0].0) >= Duration::from_secs(9)));
}

#[test]
fn on_a_slow_line_there_is_no_preview_until_it_is_asked_for() {
    let mut story = Story::slow((120, 40));
    story.keys("6 j");
    story.wait(200);
    lacks(&story.picture(), "host id");
    let asked = story.keys("Enter");
    assert!(matches!(&asked[..], [Effect::Fetch { .. }]), "{asked:?}");
    let mut story = Story::live((120, 40));
    story.keys("6 j");
    story.wait(200);
    says(&story.picture(), "host id");
}

/// An item of a kind whose text can be seen to be let go of.
fn item(of: &'static crate::kind::Kind, name: &str) -> (Item, Weak<str>) {
    let text: Arc<str> = format!("kept of {name}").into();
    let kept = Arc::downgrade(&text);
    let mut values: Vec<Value> = of.columns.iter().map(|_| Value::None).collect();
    values[0] = Value::Shared(text);
    let (reference, labels) = (Reference::new(of.wire[0], name), Labels::default());
    (Item { reference, revision: "".into(), expires: None, labels, values: values.into() }, kept)
}

#[test]
fn what_was_listed_is_let_go_of_when_a_cluster_is_left() {
    let mut story = Story::live((120, 40));
    let mut kept = Vec::new();
    for of in ALL {
        for number in 0..40 {
            let (item, text) = item(of, &format!("{}-{number:02}", of.name));
            story.shelf(of.name).put(item);
            kept.push(text);
        }
    }
    story.publish();
    story.wait(300);
    // Every list was in sight, moved in, marked and previewed; one has a page before it.
    for tab in 2..=6 {
        story.keys(&format!("{tab} j j Space v j"));
        story.wait(100);
        story.picture();
    }
    story.keys("3 Enter 2");
    story.wait(100);
    for of in ALL {
        let (item, _) = item(of, &format!("{}-07", of.name));
        assert!(story.shelf(of.name).replace(vec![item]));
    }
    story.publish();
    story.wait(1_000);
    story.picture();
    let left = kept.iter().filter_map(Weak::upgrade).collect::<Vec<_>>();
    // The open page says how its resource was last seen; of the lists nothing is left.
    assert!(matches!(&left[..], [one] if one.starts_with("kept of role-")), "still held: {left:?}");
    // What comes back into sight is what there is now, and never blank.
    for tab in ["4", "5", "6"] {
        story.keys(tab);
        says(&story.picture(), "-07");
    }
}

#[test]
fn a_long_list_out_of_sight_comes_back_with_its_cursor() {
    let mut story = Story::live((120, 40));
    let roles = |from: usize| -> Vec<Item> {
        (from..from + 2_100).map(|number| item(kind("role"), &format!("role-{number:05}")).0).collect()
    };
    story.shelf("role").replace(roles(0));
    story.publish();
    story.wait(300);
    let order = |story: &mut Story, asked: &[Effect]| {
        let ticket = asked.iter().filter(|effect| matches!(effect, Effect::Arrange { .. })).find_map(Effect::ticket);
        let (epoch, generation) = (story.shelf("role").epoch(), story.shelf("role").generation());
        let slots = (0..2_100).collect();
        story.answer(ticket.expect("it asks"), crate::view::Outcome::Arranged { epoch, generation, slots });
    };
    let asked = story.keys("3");
    order(&mut story, &asked);
    story.keys(&["j"; 50].join(" "));
    story.wait(100);
    let before = story.picture();
    let at = before.lines().position(|line| line.contains('▸'));
    story.keys("2");
    story.shelf("role").replace(roles(10));
    story.publish();
    let asked = story.keys("3");
    // Keys that come before the order do not lose the row.
    story.keys("j k");
    order(&mut story, &asked);
    let after = story.picture();
    assert_eq!(after.lines().position(|line| line.contains('▸')), at, "on its line in\n{after}");
    // Its name is on the preview.
    says(&before, "  role-00050");
    story.wait(100);
    says(&story.picture(), "  role-00050");
}
