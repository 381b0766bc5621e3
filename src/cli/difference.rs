//! What would change, for a terminal or a pipe: hunks with a little around them, as people read them elsewhere.
//!
//! Lines are made safe to show. Colour is only for a terminal, and never the only sign.

use std::io::{self, Write};

use crate::document::{Line, Sign, diff};
use crate::resource::clean;

/// Lines that stay, around those that change.
const AROUND: usize = 3;
const PLAIN: &str = "\u{1b}[0m";

/// Writes the hunks between two texts; nothing where they are alike.
///
/// # Errors
/// When the other end of the pipe is gone.
pub fn write(before: &str, after: &str, names: (&str, &str), colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let lines = diff(before, after);
    if lines.iter().all(|line| line.sign == Sign::Same) {
        return Ok(());
    }
    let paint = |code: &'static str| if colour { (code, PLAIN) } else { ("", "") };
    for (sign, name) in [("---", names.0), ("+++", names.1)] {
        let (on, off) = paint("\u{1b}[1m");
        writeln!(out, "{on}{sign} {}{off}", clean(name))?;
    }
    for hunk in hunks(&lines) {
        let (on, off) = paint("\u{1b}[36m");
        writeln!(out, "{on}{}{off}", head(hunk))?;
        for line in hunk {
            let (mark, (on, off)) = match line.sign {
                Sign::Same => (' ', ("", "")),
                Sign::Removed => ('-', paint("\u{1b}[31m")),
                Sign::Added => ('+', paint("\u{1b}[32m")),
            };
            writeln!(out, "{on}{mark}{}{off}", clean(&line.text))?;
        }
    }
    Ok(())
}

/// The stretches that hold changes and what is around them; two that touch are one.
fn hunks(lines: &[Line]) -> Vec<&[Line]> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.sign != Sign::Same) {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(lines.len()));
        match places.last_mut() {
            Some((_, end)) if from <= *end => *end = to,
            _ => places.push((from, to)),
        }
    }
    places.into_iter().map(|(from, to)| &lines[from..to]).collect()
}

/// `@@ -3,7 +3,8 @@`: where it begins in both texts, and how long it is there.
fn head(hunk: &[Line]) -> String {
    let side = |number: fn(&Line) -> Option<usize>| {
        let length = hunk.iter().filter(|line| number(line).is_some()).count();
        (hunk.iter().find_map(number).unwrap_or_default(), length)
    };
    let (old, new) = (side(|line| line.old), side(|line| line.new));
    format!("@@ -{},{} +{},{} @@", old.0, old.1, new.0, new.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str, colour: bool) -> String {
        let mut out = Vec::new();
        write(before, after, ("a", "b"), colour, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_is_far_from_a_change_is_left_out() {
        let before = (1..=20).fold(String::new(), |text, n| text + &format!("{n}\n"));
        let text = shown(&before, &before.replace("10\n", "ten\n"), false);
        assert_eq!(text, "--- a\n+++ b\n@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n");
        assert_eq!(shown("x\n", "x\n", false), "");
        assert_eq!(shown("", "x\n", false), "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+x\n");
    }

    #[test]
    fn colour_is_asked_for_and_hidden_characters_are_seen() {
        let text = shown("a\n", "\u{1b}[2J\n", false);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        let text = shown("a\n", "b\n", true);
        assert!(text.contains("\u{1b}[31m-a\u{1b}[0m") && text.contains("\u{1b}[32m+b\u{1b}[0m"), "{text:?}");
    }
}
