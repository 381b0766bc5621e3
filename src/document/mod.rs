//! YAML as Teleport speaks it, and the opaque [`Resource`].
//!
//! Reads with positions, prints `tctl`'s dialect to the byte, and carries edits into messages in place so that nothing this build
//! does not know is lost. One codec walks any kind by its descriptor; a new field is one line of `proto/`. Knows no network, no
//! clock and no screen.

mod advice;
mod apply;
mod builder;
mod check;
mod codec;
mod compare;
mod complete;
mod defaults;
mod diff;
mod draft;
mod duration;
mod free;
mod hidden;
mod json;
mod lint;
mod merge;
mod node;
mod order;
mod plain;
mod plan;
mod predicate;
mod print;
mod problem;
mod read;
mod resource;
mod said;
mod scalar;
mod separator;
mod style;
mod syntax;
mod tag;
#[cfg(test)]
mod tests;
mod timestamp;
mod tree;
mod value;

pub use self::advice::{Circumstances, Edition, Grant, Me};
pub use self::codec::Unprintable;
pub use self::complete::{Candidate, Completion, Meaning, complete, meaning};
pub use self::diff::{Line, Sign, diff};
pub use self::draft::{Document, documents, problems, refused_by};
pub use self::lint::{Linted, decode, lint};
pub use self::merge::{Clash, Merge, Merged, Path, Side, Unmergeable, merge};
pub use self::plain::{print_json, read_json};
pub use self::problem::{Problem, Severity, Stage};
pub use self::resource::{Malformed, Resource};

/// Works out now what the first document would otherwise wait for: the fields of every message. Some milliseconds; for a thread
/// beside a connection that is being made.
pub fn prepare() {
    plan::plan(&crate::schema::message("types.RoleV6"));
}

/// Reads a moment as Teleport writes it: RFC 3339.
#[must_use]
pub fn moment(text: &str) -> Option<std::time::SystemTime> {
    let (seconds, nanos) = timestamp::read(text).ok()?;
    let whole = std::time::Duration::new(seconds.unsigned_abs(), 0);
    let part = std::time::Duration::new(0, u32::try_from(nanos).ok()?);
    let start = std::time::UNIX_EPOCH;
    if seconds < 0 { start.checked_sub(whole)?.checked_add(part) } else { start.checked_add(whole + part) }
}
