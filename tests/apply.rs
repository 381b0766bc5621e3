//! `portcullis apply` against the demo's Auth Service: what it says, what it writes, and with which code it ends.
//!
//! The server runs in the test and outlives each run of the program, which comes to it by the ordinary way in.
#![cfg(feature = "demo")]

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use portcullis::api::{Caller, Client, Guard};
use portcullis::credentials::{self, Wanted};
use portcullis::demo::{Options, Server};
use portcullis::document::Resource;
use portcullis::kind;
use portcullis::resource::Reference;
use portcullis::transport::{Target, connect};

const ROLE: &str = "kind: role\nversion: v7\nmetadata:\n  name: night-shift\nspec:\n  allow:\n    logins: [ubuntu]\n    node_labels: {env: prod}\n";
const OTHER: &str = "kind: role\nversion: v7\nmetadata: {name: day-shift}\nspec: {allow: {logins: [ubuntu]}}\n";
const TOKEN: &str = "kind: token\nversion: v2\nmetadata: {name: correct-horse-battery-staple, expires: \"2099-01-02T03:04:05Z\"}\nspec: {join_method: token, roles: [node]}\n";
const APP: &str =
    "kind: app\nversion: v3\nmetadata: {name: wiki, labels: {env: prod}}\nspec: {uri: \"http://localhost:3000\"}\n";

struct Running {
    server: Server,
    folder: tempfile::TempDir,
}

struct Ended {
    code: i32,
    out: String,
    said: String,
}

impl Running {
    async fn start() -> Self {
        let server = Server::start(Options::default()).await.expect("a demo");
        let folder = tempfile::tempdir().expect("a folder");
        let mut identity = std::fs::OpenOptions::new();
        let identity = identity.create_new(true).write(true).mode(0o600).open(folder.path().join("identity"));
        identity.and_then(|mut file| file.write_all(server.identity().as_bytes())).expect("it takes files");
        Self { server, folder }
    }

    fn file(&self, name: &str, documents: &[&str]) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, documents.join("---\n")).expect("it takes files");
        path.to_string_lossy().into_owned()
    }

    /// Runs the program to its end, with this on its standard input.
    async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let (identity, address) = (self.folder.path().join("identity"), self.server.address());
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).arg("-i").arg(identity).args(["--auth-server", &address]);
        command.env_clear().env("HOME", self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        let ended = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("it runs");
            // Whoever ends before reading all of it closes the pipe; that is its right.
            let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
            child.wait_with_output().expect("it ends")
        });
        let output = ended.await.expect("no panic");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { code: output.status.code().unwrap_or(-1), out: text(output.stdout), said: text(output.stderr) }
    }

    async fn apply(&self, file: &str) -> Ended {
        self.run(&["apply", "-f", file], "").await
    }

    async fn client(&self) -> Client {
        #[expect(clippy::disallowed_methods, reason = "certificates are checked against the real time")]
        let now = SystemTime::now();
        let (memory, address) = (Some(self.server.identity().to_owned()), vec![self.server.address()]);
        let wanted = Wanted { memory, auth_servers: address, ..Wanted::default() };
        let identity = credentials::load(&wanted, now).expect("ada's identity");
        let connected = connect(&identity, &Target::of(&wanted, false), now).await.expect("a connection");
        let client = Client::new(connected.channel, Guard::new(false));
        let caller = Caller::learn(&client, "ada".to_owned(), Vec::new(), Vec::new()).await.expect("a caller");
        client.with_caller(caller)
    }

    async fn role(&self, name: &str) -> Option<Resource> {
        let client = self.client().await;
        (kind::ROLES.fetch)(&client, &Reference::new("role", name)).await.ok()
    }
}

fn last_lines(text: &str, count: usize) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_created_what_is_there_is_left_alone_and_what_differs_is_changed() {
    let running = Running::start().await;
    let file = running.file("all.yaml", &[ROLE, OTHER, TOKEN, APP]);
    let ended = running.apply(&file).await;
    assert_eq!((ended.code, ended.said.as_str()), (0, ""), "{}", ended.out);
    for word in ["role/night-shift created\n", "role/day-shift created\n", "battery-staple", "app/wiki created\n"] {
        assert_eq!(ended.out.contains(word), word != "battery-staple", "{word}\n{}", ended.out);
    }
    assert!(ended.out.contains("+  name: night-shift\n") && ended.out.contains("--- nothing\n"), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}'), "no colour in a pipe");

    let ended = running.apply(&file).await;
    assert_eq!(ended.code, 0, "{}", ended.said);
    let expected = [
        "role/night-shift unchanged",
        "role/day-shift unchanged",
        "token/*********************-staple unchanged",
        "app/wiki unchanged",
    ];
    assert_eq!(ended.out.lines().collect::<Vec<_>>(), expected);

    let ended = running.run(&["apply", "-f", "-"], &ROLE.replace("ubuntu", "root")).await;
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.out.contains("-    - ubuntu\n+    - root\n"), "{}", ended.out);
    assert!(ended.out.contains("+++ stdin:1\n") && ended.out.ends_with("role/night-shift updated\n"), "{}", ended.out);
    let stored = running.role("night-shift").await.expect("it is there").to_yaml().expect("text");
    assert!(stored.contains("    - root\n") && stored.contains("max_session_ttl: 30h0m0s"), "{stored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_and_writes_nothing() {
    let running = Running::start().await;
    let file = running.file("all.yaml", &[ROLE, &OTHER.replace("day-shift", "auditor")]);
    let ended = running.run(&["apply", "--dry-run", "-f", &file], "").await;
    assert_eq!((ended.code, ended.said.as_str()), (0, ""));
    assert!(ended.out.contains("role/night-shift would be created\n"), "{}", ended.out);
    assert!(ended.out.ends_with("role/auditor would be updated\n"), "{}", ended.out);
    assert_eq!(running.role("night-shift").await, None);
    let guarded = running.run(&["--read-only", "apply", "--dry-run", "-f", &file], "").await;
    assert_eq!(guarded.code, 0, "{}", guarded.said);
    let refused = running.run(&["--read-only", "apply", "-f", &file], "").await;
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.said.contains("read-only"), "{}", refused.said);
    assert_eq!(running.role("night-shift").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_of_its_own_is_the_condition() {
    let running = Running::start().await;
    let file = running.file("first.yaml", &[ROLE]);
    assert_eq!(running.apply(&file).await.code, 0);
    let stored = running.role("night-shift").await.expect("it is there");
    let text = stored.to_yaml().expect("text").replace("- ubuntu", "- root");
    running.server.faults().bump("role", "night-shift");
    let file = running.file("stale.yaml", &[&text, OTHER, APP]);
    let ended = running.apply(&file).await;
    assert_eq!(ended.code, 4, "{}", ended.out);
    let told = last_lines(&ended.out, 3);
    assert!(told[0].starts_with("role/night-shift conflict: it was changed meanwhile"), "{told:?}");
    assert_eq!(told[1..], ["role/day-shift not reached", "app/wiki not reached"]);
    assert!(ended.said.contains("not reached: role/day-shift, app/wiki"), "{}", ended.said);
    assert_eq!(running.role("day-shift").await, None);

    let current = running.role("night-shift").await.expect("it is there");
    let file = running.file("fresh.yaml", &[&current.to_yaml().expect("text").replace("- ubuntu", "- root")]);
    let ended = running.apply(&file).await;
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.said);

    let gone = running.file("gone.yaml", &[&text.replace("night-shift", "never-there")]);
    let ended = running.apply(&gone).await;
    assert_eq!(ended.code, 4, "{}", ended.out);
    assert!(ended.out.contains("without metadata.revision it would be created"), "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_between_the_look_and_the_write_is_a_conflict() {
    let running = Running::start().await;
    for (document, kind, name) in [(ROLE, "role", "night-shift"), (APP, "app", "wiki")] {
        let file = running.file("first.yaml", &[document]);
        assert_eq!(running.apply(&file).await.code, 0);
        let changed = document.replace("prod", "dev");
        running.server.faults().bump_after_read(kind, name);
        let ended = running.run(&["apply", "-f", "-"], &changed).await;
        assert_eq!(ended.code, 4, "{}{}", ended.out, ended.said);
        let again = running.run(&["apply", "-f", "-"], &changed).await;
        assert_eq!(again.code, 0, "{}{}", again.out, again.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_lags_is_no_conflict_with_oneself() {
    let running = Running::start().await;
    let file = running.file("first.yaml", &[ROLE]);
    assert_eq!(running.apply(&file).await.code, 0);
    running.server.faults().lag(Duration::from_millis(700));
    let changed = ROLE.replace("ubuntu", "root");
    for _ in 0..2 {
        let ended = running.run(&["apply", "-f", "-"], &changed).await;
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_words_end_it_and_the_rest_is_named() {
    let running = Running::start().await;
    running.server.faults().deny("token");
    let file = running.file("all.yaml", &[ROLE, TOKEN, APP]);
    let ended = running.apply(&file).await;
    assert_eq!(ended.code, 1);
    let told = last_lines(&ended.out, 2);
    assert!(told[0].starts_with("token/***") && told[0].contains(" refused: access denied"), "{told:?}");
    assert_eq!(told[1], "app/wiki not reached");
    assert!(ended.out.contains("role/night-shift created\n"), "what was done stays told");
    assert!(running.role("night-shift").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_checked_before_anything_is_asked() {
    let running = Running::start().await;
    let user = "kind: user\nversion: v2\nmetadata: {name: alice}\nspec: {roles: [dev]}\n";
    let broken = "kind: role\nversion: v7\nmetadata: {name: x}\nspec: {alow: {}, deny: {logins: root}}\n";
    let file = running.file("all.yaml", &[ROLE, broken, user]);
    // No server is there: it never comes to that.
    let arguments = ["apply", "-f", &file, "--auth-server", "localhost:1"];
    let ended = running.run(&arguments, "").await;
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.said.lines().count() >= 3, "{}", ended.said);
    assert!(ended.said.contains("user/alice: apply writes role, token and app, no user"), "{}", ended.said);
    assert!(ended.said.contains(":13:") && ended.said.contains("alow"), "{}", ended.said);
    let missing = running.run(&["apply", "-f", "/nowhere/at-all.yaml"], "").await;
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    for empty in ["", "---\n", "# nothing\n"] {
        let ended = running.run(&["apply", "-f", "-"], empty).await;
        assert_eq!(ended.code, 1, "{empty:?}");
        assert!(ended.said.contains("stdin:1:1: error: "), "{}", ended.said);
    }
    assert_eq!(running.run(&["apply"], "").await.code, 2, "a file must be named");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_build_does_not_know_is_kept() {
    let running = Running::start().await;
    let client = running.client().await;
    let file = running.file("first.yaml", &[ROLE]);
    assert_eq!(running.apply(&file).await.code, 0);
    let stored = running.role("night-shift").await.expect("it is there");
    // Field 777 of the specification, from a Teleport that is yet to come; messages that follow each other are one.
    let newer = [&stored.bytes()[..], &[0x2a, 3, 0xc8, 0x30, 1]].concat();
    let newer = Resource::from_bytes("role", newer.into()).expect("a role");
    assert_eq!(newer.hidden(), ["spec.#777"]);
    let edit = kind::ROLES.edit.expect("roles are edited");
    (edit.update)(&client, &newer).await.expect("the demo takes it");
    let changed = ROLE.replace("    logins: [ubuntu]\n", "");
    let ended = running.run(&["apply", "-f", "-"], &changed).await;
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.said);
    let stored = running.role("night-shift").await.expect("it is there");
    assert_eq!(stored.hidden(), ["spec.#777"]);
    assert!(!stored.to_yaml().expect("text").contains("ubuntu"), "what is known is as the text says");
    let ended = running.run(&["apply", "-f", "-"], &changed.replace("v7", "v6")).await;
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("settings that this build does not know: spec.#777"), "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_name_is_never_told() {
    let running = Running::start().await;
    for text in [TOKEN.to_owned(), TOKEN.replace("2099", "2098"), TOKEN.replace("[node]", "[node, nonsense]")] {
        let ended = running.run(&["apply", "-f", "-"], &text).await;
        assert!(!ended.out.contains("horse") && !ended.said.contains("horse"), "{}{}", ended.out, ended.said);
    }
}

/// What the server will have filled in is foreseen, else nothing would ever be unchanged: held against Go's own filling in.
#[test]
fn what_is_filled_in_is_foreseen() {
    let (mut held, mut failed) = (0, Vec::new());
    for file in ["role", "token"] {
        let path = format!("{}/tests/golden/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        for line in std::fs::read_to_string(path).expect("the vectors are there").lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let (Some(typed), Some(checked)) = (line["yaml_in"].as_str(), line["yaml_checked"].as_str()) else { continue };
            let Ok(resource) = Resource::parse(typed) else { continue };
            // Two things only the server's storage makes of a text: a label without values, and an empty selector of v3, which
            // is none on the wire.
            let by_storage = checked.contains(": null\n") || (typed.contains("v3") && typed.contains("_labels: {}"));
            // Fields that came after the release which wrote the vectors: it dropped them.
            let newer = typed.contains("web_terminal_clipboard_mode");
            if by_storage || newer || !line["unstable_order"].is_null() {
                continue;
            }
            let completed = resource.completed().to_yaml().expect("text");
            if completed != checked {
                failed.push(format!("{}\n{completed}\nby Go\n{checked}", line["name"]));
            }
            held += 1;
        }
    }
    assert!(failed.is_empty(), "{} of {held}\n{}", failed.len(), failed.join("\n"));
    assert!(held >= 300, "only {held} lines were held against it");
}
