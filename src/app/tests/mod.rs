//! Stories: what happened goes in, what is asked for comes out, and the picture is looked at in between.

mod advice;
mod conflict;
mod drafts;
mod edit;
mod kinds;
mod kit;
mod line;
mod lists;
mod manners;
mod revisions;
mod screens;
mod seeds;
mod verdicts;
