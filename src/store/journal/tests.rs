//! What outlives the program, and what must not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;
use crate::resource::Reference;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn draft(name: &str, text: &str, secret: bool) -> Draft {
    let own = str::to_owned;
    Draft {
        cluster: own("c"),
        kind: own("role"),
        name: own(name),
        secret,
        base: own("b"),
        revision: own("1"),
        text: own(text),
        at: at(100),
    }
}

fn revision(name: &str, text: &str, seconds: u64) -> Revision {
    let own = str::to_owned;
    let at = at(seconds);
    Revision { cluster: own("c"), kind: own("role"), name: own(name), revision: own(""), at, ours: true, text: own(text) }
}

#[test]
fn a_draft_is_offered_again_but_not_while_it_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path().join("state")).expect("a journal");
    let mut open = journal.begin(&draft("ops", "one", false)).expect("kept");
    open.write(&draft("ops", "two", false)).expect("kept");
    assert!(journal.offered(at(200)).is_empty(), "another instance has it open");
    drop(open);
    let offered = journal.offered(at(200));
    assert_eq!(offered.iter().map(|(_, draft)| draft.text.as_str()).collect::<Vec<_>>(), ["two"]);
    for (open, _) in offered {
        open.discard();
    }
    assert!(journal.offered(at(200)).is_empty());
    let left: Vec<_> = std::fs::read_dir(folder.path().join("state/drafts")).expect("a folder").collect();
    assert!(left.is_empty(), "nothing is left behind: {left:?}");
}

#[test]
fn a_secret_draft_ends_after_a_week() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    drop(journal.begin(&draft("t", "secret", true)).expect("kept"));
    drop(journal.begin(&draft("r", "plain", false)).expect("kept"));
    let week = Duration::from_hours(7 * 24);
    assert_eq!(journal.offered(at(100) + week).len(), 2);
    let names: Vec<_> = journal.offered(at(101) + week).into_iter().map(|(_, draft)| draft.name).collect();
    assert_eq!(names, ["r"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_look_and_no_name_tells() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path().join("state")).expect("a journal");
    let open = journal.begin(&draft("payments-admin", "x", false)).expect("kept");
    journal.keep(&Reference::new("role", "payments-admin"), &revision("payments-admin", "x", 1)).expect("kept");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    for name in ["", "drafts", "revisions"] {
        assert_eq!(mode(&folder.path().join("state").join(name)), 0o700);
    }
    for name in ["drafts", "revisions"] {
        for entry in std::fs::read_dir(folder.path().join("state").join(name)).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            assert!(!path.to_string_lossy().contains("payments"));
        }
    }
    drop(open);
}

#[test]
fn too_large_is_said_and_the_old_text_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    let mut open = journal.begin(&draft("ops", "small", false)).expect("kept");
    let large = draft("ops", &"x".repeat(5 << 20), false);
    assert!(matches!(open.write(&large), Err(JournalError::TooLarge(_))));
    drop(open);
    assert_eq!(journal.offered(at(0))[0].1.text, "small");
}

#[test]
fn a_disk_that_refuses_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("file"), "in the way").expect("written");
    let error = Journal::open(folder.path().join("file/state")).expect_err("a file is no folder");
    assert!(matches!(&error, JournalError::Disk(text) if !text.is_empty()));
    let journal = Journal::open(folder.path().join("state")).expect("a journal");
    std::fs::remove_dir_all(folder.path().join("state")).expect("removed");
    assert!(journal.begin(&draft("a", "b", false)).is_err());
    assert!(journal.offered(at(0)).is_empty() && journal.verdicts(9).is_empty());
}

#[test]
fn a_file_of_a_later_version_or_cut_in_half_is_told_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    drop(journal.begin(&draft("ops", "good", false)).expect("kept"));
    let whole = draft("dev", "precious", false).encode();
    let (cut, later) = (folder.path().join("drafts/cut.json"), folder.path().join("drafts/later.json"));
    std::fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let newer = whole.replace("\"version\":1", "\"version\":2");
    assert_ne!(newer, whole);
    std::fs::write(&later, &newer).expect("written");
    let texts: Vec<_> = journal.offered(at(0)).into_iter().map(|(_, draft)| draft.text).collect();
    assert_eq!(texts, ["good"]);
    let mut told: Vec<_> = journal.unreadable().into_iter().map(|file| (file.path, file.newer)).collect();
    told.sort();
    assert_eq!(told, [(cut.clone(), false), (later.clone(), true)]);
    // Not even when there are so many that room is made.
    for number in 0..120 {
        drop(journal.begin(&draft(&format!("r{number}"), "x", false)).expect("kept"));
    }
    assert_eq!(std::fs::read_to_string(&later).expect("still there"), newer);
    assert_eq!(std::fs::read_to_string(&cut).expect("still there"), whole[..whole.len() / 2]);
    // The first form had no number in it.
    let older = whole.replace("\"version\":1,", "");
    assert_eq!(Draft::decode(older.as_bytes()).map(|draft| draft.text).as_deref(), Some("precious"));
}

#[test]
fn verdicts_are_told_newest_first_and_half_a_line_is_skipped() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    let own = str::to_owned;
    let sent = |seconds, answer| Sent {
        at: at(seconds),
        cluster: own("c"),
        user: own("kim"),
        reference: own("access_request/1"),
        action: own("approve"),
        reason: own("two\nlines"),
        answer,
    };
    journal.record(&sent(1, Answer::Sending)).expect("kept");
    journal.record(&sent(2, Answer::Refused(own("already denied")))).expect("kept");
    disk::append(&folder.path().join("verdicts.jsonl"), "{\"at\": 3, \"clus").expect("kept");
    journal.record(&sent(4, Answer::NotSent(own("the link was lost")))).expect("kept");
    let told: Vec<_> = journal.verdicts(2).into_iter().map(|sent| sent.answer).collect();
    assert_eq!(told, [Answer::NotSent(own("the link was lost")), Answer::Refused(own("already denied"))]);
}

#[test]
fn earlier_texts_are_kept_but_never_a_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    let role = Reference::new("role", "ops");
    for (text, seconds) in [("one", 1), ("two", 2), ("two", 3)] {
        journal.keep(&role, &revision("ops", text, seconds)).expect("kept");
    }
    journal.keep(&Reference::new("role", "dev"), &revision("dev", "other", 4)).expect("kept");
    let texts: Vec<_> = journal.revisions("c", "role", "ops").into_iter().map(|kept| kept.text).collect();
    assert_eq!(texts, ["two", "one"]);
    let token = Reference::new("token", "0123456789abcdef");
    assert_eq!(journal.keep(&token, &revision("0123456789abcdef", "x", 5)), Err(JournalError::Secret));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(text in ".{0,80}", name in ".{0,20}", secret: bool, millis in 0..4_000_000_000_000_u64) {
        let at = UNIX_EPOCH + Duration::from_millis(millis);
        let draft = Draft { at, ..draft(&name, &text, secret) };
        prop_assert_eq!(Draft::decode(draft.encode().as_bytes()), Some(draft));
        let kept = Revision { at, ..revision(&name, &text, 0) };
        prop_assert_eq!(Revision::decode(kept.encode().as_bytes()), Some(kept));
    }

    #[test]
    fn junk_is_no_draft(junk in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert_eq!(Draft::decode(&junk), None);
        prop_assert_eq!(Sent::decode(&junk), None);
        prop_assert_eq!(Revision::decode(&junk), None);
    }
}
