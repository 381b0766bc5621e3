//! How things look: keys, commands, theme, widgets, layout, and the bytes that reach the terminal.
//!
//! Everything here draws what it is given. Nothing here knows what a person is doing, asks for anything, or reads a clock.

pub mod command;
pub mod detail;
pub mod diff;
pub mod editor;
pub mod footer;
pub mod glyph;
pub mod header;
pub mod help;
pub mod input;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod notice;
mod paint;
pub mod palette;
mod run;
pub mod screen;
mod scroll;
pub mod sheet;
pub mod table;
pub mod text;
pub mod theme;
pub mod yaml;

pub use self::command::Command;
pub use self::editor::Editor;
pub use self::key::Key;
pub use self::keymap::Keymap;
pub use self::theme::Theme;
