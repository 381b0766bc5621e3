//! `portcullis lint` as a script sees it: what is on stdout, what on stderr, and the exit code, for good files and for bad ones.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Exit code, stdout, stderr.
type Ran = (Option<i32>, String, String);

fn run(arguments: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .arg("lint")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("a pipe");
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        // It may have had enough before the end.
        let _ = input.write_all(&bytes);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("written");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const SOUND: &str =
    "version: v7\nkind: role\nmetadata: {name: dev}\nspec:\n  allow:\n    logins: [deploy]\n    node_labels: {env: dev}\n";
const BROKEN: &str = "kind: role\nversion: v7\nmetadata:\n  name: dev\nspec:\n  allow:\n    loginz: [deploy]\n";

#[test]
fn a_sound_file_says_nothing() {
    assert_eq!(run(&["-"], SOUND.as_bytes()), (Some(0), String::new(), String::new()));
}

#[test]
fn problems_are_told_as_compilers_tell_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("role.yaml");
    fs::write(&path, BROKEN).expect("written");
    let path = path.to_str().expect("a path");
    let (code, out, err) = run(&[path], b"");
    assert_eq!(code, Some(1));
    assert_eq!(out, format!("{path}:7:5: error: unknown key \"loginz\"; did you mean \"logins\"?\n"));
    assert_eq!(err, "");
    let warned = format!("{SOUND}    app_labels_expression: 'lables.a == \"b\"'\n");
    let (code, out, _) = run(&["-"], warned.as_bytes());
    assert_eq!(code, Some(0), "a warning does not fail");
    assert!(out.starts_with("-:8:29: warning: app_labels_expression: "), "{out}");
    let (code, out, _) = run(&["-"], SOUND.replace("deploy", "root").as_bytes());
    assert_eq!(code, Some(0));
    assert!(out.starts_with("-:6:14: advice: root"), "{out}");
}

#[test]
fn json_is_one_array() {
    let (code, out, _) = run(&["-o", "json", "-"], BROKEN.as_bytes());
    assert_eq!(code, Some(1));
    let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(found[0]["file"], "-");
    assert_eq!((found[0]["line"].as_u64(), found[0]["column"].as_u64()), (Some(7), Some(5)));
    assert_eq!(found[0]["severity"], "error");
    assert!(found[0]["text"].as_str().is_some_and(|text| text.contains("did you mean")));
    let (code, out, _) = run(&["-", "-o", "json"], SOUND.as_bytes());
    assert_eq!((code, out.as_str()), (Some(0), "[]\n"));
}

#[test]
fn the_canonical_form_is_that_of_tctl() {
    let two = format!("{SOUND}---\n# nothing\n---\n{}", SOUND.replace("name: dev", "name: ops"));
    let (code, out, err) = run(&["-o", "yaml", "-"], two.as_bytes());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let one =
        "kind: role\nmetadata:\n  name: dev\nspec:\n  allow:\n    logins:\n    - deploy\n    node_labels:\n      env: dev\n";
    assert!(out.starts_with(one), "{out}");
    let again = run(&["-o", "yaml", "-"], out.as_bytes());
    assert_eq!(again.1, out, "it is its own canonical form");
    assert_eq!(out.matches("\n---\n").count(), 1);
    let (code, out, err) = run(&["-o", "yaml", "-"], format!("{SOUND}---\n{BROKEN}").as_bytes());
    assert_eq!((code, out.as_str()), (Some(1), ""), "half of a file is no file");
    assert!(err.contains("-:15:5: error: unknown key"), "{err}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_matter_of_usage() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("no\u{202e}thing");
    for path in [missing.as_path(), folder.path()] {
        let (code, out, err) = run(&[path.to_str().expect("a path")], b"");
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(!err.is_empty() && !err.contains('\u{202e}') && !err.contains("os error"), "{err}");
    }
    assert_eq!(run(&[], b"").0, Some(2));
}

/// Each bad input: the place and a part of the one sentence about it.
#[test]
fn bad_input_gets_a_clear_sentence() {
    let head = "kind: role\nversion: v7\nmetadata:\n  name: a\nspec:\n";
    let with = |end: &str| format!("{head}{end}").into_bytes();
    let laughs: String = (1..12).fold("a0: &a0 [ha]\n".to_owned(), |text, n| {
        let before = format!("*a{},", n - 1).repeat(9);
        text + &format!("a{n}: &a{n} [{before}]\n")
    });
    let table: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("a tab for indentation", with("  allow:\n\tlogins: [a]\n"), ":7:", "tab"),
        ("NUL", with("  allow: {logins: [\"a\0b\"]}\n"), ":6:22:", "U+0000 is not allowed"),
        ("an escaped lone surrogate", with("  allow: {logins: [\"\\ud83d\"]}\n"), ":6:", "surrogate"),
        (
            "an encoded lone surrogate",
            [&with("  allow: {logins: [")[..], &[0xed, 0xa0, 0xbd], b"]}\n"].concat(),
            ":6:20:",
            "surrogate",
        ),
        ("invalid UTF-8", [&with("  allow: {logins: [")[..], &[0xff], b"]}\n"].concat(), ":6:20:", "0xFF"),
        ("UTF-16", b"\xff\xfek\0i\0".to_vec(), ":1:1:", "UTF-16"),
        (
            "too long",
            format!("{head}  allow: {{logins: [{}]}}\n", "a".repeat(2 << 20)).into_bytes(),
            ":1:1:",
            "longer than 1 MiB",
        ),
        ("100,000 brackets", "[".repeat(100_000).into_bytes(), ":1:", "nested"),
        ("100,000 brackets of JSON", format!("{{\"a\":{}", "[".repeat(100_000)).into_bytes(), ":1:", "nested"),
        ("billion laughs", format!("{laughs}{head}").into_bytes(), ":", "grow without measure"),
        ("nothing", Vec::new(), ":1:1:", "no resource"),
        ("only a separator", b"---\n".to_vec(), ":1:1:", "no resource"),
        ("only a comment", b"# nothing\n".to_vec(), ":1:1:", "no resource"),
        ("a list", b"- kind: role\n".to_vec(), ":1:1:", "a resource is a map"),
        ("a word", b"role\n".to_vec(), ":1:1:", "a resource is a map"),
        ("a repeated key", with("  allow: {}\n  allow: {}\n"), ":7:3:", "written twice"),
        ("a template without quotes", with("  allow:\n    logins: [{{internal.logins}}]\n"), ":7:", "quotes"),
        ("a word for a bool", with("  allow:\n    logins: [no]\n"), ":7:14:", "put it in quotes"),
        (
            "a merge over a key",
            with("  allow: &x {logins: [a]}\n  deny:\n    logins: [b]\n    <<: *x\n"),
            ":9:5:",
            "<< replaces",
        ),
        (
            "JSON and then something else",
            b"{\"kind\":\"role\",\"version\":\"v7\",\"metadata\":{\"name\":\"a\"}} x".to_vec(),
            ":1:",
            "only JSON may follow",
        ),
        ("an unclosed quote", with("  allow: {logins: [\"a]}\n"), ":6:20:", "never closed"),
        ("an indentation that fits nowhere", with("  allow:\n    logins: [a]\n   node_labels: {a: b}\n"), ":8:", "indent"),
    ];
    for (what, bytes, place, part) in table {
        let (code, out, err) = run(&["-"], &bytes);
        let first = out.lines().find(|line| line.contains("error: ")).unwrap_or_default();
        assert_eq!((code, err.as_str()), (Some(1), ""), "{what}: {out}");
        assert!(first.starts_with(&format!("-{place}")) && first.contains(part), "{what}: {first}");
        assert!(first.len() < 400, "{what}: {first}");
    }
}

#[test]
fn what_looks_odd_and_is_not() {
    let crlf = SOUND.replace('\n', "\r\n");
    let bom = format!("\u{feff}{SOUND}");
    let merged = "kind: role\nversion: v7\nmetadata: {name: a}\nspec:\n  deny: &x {logins: [c]}\n  allow:\n    <<: *x\n    node_labels: {a: b}\n";
    let json = "{\"kind\":\"role\",\"version\":\"v7\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"allow\":{\"logins\":[\"a\"]}}}";
    let long = format!(
        "kind: role\nversion: v7\nmetadata: {{name: a}}\nspec: {{allow: {{logins: [{}]}}}}\n",
        "login1, ".repeat(120_000)
    );
    for (what, text) in
        [("CRLF", crlf.as_str()), ("a byte order mark", &bom), ("a merge", merged), ("JSON", json), ("one line of 1 MB", &long)]
    {
        let (code, out, err) = run(&["-"], text.as_bytes());
        let errors = out.lines().filter(|line| line.contains(": error: ")).count();
        assert_eq!((code, errors, err.as_str()), (Some(0), 0, ""), "{what}: {}", &out[..out.len().min(400)]);
    }
}
