//! Stories: what happened goes in, what is asked for comes out, and the picture is looked at in between.

<<<<<<< HEAD
mod conflict;
mod drafts;
=======
mod advice;
>>>>>>> advice
mod edit;
mod kit;
mod lists;
mod manners;
mod revisions;
mod screens;
mod seeds;
mod verdicts;
