//! How to ask: one call, a page, a stream; deadlines, the read-only guard, who is asking, and one error type.
//!
//! What to ask for which kind of resource is decided a floor above. Nothing here knows a role from a token.

mod caller;
mod circumstances;
mod client;
mod error;
mod guard;
mod watch;

pub use self::caller::{Caller, Right, Rule, Server, Verb, Version};
pub use self::client::{Client, Replies};
pub use self::error::{Error, Family};
pub use self::guard::Guard;
pub use self::watch::{Event, Watched};
