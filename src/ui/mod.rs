//! How things look: keys, commands, theme, widgets, layout, and the bytes that reach the terminal.
//!
//! Everything here draws what it is given. Nothing here knows what a person is doing, asks for anything, or reads a clock.

pub mod command;
pub mod key;
pub mod keymap;
