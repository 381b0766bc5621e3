//! The walls between the modules of one crate.
//!
//! Reads the sources and fails with file and line where a module names one that does not lie below it, or a crate that is
//! not its business. The table is that of the crate documentation. Test modules stand at the end of a file and are not held to
//! it: they may use whatever proves their point.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Floor, module, and the crates it may name beside `std`, `serde` and `tracing`.
const FLOORS: &[(u8, &str, &[&str])] = &[
    (0, "schema", &["prost", "prost_reflect", "bytes"]),
    (1, "resource", &["unicode_width"]),
    (1, "config", &["serde_yaml"]),
    (2, "document", &["saphyr_parser", "prost", "prost_reflect", "prost_types", "serde_json", "similar", "bytes", "base64"]),
    (3, "credentials", &["rustls", "x509_parser", "serde_yaml", "serde_json", "base64", "zeroize", "rustix"]),
    (
        3,
        "demo",
        &[
            "tonic",
            "prost",
            "prost_reflect",
            "prost_types",
            "tokio",
            "tokio_rustls",
            "tokio_stream",
            "rustls",
            "hyper",
            "hyper_util",
            "http",
            "http_body_util",
            "tower",
            "rcgen",
            "time",
            "bytes",
            "x509_parser",
            "base64",
        ],
    ),
    (
        4,
        "transport",
        &[
            "rustls",
            "tokio_rustls",
            "rustls_native_certs",
            "tokio",
            "tonic",
            "hyper",
            "hyper_util",
            "http",
            "http_body_util",
            "tower",
            "serde_json",
            "bytes",
            "x509_parser",
        ],
    ),
    (5, "api", &["tonic", "tonic_prost", "tokio", "tokio_stream", "prost", "http", "bytes"]),
    (6, "kind", &["prost", "prost_types", "bytes", "serde_json"]),
    (7, "store", &["tokio", "tokio_stream", "memchr", "nucleo_matcher", "regex_lite", "bytes", "serde_json", "rustix"]),
    (8, "ui", &["ratatui", "crossterm", "tui_textarea", "unicode_width"]),
    (9, "view", &["ratatui", "tui_textarea", "nucleo_matcher"]),
    (10, "app", &["ratatui", "crossterm", "tokio", "tokio_stream", "rustix", "getrandom"]),
    (10, "cli", &["clap", "clap_complete", "clap_mangen", "anyhow", "tokio", "serde_json", "bytes"]),
    (11, "main", &["clap", "clap_complete", "clap_mangen", "anyhow", "directories", "tokio", "tracing_subscriber", "rustix"]),
];

/// Where the clock may be read and tasks and threads be started.
const WORLDLY: [&str; 8] = [
    // The loop, and the editor that runs beside it.
    "src/app/runtime",
    // One task for each effect.
    "src/app/executor",
    // The threads that read and write, which may block.
    "src/app/terminal.rs",
    // The task that keeps everything current, with those of one connection.
    "src/store/sync/",
    // A server.
    "src/demo/",
    "src/cli/",
    "src/main.rs",
    // All roads together have so long: the one deadline that must be a moment, since it is shared by connections in turn.
    "src/transport/mod.rs",
];

struct Source {
    path: PathBuf,
    module: String,
    lines: Vec<String>,
}

#[test]
fn the_crate_documentation_has_the_same_floors() {
    let text = fs::read_to_string("src/lib.rs").expect("the crate's root");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | ")).skip(2);
    let told: Vec<(u8, String)> = rows
        .map(|row| {
            let mut cells = row.split(" | ");
            let floor = cells.next().and_then(|cell| cell.parse().ok()).expect("a floor");
            (floor, cells.next().expect("a module").trim_matches(['[', ']', '`']).to_owned())
        })
        .collect();
    let meant: Vec<(u8, String)> = FLOORS.iter().map(|(floor, module, _)| (*floor, (*module).to_owned())).collect();
    assert_eq!(told, meant);
}

#[test]
fn modules_name_only_what_lies_below() {
    let mut found = String::new();
    for source in sources() {
        let (floor, crates) = entry(&source.module);
        for (number, line) in source.code() {
            for name in names_after(line, "crate::").chain(names_after(line, "portcullis::")) {
                let Some(&(other, _, _)) = FLOORS.iter().find(|(_, module, _)| *module == name) else { continue };
                if name != source.module && other >= floor {
                    report(&mut found, &source, number, &format!("floor {floor} names `{name}` of floor {other}"));
                }
                if name == "schema" && floor > 6 {
                    report(&mut found, &source, number, "messages of the wire stop at floor 6");
                }
                if name == "demo" && !matches!(source.module.as_str(), "demo" | "main" | "cli") {
                    report(&mut found, &source, number, "nothing but the entrance knows of the demo");
                }
            }
            for name in dependencies() {
                if names_crate(line, &name) && !crates.contains(&name.as_str()) {
                    report(&mut found, &source, number, &format!("`{}` may not name the crate `{name}`", source.module));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn the_clock_is_read_and_tasks_are_started_at_the_edges() {
    let worldly = ["Instant::now()", "SystemTime::now()", "tokio::spawn(", "thread::spawn(", "spawn_blocking("];
    let mut found = String::new();
    for source in sources() {
        let path = source.path.to_string_lossy().into_owned();
        let allowed = WORLDLY.iter().any(|place| path.starts_with(place));
        for (number, line) in source.code() {
            if let Some(what) = worldly.iter().find(|what| line.contains(**what)).filter(|_| !allowed) {
                report(&mut found, &source, number, &format!("{what}: the world is touched only at the edges"));
            }
            let prints = ["println!", "eprintln!", "print!(", "eprint!("].iter().any(|what| line.contains(what));
            if prints && !matches!(source.module.as_str(), "main" | "cli") {
                report(&mut found, &source, number, "only the entrance prints");
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut found = String::new();
    for source in sources() {
        let count = source.lines.len();
        if count > 500 {
            report(&mut found, &source, count, "over 500 lines: look for the second noun");
        }
        if !source.lines.first().is_some_and(|line| line.starts_with("//! ")) {
            report(&mut found, &source, 1, "a file opens by saying what it owns");
        }
        for (at, line) in source.lines.iter().enumerate() {
            let alone =
                |at: Option<usize>| !at.and_then(|at| source.lines.get(at)).is_some_and(|line| line.trim().starts_with("///"));
            if line.trim() == "///" && (alone(at.checked_sub(1)) || alone(Some(at + 1))) {
                report(&mut found, &source, at + 1, "a doc comment that says nothing");
            }
            if (line.contains("TODO") || line.contains("FIXME")) && !line.contains("issue ") {
                report(&mut found, &source, at + 1, "a TODO names its issue");
            }
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn every_module_has_a_floor() {
    let modules: Vec<_> = sources().into_iter().map(|source| source.module).collect();
    for (_, module, _) in FLOORS {
        assert!(modules.iter().any(|known| known == module), "`{module}` has a floor and no file");
    }
}

impl Source {
    /// Lines that are code, numbered from one: no comments, no tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let name = self.path.to_string_lossy();
        let tests = name.contains("/tests/") || name.ends_with("tests.rs");
        let lines = self.lines.iter().enumerate().take_while(move |(_, line)| !tests && line.trim() != "#[cfg(test)]");
        lines.map(|(at, line)| (at + 1, without_comment(line)))
    }
}

fn without_comment(line: &str) -> &str {
    let end = line.match_indices("//").find(|(at, _)| *at == 0 || line.as_bytes()[at - 1].is_ascii_whitespace());
    end.map_or(line, |(at, _)| &line[..at])
}

fn entry(module: &str) -> (u8, &'static [&'static str]) {
    let known = FLOORS.iter().find(|(_, name, _)| *name == module);
    let (floor, _, crates) = known.unwrap_or_else(|| panic!("`{module}` has no floor: add it to the table"));
    (*floor, crates)
}

/// The identifiers that follow a prefix, also in braces: `crate::{api, kind::Item}`.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let starts = line.match_indices(prefix).filter(|(at, _)| *at == 0 || !is_word(line.as_bytes()[at - 1]));
    starts.flat_map(move |(at, _)| {
        let rest = &line[at + prefix.len()..];
        let parts = if let Some(inside) = rest.strip_prefix('{') { inside.split(',').collect() } else { vec![rest] };
        parts.into_iter().map(|part| {
            let part = part.trim();
            &part[..part.bytes().position(|byte| !is_word(byte)).unwrap_or(part.len())]
        })
    })
}

fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).map(|at| line.as_bytes()[at]);
        let free = before.is_none_or(|byte| !is_word(byte) && byte != b':' && byte != b'.');
        let rest = &line[at + name.len()..];
        free && (rest.starts_with("::")
            || (line.trim_start().starts_with("use ") && (rest.starts_with(';') || rest.starts_with(" as "))))
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The crates of the manifest, as code names them.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string("Cargo.toml").expect("the tests run in the root of the crate");
    let section = manifest.split("\n[dependencies]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split('=').next()).map(|name| name.trim().replace('-', "_"));
    let names: Vec<_> = names.filter(|name| !name.is_empty() && !matches!(name.as_str(), "serde" | "tracing")).collect();
    assert!(names.len() > 20, "the manifest was not understood");
    names
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    gather(Path::new("src"), &mut files);
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source file is readable");
        let second = path.components().nth(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
        let module = second.unwrap_or_default().trim_end_matches(".rs").to_owned();
        Source { lines: text.lines().map(str::to_owned).collect(), module, path }
    };
    files.into_iter().map(read).filter(|source| source.module != "lib").collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is a folder") {
        let path = entry.expect("an entry of src").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn report(found: &mut String, source: &Source, line: usize, what: &str) {
    let _ = writeln!(found, "{}:{line}: {what}", source.path.display());
}

#[test]
fn the_test_sees_what_it_should() {
    assert!(names_crate("use tokio::sync::watch;", "tokio"));
    assert!(names_crate("    let x = tokio::spawn(y);", "tokio"));
    assert!(!names_crate("use crate::store::tokio_like;", "tokio"));
    assert!(!names_crate("    self::tokio::x()", "tokio"));
    assert_eq!(names_after("use crate::{api, kind::Item};", "crate::").collect::<Vec<_>>(), ["api", "kind"]);
    assert_eq!(without_comment("let a = 1; // crate::app"), "let a = 1; ");
    assert_eq!(without_comment("let a = \"http://x\";"), "let a = \"http://x\";");
}
