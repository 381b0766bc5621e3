//! What every floor says about a resource without knowing its kind: which one, its labels, its secrets, its times, its text.
//!
//! No messages, no documents, no network. Text that came from the cluster passes through [`clean()`] on the way to anything a
//! person or a terminal reads.

mod clean;
mod label;
mod reference;
mod revision;
mod secret;
mod text;
mod time;

pub use self::clean::{clean, clean_lines, columns, cut, cut_left, is_hidden};
pub use self::label::{Labels, ORIGIN, Pair, Pairs, Strings, is_listed};
pub use self::reference::Reference;
pub use self::revision::Revision;
pub use self::secret::{Secret, mask, masked};
pub use self::text::{Text, kept};
pub use self::time::{Now, Utc, ago, coarse, short, step};
