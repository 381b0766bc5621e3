//! Documents and messages as Teleport's own code reads and writes them, line by line.
//!
//! Runs every line of `tests/golden/*.jsonl`, or of the folder named by `PORTCULLIS_VECTORS`. Where we differ from Go on purpose,
//! `DELIBERATE` says by which rule and why; nothing is excused by name or number.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portcullis::document::{Problem, Resource, Stage, print_json, problems, read_json, refused_by};
use portcullis::schema;
use prost_reflect::{DynamicMessage, ReflectMessage, Value as Wire};
use serde_json::Value;

/// Where we refuse what Go takes, or the other way round: a part of our problem's text, and why.
const DELIBERATE: [(&str, &str); 9] = [
    ("unknown key", "Go drops unknown keys without a word; what somebody typed must not vanish"),
    ("is written twice", "Go lets the last of repeated keys win and loses the others"),
    ("instead of", "Go takes keys in any letter case, and not even in every place"),
    ("without escapes", "Go's reader of the body does not know JSON keys with escapes and drops them"),
    ("<< replaces", "Go lets a merge overwrite what stands above it"),
    ("would count as false", "Go takes any unknown word for false"),
    ("is not read by the Auth Service", "Go skips these keys on reading"),
    ("nested deeper than", "our limit is lower than Go's"),
    ("longer than 1 MiB", "our limit is lower than Go's"),
];

struct Line {
    file: String,
    number: usize,
    json: Value,
}

impl Line {
    fn text(&self, key: &str) -> Option<&str> {
        self.json.get(key).and_then(Value::as_str)
    }

    fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.text(key).map(|text| STANDARD.decode(text).expect("base64 in the vectors"))
    }
}

fn lines() -> Vec<Line> {
    let folder = std::env::var_os("PORTCULLIS_VECTORS").map_or_else(|| PathBuf::from("tests/golden"), PathBuf::from);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a readable file");
        let file = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        for (at, line) in text.lines().enumerate() {
            let json = serde_json::from_str(line).expect("JSON Lines");
            lines.push(Line { file: file.clone(), number: at + 1, json });
        }
    }
    lines
}

#[test]
fn every_line_holds() {
    let (mut passed, mut failed) = (0, 0);
    for line in lines() {
        match judge(&line) {
            Ok(()) => passed += 1,
            Err(reason) => {
                failed += 1;
                let name = line.text("name").or_else(|| line.text("table")).unwrap_or_default();
                println!("--- {}:{} {name}\n{reason}", line.file, line.number);
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    assert_eq!(failed, 0, "lines differ from Go; see above");
}

fn judge(line: &Line) -> Result<(), String> {
    if line.text("table").is_some() {
        return scalar(line);
    }
    if line.text("stage").is_some() && line.json.get("wire_b64").is_none() {
        return refused(line);
    }
    if line.json.get("yaml_in").is_none() && line.json.get("yaml_in_b64").is_none() {
        return printed(line);
    }
    typed(line)
}

fn differ(what: &str, got: &str, want: &str) -> Result<(), String> {
    if got == want {
        return Ok(());
    }
    let diff = portcullis::document::diff(want, got);
    let lines = diff.iter().filter(|line| line.sign != portcullis::document::Sign::Same).map(|line| {
        let sign = if line.sign == portcullis::document::Sign::Removed { '-' } else { '+' };
        format!("{sign}{:?}", line.text)
    });
    Err(format!("{what}: - Go, + ours\n{}", lines.collect::<Vec<_>>().join("\n")))
}

fn decode(kind: &str, bytes: &[u8]) -> DynamicMessage {
    let name = match kind {
        "role" => "types.RoleV6",
        "token" => "types.ProvisionTokenV2",
        "trusted_cluster" => "types.TrustedClusterV2",
        "app_server" => "types.AppServerV3",
        "app" => "types.AppV3",
        "user" => "types.UserV2",
        "lock" => "types.LockV2",
        "access_request" => "types.AccessRequestV3",
        "remote_cluster" => "types.RemoteClusterV3",
        "cert_authority" => "types.CertAuthorityV2",
        other => panic!("no message for {other}"),
    };
    DynamicMessage::decode(schema::message(name), bytes).expect("Go's bytes decode")
}

/// Whether a field came after the release that wrote the vectors.
fn is_newer(field: &prost_reflect::FieldDescriptor) -> bool {
    schema::yaml(field).since == "v19"
}

fn without_newer(message: &mut DynamicMessage) {
    for field in message.descriptor().fields() {
        if is_newer(&field) {
            message.clear_field(&field);
        } else if message.has_field(&field) {
            match message.get_field_mut(&field) {
                Wire::Message(inner) => without_newer(inner),
                Wire::List(items) => items.iter_mut().filter_map(Wire::as_message_mut).for_each(without_newer),
                Wire::Map(entries) => entries.values_mut().filter_map(Wire::as_message_mut).for_each(without_newer),
                _ => {}
            }
        }
    }
}

/// What Go always writes and a client may leave out is left out.
fn normal(message: &mut DynamicMessage) {
    for field in message.descriptor().fields() {
        let options = schema::yaml(&field);
        if !message.has_field(&field) {
            continue;
        }
        let optional = options.form == schema::Form::BoolOption;
        match message.get_field_mut(&field) {
            Wire::Message(inner) => {
                let time = inner.descriptor().full_name() == "google.protobuf.Timestamp";
                normal(inner);
                let zero = if time {
                    inner.get_field_by_number(1).and_then(|value| value.as_i64()) == Some(-62_135_596_800)
                } else {
                    !optional && inner.fields().next().is_none()
                };
                let labels = matches!(options.form, schema::Form::Labels | schema::Form::Traits | schema::Form::Nanoseconds);
                if zero && (labels || (options.always && !options.pointer)) {
                    message.clear_field(&field);
                }
            }
            Wire::List(items) => items.iter_mut().filter_map(Wire::as_message_mut).for_each(normal),
            Wire::Map(entries) => entries.values_mut().filter_map(Wire::as_message_mut).for_each(normal),
            _ => {}
        }
    }
}

fn deliberate(found: &[Problem]) -> bool {
    !found.is_empty() && found.iter().all(|problem| DELIBERATE.iter().any(|(part, _)| problem.text.contains(part)))
}

fn show(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("{}:{} {}", problem.line, problem.column, problem.text));
    lines.collect::<Vec<_>>().join("\n")
}

fn read_is(kind: &str, resource: &Resource, wire: &[u8]) -> Result<(), String> {
    let (mut ours, mut gos) = (decode(kind, &resource.bytes()), decode(kind, wire));
    without_newer(&mut ours);
    normal(&mut ours);
    normal(&mut gos);
    if ours == gos { Ok(()) } else { Err(format!("read differs\n- {gos}\n+ {ours}")) }
}

fn prints(kind: &str, bytes: &[u8], want: Option<&str>, what: &str) -> Result<(), String> {
    let resource = Resource::from_bytes(kind, bytes.to_vec().into()).map_err(|error| error.to_string())?;
    let text = resource.to_yaml().map_err(|error| error.to_string())?;
    if let Some(want) = want.filter(|want| *want != text) {
        // Fields of releases after the vectors' have names here; without them the text must be Go's.
        let mut older = decode(kind, bytes);
        without_newer(&mut older);
        let older =
            Resource::from_bytes(kind, prost::Message::encode_to_vec(&older).into()).map_err(|error| error.to_string())?;
        differ(what, &older.to_yaml().map_err(|error| error.to_string())?, want)?;
    }
    // The text of a resource, put back without a change, is no change, whatever Go makes of it.
    match resource.patched(&text) {
        Ok(same) if same == resource => Ok(()),
        Ok(_) => Err(format!("{what}: patching with its own text changes it")),
        Err(problems) => Err(format!("{what}: its own text is refused\n{}", show(&problems))),
    }
}

fn typed(line: &Line) -> Result<(), String> {
    let text = match line.text("yaml_in") {
        Some(text) => text.to_owned(),
        None => String::from_utf8(line.bytes("yaml_in_b64").expect("one of the two")).map_err(|error| error.to_string())?,
    };
    if let Some(docs) = line.json.get("docs").and_then(Value::as_array) {
        match Resource::parse_all(&text) {
            Ok(found) if found.len() == docs.len() => {
                for (resource, doc) in found.iter().zip(docs) {
                    let wire = doc["wire_b64"].as_str().map(|text| STANDARD.decode(text).expect("base64"));
                    read_is(resource.kind(), resource, &wire.expect("a document has bytes"))?;
                }
            }
            Ok(found) => return Err(format!("{} documents, not {}", found.len(), docs.len())),
            Err(problems) if deliberate(&problems) => {}
            Err(problems) => return Err(show(&problems)),
        }
        return Ok(());
    }
    let kind = line.text("kind").expect("a kind");
    let wire = line.bytes("wire_b64").expect("bytes");
    match Resource::parse(&text) {
        Ok(resource) => read_is(kind, &resource, &wire)?,
        Err(problems) if deliberate(&problems) => {}
        Err(problems) => return Err(show(&problems)),
    }
    prints(kind, &wire, line.text("yaml_from_wire"), "yaml_from_wire")?;
    prints(kind, &line.bytes("wire_checked_b64").expect("bytes"), line.text("yaml_checked"), "yaml_checked")
}

fn printed(line: &Line) -> Result<(), String> {
    let kind = line.text("kind").expect("a kind");
    let bytes = line.bytes("wire_b64").or_else(|| line.bytes("wire_reencoded_b64").map(|_| Vec::new())).expect("bytes");
    if line.text("error").is_some() {
        let shown = Resource::from_bytes(kind, bytes.into()).ok().and_then(|resource| resource.to_yaml().ok());
        return shown.map_or(Ok(()), |text| Err(format!("Go cannot read this, we print\n{text}")));
    }
    // Go resets an optional boolean that occurs twice, protobuf merges it: then what Go would send again decides.
    let again = line.bytes("wire_reencoded_b64");
    let bytes = again
        .filter(|again| decode(kind, again) != decode(kind, &bytes) && line.json.get("has_unknown").is_none())
        .unwrap_or(bytes);
    prints(kind, &bytes, line.text("yaml_out"), "yaml_out")
}

fn stage(name: &str) -> Stage {
    match name {
        "empty" => Stage::Empty,
        "parse" => Stage::Parse,
        "panic" => Stage::Panic,
        "kind" => Stage::Kind,
        "decode" => Stage::Decode,
        "check" => Stage::Check,
        "tctl" => Stage::Tctl,
        "wire" => Stage::Wire,
        other => panic!("unknown stage {other}"),
    }
}

fn refused(line: &Line) -> Result<(), String> {
    let want = stage(line.text("stage").expect("a stage"));
    let bytes = line.text("yaml_in").map(|text| text.as_bytes().to_vec()).or_else(|| line.bytes("yaml_in_b64"));
    let Ok(text) = String::from_utf8(bytes.expect("one of the two")) else {
        // Files that are not UTF-8 never become text here; the caller refuses them.
        return if want == Stage::Parse { Ok(()) } else { Err("not UTF-8".to_owned()) };
    };
    let got = refused_by(&text);
    if got != Some(want) {
        let found = problems(&text);
        return Err(format!("refused by {got:?}, not {want:?}: {}\n{}", line.text("error").unwrap_or_default(), show(&found)));
    }
    if let (Some(bytes), Some(kind)) = (line.bytes("decoded_wire_b64"), line.text("kind")) {
        // Printed from memory, where an empty list is not yet what the wire makes of it.
        let want = line.text("decoded_yaml").map(|text| text.replace(": []\n", ": null\n"));
        prints(kind, &bytes, want.as_deref(), "decoded_yaml")?;
    }
    Ok(())
}

fn scalar(line: &Line) -> Result<(), String> {
    let given = &line.json["in"];
    let want = line.json.get("out");
    let table = line.text("table").expect("a table");
    match table {
        "print" => {
            let description = serde_json::json!({ "description": given });
            let Some(want) = want.and_then(Value::as_str) else { return Ok(()) };
            differ("top", &print_json(&description), want)?;
            differ(
                "nested",
                &print_json(&serde_json::json!({ "metadata": description })),
                line.text("nested").expect("nested"),
            )?;
            let item = serde_json::json!({ "spec": { "allow": { "logins": [given, "z"] } } });
            differ("item", &print_json(&item), line.text("item").expect("item"))
        }
        "print_key" => {
            let labels = serde_json::json!({ "labels": { given.as_str().expect("text"): "v" } });
            want.and_then(Value::as_str).map_or(Ok(()), |want| differ("key", &print_json(&labels), want))
        }
        "key_order" => {
            let keys = given.as_array().expect("keys").iter().map(|key| key.as_str().expect("text").to_owned());
            let map: serde_json::Map<String, Value> = keys.map(|key| (key, Value::Null)).collect();
            if line.json.get("unstable_order").is_some() {
                let lines = print_json(&Value::Object(map)).lines().count();
                let want = given.as_array().map_or(0, Vec::len);
                return if lines == want { Ok(()) } else { Err(format!("{lines} keys, not {want}")) };
            }
            let order = want.expect("an order").as_array().expect("keys").iter();
            let order: Vec<String> =
                order.map(|key| print_json(&serde_json::json!({ key.as_str().expect("text"): null }))).collect();
            differ("order", &print_json(&Value::Object(map)), &order.concat())
        }
        "read" | "read_key" => {
            let typed = given.as_str().expect("text");
            let text = if table == "read" { format!("v: {typed}\n") } else { format!("{typed}: v\n") };
            reads_as(&read_json(&text).map_err(|problems| show(&problems)), want)
        }
        "duration_print" | "timestamp_print" => number_print(table, given, want),
        "duration_read" => {
            let ttl = serde_json::json!(given).to_string();
            let text =
                format!("{{kind: role, version: v7, metadata: {{name: a}}, spec: {{options: {{max_session_ttl: {ttl}}}}}}}");
            let read = Resource::parse(&text).map_err(|problems| show(&problems));
            let read =
                read.map(|role| field(&role, &["spec", "options", "max_session_ttl"]).as_i64().unwrap_or_default().to_string());
            reads_as(&read.map(Value::String), want)
        }
        "timestamp_read" => {
            let time = serde_json::json!(given).to_string();
            let text = format!("{{kind: role, version: v7, metadata: {{name: a, expires: {time}}}}}");
            let read = Resource::parse(&text).map_err(|problems| show(&problems));
            let read = read.map(|role| {
                let time = field(&role, &["metadata", "expires"]);
                let part = |number| {
                    time.as_message().and_then(|time| time.get_field_by_number(number).map(std::borrow::Cow::into_owned))
                };
                let seconds = part(1).and_then(|value| value.as_i64()).unwrap_or_default().to_string();
                serde_json::json!({ "seconds": seconds, "nanos": part(2).and_then(|value| value.as_i32()).unwrap_or_default() })
            });
            reads_as(&read, want)
        }
        "bool_read" => {
            let typed = given.as_str().expect("JSON as text");
            let text = format!(
                "{{\"kind\":\"role\",\"version\":\"v7\",\"metadata\":{{\"name\":\"a\"}},\"spec\":{{\"options\":{{\"forward_agent\":{typed}}}}}}}"
            );
            match Resource::parse(&text) {
                Err(problems) if want.is_some() && deliberate(&problems) => Ok(()),
                read => {
                    let read = read.map_err(|problems| show(&problems));
                    let read =
                        read.map(|role| field(&role, &["spec", "options", "forward_agent"]).as_bool().unwrap_or_default());
                    reads_as(&read.map(Value::Bool), want)
                }
            }
        }
        other => Err(format!("unknown table {other}")),
    }
}

fn reads_as(read: &Result<Value, String>, want: Option<&Value>) -> Result<(), String> {
    match (read, want) {
        (Ok(read), Some(want)) if same(read, want) => Ok(()),
        (Err(_), None) => Ok(()),
        (read, want) => Err(format!("- {want:?}\n+ {read:?}")),
    }
}

/// JSON equality in which 5 and 5.0 are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

fn field(role: &Resource, path: &[&str]) -> Wire {
    let mut value = Wire::Message(decode("role", &role.bytes()));
    for name in path {
        let next = value.as_message().and_then(|message| message.get_field_by_name(name).map(std::borrow::Cow::into_owned));
        value = next.unwrap_or(Wire::Bool(false));
    }
    value
}

fn number_print(table: &str, given: &Value, want: Option<&Value>) -> Result<(), String> {
    let mut role = DynamicMessage::new(schema::message("types.RoleV6"));
    let key = if table == "duration_print" {
        let nanoseconds = given.as_str().and_then(|text| text.parse().ok()).expect("nanoseconds");
        let spec = inner(&mut role, "spec");
        inner(spec, "options").set_field_by_name("max_session_ttl", Wire::I64(nanoseconds));
        // Zero is left out; its text shows where a duration is always printed.
        if nanoseconds == 0 {
            return differ("duration", "0s", want.and_then(Value::as_str).expect("a text"));
        }
        "max_session_ttl: "
    } else {
        let time = inner(inner(&mut role, "metadata"), "expires");
        let seconds = given["seconds"].as_str().and_then(|text| text.parse().ok()).expect("seconds");
        let nanos = i32::try_from(given["nanos"].as_i64().expect("nanos")).expect("32 bits");
        time.set_field_by_name("seconds", Wire::I64(seconds));
        time.set_field_by_name("nanos", Wire::I32(nanos));
        "expires: "
    };
    let resource =
        Resource::from_bytes("role", prost::Message::encode_to_vec(&role).into()).map_err(|error| error.to_string())?;
    let line =
        resource.to_yaml().ok().and_then(|text| text.lines().find_map(|line| line.trim().strip_prefix(key).map(str::to_owned)));
    let text = line.map(|line| line.trim_matches('"').to_owned());
    let want = want.and_then(Value::as_str).map(|want| want.trim_matches('"').to_owned());
    if text == want { Ok(()) } else { Err(format!("- {want:?}\n+ {text:?}")) }
}

fn inner<'a>(message: &'a mut DynamicMessage, name: &str) -> &'a mut DynamicMessage {
    message.get_field_by_name_mut(name).and_then(Wire::as_message_mut).expect("a submessage")
}
