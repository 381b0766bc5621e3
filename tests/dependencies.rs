//! What we link: licences that a user may pass on, and one terminal library, not two.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Every licence expression must offer one of these.
const FINE: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "CC0-1.0",
    "MIT-0",
];

fn packages() -> Vec<Value> {
    // Only what this platform links: the crates of others need not even be downloaded.
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("rustc writes text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host, "--manifest-path"]);
    let output = command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    metadata["packages"].as_array().expect("metadata lists packages").clone()
}

/// `A OR B` needs one that is fine, `A AND B` both; a slash is an old spelling of OR.
fn is_fine(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let term = |term: &str| {
        let name = term.trim().trim_matches(['(', ')']).split(" WITH ").next().unwrap_or_default().trim();
        FINE.contains(&name)
    };
    if let Some((inside, rest)) = expression.strip_prefix('(').and_then(|inner| inner.split_once(") AND ")) {
        return is_fine(inside) && is_fine(rest);
    }
    if let Some((first, inside)) = expression.split_once(" AND (") {
        return is_fine(first) && is_fine(inside.trim_end_matches(')'));
    }
    expression.split(" OR ").any(|choice| choice.split(" AND ").all(term))
}

#[test]
fn licences_may_be_passed_on() {
    let mut bad = Vec::new();
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_fine(licence) {
            bad.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn one_terminal_library() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        versions.entry(name).or_default().push(package["version"].to_string());
    }
    for name in ["ratatui", "ratatui-core", "crossterm", "rustls", "tokio", "prost", "tonic"] {
        assert_eq!(versions.get(name).map(Vec::len), Some(1), "{name}: {:?}", versions.get(name));
    }
    assert!(!versions.contains_key("aws-lc-rs"), "two providers of cryptography in one program");
    assert!(!versions.contains_key("tui-textarea"), "the fork stands in for it");
}

#[test]
fn the_judge_of_licences_can_say_no() {
    assert!(is_fine("MIT OR Apache-2.0"));
    assert!(is_fine("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(is_fine("Apache-2.0 AND ISC"));
    assert!(is_fine("Apache-2.0 WITH LLVM-exception OR MIT"));
    assert!(!is_fine("GPL-3.0"));
    assert!(!is_fine("MIT AND GPL-3.0"));
    assert!(!is_fine("none"));
}
