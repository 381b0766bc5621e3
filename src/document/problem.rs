//! What is wrong with a document, and where.
//!
//! Everything is reported at once, sorted by place. A finding also knows who would refuse: reading, decoding and checking happen
//! in different rooms of `tctl`, and the tests hold us to the same room. Texts say what to write instead.

/// Whether a document can be sent in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be sent as it is, or the server is sure to refuse it.
    Error,
    /// It can be stored and then does not do what it says.
    Warning,
    /// Legal, but probably not meant.
    Advice,
}

impl Severity {
    /// The word for it: `error`, `warning`, `advice`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// One fault at one place. Line and column count from 1, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the whole text.
    pub line: usize,
    /// Column in that line.
    pub column: usize,
    /// Whether it stands in the way.
    pub severity: Severity,
    /// A sentence for a person.
    pub text: String,
}

/// Who refuses a document, in the order in which `tctl create` asks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// There is no document.
    Empty,
    /// Syntax, or the types of kind, version and metadata.
    Parse,
    /// `tctl` crashes over it.
    Panic,
    /// Nobody creates resources of this kind from text.
    Kind,
    /// The body does not have the types of the kind.
    Decode,
    /// The rules of the resource.
    Check,
    /// The rules of `tctl` itself.
    Tctl,
    /// Cannot be put on the wire.
    Wire,
    /// Only we: `tctl` would drop, overwrite or reinterpret what was typed without a word.
    Silent,
    /// The server alone: names it keeps for itself, options that its edition has not.
    Server,
}

/// A problem and who finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub stage: Stage,
    pub problem: Problem,
}

impl Finding {
    /// An error at a place.
    pub fn error(stage: Stage, (line, column): (usize, usize), text: impl Into<String>) -> Self {
        Self { stage, problem: Problem { line, column, severity: Severity::Error, text: text.into() } }
    }

    /// Advice at a place; never stands in the way.
    pub fn advice((line, column): (usize, usize), text: impl Into<String>) -> Self {
        Self { stage: Stage::Silent, problem: Problem { line, column, severity: Severity::Advice, text: text.into() } }
    }

    /// What can be stored and then fails at use.
    pub fn warning((line, column): (usize, usize), text: impl Into<String>) -> Self {
        Self { stage: Stage::Silent, problem: Problem { line, column, severity: Severity::Warning, text: text.into() } }
    }

    /// Whether the document cannot be sent.
    pub fn is_error(&self) -> bool {
        self.problem.severity == Severity::Error
    }
}

/// The problems of findings, by place.
pub fn sorted(findings: Vec<Finding>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = findings.into_iter().map(|finding| finding.problem).collect();
    problems.sort_by_key(|problem| (problem.line, problem.column, problem.severity));
    problems.dedup();
    problems
}

/// The name that was probably meant, if one is close enough.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let mut best = None;
    for name in names {
        let lower = name.to_lowercase();
        let near = similarity(&typed, &lower);
        if near >= 0.75 && best.is_none_or(|(highest, _)| near > highest) {
            best = Some((near, name));
        }
    }
    best.map(|(_, name)| name)
}

/// One minus the share of letters that must change; two that changed places count once. Long words are not compared: the cost
/// grows with both lengths.
fn similarity(a: &str, b: &str) -> f64 {
    const LONGEST: usize = 64;
    if a.len() > LONGEST || b.len() > LONGEST {
        return 0.0;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<u32> = Vec::new();
    let mut row: Vec<u32> = (0..).take(b.len() + 1).collect();
    for (line, x) in a.iter().enumerate() {
        let mut next = vec![row[0] + 1];
        for (at, y) in b.iter().enumerate() {
            let mut least = (row[at] + u32::from(x != y)).min(row[at + 1] + 1).min(next[at] + 1);
            if line > 0 && at > 0 && *x == b[at - 1] && a[line - 1] == *y {
                least = least.min(before[at - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    let longest = u32::try_from(a.len().max(b.len()).max(1)).unwrap_or(u32::MAX);
    1.0 - f64::from(row[b.len()]) / f64::from(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("loginz", ["logins", "rules"]), Some("logins"));
        assert_eq!(nearest("max_sesion_ttl", ["max_sessions", "max_session_ttl"]), Some("max_session_ttl"));
        assert_eq!(nearest("Logins", ["logins"]), Some("logins"));
        assert_eq!(nearest("verison", ["version", "kind"]), Some("version"));
        assert_eq!(nearest("dney", ["deny", "allow"]), Some("deny"));
        assert_eq!(nearest("rulse", ["rules"]), Some("rules"));
        assert_eq!(nearest("zzz", ["logins", "rules"]), None);
    }
}
