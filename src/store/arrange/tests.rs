//! What the filter language lets through, and in which order.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::kind::Value;
use crate::resource::Reference;
use crate::store::tests::{THINGS, labelled, list, now, thing, with};

fn shelf() -> Shelf {
    let mut shelf = Shelf::new(&THINGS);
    let soon = Value::Time(now() + Duration::from_mins(10));
    let over = Value::Time(now() - Duration::from_mins(10));
    let old = Value::Time(now() - Duration::from_hours(50));
    shelf.put(labelled(
        with(with(thing("Payments-DB"), "LEFT", soon), "COUNT", Value::Number(7)),
        &[("env", "prod"), ("team", "db ops")],
    ));
    shelf.put(labelled(with(with(thing("wiki"), "LEFT", over.clone()), "LAST SEEN", over), &[("env", "production")]));
    shelf.put(with(with(thing("node-10"), "LAST SEEN", old), "roles", list(&["prod-access", "auditor"])));
    shelf.put(with(thing("node-9"), "COUNT", Value::Number(12)));
    let mut token = thing("secret");
    token.reference = Reference::new("thing", "0123456789abcdef").secret();
    shelf.put(with(token, "NAME", Value::text("0123456789abcdef")));
    shelf
}

fn shown(filter: &str) -> Vec<String> {
    let arrange = Arrange { filter: Filter::parse(filter).expect("a filter"), ..Arrange::default() };
    let shelf = shelf();
    order(&shelf, &arrange, now()).into_iter().map(|slot| shelf.get(slot).expect("there").reference.label()).collect()
}

#[test]
fn every_form_of_the_language() {
    let token = "************cdef";
    for (filter, expected) in [
        ("", vec![token, "node-9", "node-10", "Payments-DB", "wiki"]),
        ("NODE", vec!["node-9", "node-10"]),
        ("node 9", vec!["node-9"]),
        ("node !9", vec!["node-10"]),
        ("prod", vec!["node-10", "Payments-DB", "wiki"]),
        ("name:prod", vec![]),
        ("roles:prod", vec!["node-10"]),
        ("!roles:prod node", vec!["node-9"]),
        ("env=prod", vec!["Payments-DB"]),
        ("env=prod*", vec!["Payments-DB", "wiki"]),
        ("!env= node", vec!["node-9", "node-10"]),
        ("env=", vec!["Payments-DB", "wiki"]),
        ("team=\"db ops\"", vec!["Payments-DB"]),
        ("\"db ops\"", vec!["Payments-DB"]),
        ("/^node-\\d$/", vec!["node-9"]),
        ("name:/^w/", vec!["wiki"]),
        ("left:<15m", vec!["Payments-DB"]),
        ("left:>5m", vec!["Payments-DB"]),
        ("last-seen:>2d", vec!["node-10"]),
        ("<15m", vec!["Payments-DB", "wiki"]),
        ("count:>9", vec!["node-9"]),
        ("count:<9", vec!["Payments-DB"]),
        ("count:12", vec!["node-9"]),
        ("https://x", vec![]),
    ] {
        assert_eq!(shown(filter), expected, "{filter}");
    }
}

#[test]
fn a_secret_name_is_found_by_what_is_shown_of_it() {
    assert_eq!(shown("cdef"), ["************cdef"]);
    assert_eq!(shown("name:cdef"), ["************cdef"]);
    for guess in ["0123", "name:0123", "/0123/", "9abc"] {
        assert!(shown(guess).is_empty(), "{guess}");
    }
}

#[test]
fn what_cannot_be_read_says_where() {
    let error = Filter::parse("ok /(/").expect_err("no pattern");
    assert_eq!(error.at, 3);
    assert!(Filter::parse("a \"b").is_err());
    assert!(Filter::parse("/(a{999}){999}/").is_err(), "a pattern that would fill the memory");
    for half in ["!", "<", "user:", "/", "a=", ":", "="] {
        assert!(Filter::parse(half).is_ok(), "{half} is about to be typed");
    }
    let filter = Filter::parse("usr:x name:y").expect("a filter");
    assert_eq!(filter.unknown_columns(&THINGS), ["usr"]);
}

#[test]
fn the_sort_is_by_value_and_nothing_comes_last() {
    let names = |sort: Vec<(usize, bool)>| {
        let (shelf, arrange) = (shelf(), Arrange { sort, ..Arrange::default() });
        let slots = order(&shelf, &arrange, now()).into_iter();
        slots.map(|slot| shelf.get(slot).expect("there").reference.label()).take(2).collect::<Vec<_>>()
    };
    assert_eq!(names(vec![(3, false)]), ["Payments-DB", "node-9"]);
    assert_eq!(names(vec![(3, true)]), ["node-9", "Payments-DB"]);
    assert_eq!(Arrange::of(&THINGS).sort, [(3, true)]);
}

proptest! {
    #[test]
    fn no_filter_panics_and_an_order_has_each_row_once(text in "[a-z!:=<>/\"' 0-9mh.*()\\\\\\[é]{0,24}") {
        if let Ok(filter) = Filter::parse(&text) {
            let shelf = shelf();
            let arrange = Arrange { filter, sort: vec![(1, true), (0, false)] };
            let mut slots = order(&shelf, &arrange, now());
            slots.sort_unstable();
            slots.dedup();
            prop_assert!(slots.len() <= shelf.len());
            prop_assert!(slots.iter().all(|slot| arrange.filter.of(&THINGS, now()).matches(&shelf.row(*slot).expect("there"))));
        }
    }
}

proptest! {
    #[test]
    fn what_is_remembered_changes_nothing(
        steps in prop::collection::vec(("[a-z]{0,2}( [a-z0-9=]{1,2})?|!n|left:<15m|name:n", 0..4_usize, any::<bool>(), 0..30_u32), 1..12)
    ) {
        let (mut shelf, mut memory) = (shelf(), Memory::default());
        for (filter, column, descending, number) in steps {
            match number {
                0..6 => drop(shelf.put(with(thing(&format!("new-{number}")), "COUNT", Value::Number(i64::from(number))))),
                6..9 => drop(shelf.put(with(thing("wiki"), "NAME", Value::text(&format!("n{number}"))))),
                9 => drop(shelf.remove(&thing("node-9").reference)),
                _ => {}
            }
            let Ok(filter) = Filter::parse(&filter) else { continue };
            let arrange = Arrange { filter, sort: vec![(column, descending)] };
            prop_assert_eq!(memory.order(&shelf, &arrange, now()), order(&shelf, &arrange, now()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_long_order_follows_what_changes(
        steps in prop::collection::vec((prop::collection::vec((0..2_000_u32, 0..6_u8), 0..4), 0..6_usize, 0..4_usize), 1..12)
    ) {
        let (mut shelf, mut memory) = (Shelf::new(&THINGS), Memory::default());
        for number in 0..1_500_u32 {
            shelf.put(with(thing(&format!("n{number}")), "COUNT", Value::Number(i64::from(number % 7))));
        }
        for (changes, filter, sort) in steps {
            for (number, what) in changes {
                let reference = thing(&format!("n{number}")).reference;
                match what {
                    0 => drop(shelf.remove(&reference)),
                    1 => drop(shelf.put(with(thing(&format!("n{number}")), "NAME", Value::text("aaa")))),
                    2 => drop(shelf.put(with(thing(&format!("n{number}")), "COUNT", Value::Number(3)))),
                    3 | 4 => {
                        let beat = Value::Heartbeat(now() + Duration::from_secs(u64::from(number * 7_919 % 601)));
                        let known = shelf.find(&reference).unwrap_or_else(|| thing(&format!("n{number}")));
                        shelf.put(with(known, "beat", beat));
                    }
                    _ => drop(shelf.put(with(thing(&format!("n{number}")), "LEFT", Value::Time(now() + Duration::from_mins(5))))),
                }
            }
            let filter = ["", "n1", "n12", "!n1", "left:<15m", "count:3"][filter];
            let sort = [vec![(0, false)], vec![(3, true), (0, false)], vec![], vec![(5, false)]][sort].clone();
            let arrange = Arrange { filter: Filter::parse(filter).expect("a filter"), sort };
            prop_assert_eq!(memory.order(&shelf, &arrange, now()), order(&shelf, &arrange, now()));
        }
    }
}

#[test]
fn a_filter_narrows_when_its_words_grow() {
    let narrows = |is: &str, was: &str| Filter::parse(is).expect("a filter").narrows(&Filter::parse(was).expect("a filter"));
    for (is, was) in [("pro", "p"), ("p x", "p"), ("name:ab", "name:a"), ("p !x", "p"), ("a", ""), ("p", "p")] {
        assert!(narrows(is, was), "{is} after {was}");
    }
    for (is, was) in [("p", "pr"), ("!pro", "!p"), ("!p", "p"), ("host:ab", "name:a"), ("env=ab", "env=a"), ("<5m", "<9m")] {
        assert!(!narrows(is, was), "{is} after {was}");
    }
}
