//! Portcullis.

#[cfg(feature = "demo")]
pub mod demo;
pub mod schema;
