//! Portcullis.

pub mod credentials;
pub mod schema;
pub mod transport;
