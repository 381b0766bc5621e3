//! Portcullis.

pub mod api;
pub mod app;
pub mod document;
pub mod kind;
pub mod resource;
pub mod schema;
pub mod store;
pub mod ui;
pub mod view;
