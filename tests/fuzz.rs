//! A seeded loop over reader, printer, codec and advice: no text and no message may panic, and what was printed prints again as
//! itself once it is read.
//!
//! Documents of the vectors are cut, spliced and spiced; messages are made by their descriptors. Each case is made from its number
//! alone, so a failure names the number that shows it again: `PORTCULLIS_FUZZ_FROM=N PORTCULLIS_FUZZ_CASES=1`. The usual run has
//! 20,000 cases; a long one is `PORTCULLIS_FUZZ_CASES=1000000 cargo test --release --test fuzz`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis::document::{Circumstances, Edition, Grant, Me, Resource, lint, print_json, problems, read_json};
use portcullis::schema::{self, Form, yaml};
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value as Wire};

const USUAL: u64 = 20_000;

/// Numbers that depend on the case only.
struct Dice(u64);

impl Dice {
    fn new(case: u64) -> Self {
        Self(case.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(sides.max(1)).expect("small")).expect("small")
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

struct Vectors {
    texts: Vec<String>,
    wires: Vec<(String, Vec<u8>)>,
}

static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let mut vectors = Vectors { texts: Vec::new(), wires: Vec::new() };
    for file in ["role", "token", "other", "errors", "print"] {
        let text = std::fs::read_to_string(format!("tests/golden/{file}.jsonl")).expect("vectors");
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON Lines");
            let texts = ["yaml_in", "yaml_checked"].iter().filter_map(|key| line[*key].as_str());
            // Short ones make as many mistakes as long ones, in less time.
            vectors.texts.extend(texts.filter(|text| text.len() < 700).map(str::to_owned));
            if let (Some(kind), Some(wire)) = (line["kind"].as_str(), line["wire_b64"].as_str()) {
                let wire = STANDARD.decode(wire).expect("base64");
                if wire.len() < 600 && KINDS.iter().any(|(known, _)| *known == kind) {
                    vectors.wires.push((kind.to_owned(), wire));
                }
            }
        }
    }
    vectors
});

const KINDS: [(&str, &str); 10] = [
    ("role", "types.RoleV6"),
    ("token", "types.ProvisionTokenV2"),
    ("access_request", "types.AccessRequestV3"),
    ("remote_cluster", "types.RemoteClusterV3"),
    ("trusted_cluster", "types.TrustedClusterV2"),
    ("app_server", "types.AppServerV3"),
    ("app", "types.AppV3"),
    ("user", "types.UserV2"),
    ("lock", "types.LockV2"),
    ("cert_authority", "types.CertAuthorityV2"),
];

const SPICE: [&str; 64] = [
    "\n",
    " ",
    "  ",
    "\t",
    "\r\n",
    "- ",
    ": ",
    ":",
    "#",
    " #",
    "'",
    "\"",
    "\\",
    "\\u",
    "\\x4",
    "|",
    "|-",
    "|2",
    ">",
    ">+",
    "&a ",
    "*a",
    "<<: *a",
    "!",
    "!!str ",
    "!!binary ",
    "{",
    "}",
    "[",
    "]",
    "{{",
    "}}",
    ",",
    "? ",
    "---\n",
    "--- ",
    "...\n",
    "%YAML",
    "@",
    "`",
    "~",
    "null",
    "yes",
    "0777",
    "1e400",
    "1:30",
    "2026-01-02",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{7f}",
    "\0",
    "\u{1f600}",
    "\u{202e}",
    "ü",
    "kind: role\n",
    "metadata:\n  name: x\n",
    "spec: {}\n",
    "where: 'contains('\n",
    "'*': '*'\n",
    "18446744073709551616",
    "-.inf",
    "0x1f",
];

fn spice(dice: &mut Dice) -> &'static str {
    SPICE[dice.roll(SPICE.len())]
}

fn text(dice: &mut Dice) -> String {
    match dice.roll(6) {
        0 => spice(dice).to_owned(),
        1 => (0..dice.roll(6)).map(|_| spice(dice)).collect(),
        2 => (0..dice.roll(30))
            .map(|_| ["word", " ", "'", "a", "\n", "  b", "\u{2028}", "#", ":", "\u{85}"][dice.roll(10)])
            .collect(),
        3 => (0..dice.roll(5)).filter_map(|_| char::from_u32(u32::try_from(dice.next() % 0x11_0000).expect("small"))).collect(),
        4 => (0..dice.roll(4))
            .map(|_| ["{{internal.logins}}", "labels[\"a\"] == ", "contains(", "\"x\"", ")", " && ", "'"][dice.roll(7)])
            .collect(),
        _ => ["root", "dev", "*", "env", "a b", "eu-1", ""][dice.roll(7)].to_owned(),
    }
}

/// A key: nothing that folds into another one, and not the word that merges.
fn key(dice: &mut Dice) -> String {
    let key: String = text(dice).chars().filter(|c| *c != '\u{85}').collect();
    if key == "<<" { String::new() } else { key }
}

fn fill(descriptor: &MessageDescriptor, dice: &mut Dice, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(|field| !yaml(field).hidden) {
        let often = if yaml(&field).always { 2 } else { 6 + 4 * depth };
        if depth < 7 && dice.roll(often) == 0 {
            let value = value(&field, dice, depth);
            message.set_field(&field, value);
        }
    }
    message
}

fn value(field: &FieldDescriptor, dice: &mut Dice, depth: usize) -> Wire {
    let (kind, form) = (field.kind(), yaml(field).form);
    if field.is_map() {
        let item = kind.as_message().expect("a map has entries").map_entry_value_field();
        let entries = (0..=dice.roll(3)).map(|_| (MapKey::String(key(dice)), single(&item.kind(), Form::Plain, dice, depth)));
        return Wire::Map(entries.collect());
    }
    if field.is_list() {
        return Wire::List((0..=dice.roll(3)).map(|_| single(&kind, form, dice, depth)).collect());
    }
    single(&kind, form, dice, depth)
}

fn single(kind: &Kind, form: Form, dice: &mut Dice, depth: usize) -> Wire {
    let small = |dice: &mut Dice| i64::try_from(dice.next() >> 20).expect("44 bits");
    match kind {
        Kind::Message(message) => Wire::Message(submessage(message, form, dice, depth)),
        Kind::Enum(parent) => {
            let numbers: Vec<i32> = parent.values().map(|value| value.number()).collect();
            let number = *dice.one(&numbers);
            // The deprecated way of deleting host users reads back as its successor.
            Wire::EnumNumber(if parent.name() == "CreateHostUserMode" && number == 2 { 4 } else { number })
        }
        Kind::String => Wire::String(text(dice)),
        Kind::Bytes => Wire::Bytes(text(dice).into_bytes().into()),
        Kind::Bool => Wire::Bool(dice.roll(2) == 1),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Wire::I32(i32::try_from(small(dice) % 100_000).expect("small")),
        Kind::Uint32 | Kind::Fixed32 => Wire::U32(u32::try_from(small(dice) % 100_000).expect("small")),
        Kind::Uint64 | Kind::Fixed64 => Wire::U64(dice.next()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Wire::I64(small(dice) - (1 << 42)),
        Kind::Float => Wire::F32(1.5),
        Kind::Double => Wire::F64(2.5),
    }
}

fn submessage(descriptor: &MessageDescriptor, form: Form, dice: &mut Dice, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    match (descriptor.full_name(), form) {
        ("google.protobuf.Timestamp", _) => {
            message.set_field_by_number(1, Wire::I64(i64::try_from(dice.next() >> 31).expect("33 bits")));
            message.set_field_by_number(2, Wire::I32(i32::try_from(dice.roll(1_000_000_000)).expect("small")));
        }
        ("google.protobuf.Struct", _) => {}
        (_, Form::Nanoseconds) => {
            message.set_field_by_number(1, Wire::I64(1 + i64::try_from(dice.roll(100_000)).expect("small")));
        }
        (_, Form::BoolOption) | ("google.protobuf.BoolValue", _) => {
            message.set_field_by_number(1, Wire::Bool(dice.roll(2) == 1));
        }
        (_, Form::Labels | Form::Traits) => {
            let slot = descriptor.get_field(1).expect("a map of values");
            let values = slot.kind().as_message().expect("entries").map_entry_value_field().kind();
            let entries = (0..=dice.roll(3)).map(|_| {
                let mut inner = DynamicMessage::new(values.as_message().expect("a list of texts").clone());
                // One at least: an empty list prints null, which reads as one empty text, for Go as for us.
                let texts = (0..=dice.roll(2)).map(|_| Wire::String(text(dice))).collect();
                inner.set_field_by_number(1, Wire::List(texts));
                (MapKey::String(key(dice)), Wire::Message(inner))
            });
            message.set_field(&slot, Wire::Map(entries.collect()));
        }
        _ => message = fill(descriptor, dice, depth + 1),
    }
    message
}

/// What was printed, read and printed again.
fn prints_again(resource: &Resource) {
    let Ok(printed) = resource.to_yaml() else { return };
    let read = Resource::printed(&printed).unwrap_or_else(|problems| panic!("{problems:#?}\n{printed}\n{printed:?}"));
    let again = read.to_yaml().expect("it has a text");
    // A label without values prints null and reads as one empty value; Go does the same.
    let same = |text: &str| text.replace(": null\n", ": \"\"\n");
    assert!(again == printed || same(&again) == same(&printed), "{printed:?}\n{again:?}");
    assert_eq!(resource.patched(&printed).as_ref(), Ok(resource), "{printed:?}");
}

/// A random message of a random kind.
fn message(dice: &mut Dice) {
    let (kind, name) = *dice.one(&KINDS);
    let mut message = fill(&schema::message(name), dice, 0);
    message.set_field_by_name("kind", Wire::String(kind.to_owned()));
    let resource = Resource::from_bytes(kind, message.encode_to_vec().into()).expect("a message of ours");
    prints_again(&resource);
}

/// Bytes of the vectors with some of them changed: whatever decodes can be shown, judged and edited.
fn bytes(dice: &mut Dice) {
    let (kind, wire) = dice.one(&VECTORS.wires);
    let mut wire = wire.clone();
    for _ in 0..=dice.roll(4) {
        if wire.is_empty() {
            break;
        }
        let at = dice.roll(wire.len());
        match dice.roll(4) {
            0 => wire[at] = wire[at].wrapping_add(1),
            1 => wire[at] = u8::try_from(dice.roll(256)).expect("a byte"),
            2 => drop(wire.remove(at)),
            _ => wire.insert(at, u8::try_from(dice.roll(256)).expect("a byte")),
        }
    }
    let Ok(resource) = Resource::from_bytes(kind, wire.into()) else { return };
    let Ok(printed) = resource.to_yaml() else { return };
    let _ = resource.hidden();
    let _ = resource.to_json();
    let _ = resource.patched(&printed);
    if let Ok(read) = Resource::printed(&printed) {
        prints_again(&read);
    }
}

/// A document of the vectors, cut and spiced.
fn document(dice: &mut Dice) {
    let mut text = dice.one(&VECTORS.texts).clone();
    for _ in 0..=dice.roll(5) {
        mutate(&mut text, dice);
    }
    let around = Circumstances {
        edition: [None, Some(Edition::Community), Some(Edition::Enterprise)][dice.roll(3)],
        version: (dice.roll(2) == 1).then_some((15, 0, 0)),
        me: (dice.roll(2) == 1).then(|| {
            let all = || vec!["*".to_owned()];
            Me {
                roles: vec!["x".to_owned()],
                allow: vec![Grant { resources: all(), verbs: all(), conditional: false }],
                deny: vec![],
            }
        }),
    };
    let linted = lint(&text, &around);
    let lines = text.split('\n').count();
    for problem in &linted.problems {
        assert!(
            problem.line >= 1
                && problem.column >= 1
                && problem.line <= lines + text.matches(['\r', '\u{2028}', '\u{2029}']).count() + 1,
            "{problem:?}\n{text:?}"
        );
    }
    let _ = problems(&text);
    for resource in &linted.into_resources() {
        prints_again(resource);
        let mut edited = resource.to_yaml().unwrap_or_default();
        mutate(&mut edited, dice);
        let _ = resource.advised(&edited, &around);
        if let Ok(changed) = resource.patched(&edited) {
            let _ = resource.lost_hidden(&changed);
            prints_again(&changed);
        }
    }
}

fn mutate(text: &mut String, dice: &mut Dice) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (a, b) = (*dice.one(&places), *dice.one(&places));
    let (from, to) = (a.min(b), a.max(b));
    match dice.roll(6) {
        0 => text.insert_str(from, spice(dice)),
        1 => {
            let near = places.iter().find(|place| **place > from).copied().unwrap_or(from);
            text.replace_range(from..near, spice(dice));
        }
        2 if to - from < 40 => text.replace_range(from..to, ""),
        3 => {
            let copy = text[from..to].chars().take(60).collect::<String>();
            text.insert_str(to, &copy);
        }
        4 => {
            let other = dice.one(&VECTORS.texts);
            let line = other.split_inclusive('\n').nth(dice.roll(20)).unwrap_or_default();
            let at = text[..from].rfind('\n').map_or(0, |end| end + 1);
            text.insert_str(at, line);
        }
        _ => text.insert_str(from, ["\n", " ", "'", "\"", "\u{2028}", ": ", "- "][dice.roll(7)]),
    }
}

/// A value without a schema.
fn free(dice: &mut Dice) {
    let value = json(dice, 0);
    let printed = print_json(&value);
    let read = read_json(&printed).unwrap_or_else(|problems| panic!("{problems:#?}\n{printed}\n{printed:?}"));
    assert_eq!(print_json(&read), printed, "{printed:?}");
}

fn json(dice: &mut Dice, depth: usize) -> serde_json::Value {
    match dice.roll(if depth < 4 { 7 } else { 5 }) {
        0 => serde_json::Value::Null,
        1 => (dice.roll(2) == 1).into(),
        2 => dice.next().cast_signed().into(),
        3 | 4 => text(dice).into(),
        5 => (0..dice.roll(5)).map(|_| json(dice, depth + 1)).collect(),
        _ => (0..dice.roll(5)).map(|_| (key(dice), json(dice, depth + 1))).collect::<serde_json::Map<_, _>>().into(),
    }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Every fourth case, so that the four kinds run beside each other.
fn run(offset: u64, case: fn(&mut Dice)) {
    let (from, cases) = (number("PORTCULLIS_FUZZ_FROM", 0), number("PORTCULLIS_FUZZ_CASES", USUAL));
    for at in (from..from + cases).filter(|at| at % 4 == offset) {
        let sound = catch_unwind(AssertUnwindSafe(|| case(&mut Dice::new(at)))).is_ok();
        assert!(sound, "case {at}, shown again by PORTCULLIS_FUZZ_FROM={at} PORTCULLIS_FUZZ_CASES=1");
    }
}

#[test]
fn messages_print_and_read_back() {
    run(0, message);
}

#[test]
fn bytes_are_shown_or_refused() {
    run(1, bytes);
}

#[test]
fn documents_are_judged() {
    run(2, document);
}

#[test]
fn free_values_print_and_read_back() {
    run(3, free);
}
