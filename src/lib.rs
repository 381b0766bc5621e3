//! Portcullis.

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod credentials;
#[cfg(feature = "demo")]
pub mod demo;
pub mod document;
pub mod kind;
pub mod resource;
pub mod schema;
pub mod store;
pub mod transport;
pub mod ui;
pub mod view;
