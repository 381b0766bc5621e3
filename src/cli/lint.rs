//! `lint`: every problem of a file of resources with its place, for editors, hooks and CI.
//!
//! Asks no cluster, so what depends on one is advice. Problems go to stdout in the form compilers use; with the canonical form on
//! stdout they go to stderr. The file comes from anywhere: its text and its name are made visible before a terminal sees them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Result;

use super::Failure;
use super::arguments::{Lint, LintFormat};
use crate::document::{self, Circumstances, Linted, Problem};
use crate::resource::clean;

/// No file of resources is longer; what is, is not read to its end.
const LONGEST: u64 = 64 << 20;

/// Looks at a file and says what is wrong with it. Answers the exit code: 1 when there are errors.
///
/// # Errors
/// When the file cannot be read, or nobody listens.
pub fn lint(wanted: &Lint, stdin: &mut dyn Read, out: &mut dyn Write, say: &mut dyn FnMut(&str)) -> Result<u8> {
    let name = wanted.file.to_string_lossy();
    let bytes = read(&wanted.file, stdin).map_err(|error| Failure::usage(format!("{name}: {}", why(&error))))?;
    let linted = match document::decode(&bytes) {
        Ok(text) => document::lint(text, &Circumstances::default()),
        Err(problem) => {
            let mut linted = Linted::default();
            linted.problems.push(problem);
            linted
        }
    };
    let failed = linted.has_errors();
    match wanted.output {
        LintFormat::Text => {
            for problem in &linted.problems {
                writeln!(out, "{}", line(&name, problem))?;
            }
        }
        LintFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &json(&name, &linted.problems))?;
            writeln!(out)?;
        }
        LintFormat::Yaml => {
            for problem in &linted.problems {
                say(&line(&name, problem));
            }
            if !failed {
                canonical(linted, out)?;
            }
        }
    }
    out.flush()?;
    Ok(u8::from(failed))
}

fn read(path: &Path, stdin: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        stdin.take(LONGEST).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The system's words without its number.
fn why(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn line(name: &str, problem: &Problem) -> String {
    let Problem { line, column, severity, text } = problem;
    format!("{}:{line}:{column}: {}: {}", clean(name), severity.word(), clean(text))
}

fn json(name: &str, problems: &[Problem]) -> serde_json::Value {
    let one = |problem: &Problem| {
        serde_json::json!({
            "file": name,
            "line": problem.line,
            "column": problem.column,
            "severity": problem.severity.word(),
            "text": problem.text,
        })
    };
    problems.iter().map(one).collect()
}

/// Printed only when all documents are sound: half of a file is no file.
fn canonical(linted: Linted, out: &mut dyn Write) -> Result<()> {
    for (at, resource) in linted.into_resources().iter().enumerate() {
        if at > 0 {
            writeln!(out, "---")?;
        }
        let text = resource.to_yaml().map_err(|error| Failure::failed(error.to_string()))?;
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            writeln!(out)?;
        }
    }
    Ok(())
}
