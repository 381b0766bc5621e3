//! The README says what the program does: its table of keys is printed from the table that the program itself goes by.
//!
//! `UPDATE_MANUAL=1 cargo test --test manual` writes the table anew.

use std::fmt::Write as _;
use std::process::Command;

use portcullis::ui::command::Group;
use portcullis::ui::key::Key;
use portcullis::ui::keymap::Keymap;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const BEGIN: &str = "<!-- keys -->\n";
const END: &str = "<!-- /keys -->";

/// The table, part by part in the order of the help.
fn table() -> String {
    let keymap = Keymap::default();
    let mut out = String::new();
    for group in Group::ALL {
        let title = group.title().to_lowercase();
        let _ = write!(out, "\n| {title} | |\n| --- | --- |\n");
        for (entry, keys) in keymap.entries().filter(|(entry, _)| entry.group == group) {
            let keys = keys.iter().map(Key::to_string).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "| {keys} | {} |", entry.sentence);
        }
    }
    format!("{out}\n")
}

#[test]
fn the_readme_has_the_keys_of_the_program() {
    let readme = std::fs::read_to_string(README).expect("a README");
    let (before, rest) = readme.split_once(BEGIN).expect("a place for the keys begins");
    let (written, after) = rest.split_once(END).expect("a place for the keys ends");
    let printed = table();
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        std::fs::write(README, format!("{before}{BEGIN}{printed}{END}{after}")).expect("the README can be written");
        return;
    }
    assert_eq!(written, printed, "UPDATE_MANUAL=1 cargo test --test manual writes it anew");
}

fn portcullis(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis")).args(arguments).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_help_names_every_option() {
    let (code, help) = portcullis(&["--help"]);
    assert_eq!(code, Some(0));
    for option in [
        "--demo",
        "--demo-scale",
        "--proxy",
        "--auth-server",
        "--identity",
        "-i,",
        "--key-pair",
        "--cert",
        "--key",
        "--ca",
        "--cluster",
        "--insecure",
        "--read-only",
        "--view",
        "--filter",
        "--low-bandwidth",
        "--no-scroll-regions",
        "--no-color",
        "--ascii",
        "--config",
        "--log-file",
        "--log-level",
    ] {
        let named = help.split_whitespace().any(|word| word == option);
        assert!(named, "{option} is missing in\n{help}");
    }
    for command in ["check", "get", "edit", "lint", "completions", "man"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in\n{help}");
        assert_eq!(portcullis(&[command, "--help"]).0, Some(0));
    }
    assert!(!help.contains("--demo-events"), "it is for measurements");
    assert!(help.contains("Exit codes: 0 done"));
}

#[test]
fn the_readme_names_no_option_that_is_not_there() {
    let readme = std::fs::read_to_string(README).expect("a README");
    let helps = [&["--help"][..], &["get", "--help"], &["lint", "--help"], &["apply", "--help"]];
    let help = helps.map(|words| portcullis(words).1).concat();
    for line in readme.lines().filter(|line| line.contains("portcullis ") && !line.contains("cargo")) {
        let ours = line.split("portcullis ").skip(1).flat_map(str::split_whitespace);
        for option in ours.filter(|word| word.starts_with("--")) {
            let option = option.trim_end_matches(|c: char| !c.is_ascii_lowercase());
            assert!(help.contains(option), "{option} of {line:?} is not there");
        }
    }
}

#[test]
fn completions_and_the_manual_page_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, text) = portcullis(&["completions", shell]);
        assert_eq!(code, Some(0));
        assert!(text.contains("portcullis") && text.contains("read-only"), "{shell}");
    }
    let (code, page) = portcullis(&["man"]);
    assert_eq!(code, Some(0));
    assert!(page.contains(".TH portcullis"), "{page}");
}
