//! My text with only those lines exchanged that must change, so that comments and layout stay.
//!
//! Works where keys and items begin their own lines; anything else (a map on one line, JSON, anchors) is written anew by the
//! nearest place around it that does. Whoever calls reads the result again and compares: a wrong guess here costs layout,
//! never content.

use super::decide::Plan;
use crate::document::node::{Node, Value};
use crate::document::order;
use crate::document::print;
use crate::document::tree::Tree;

/// The text that a plan makes of mine, if it can be made line by line.
pub fn weave(text: &str, plan: &Plan<'_>) -> Option<String> {
    if let Plan::Keep(_) = plan {
        return Some(text.to_owned());
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut weaver = Weaver { end: lines.len() - usize::from(text.ends_with('\n')), lines, edits: Vec::new() };
    let end = weaver.end;
    weaver.place(plan, end).then(|| weaver.done(text.ends_with('\n')))
}

/// Lines from here to there make place for these.
struct Edit {
    from: usize,
    to: usize,
    with: Vec<String>,
}

struct Weaver<'a> {
    lines: Vec<&'a str>,
    end: usize,
    edits: Vec<Edit>,
}

impl Weaver<'_> {
    fn done(mut self, broken: bool) -> String {
        // What comes in before a line goes before what replaces it; what replaced lines before it was there first.
        self.edits.sort_by_key(|edit| (edit.from, edit.to));
        let (mut out, mut at) = (Vec::new(), 0);
        for edit in self.edits {
            out.extend(self.lines.get(at..edit.from).unwrap_or_default().iter().map(|line| (*line).to_owned()));
            out.extend(edit.with);
            at = at.max(edit.to);
        }
        out.extend(self.lines.get(at..self.end).unwrap_or_default().iter().map(|line| (*line).to_owned()));
        let mut text = out.join("\n");
        text.push_str(if broken { "\n" } else { "" });
        text
    }

    /// Changes what stands from a place to a line; false if that cannot be done here.
    fn place(&mut self, plan: &Plan<'_>, end: usize) -> bool {
        let before = self.edits.len();
        let done = match plan {
            Plan::Keep(_) => true,
            Plan::Put(_) | Plan::Gone => false,
            Plan::Map { mine, own, new } => self.map(mine, own, new, end).is_some(),
            Plan::List { mine, own, new } => self.list(mine, own, new, end).is_some(),
        };
        if !done {
            self.edits.truncate(before);
        }
        done
    }

    fn map(&mut self, mine: &Node, own: &[Plan<'_>], new: &[(&str, Plan<'_>)], end: usize) -> Option<()> {
        let entries = mine.entries();
        let column = entries.first()?.key.column.checked_sub(1)?;
        let starts: Vec<usize> = entries.iter().map(|entry| entry.key.line.saturating_sub(1)).collect();
        let shares = self.blank_before(starts[0], column).is_none();
        let apart = entries.iter().all(|entry| entry.key.column == column + 1 && !entry.merged)
            && starts.windows(2).all(|pair| pair[0] < pair[1])
            && starts[1..].iter().all(|start| self.blank_before(*start, column).is_some());
        // The first key may stand after the dash of an item, and then it must stay.
        if !apart || (shares && !self.is_after_dash(starts[0], column)) {
            return None;
        }
        let ends = self.ends(&starts, column, end);
        if own.iter().all(|plan| matches!(plan, Plan::Gone)) || (shares && matches!(own.first()?, Plan::Gone)) {
            return None;
        }
        for (at, (entry, plan)) in entries.iter().zip(own).enumerate() {
            if matches!(plan, Plan::Gone) {
                self.edits.push(Edit { from: starts[at], to: ends[at], with: Vec::new() });
            } else if !self.place(plan, ends[at]) {
                let value = plan.tree()?;
                let mut with = entry_lines(&entry.key.text, &value, column);
                if shares && at == 0 {
                    let lead = self.lines.get(starts[0])?.get(..column)?;
                    let first = with.first_mut()?;
                    *first = format!("{lead}{}", first.trim_start_matches(' '));
                }
                self.edits.push(Edit { from: starts[at], to: ends[at], with });
            }
        }
        // Among keys in order a new one goes where it belongs.
        let sorted = entries.windows(2).all(|pair| order::less(&pair[0].key.text, &pair[1].key.text));
        for (key, plan) in new {
            let Some(value) = plan.tree() else { continue };
            let place = entries.partition_point(|entry| !order::less(key, &entry.key.text));
            let after = if sorted { place.max(usize::from(shares)) } else { entries.len() };
            let line = if after == 0 { starts[0] } else { ends[after - 1] };
            self.edits.push(Edit { from: line, to: line, with: entry_lines(key, &value, column) });
        }
        Some(())
    }

    fn list(&mut self, mine: &Node, own: &[Plan<'_>], new: &[(usize, Plan<'_>)], end: usize) -> Option<()> {
        let Value::List(items) = &mine.value else { return None };
        let starts: Vec<usize> = items.iter().map(|item| item.line.saturating_sub(1)).collect();
        let dashes: Option<Vec<usize>> = items.iter().map(|item| self.dash(item)).collect();
        let dashes = dashes?;
        let column = *dashes.first()?;
        if dashes.iter().any(|dash| *dash != column) || !starts.windows(2).all(|pair| pair[0] < pair[1]) {
            return None;
        }
        let all_gone = own.iter().all(|plan| matches!(plan, Plan::Gone));
        if all_gone && new.is_empty() {
            return None;
        }
        let ends = self.ends(&starts, column, end);
        for (at, plan) in own.iter().enumerate() {
            let with = match plan {
                Plan::Keep(_) => continue,
                plan => plan.tree().map(|value| item_lines(value, column)).unwrap_or_default(),
            };
            self.edits.push(Edit { from: starts[at], to: ends[at], with });
        }
        for (place, plan) in new {
            let Some(value) = plan.tree() else { continue };
            let line = if *place == 0 { starts[0] } else { *ends.get(*place - 1)? };
            self.edits.push(Edit { from: line, to: line, with: item_lines(value, column) });
        }
        Some(())
    }

    /// Where each entry ends: before the next, without the comments that belong to that.
    fn ends(&self, starts: &[usize], column: usize, end: usize) -> Vec<usize> {
        let limits = starts[1..].iter().copied().chain([end]);
        let pairs = starts.iter().zip(limits);
        pairs.map(|(start, limit)| self.trimmed(*start, limit, column)).collect()
    }

    fn trimmed(&self, start: usize, limit: usize, column: usize) -> usize {
        let mut end = limit.clamp(start + 1, self.lines.len().max(start + 1));
        while end > start + 1 {
            let Some(line) = self.lines.get(end - 1) else { break };
            let inner = line.trim_start_matches(' ');
            let comment = inner.starts_with('#') && line.len() - inner.len() <= column;
            if !comment && !inner.trim().is_empty() {
                break;
            }
            end -= 1;
        }
        end
    }

    /// Something if nothing but blanks stands before a column.
    fn blank_before(&self, line: usize, column: usize) -> Option<()> {
        let line = self.lines.get(line)?;
        (line.len() >= column && line.bytes().take(column).all(|byte| byte == b' ')).then_some(())
    }

    fn is_after_dash(&self, line: usize, column: usize) -> bool {
        self.lines.get(line).is_some_and(|line| dash_before(line, column).is_some())
    }

    /// The column of the dash of an item.
    fn dash(&self, item: &Node) -> Option<usize> {
        dash_before(self.lines.get(item.line.checked_sub(1)?)?, item.column.checked_sub(1)?)
    }
}

/// The column of the only dash between blanks before a column.
fn dash_before(line: &str, column: usize) -> Option<usize> {
    let lead = line.get(..column)?;
    let inner = lead.trim_start_matches(' ');
    (inner.starts_with("- ") && inner[1..].bytes().all(|byte| byte == b' ')).then(|| lead.len() - inner.len())
}

fn entry_lines(key: &str, value: &Tree, column: usize) -> Vec<String> {
    indented(&print::document(&Tree::Map(vec![(key.to_owned(), value.clone())])), column)
}

fn item_lines(value: Tree, column: usize) -> Vec<String> {
    let text = print::document(&Tree::List(vec![value]));
    // A list by itself is printed two columns in, or none; the dash says by how much.
    let lead = text.len() - text.trim_start_matches(' ').len();
    let flush: Vec<&str> = text.trim_end_matches('\n').split('\n').map(|line| line.get(lead..).unwrap_or("")).collect();
    indented(&flush.join("\n"), column)
}

fn indented(text: &str, column: usize) -> Vec<String> {
    let lead = " ".repeat(column);
    let lines = text.trim_end_matches('\n').split('\n');
    lines.map(|line| if line.is_empty() { String::new() } else { format!("{lead}{line}") }).collect()
}
