//! Two texts side by side, line by line.

use similar::{ChangeTag, TextDiff};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// In both texts.
    Same,
    /// Only in the old text.
    Removed,
    /// Only in the new text.
    Added,
}

/// One line of a difference, without its line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub sign: Sign,
    /// The line itself.
    pub text: String,
    /// Its number in the old text, from 1.
    pub old: Option<usize>,
    /// Its number in the new text, from 1.
    pub new: Option<usize>,
}

/// All lines of both texts, in an order that reads from old to new.
#[must_use]
pub fn diff(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let lines = diff.iter_all_changes().map(|change| Line {
        sign: match change.tag() {
            ChangeTag::Equal => Sign::Same,
            ChangeTag::Delete => Sign::Removed,
            ChangeTag::Insert => Sign::Added,
        },
        text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
        old: change.old_index().map(|index| index + 1),
        new: change.new_index().map(|index| index + 1),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_removed_and_added() {
        let lines = diff("a\nb\n", "a\nc\n");
        let short: Vec<_> = lines.iter().map(|line| (line.sign, line.text.as_str(), line.old, line.new)).collect();
        assert_eq!(
            short,
            [(Sign::Same, "a", Some(1), Some(1)), (Sign::Removed, "b", Some(2), None), (Sign::Added, "c", None, Some(2)),]
        );
    }
}
