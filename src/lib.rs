//! Portcullis.

#[cfg(feature = "demo")]
pub mod demo;
pub mod document;
pub mod schema;
