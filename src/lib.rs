//! Portcullis.

pub mod document;
pub mod schema;
pub mod store;
