//! Several ways tried one after the other, where the next does not wait for the last word of the one before.
//!
//! A way that fails hands over at once, a silent one after a moment; the first to succeed wins and the rest are dropped. Nothing is
//! spawned: whoever drops the race drops every connection in it.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

/// One way, not started before it is polled.
pub(super) type Way<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Tries the ways in order. What failed before the end is in the list beside the winner.
pub(super) async fn staged<T, E>(silence: Duration, ways: Vec<Way<'_, T, E>>, failed: &mut Vec<E>) -> Option<T> {
    let mut waiting: VecDeque<_> = ways.into();
    let mut running = Vec::new();
    loop {
        running.extend(waiting.pop_front());
        if running.is_empty() {
            return None;
        }
        let step = poll_fn(|context| {
            for index in 0..running.len() {
                let way: &mut Way<'_, T, E> = &mut running[index];
                if let Poll::Ready(end) = way.as_mut().poll(context) {
                    drop(running.swap_remove(index));
                    return Poll::Ready(end);
                }
            }
            Poll::Pending
        });
        // With nobody left to start there is nothing to wake up for.
        let end = if waiting.is_empty() { Some(step.await) } else { timeout(silence, step).await.ok() };
        match end {
            Some(Ok(winner)) => return Some(winner),
            Some(Err(failure)) => failed.push(failure),
            None => {}
        }
    }
}
