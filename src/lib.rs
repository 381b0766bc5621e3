//! Portcullis.

pub mod schema;
