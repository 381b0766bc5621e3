//! What a file wants, read and checked to its end before anything is asked of the cluster.
//!
//! Every problem is told at once, with its place, as `lint` tells it. A kind that is not written here is refused by its name, and
//! so is one resource written twice: which of the two was meant is not for us to say.

use std::collections::HashMap;
use std::io::{self, Read as _};

use crate::cli::Failure;
use crate::document::{self, Circumstances, Document, Resource, Severity};
use crate::kind::{self, Kind};
use crate::resource::Reference;

/// What `apply` writes.
const WRITTEN: [&str; 3] = ["role", "token", "app"];

/// One document that can be sent.
#[derive(Debug)]
pub struct Wanted {
    /// Of which kind.
    pub kind: &'static Kind,
    /// Which one.
    pub reference: Reference,
    /// All of it, as typed.
    pub resource: Resource,
    /// Where it stands: `roles.yaml:12`.
    pub place: String,
}

/// What a file wants.
#[derive(Debug)]
pub struct Documents {
    /// In the order of the file.
    pub wanted: Vec<Wanted>,
    name: String,
    text: String,
}

impl Documents {
    /// What there is to say about them on this cluster that stops nothing, a line each.
    ///
    /// # Errors
    /// When this cluster is sure to refuse one: nothing is sent then.
    pub fn judged(&self, around: &Circumstances) -> Result<Vec<String>, Failure> {
        let (mut errors, mut advice) = (Vec::new(), Vec::new());
        for problem in document::lint(&self.text, around).problems {
            let told = line(&self.name, (problem.line, problem.column), problem.severity.word(), &problem.text);
            if problem.severity == Severity::Error { errors.push(told) } else { advice.push(told) }
        }
        if errors.is_empty() { Ok(advice) } else { Err(Failure::failed(errors.join("\n"))) }
    }
}

/// Reads a file, or the standard input where it is called `-`.
///
/// # Errors
/// Usage when it cannot be read at all; else every problem, a line each.
pub fn read(file: &str) -> Result<Documents, Failure> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let bytes = bytes.map_err(|error| Failure::usage(format!("{file}: {error}")))?;
    let name = if file == "-" { "stdin" } else { file };
    check(name, &bytes)
}

/// The same from what was read.
pub(super) fn check(name: &str, bytes: &[u8]) -> Result<Documents, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let column = before.lines().last().filter(|_| !before.ends_with('\n')).map_or(0, |line| line.chars().count());
        Failure::failed(line(name, (before.matches('\n').count() + 1, column + 1), "error", "this is no UTF-8"))
    })?;
    let (mut errors, mut wanted) = (Vec::new(), Vec::new());
    let mut seen: HashMap<Reference, usize> = HashMap::new();
    for Document { line: at, resource, problems } in document::documents(text) {
        // What is no error depends on the cluster, and is said once that is known.
        let wrong = problems.into_iter().filter(|problem| problem.severity == Severity::Error);
        errors.extend(wrong.map(|problem| line(name, (problem.line, problem.column), "error", &problem.text)));
        let Some(resource) = resource else { continue };
        match known(&resource) {
            Ok((kind, reference)) => {
                if let Some(first) = seen.insert(reference.clone(), at) {
                    let text = format!("{reference} stands here and on line {first}; write it once");
                    errors.push(line(name, (at, 1), "error", &text));
                }
                wanted.push(Wanted { kind, reference, resource, place: format!("{name}:{at}") });
            }
            Err(why) => errors.push(line(name, (at, 1), "error", &why)),
        }
    }
    if errors.is_empty() {
        Ok(Documents { wanted, name: name.to_owned(), text: text.to_owned() })
    } else {
        Err(Failure::failed(errors.join("\n")))
    }
}

fn known(resource: &Resource) -> Result<(&'static Kind, Reference), String> {
    let refused = || {
        let (kind, name) = (resource.kind(), resource.name());
        format!("{kind}/{name}: apply writes {} and {}, no {kind}", WRITTEN[..2].join(", "), WRITTEN[2])
    };
    let kind = kind::wire_named(resource.kind()).filter(|(_, wire)| WRITTEN.contains(wire)).ok_or_else(refused)?.0;
    let reference = kind.reference(resource).map_err(|error| error.0)?;
    Ok((kind, reference))
}

fn line(name: &str, (line, column): (usize, usize), severity: &str, text: &str) -> String {
    format!("{name}:{line}:{column}: {severity}: {}", crate::resource::clean(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &[u8]) -> Failure {
        check("f.yaml", text).expect_err("it is refused")
    }

    const ROLE: &str = "kind: role\nversion: v7\nmetadata: {name: dev}\nspec: {allow: {logins: [root]}}\n";

    #[test]
    fn every_problem_is_told_at_once_with_its_place() {
        let text = format!(
            "{ROLE}---\nkind: role\nversion: v7\nmetadata: {{name: x}}\nspec: {{alow: {{}}, denny: {{}}}}\n---\nkind: token\nversion: v2\nmetadata: {{name: t}}\nspec: {{roles: [Nod]}}\n"
        );
        let said = refusal(text.as_bytes());
        assert_eq!(said.code, 1);
        let lines: Vec<&str> = said.text.lines().collect();
        assert!(lines.len() >= 3 && lines.iter().all(|line| line.starts_with("f.yaml:")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with("f.yaml:9:")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with("f.yaml:14:")), "{lines:#?}");
    }

    #[test]
    fn other_kinds_are_refused_by_name() {
        let text = format!("{ROLE}---\nkind: user\nversion: v2\nmetadata: {{name: alice}}\nspec: {{roles: [dev]}}\n");
        assert_eq!(refusal(text.as_bytes()).text, "f.yaml:6:1: error: user/alice: apply writes role, token and app, no user");
    }

    #[test]
    fn one_resource_stands_once() {
        let said = refusal(format!("{ROLE}---\n{ROLE}").as_bytes());
        assert_eq!(said.text, "f.yaml:6:1: error: role/dev stands here and on line 1; write it once");
    }

    #[test]
    fn what_is_no_text_and_what_is_empty_is_said() {
        assert_eq!(refusal(b"kind: role\nab\xff\n").text, "f.yaml:2:3: error: this is no UTF-8");
        assert_eq!(refusal(b"").code, 1);
        assert_eq!(refusal(b"---\n").code, 1);
    }

    #[test]
    fn a_secret_name_is_in_no_message() {
        let token = "kind: token\nversion: v2\nmetadata: {name: correct-horse-battery}\nspec: {roles: [Node]}\n";
        let said = refusal(format!("{token}---\n{token}").as_bytes());
        assert!(!said.text.contains("horse"), "{}", said.text);
    }
}
