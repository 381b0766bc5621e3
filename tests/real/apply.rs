//! What `apply` writes, held against what `tctl create -f` writes, by what `tctl get` prints of both.
//!
//! Many documents a file and one list for all of them, so that a few processes do. Reads are behind by the event delay: they are
//! read again until the last document shows what was written last.

use std::collections::BTreeMap;
use std::path::PathBuf;

use portcullis::api::{Caller, Client, Family, Guard};
use portcullis::credentials::{self, Wanted};
use portcullis::kind;
use portcullis::resource::Reference;
use portcullis::transport::{Target, connect};

use super::cluster::Cluster;
use super::generate::{Dice, role};

const ROLES: usize = 300;

/// Documents by kind and name, each without its revision.
type Shown = BTreeMap<String, String>;

fn file(cluster: &Cluster, name: &str, documents: &[String]) -> String {
    let path: PathBuf = cluster.folder.join(name);
    std::fs::write(&path, documents.join("---\n")).expect("the folder takes files");
    path.to_string_lossy().into_owned()
}

fn ada(cluster: &Cluster, arguments: &[&str]) -> (i32, String, String) {
    let (identity, auth) = (cluster.credential("ada.identity"), cluster.auth());
    let mut all = arguments.to_vec();
    all.extend(["-i", &identity, "--auth-server", &auth]);
    let output = cluster.portcullis(&all, &[]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// What a list prints, by name. A document ends where a line of dashes stands.
fn shown(list: &str, wanted: &dyn Fn(&str) -> bool) -> Shown {
    let documents = list.split("\n---\n").map(|text| text.trim_end_matches('\n'));
    let named = documents.filter_map(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("  name: "))?.trim_matches('"').to_owned();
        let lines = text.lines().filter(|line| !line.starts_with("  revision: "));
        wanted(&name).then(|| (name, lines.fold(String::new(), |text, line| text + line + "\n")))
    });
    named.collect()
}

fn generated(name: &str) -> bool {
    name.starts_with("gen-")
}

/// What `tctl get` shows once the last one written shows this mark.
fn theirs(cluster: &Cluster, kind: &str, last: &str, mark: &str, wanted: &dyn Fn(&str) -> bool) -> (Shown, String) {
    for _ in 0..20 {
        let list = cluster.tctl("root", &["get", kind, "--format=yaml"]);
        let found = shown(&list, wanted);
        if found.get(last).is_some_and(|text| text.contains(mark)) {
            return (found, list);
        }
    }
    panic!("tctl get {kind} never showed {mark:?} in {last}");
}

fn compare(ours: &Shown, theirs: &Shown) {
    let names = |shown: &Shown| shown.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(ours), names(theirs));
    let differing: Vec<&String> = ours.keys().filter(|name| ours[*name] != theirs[*name]).collect();
    if let Some(name) = differing.first() {
        panic!("{} differ, first {name}; by us:\n{}\nby tctl:\n{}", differing.len(), ours[*name], theirs[*name]);
    }
}

fn applied(cluster: &Cluster, file: &str, word: &str, count: usize) {
    let (code, out, said) = ada(cluster, &["apply", "-f", file]);
    assert_eq!(code, 0, "{said}\n{}", out.lines().rev().take(5).collect::<Vec<_>>().join("\n"));
    let told = out.lines().filter(|line| line.contains('/') && line.ends_with(&format!(" {word}"))).count();
    let others: Vec<_> = out.lines().filter(|line| line.ends_with(" updated") || line.ends_with(" created")).collect();
    assert_eq!(told, count, "{word}: {:?}", others.first());
}

/// Takes away what a scenario made, over one connection.
fn delete(cluster: &Cluster, kind: &'static kind::Kind, wire: &'static str, names: &[String]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        #[expect(clippy::disallowed_methods, reason = "certificates are checked against the real time")]
        let now = std::time::SystemTime::now();
        let identity = Some(PathBuf::from(cluster.credential("ada.identity")));
        let wanted = Wanted { identity, auth_servers: vec![cluster.auth()], ..Wanted::default() };
        let identity = credentials::load(&wanted, now).expect("ada's identity");
        let connected = connect(&identity, &Target::of(&wanted, false), now).await.expect("a connection");
        let client = Client::new(connected.channel, Guard::new(false));
        let caller = Caller::learn(&client, "ada".to_owned(), Vec::new(), Vec::new()).await.expect("a caller");
        let client = client.with_caller(caller);
        let action = kind.action_on("delete", wire).expect("it can be deleted");
        for name in names {
            let order = kind::Order {
                reference: Reference::new(wire, name.as_str()),
                seen: kind::Seen::default(),
                reason: String::new(),
                roles: Vec::new(),
                duration: None,
                dry_run: false,
            };
            // The server looks in its cache first, which is behind what was just written.
            let mut answer = (action.run)(&client, &order).await;
            for _ in 0..2_000 {
                match &answer {
                    Err(error) if error.family == Family::NotFound => answer = (action.run)(&client, &order).await,
                    _ => break,
                }
            }
            answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let last = Reference::new(wire, names.last().expect("some").as_str());
        let mut reads = 0;
        while (kind.fetch)(&client, &last).await.is_ok() {
            reads += 1;
            assert!(reads < 100_000, "{last} is still read");
        }
    });
}

/// Created and changed by both roads, and printed by both tools. `PORTCULLIS_SEED` makes up other roles.
pub fn roles_as_tctl(cluster: &Cluster) {
    let generation = |seed: u64, mark: &str| -> Vec<String> {
        let mut dice = Dice::new(seed);
        (0..ROLES).map(|number| role(&format!("gen-{number:03}"), number, mark, &mut dice)).collect()
    };
    let names: Vec<String> = (0..ROLES).map(|number| format!("gen-{number:03}")).collect();
    let (last, kind) = (names.last().expect("some"), &kind::ROLES);
    let seed = std::env::var("PORTCULLIS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let first = file(cluster, "generated-a.yaml", &generation(seed, "first"));
    // Other versions under the same names: that is a change too.
    let second: Vec<String> = generation(seed + 1, "second").into_iter().collect();
    let second = file(cluster, "generated-b.yaml", &second);

    cluster.tctl("root", &["create", "-f", &first]);
    let (by_tctl, _) = theirs(cluster, "roles", last, "generation: first", &generated);
    cluster.tctl("root", &["create", "-f", &second]);
    let (changed_by_tctl, _) = theirs(cluster, "roles", last, "generation: second", &generated);
    delete(cluster, kind, "role", &names);

    applied(cluster, &first, "created", ROLES);
    let (by_us, list) = theirs(cluster, "roles", last, "generation: first", &generated);
    compare(&by_us, &by_tctl);
    let (code, ours, said) = ada(cluster, &["get", "roles", "-o", "yaml"]);
    assert_eq!(code, 0, "{said}");
    assert!(ours == list, "get roles differs from tctl's, revisions included");
    applied(cluster, &first, "unchanged", ROLES);
    let (code, out, _) = ada(cluster, &["apply", "--dry-run", "-f", &second]);
    assert_eq!((code, out.matches(" would be updated\n").count()), (0, ROLES));
    applied(cluster, &second, "updated", ROLES);
    let (changed_by_us, _) = theirs(cluster, "roles", last, "generation: second", &generated);
    compare(&changed_by_us, &changed_by_tctl);
    delete(cluster, kind, "role", &names);
}

/// Every template of the screen is taken by the server as it stands.
pub fn templates_are_taken(cluster: &Cluster) {
    #[expect(clippy::disallowed_methods, reason = "a token that begins expired is gone at once")]
    let now = std::time::SystemTime::now();
    for (kind, wire) in [(&kind::ROLES, "role"), (&kind::TOKENS, "token"), (&kind::APP_SERVERS, "app")] {
        let edit = kind.edit.expect("it is edited");
        let mut names = Vec::new();
        let mut documents = Vec::new();
        for template in edit.templates {
            let text = template.begin(now);
            let name = format!("made-from-{}", template.name);
            let own = portcullis::document::Resource::parse(&text).expect("a template is good").name().to_owned();
            documents.push(text.replacen(&format!("  name: {own}\n"), &format!("  name: {name}\n"), 1));
            names.push(name);
        }
        let path = file(cluster, "templates.yaml", &documents);
        applied(cluster, &path, "created", names.len());
        delete(cluster, kind, wire, &names);
    }
}

/// Documents of one kind from the golden vectors that the free edition stores (18.0 has bound keypairs as an experiment and loses mcp): typed as people type, one each, none twice.
fn vectors(name: &str, wire: &str) -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");
    let lines = std::fs::read_to_string(format!("{path}{name}.jsonl")).expect("the vectors are there");
    let mut found: Vec<(String, String)> = Vec::new();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let Some(text) = line["yaml_in"].as_str() else { continue };
        let licensed =
            ["spacelift", "tpm", "enterprise_server_host", "bound_keypair", "mcp:"].iter().any(|word| text.contains(word));
        let printable = line["print_error"].is_null();
        let Ok(resource) = portcullis::document::Resource::parse(text) else { continue };
        #[expect(clippy::disallowed_methods, reason = "what has ended is not stored")]
        let ended = resource.expires().is_some_and(|end| end < std::time::SystemTime::now());
        let plain = resource.name().chars().all(|c| c.is_ascii_alphanumeric() || "@_:.-+".contains(c));
        let known = found.iter().any(|(name, _)| name == resource.name());
        if resource.kind() == wire && !licensed && printable && !ended && plain && !known && !text.starts_with(['{', '-']) {
            found.push((resource.name().to_owned(), format!("{}\n", text.trim_end())));
        }
    }
    found
}

/// Tokens of every join method and dynamic apps, by both roads.
pub fn tokens_and_apps_as_tctl(cluster: &Cluster) {
    for (file_name, wire, plural, kind) in
        [("token", "token", "tokens", &kind::TOKENS), ("other", "app", "apps", &kind::APP_SERVERS)]
    {
        let (names, documents): (Vec<String>, Vec<String>) = vectors(file_name, wire).into_iter().unzip();
        assert!(names.len() >= 5, "the vectors hold some {plural}: {names:?}");
        let path = file(cluster, &format!("vectors-{wire}.yaml"), &documents);
        let (last, wanted) = (names.last().expect("some"), |name: &str| names.iter().any(|known| known == name));
        cluster.tctl("root", &["create", "-f", &path]);
        let (by_tctl, _) = theirs(cluster, plural, last, "", &wanted);
        assert_eq!(by_tctl.len(), names.len(), "{plural} that tctl stored");
        delete(cluster, kind, wire, &names);
        applied(cluster, &path, "created", names.len());
        let (by_us, list) = theirs(cluster, plural, last, "", &wanted);
        compare(&by_us, &by_tctl);
        let (code, ours, said) = ada(cluster, &["get", plural, "-o", "yaml", "--with-secrets"]);
        assert_eq!(code, 0, "{said}");
        assert!(ours == list, "get {plural} differs from tctl's, revisions included");
        applied(cluster, &path, "unchanged", names.len());
        delete(cluster, kind, wire, &names);
    }
}
