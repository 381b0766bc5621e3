//! Whole screens, compared with the ones under `tests/screens/`. `UPDATE_SCREENS=1` writes them anew, to be reviewed like code.

use std::fmt::Write as _;
use std::path::PathBuf;

use std::time::Duration;

use super::edit::{changed_at, save};
use super::kit::{Story, request, resource, wall};
use super::{revisions, seeds};
use crate::resource::Reference;
use crate::store::save::SaveError;
use crate::store::{Change, ChangeVerb};
use crate::view::{Draft, Effect, Outcome};

fn compare(name: &str, picture: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_SCREENS").is_some() {
        std::fs::write(&path, picture).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let mut difference = String::new();
    for (at, (old, new)) in expected.lines().zip(picture.lines()).enumerate().filter(|(_, (old, new))| old != new) {
        let _ = writeln!(difference, "{at:>3} - {old}\n    + {new}");
    }
    assert!(expected == picture, "{} differs:\n{difference}\nas it is now:\n{picture}", path.display());
}

fn both(name: &str, story: impl Fn((u16, u16)) -> Story) {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut story = story((width, height));
        compare(&format!("{name}-{width}x{height}"), &story.frame());
    }
}

fn in_list(size: (u16, u16), keys: &str) -> Story {
    let mut story = Story::live(size);
    story.keys(keys);
    story.wait(100);
    story
}

#[test]
fn overview() {
    both("overview", |size| {
        let mut story = Story::live(size);
        let change = |seconds, reference, verb, summary: &str| Change {
            at: wall() - Duration::from_secs(seconds),
            reference,
            verb,
            summary: summary.to_owned(),
        };
        story.changes = vec![
            change(60, Reference::new("role", "prod-dba"), ChangeVerb::Changed, "v7"),
            change(180, request(&seeds::id(2)), ChangeVerb::Came, "mia asks for prod-access +2"),
            change(600, Reference::new("app_server", "grafana").on_host("host-9"), ChangeVerb::Went, "grafana.example.test"),
        ];
        story.publish();
        story.put(&seeds::role("prod-dba", "newer", "oracle"));
        story.publish();
        story.wait(300);
        story
    });
}

#[test]
fn before_anything_is_known() {
    both("first", Story::blank);
}

#[test]
fn lists() {
    for (name, key) in [("requests", "2"), ("roles", "3"), ("tokens", "4"), ("clusters", "5"), ("app-servers", "6")] {
        both(name, |size| in_list(size, key));
    }
}

#[test]
fn detail_and_yaml() {
    let fetched = |size, keys: &str| {
        let mut story = Story::live(size);
        let asked = story.keys(keys);
        story.fetched(&asked, &seeds::role("prod-dba", "8c1f2e77", "postgres"));
        story
    };
    both("detail", |size| fetched(size, "3 G Enter"));
    both("yaml", |size| fetched(size, "3 G y"));
    both("editor", |size| fetched(size, "3 G e"));
    both("editor-diff", |size| {
        let mut story = fetched(size, "3 G e");
        for _ in 0..7 {
            story.keys("Down");
        }
        story.keys("End");
        story.types("x");
        story.keys("Esc :");
        story.types("w");
        story.keys("Enter");
        story.read();
        story
    });
}

#[test]
fn what_a_save_does() {
    both("editor-widens", |size| {
        let mut story = Story::live(size);
        let asked = story.keys("3 G E");
        let effects = story.fetched(&asked, &seeds::role("prod-dba", "8c1f2e77", "postgres"));
        let [Effect::EditOutside { ticket, text }] = &effects[..] else { panic!("{effects:?}") };
        let text = text
            .replace("- postgres", "- postgres\n    - root")
            .replace("env: prod", "env: '*'")
            .replace("forward_agent: false", "forward_agent: true")
            .replace("max_session_ttl: 8h0m0s", "max_session_ttl: 4h0m0s");
        story.answer(*ticket, Outcome::EditedOutside(Ok(text)));
        story.read();
        story.types("prod-d");
        story
    });
}

#[test]
fn what_is_under_way() {
    both("conflict", |size| {
        let (mut story, _) = changed_at("env: prod", size);
        let effects = save(&mut story);
        let theirs =
            seeds::role("prod-dba", "newer", "postgres").replace("env: prod", "env: staging").replace("8h0m0s", "4h0m0s");
        let theirs = Box::new(resource(&theirs));
        story.answer(effects[0].ticket().unwrap(), Outcome::Saved(Err(SaveError::Conflict(theirs))));
        story
    });
    both("deleted-meanwhile", |size| {
        let (mut story, _) = changed_at("env: prod", size);
        let effects = save(&mut story);
        story.answer(effects[0].ticket().unwrap(), Outcome::Saved(Err(SaveError::Deleted)));
        story.wait(10_000);
        story
    });
    both("drafts", |size| {
        let mut story = Story::live(size);
        let base = resource(&seeds::role("prod-dba", "8c1f2e77", "postgres")).to_yaml().unwrap();
        let text = base.replace("- postgres", "- postgresx");
        let reference = Reference::new("role", "prod-dba");
        story.offer(Draft::Keep { reference, revision: "older".to_owned(), base, text });
        story
    });
    both("earlier", revisions::listed);
}

#[test]
fn sheets() {
    both("approve", |size| {
        let mut story = Story::live(size);
        let asked = story.keys("2 a");
        story.fetched(&asked, &seeds::request(1, "rex", &["prod-dba"], 1, 11, "db is down, INC-4410"));
        story.read();
        story
    });
    both("delete", |size| {
        let mut story = Story::live(size);
        story.keys("3 D");
        story.read();
        story
    });
    both("create", |size| in_list(size, "2 n"));
}

#[test]
fn what_floats() {
    both("palette", |size| in_list(size, "2 :"));
    both("help", |size| in_list(size, "2 ?"));
}

#[test]
fn too_small() {
    compare("too-small", &Story::live((59, 15)).frame());
}
