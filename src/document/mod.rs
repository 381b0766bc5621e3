//! YAML as Teleport speaks it, and the opaque [`Resource`].
//!
//! Reads with positions, prints `tctl`'s dialect to the byte, and carries edits into messages in place so that nothing this build
//! does not know is lost. One codec walks any kind by its descriptor; a new field is one line of `proto/`. Knows no network, no
//! clock and no screen.

mod apply;
mod check;
mod codec;
mod compare;
mod diff;
mod draft;
mod duration;
mod free;
mod hidden;
mod json;
mod order;
mod plain;
mod print;
mod problem;
mod read;
mod resource;
mod scalar;
mod style;
mod tag;
mod timestamp;
mod tree;
mod value;

pub use self::codec::Unprintable;
pub use self::diff::{Line, Sign, diff};
pub use self::draft::{problems, refused_by};
pub use self::plain::{print_json, read_json};
pub use self::problem::{Problem, Severity, Stage};
pub use self::resource::{Malformed, Resource};
