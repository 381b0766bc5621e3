//! A table of text for a pipe or a terminal: the same cells as on the screen, as wide as they need to be.

use std::io::Write;
use std::time::SystemTime;

use anyhow::Result;

use crate::kind::{Column, Item, Kind};
use crate::resource::columns;

/// Writes a head and a line for each item.
///
/// # Errors
/// When the other end of the pipe is gone.
pub fn write(kind: &Kind, items: &[Item], shown: impl Fn(&Column) -> bool, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    let picked: Vec<usize> = (0..kind.columns.len()).filter(|&at| shown(&kind.columns[at])).collect();
    let head = picked.iter().map(|&at| kind.columns[at].title.to_owned()).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    rows.extend(items.iter().map(|item| {
        let cell = |&at: &usize| kind.columns[at].cell(&item.values[at], now).text.into_owned();
        picked.iter().map(cell).collect()
    }));
    let widths: Vec<usize> =
        (0..picked.len()).map(|at| rows.iter().map(|row| columns(&row[at])).max().unwrap_or_default()).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - columns(cell)));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    out.flush()?;
    Ok(())
}
