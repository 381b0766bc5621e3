//! What a document costs: reading and judging large texts, printing, and an edit as it happens at every key.
//!
//! Aims on two cores: 1 MB read and judged in 50 ms, a role of 2,000 lines in 4 ms.

use std::fmt::Write;

use divan::{Bencher, black_box};
use portcullis::document::{Circumstances, Edition, Grant, Me, Resource, lint, problems};
use portcullis::ui::editor::Editor;
use portcullis::ui::key::Key;

fn main() {
    divan::main();
}

/// A role of about this many lines.
fn role(lines: usize) -> String {
    let mut text = "kind: role\nmetadata:\n  name: big\nspec:\n  allow:\n    rules:\n".to_owned();
    for at in 0..lines / 8 {
        write!(
            text,
            "    - resources:\n      - node\n      - app\n      verbs:\n      - list\n      - read\n      where: contains(user.spec.traits[\"team\"], \"t{at}\")\n"
        )
        .expect("a string takes everything");
    }
    text.push_str("    node_labels:\n");
    for at in 0..lines / 8 {
        writeln!(text, "      key-{at}: value {at}").expect("a string takes everything");
    }
    text.push_str("version: v7\n");
    text
}

#[divan::bench(args = [40, 2_000, 40_000])]
fn judge_new(bencher: Bencher<'_, '_>, lines: usize) {
    let text = role(lines);
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| problems(black_box(&text)));
}

#[divan::bench(args = [40, 2_000, 40_000])]
fn judge_edit(bencher: Bencher<'_, '_>, lines: usize) {
    let text = role(lines);
    let resource = Resource::parse(&text).expect("a sound role");
    let text = resource.to_yaml().expect("a text").replace("name: big\n", "name: big\n  description: new\n");
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| resource.problems(black_box(&text)));
}

/// With everything known that advice may ask for.
fn around() -> Circumstances {
    let all = || vec!["*".to_owned()];
    let grant = Grant { resources: all(), verbs: all(), conditional: false };
    Circumstances {
        edition: Some(Edition::Community),
        version: Some((18, 0, 0)),
        me: Some(Me { roles: vec!["big".to_owned()], allow: vec![grant], deny: Vec::new() }),
    }
}

#[divan::bench(args = [40, 2_000, 40_000])]
fn advise_new(bencher: Bencher<'_, '_>, lines: usize) {
    let (text, around) = (role(lines), around());
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| lint(black_box(&text), &around).problems);
}

/// A letter typed in the middle of a role: the text, its problems, and the advice on it.
#[divan::bench(args = [40, 2_000])]
fn a_key(bencher: Bencher<'_, '_>, lines: usize) {
    let around = around();
    let resource = Resource::parse(&role(lines)).expect("a sound role");
    let text = resource.to_yaml().expect("a text");
    let middle = text.lines().skip(lines / 4).position(|line| line.contains("where: ")).expect("a condition") + lines / 4;
    let mut editor = Editor::new(&text);
    // Into the text in quotes that a condition ends with.
    editor.go_to(middle + 1, text.lines().nth(middle).map_or(0, str::len) - 2);
    let key = Key::parse("x").expect("a key");
    bencher.bench_local(|| {
        editor.on(key);
        let text = editor.text();
        editor.set_problems(resource.advised(&text, &around));
    });
}

#[divan::bench(args = [40, 2_000, 40_000])]
fn print(bencher: Bencher<'_, '_>, lines: usize) {
    let resource = Resource::parse(&role(lines)).expect("a sound role");
    bencher.bench(|| resource.to_yaml());
}

/// Texts that mean harm cost no more than others of their size.
#[divan::bench(args = ["nested", "aliases", "unknown keys", "labels", "one line"])]
fn hostile(bencher: Bencher<'_, '_>, case: &str) {
    let head = "kind: role\nversion: v7\nmetadata: {name: a}\nspec:\n  allow:\n";
    let text = match case {
        "nested" => "[".repeat(1 << 20),
        "aliases" => format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(1000), "*a,".repeat(200_000)),
        "unknown keys" => (0..60_000).fold(head.to_owned(), |text, at| text + &format!("    key{at}: x\n")),
        "labels" => (0..50_000).fold(format!("{head}    node_labels:\n"), |text, at| text + &format!("      k{at}: x\n")),
        _ => format!("{head}    logins: ['{}']\n", "a b ".repeat(250_000)),
    };
    bencher.bench(|| problems(black_box(&text)));
}
