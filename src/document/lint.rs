//! Everything there is to say about a text of new documents, for those who have no cluster at hand and for those who have.
//!
//! Reading, rules and advice in one go. Bytes that are no text get a sentence too, because files in Git come from anywhere.

use super::advice::{Circumstances, Text};
use super::draft::{self, Draft};
use super::problem::{self, Problem, Severity};
use super::resource::Resource;

/// What a text holds and what there is to say about it.
#[derive(Default)]
pub struct Linted {
    /// All problems by place, advice included.
    pub problems: Vec<Problem>,
    drafts: Vec<Draft>,
}

impl Linted {
    /// Whether some document cannot be sent, or would surely be refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The documents with which nothing is wrong, in order. Whoever only wants to know what is wrong need not have them made.
    #[must_use]
    pub fn into_resources(mut self) -> Vec<Resource> {
        self.drafts.iter_mut().filter_map(Draft::resource).collect()
    }
}

/// All documents of a text.
#[must_use]
pub fn lint(text: &str, around: &Circumstances) -> Linted {
    let source = Text::new(text);
    let mut drafts = draft::advised(text, Some((&source, around)));
    let findings = drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.findings)).collect();
    Linted { problems: problem::sorted(findings), drafts }
}

/// The text of a file.
///
/// # Errors
/// What it is instead, and the place of the first byte that is no text.
pub fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    let fault = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(fault) => fault,
    };
    let problem = |line, column, text: String| Problem { line, column, severity: Severity::Error, text };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(problem(1, 1, "this file is UTF-16; save it as UTF-8".to_owned()));
    }
    let sound = std::str::from_utf8(&bytes[..fault.valid_up_to()]).unwrap_or_default();
    let line = sound.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = sound.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    let found = &bytes[fault.valid_up_to()..];
    let text = match found {
        // What an encoder makes of half a pair.
        [0xed, 0xa0..=0xbf, ..] => "half of a surrogate pair is no character; save the file as UTF-8".to_owned(),
        [byte, ..] => format!("the byte 0x{byte:02X} is no UTF-8; save the file as UTF-8"),
        [] => "this is no UTF-8".to_owned(),
    };
    Err(problem(line, column, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let at = |bytes: &[u8]| decode(bytes).map_err(|problem| (problem.line, problem.column, problem.text)).unwrap_err();
        assert_eq!(decode("kind: ü".as_bytes()), Ok("kind: ü"));
        assert_eq!(at(b"a: 1\n\xc3\xbcb\xff").0, 2);
        assert_eq!(at(b"a: 1\n\xc3\xbcb\xff").1, 3);
        assert!(at(b"\xff\xfek\0").2.contains("UTF-16"));
        assert!(at(b"a: \xed\xa0\x80").2.contains("surrogate"));
    }
}
