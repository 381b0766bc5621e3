//! A terminal dashboard for Teleport clusters: roles, join tokens, access requests, clusters and app servers, live.
//!
//! Three promises decide every question. **The screen never waits**: between a key and its frame there is no network, no lock and
//! no sleep. **The screen never lies**: loading, stale, denied and empty look different, and nothing is shown as done before the
//! Auth Service said so. **Nothing is changed by accident**: no field is lost because this build does not know it, nobody's edit
//! is overwritten, no verdict falls on a row that moved.
//!
//! The crate is built in floors. A module names only what lies on lower floors, and those on one floor do not know each other;
//! `tests/floors.rs` reads the sources and holds them to this table.
//!
//! | floor | module | owns |
//! | --- | --- | --- |
//! | 0 | [`schema`] | messages of the wire, generated from `proto/`, and what they are called in YAML |
//! | 1 | [`resource`] | references, labels, secrets, times, text that came from the cluster |
//! | 1 | [`config`] | settings as plain data |
//! | 2 | [`document`] | YAML as Teleport speaks it: reading with positions, printing, the codec, problems, differences |
//! | 3 | [`credentials`] | who we are: identity files, key pairs, `tsh` profiles |
//! | 3 | `demo` | an Auth Service inside this process |
//! | 4 | [`transport`] | how bytes reach the Auth Service: roads, TLS, discovery |
//! | 5 | [`api`] | how to ask: calls, pages, the watch, deadlines, the read-only guard, one error type |
//! | 6 | [`kind`] | what there is to ask, show and do for each kind of resource |
//! | 7 | [`store`] | what is known now, how it is kept current, ordered and saved |
//! | 8 | [`ui`] | how things look: theme, keys, widgets, the bytes that reach the terminal |
//! | 9 | [`view`] | what the person is doing: a stack of views, and what they ask for as values |
//! | 10 | [`app`] | the whole program as a value, and the loop that drives it |
//! | 10 | [`cli`] | the subcommands that print and exit |
//! | 11 | `main` | arguments, logging, exit codes |
//!
//! Where to begin reading: a key arrives in [`app::runtime`], becomes a [`app::Msg`], is answered by a [`view::View`] with a
//! [`view::Step`], and what that asks of the world is a [`view::Effect`]. What the cluster says arrives as a
//! [`store::Snapshot`], published by [`store::sync`].

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
