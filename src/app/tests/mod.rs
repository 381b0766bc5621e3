//! Stories: what happened goes in, what is asked for comes out, and the picture is looked at in between.

mod edit;
mod kinds;
mod kit;
mod lists;
mod manners;
mod screens;
mod seeds;
mod verdicts;
