//! Portcullis.

pub mod api;
#[cfg(feature = "demo")]
pub mod demo;
pub mod document;
pub mod kind;
pub mod resource;
pub mod schema;
pub mod store;
pub mod ui;
