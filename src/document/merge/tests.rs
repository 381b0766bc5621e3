//! What a merge takes, asks and never loses; laws that hold for any three documents.

use proptest::prelude::*;

use super::*;

const BASE: &str = "\
kind: role
metadata:
  name: ops
  revision: one
spec:
  allow:
    logins:
    - root
    - ubuntu
    node_labels:
      env: prod
    rules:
    - resources:
      - node
      verbs:
      - list
    - resources:
      - event
      verbs:
      - list
      - read
  options:
    max_session_ttl: 8h0m0s
version: v7
";

fn merged(theirs: &str, mine: &str) -> Merge {
    merge(BASE, theirs, mine).expect("all three can be read")
}

fn taken(merge: &Merge) -> Vec<String> {
    merge.merged().iter().map(|merged| format!("{:?} {} {}", merged.whose, merged.path, merged.what)).collect()
}

fn asked(merge: &Merge) -> Vec<String> {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "gone".to_owned()).replace('\n', "|");
    let clashes = merge.clashes().iter();
    clashes
        .map(|clash| format!("{}: {} / {} / {}", clash.path, side(&clash.base), side(&clash.theirs), side(&clash.mine)))
        .collect()
}

fn path(merge: &Merge) -> Path {
    merge.clashes().first().expect("a clash").path.clone()
}

#[test]
fn what_one_side_changed_is_taken_and_my_layout_stays() {
    let theirs = BASE.replace("revision: one", "revision: two").replace("    - ubuntu\n", "    - ubuntu\n    - deploy\n");
    let mine = BASE
        .replace("    max_session_ttl: 8h0m0s\n", "    # shorter, says INC-7\n    max_session_ttl: 4h # was 8h\n")
        .replace("    logins:\n", "    # who may log in\n    logins:\n")
        .replace("- root", "-   root   # for now");
    let merge = merged(&theirs, &mine);
    let wanted = mine.replace("revision: one", "revision: two").replace("    - ubuntu\n", "    - ubuntu\n    - deploy\n");
    assert_eq!(merge.text(), wanted);
    assert_eq!(taken(&merge), ["Theirs spec.allow.logins + deploy", "Mine spec.options.max_session_ttl 8h0m0s → 4h"]);
    assert!(merge.clashes().is_empty());
}

#[test]
fn keys_that_came_and_went_are_told() {
    let theirs = BASE
        .replace("    node_labels:\n      env: prod\n", "")
        .replace("    max_session_ttl", "    forward_agent: true\n    max_session_ttl");
    let mine = BASE.replace("  name: ops\n", "  description: mine\n  name: ops\n").replace("    - root\n", "");
    let merge = merged(&theirs, &mine);
    let wanted = theirs.replace("  name: ops\n", "  description: mine\n  name: ops\n").replace("    - root\n", "");
    assert_eq!(merge.text(), wanted);
    assert_eq!(
        taken(&merge),
        [
            "Mine metadata.description + mine",
            "Mine spec.allow.logins - root",
            "Theirs spec.allow.node_labels - {env: prod}",
            "Theirs spec.options.forward_agent + true",
        ]
    );
}

#[test]
fn logins_of_both_are_one_set() {
    let (theirs, mine) = (BASE.replace("- root", "- oracle"), BASE.replace("- root", "- postgres"));
    let merge = merged(&theirs, &mine);
    assert!(merge.clashes().is_empty(), "{:?}", merge.clashes());
    assert_eq!(merge.text(), BASE.replace("    - root\n", "    - oracle\n    - postgres\n"));
}

#[test]
fn a_value_that_both_changed_is_asked_about() {
    let theirs = BASE.replace("8h0m0s", "1h0m0s");
    let mine = BASE.replace("8h0m0s", "12h0m0s # night shift");
    let mut merge = merged(&theirs, &mine);
    assert_eq!(asked(&merge), ["spec.options.max_session_ttl: 8h0m0s / 1h0m0s / 12h0m0s"]);
    assert_eq!((merge.open(), merge.text()), (1, mine.as_str()), "until somebody chooses it stands as mine");
    let at = path(&merge);
    assert_eq!(merge.line_of(&at), 23);
    merge.resolve(&at, Side::Both);
    assert_eq!(merge.open(), 1, "a single value has one side");
    merge.resolve(&at, Side::Theirs);
    assert_eq!((merge.open(), merge.text()), (0, theirs.as_str()));
    merge.resolve(&at, Side::Mine);
    assert_eq!((merge.open(), merge.text()), (0, mine.as_str()));
}

#[test]
fn changed_here_and_removed_there_is_asked_about() {
    let theirs = BASE.replace("    node_labels:\n      env: prod\n", "");
    let mine = BASE.replace("env: prod", "env: staging");
    let mut merge = merged(&theirs, &mine);
    assert_eq!(asked(&merge), ["spec.allow.node_labels: env: prod / gone / env: staging"]);
    let at = path(&merge);
    merge.resolve(&at, Side::Theirs);
    assert_eq!(merge.text(), theirs);
    // And the other way round.
    let mut merge = merged(&mine, &theirs);
    assert_eq!(asked(&merge), ["spec.allow.node_labels: env: prod / env: staging / gone"]);
    merge.resolve(&at, Side::Theirs);
    assert_eq!(merge.text(), mine);
}

#[test]
fn a_label_can_have_the_values_of_both() {
    let (theirs, mine) = (BASE.replace("env: prod", "env: staging"), BASE.replace("env: prod", "env: dev"));
    let mut merge = merged(&theirs, &mine);
    let at = path(&merge);
    assert_eq!(at.to_string(), "spec.allow.node_labels.env");
    merge.resolve(&at, Side::Both);
    assert_eq!(merge.text(), BASE.replace("env: prod\n", "env:\n      - dev\n      - staging\n"));
}

#[test]
fn a_rule_is_one_thing() {
    // They turned it on something else, I let it do more: together that is what neither wrote.
    let theirs = BASE.replace("- event", "- session");
    let mine = BASE.replace("      - read\n", "      - read\n      - update\n");
    let mut merge = merged(&theirs, &mine);
    assert_eq!(merge.clashes().len(), 1);
    let at = path(&merge);
    assert_eq!(at.to_string(), "spec.allow.rules[1]");
    merge.resolve(&at, Side::Theirs);
    assert_eq!(merge.text(), theirs);
    merge.resolve(&at, Side::Both);
    let both = mine
        .replace("  options:\n", "    - resources:\n      - session\n      verbs:\n      - list\n      - read\n  options:\n");
    assert_eq!(merge.text(), both);
}

#[test]
fn rules_of_both_sides_come_together() {
    let rule = |what: &str| format!("    - resources:\n      - {what}\n      verbs:\n      - read\n");
    let theirs =
        BASE.replace("    - resources:\n      - event\n", &format!("{}    - resources:\n      - event\n", rule("lock")));
    let mine = BASE.replace("  options:\n", &format!("{}  options:\n", rule("user")));
    let merge = merged(&theirs, &mine);
    assert!(merge.clashes().is_empty());
    assert_eq!(merge.text(), theirs.replace("  options:\n", &format!("{}  options:\n", rule("user"))));
    assert_eq!(
        taken(&merge),
        [
            "Theirs spec.allow.rules + {resources: [lock], verbs: [read]}",
            "Mine spec.allow.rules + {resources: [user], verbs: [read]}"
        ]
    );
}

#[test]
fn what_cannot_be_woven_is_written_anew_where_it_stands() {
    let theirs = BASE.replace("env: prod", "env: prod\n      os: linux");
    let mine = BASE.replace("    node_labels:\n      env: prod\n", "    # where\n    node_labels: {env: prod, tier: db}\n");
    let merge = merged(&theirs, &mine);
    let wanted = mine.replace(
        "    node_labels: {env: prod, tier: db}\n",
        "    node_labels:\n      env: prod\n      os: linux\n      tier: db\n",
    );
    assert_eq!(merge.text(), wanted);
    // JSON has no lines of ours at all.
    let json =
        r#"{"kind":"role","metadata":{"name":"ops","revision":"one"},"spec":{"allow":{"logins":["root"]}},"version":"v7"}"#;
    let base = "kind: role\nmetadata:\n  name: ops\n  revision: one\nspec:\n  allow:\n    logins:\n    - root\nversion: v7\n";
    let merge = super::merge(base, &base.replace("- root", "- root\n    - deploy"), json).expect("all three can be read");
    assert_eq!(merge.text(), base.replace("- root", "- root\n    - deploy"));
}

#[test]
fn a_text_that_cannot_be_read_is_told_with_its_problems() {
    let broken = merge(BASE, BASE, "kind: [").expect_err("no document");
    assert_eq!(broken.whose, Side::Mine);
    assert!(!broken.problems.is_empty());
    assert_eq!(merge(BASE, "", BASE).expect_err("nothing").whose, Side::Theirs);
    let twice = BASE.replace("  name: ops\n", "  name: ops\n  name: dev\n");
    assert!(merge(BASE, BASE, &twice).is_err(), "a key that stands twice says two things");
}

#[test]
fn odd_names_are_quoted_in_a_path() {
    let base = "metadata:\n  labels:\n    teleport.dev/origin: a\n";
    let merge = merge(base, &base.replace(": a", ": b"), &base.replace(": a", ": c")).expect("readable");
    assert_eq!(path(&merge).to_string(), "metadata.labels[\"teleport.dev/origin\"]");
}

#[test]
fn thousands_of_labels_take_no_time_to_speak_of() {
    let labels = |tail: &str| {
        let rows = (0..10_000).fold(String::new(), |rows, n| rows + &format!("      k{n}: v{n}{tail}\n"));
        BASE.replace("      env: prod\n", &rows)
    };
    let merge = merge(&labels(""), &labels("x"), &labels("")).expect("readable");
    assert_eq!((merge.merged().len(), merge.text()), (10_000, labels("x").as_str()));
}

#[test]
fn what_means_harm_is_refused_or_merged_and_never_hangs() {
    let deep = "[".repeat(100_000);
    let laughs = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned()
        + &('b'..='i').fold(String::new(), |text, c| {
            let before = char::from_u32(u32::from(c) - 1).unwrap_or('a');
            text + &format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 8].join(", "))
        });
    let anchored = BASE.replace("node_labels:\n      env: prod", "node_labels: &l\n      env: prod\n    app_labels: *l");
    let inherited = BASE.replace("node_labels:\n", "node_labels:\n      <<: {os: linux}\n");
    let odd = [
        deep,
        laughs,
        anchored.clone(),
        inherited.clone(),
        "x".repeat(2 << 20),
        BASE.replace('\n', "\r\n"),
        BASE.replace('\n', "\r"),
        format!("\u{feff}{BASE}"),
        format!("---\n{BASE}"),
        format!("{BASE}---\n{BASE}"),
        format!("{BASE}...\nmore\n"),
        BASE.replace("ops", "\"a\\Nb\u{85}c\""),
        BASE.replace("prod", "\u{0}"),
        BASE.replace("  ", "\t"),
        BASE.replace("root", "|\n      # no comment\n\n      text"),
        "---\n".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "? [a]\n: b\n".to_owned(),
        BASE.replace("8h0m0s", ".inf"),
    ];
    let changed = BASE.replace("env: prod", "env: dev\n      os: plan9").replace("    - root\n", "");
    for text in &odd {
        for (base, theirs, mine) in [(BASE, changed.as_str(), text.as_str()), (BASE, text, &changed), (text, BASE, &changed)] {
            let Ok(mut merge) = merge(base, theirs, mine) else { continue };
            let paths: Vec<Path> = merge.clashes().iter().map(|clash| clash.path.clone()).collect();
            for (side, path) in
                [Side::Theirs, Side::Both].into_iter().flat_map(|side| paths.iter().map(move |path| (side, path)))
            {
                merge.resolve(path, side);
                assert!(merge.line_of(path) > 0);
            }
            assert!(one(merge.text()).is_ok(), "{mine:?} came to {:?}", merge.text());
        }
    }
    // An alias stands for what it names: what they changed there is not changed elsewhere with it.
    let merge = merge(&anchored, &anchored.replace("*l", "{env: dev}"), &anchored.replace("ops", "sre")).expect("readable");
    assert!(says(merge.text()).contains("dev") && merge.text().contains("sre"), "{}", merge.text());
}

/// A small document, drawn so that three of them have much in common.
fn document() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["a", "b", "c", "8h", "true", "0x1f", "\"~\"", "''", "null"]);
    let words = prop::collection::vec(word.clone(), 0..4).prop_map(|words| {
        if words.is_empty() {
            " []\n".to_owned()
        } else {
            words.iter().fold("\n".to_owned(), |out, word| out + "  - " + word + "\n")
        }
    });
    let rules = prop::collection::vec((word.clone(), word.clone()), 0..3).prop_map(|rules| {
        let items = rules.iter().map(|(x, y)| format!("  - x: {x}\n    y: {y}\n"));
        if rules.is_empty() { " []\n".to_owned() } else { items.fold("\n".to_owned(), |out, item| out + &item) }
    });
    let map = prop::collection::btree_map(prop::sample::select(vec!["p", "q", "r"]), word.clone(), 0..3).prop_map(|map| {
        let items = map.iter().map(|(key, value)| format!("  {key}: {value}\n"));
        if map.is_empty() { " {}\n".to_owned() } else { items.fold("\n".to_owned(), |out, item| out + &item) }
    });
    let one = prop_oneof![word.prop_map(|word| format!(" {word}\n")), words, rules, map];
    prop::collection::btree_map(prop::sample::select(vec!["k1", "k2", "k3", "k4"]), one, 1..4)
        .prop_map(|all| all.iter().fold(String::new(), |text, (key, value)| text + key + ":" + value))
}

fn says(text: &str) -> String {
    canonical(&one(text).expect("a merge can be read"))
}

/// The same whatever the order of lists.
fn unordered(text: &str) -> String {
    fn sorted(tree: Tree) -> Tree {
        match tree {
            Tree::List(items) => {
                let mut items: Vec<Tree> = items.into_iter().map(sorted).collect();
                items.sort_by_key(compare::canonical);
                Tree::List(items)
            }
            Tree::Map(entries) => Tree::Map(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect()),
            other => other,
        }
    }
    compare::canonical(&sorted(tree(&one(text).expect("a merge can be read"))))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_only_one_side_changed_is_the_answer(base in document(), other in document()) {
        for (theirs, mine) in [(&base, &other), (&other, &base), (&other, &other)] {
            let merge = merge(&base, theirs, mine).expect("readable");
            prop_assert_eq!(says(merge.text()), says(&other));
            prop_assert_eq!(merge.open(), 0);
            prop_assert_eq!(merge.merged().is_empty(), says(&base) == says(&other));
        }
        // My text is not touched where there is nothing to bring in.
        let merge = merge(&base, &base, &other).expect("readable");
        prop_assert_eq!(merge.text(), other.as_str());
    }

    #[test]
    fn without_a_clash_it_does_not_matter_who_is_who(base in document(), a in document(), b in document()) {
        let (one, other) = (merge(&base, &a, &b).expect("readable"), merge(&base, &b, &a).expect("readable"));
        let paths = |merge: &Merge| { let mut paths: Vec<_> = merge.clashes().iter().map(|clash| clash.path.clone()).collect(); paths.sort(); paths };
        prop_assert_eq!(paths(&one), paths(&other));
        if one.clashes().is_empty() {
            prop_assert_eq!(unordered(one.text()), unordered(other.text()));
        }
    }

    #[test]
    fn every_clash_can_be_settled_either_way(base in document(), a in document(), b in document()) {
        let mut merge = merge(&base, &a, &b).expect("readable");
        let clashes: Vec<Path> = merge.clashes().iter().map(|clash| clash.path.clone()).collect();
        for side in [Side::Theirs, Side::Mine, Side::Both] {
            for path in &clashes {
                merge.resolve(path, side);
                says(merge.text());
                prop_assert!(merge.line_of(path) <= merge.text().lines().count().max(1));
            }
            prop_assert_eq!(merge.open(), 0);
        }
    }

    #[test]
    fn no_text_is_too_strange(base in ".{0,60}", theirs in "[-:{}\\[\\]&*a #|>\r\n\t\"'?,<]{0,40}", mine in "[-:{}\\[\\]&*a #|>\r\n\"'?,<]{0,40}") {
        if let Ok(mut merge) = merge(&base, &theirs, &mine) {
            let clashes: Vec<Path> = merge.clashes().iter().map(|clash| clash.path.clone()).collect();
            for path in clashes {
                merge.resolve(&path, Side::Theirs);
            }
        }
        let _ = merge(&theirs, &mine, &theirs);
    }
}
