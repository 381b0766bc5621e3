//! Roles made up from the descriptor: every field that a role of 18.0 can have, with values that the free edition takes.
//!
//! Seeded, so that a failure comes again. Text is as hostile as `tctl` can still print: it fails a whole list over DEL and C1.

use std::fmt::Write as _;

use portcullis::schema::{self, Form, yaml};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

/// A small generator of numbers; how good it is does not matter.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).expect("64 bits") % end
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const HOSTILE: [&str; 44] = [
    "plain",
    "two words",
    "y",
    "No",
    "null",
    "~",
    "0x1f",
    "0777",
    "1_000",
    "12e5",
    "1:30",
    "2026-11-25",
    "2026-11-25T09:41:00Z",
    ".inf",
    "1.5",
    "-7",
    " leading",
    "trailing ",
    "- item",
    "? key",
    "key: value",
    "ends:",
    "a #comment",
    "#comment",
    "[flow]",
    "{flow}",
    "&anchor",
    "*alias",
    "!tag",
    "%YAML",
    "@at",
    "`tick",
    "'single'",
    "\"double\"",
    "back\\slash",
    "tab\there",
    "line one\nline two\n",
    "\n\nblank first",
    "ends with blank \nnext",
    "\u{1b}[2Jescape",
    "\u{202e}direction",
    "\u{1f600} smile",
    "\u{feff}mark",
    "a long text of many words that has to be folded somewhere near the eightieth column, since that is what the printer of tctl does to it, twice",
];
const KEYS: [&str; 10] = ["env", "team", "a/b", "x.y", "k-1", "under_score", "colon:ed", "teleport.dev/x", "Upper", "yes"];
const WHERE: [&str; 3] =
    ["", "contains(user.spec.traits[\"team\"], resource.metadata.labels[\"team\"])", "equals(resource.metadata.name, \"x\")"];
const EXPRESSION: [&str; 3] = [
    "labels[\"env\"] == \"dev\"",
    "contains(user.spec.traits[\"team\"], labels[\"team\"]) || labels[\"x\"] != \"y\"",
    "contains(labels_matching(\"^team-.*$\"), \"a\")",
];
const VERSIONS: [&str; 6] = ["v3", "v4", "v5", "v6", "v7", "v8"];
const SINGULAR: [&str; 6] = ["pod", "secret", "configmap", "deployment", "namespace", "*"];
const TTLS: [&str; 6] = ["8h0m0s", "1h30m", "30h", "90s", "1d", "never"];

/// Whether a field is left out, and where it is: of a newer release, hidden, or not for the free edition.
fn left_out(path: &str, field: &FieldDescriptor) -> bool {
    let option = yaml(field);
    let newer = option.since.trim_start_matches('v').parse::<u32>().is_ok_and(|since| since > 18);
    let licensed =
        ["options.pin_source_ip", "options.max_sessions", "request.thresholds", "request.search_as_roles", ".review_requests"];
    option.hidden
        || newer
        || licensed.iter().any(|part| path.ends_with(part))
        || path.contains("deny.request.reason")
        || path.ends_with("deny.impersonate.where")
}

/// A role of this name; which version is in its number.
pub fn role(name: &str, number: usize, generation: &str, dice: &mut Dice) -> String {
    let version = VERSIONS[number % VERSIONS.len()];
    let mut spec = Map::new();
    for part in ["options", "allow", "deny"] {
        // A part that is missing, or empty, is a case of its own.
        if !dice.one_in(8) {
            let message = if part == "options" { "types.RoleOptions" } else { "types.RoleConditions" };
            let density = [2, 4, 12][dice.below(3)];
            spec.insert(part.to_owned(), body(&schema::message(message), part, version, density, dice));
        }
    }
    finish(&mut spec, version, dice);
    let mut labels = Map::from_iter([("generation".to_owned(), json!(generation))]);
    for _ in 0..dice.below(4) {
        labels.insert(dice.of(&KEYS).to_owned(), json!(hostile(dice)));
    }
    let mut metadata = json!({ "name": name, "labels": labels });
    if !dice.one_in(4) {
        metadata["description"] = json!(hostile(dice));
    }
    if dice.one_in(8) {
        metadata["expires"] = json!("2099-01-02T03:04:05Z");
    }
    let mut text = format!("kind: role\nversion: {version}\n");
    let _ = write!(text, "metadata: {metadata}\nspec: {}\n", Value::Object(spec));
    text
}

/// What a walk over the fields cannot know: which of them go together.
fn finish(spec: &mut Map<String, Value>, version: &str, dice: &mut Dice) {
    if let Some(options) = spec.get_mut("options").and_then(Value::as_object_mut) {
        if options.contains_key("ssh_port_forwarding") {
            options.remove("port_forwarding");
        }
        if version == "v8" {
            options.remove("idp");
        }
    }
    for part in ["allow", "deny"] {
        let Some(conditions) = spec.get_mut(part).and_then(Value::as_object_mut) else { continue };
        if let Some(impersonate) = conditions.get_mut("impersonate").and_then(Value::as_object_mut) {
            impersonate.entry("roles").or_insert_with(|| json!(["a"]));
        }
        if dice.one_in(6) {
            conditions.insert("node_labels".to_owned(), json!({ "*": "*" }));
        }
    }
}

fn body(message: &MessageDescriptor, path: &str, version: &str, density: usize, dice: &mut Dice) -> Value {
    let mut fields = Map::new();
    for field in message.fields() {
        let path = format!("{path}.{}", field.name());
        let needed = needed(&path);
        if !left_out(&path, &field) && (needed || dice.one_in(density)) {
            fields.insert(field.name().to_owned(), value(&field, &path, version, density, dice));
        }
    }
    Value::Object(fields)
}

/// Without these the rest of their message is refused.
fn needed(path: &str) -> bool {
    const NEEDED: [&str; 8] = [
        "spiffe.path",
        "rules.resources",
        "rules.verbs",
        "db_permissions.permissions",
        "kubernetes_resources.kind",
        "kubernetes_resources.namespace",
        "kubernetes_resources.name",
        "kubernetes_resources.api_group",
    ];
    NEEDED.iter().any(|part| path.ends_with(part))
}

fn value(field: &FieldDescriptor, path: &str, version: &str, density: usize, dice: &mut Dice) -> Value {
    match yaml(field).form {
        Form::Labels => return selector(dice),
        Form::Traits => return traits(dice),
        Form::Duration if path.ends_with("max_session_ttl") => return json!(dice.of(&TTLS)),
        Form::Duration => return json!(dice.of(&["1h", "30m0s", "2d", "1h0m1s"])),
        Form::Nanoseconds => return json!(dice.next() % 1_000_000_000_000),
        Form::Bool | Form::BoolOption => return bool_like(dice),
        Form::Spelled => return json!(spelled(path, dice)),
        Form::Plain => {}
    }
    if path.ends_with("kubernetes_resources.verbs") && ["v3", "v4", "v5", "v6"].contains(&version) {
        return json!(["*"]);
    }
    if field.is_list() {
        let length = 1 + dice.below(3);
        return Value::Array((0..length).map(|_| single(field, path, version, density, dice)).collect());
    }
    single(field, path, version, density, dice)
}

fn bool_like(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 | 1 => json!(true),
        2 | 3 => json!(false),
        4 => json!(dice.of(&["yes", "on"])),
        _ => json!(dice.of(&["no", "off"])),
    }
}

fn spelled(path: &str, dice: &mut Dice) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        // Hardware keys are not for the free edition.
        "require_session_mfa" => "true",
        "create_host_user_mode" => dice.of(&["off", "keep", "insecure-drop"]),
        "create_db_user_mode" => dice.of(&["off", "keep", "best_effort_drop"]),
        "type" => "ssh",
        "mode" => "extension",
        other => panic!("{other} has words that this generator does not know"),
    }
}

fn single(field: &FieldDescriptor, path: &str, version: &str, density: usize, dice: &mut Dice) -> Value {
    match field.kind() {
        Kind::Message(message) => body(&message, path, version, density.min(3), dice),
        Kind::String => json!(text(path, version, dice)),
        Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 => json!(1 + dice.below(100)),
        Kind::Bool => json!(dice.one_in(2)),
        other => panic!("{path} is {other:?}, which this generator does not know"),
    }
}

fn text(path: &str, version: &str, dice: &mut Dice) -> String {
    let old = ["v3", "v4", "v5", "v6"].contains(&version);
    let last = path.rsplit('.').next().unwrap_or_default();
    if path.contains("request.kubernetes_resources") {
        let kinds: &[&str] = if old { &["pod"] } else { &SINGULAR };
        return if last == "kind" { dice.of(kinds) } else { "" }.to_owned();
    }
    if path.contains("kubernetes_resources") {
        return match (last, version) {
            ("kind", "v8") => dice.of(&["pods", "secrets", "deployments", "*"]),
            ("kind", "v7") => dice.of(&SINGULAR),
            ("kind", _) => "pod",
            ("api_group", "v8") => "*",
            ("api_group", _) => "",
            ("verbs", _) => dice.of(&["get", "list", "watch"]),
            _ => dice.of(&["*", "dev", "team-*", "^a.*$"]),
        }
        .to_owned();
    }
    let word = match last {
        "where" => dice.of(&WHERE),
        "filter" => "contains(user.roles, \"a\")",
        "lock" | "default" | "ssh" => dice.of(&["strict", "best_effort"]),
        "enhanced_recording" => dice.of(&["command", "disk", "network"]),
        "device_trust_mode" => dice.of(&["off", "optional", "required"]),
        "cert_format" => "standard",
        "request_access" => "optional",
        "mode" => "optional",
        "resources" => dice.of(&["role", "token", "*", "app_server", "made_up"]),
        "verbs" => dice.of(&["list", "read", "create", "*", "made_up"]),
        "actions" => "log(\"INFO\", \"x\")",
        "path" => dice.of(&["/svc/*", "^/svc/.*$"]),
        "ip_sans" => dice.of(&["10.0.0.0/8", "2001:db8::/32"]),
        "kinds" => dice.of(&["ssh", "k8s"]),
        "modes" => dice.of(&["moderator", "observer", "peer"]),
        "on_leave" => dice.of(&["terminate", "pause"]),
        "logins" if dice.one_in(2) => "{{internal.logins}}",
        "roles" if dice.one_in(2) => "access-*",
        last if last.ends_with("_expression") => dice.of(&EXPRESSION),
        _ => return hostile(dice),
    };
    word.to_owned()
}

/// One of the hostile texts, or several run together.
fn hostile(dice: &mut Dice) -> String {
    let mut text = dice.of(&HOSTILE).to_owned();
    while dice.one_in(3) {
        text.push_str(dice.of(&["", " ", "  ", "\n", ", ", ": ", "\t", "é", "日本 "]));
        text.push_str(dice.of(&HOSTILE));
    }
    text
}

/// The key of a selector: any text but the one that stands alone. `<<` is read as a merge by whoever printed it bare.
fn key(dice: &mut Dice) -> String {
    if dice.one_in(3) { format!("{}{}", dice.of(&["k", "K ", "é", "1"]), hostile(dice)) } else { dice.of(&KEYS).to_owned() }
}

fn selector(dice: &mut Dice) -> Value {
    let mut labels = Map::new();
    for _ in 0..=dice.below(3) {
        let values = match dice.below(3) {
            0 => json!(hostile(dice)),
            1 => json!([hostile(dice)]),
            _ => json!([hostile(dice), "second", dice.of(&["{{internal.logins}}", "^a.*$", "*"])]),
        };
        labels.insert(key(dice), values);
    }
    Value::Object(labels)
}

fn traits(dice: &mut Dice) -> Value {
    json!({ key(dice): [hostile(dice), "second"] })
}

#[test]
fn every_field_comes_up_and_nothing_is_refused_here() {
    let mut dice = Dice::new(7);
    let mut all = String::new();
    for number in 0..300 {
        let text = role(&format!("gen-{number:03}"), number, "a", &mut dice);
        let found = portcullis::document::problems(&text);
        let errors: Vec<_> = found.iter().filter(|problem| problem.severity == portcullis::document::Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        all.push_str(&text);
    }
    for message in ["types.RoleOptions", "types.RoleConditions"] {
        for field in schema::message(message).fields() {
            let path = format!("options.{}", field.name());
            let absent = left_out(&path, &field) || field.name() == "review_requests";
            assert!(absent || all.contains(&format!("\"{}\":", field.name())), "{} never came up", field.name());
        }
    }
}
