//! Portcullis.

pub mod document;
pub mod schema;
