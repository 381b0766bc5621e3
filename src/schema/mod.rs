//! The wire, as `proto/` describes it: generated messages, their descriptors, and which method takes and gives what.
//!
//! Nothing here is edited by hand but the list of methods. Types from here stop at floor 6: what a screen shows has been made
//! into an `Item` or a `Detail` by its kind.

pub mod method;
mod option;
mod raw;

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};

pub use self::generated::{proto, teleport, types, wrappers};
pub use self::option::{Form, Yaml, spelling, yaml};
pub use self::raw::Raw;

#[expect(missing_docs, clippy::pedantic, clippy::large_enum_variant, reason = "generated; proto/ has the words")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/schema.rs"));
}

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/schema.bin")).as_slice())
        .expect("the descriptor set was written by the same build")
});

/// The descriptors of every message, with our options.
#[must_use]
pub fn pool() -> &'static DescriptorPool {
    &POOL
}

/// The descriptor of one message of ours.
///
/// # Panics
/// When `proto/` has no such message; names are literals of this crate.
#[must_use]
pub fn message(name: &str) -> MessageDescriptor {
    pool().get_message_by_name(name).unwrap_or_else(|| panic!("proto/ declares no {name}"))
}
