//! Asking, answering and voting.
