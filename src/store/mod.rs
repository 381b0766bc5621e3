//! What is known now: one shelf a kind, how it is kept current, how it is ordered, and how a change is written.

pub mod arrange;
pub mod journal;
pub mod save;
mod shelf;
mod slots;
mod snapshot;
pub mod sync;
pub mod verdict;

pub use self::shelf::{Phase, Row, Shelf};
pub use self::slots::Slots;
pub use self::snapshot::{Change, LinkState, Snapshot, Verb as ChangeVerb};

#[cfg(test)]
pub(crate) mod tests;
