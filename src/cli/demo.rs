//! The demo, as the entrance starts it: an address and an identity, and from there on the ordinary way in.
//!
//! The dashboard is drawn before its demo is there, so for it the demo starts inside the first dial.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};

use super::arguments::Options;
use super::setup::Setup;
use crate::api::Guard;
use crate::store::sync::{self, Clock};

/// A made-up cluster that was asked for and is not there yet.
pub struct Wanted {
    #[cfg(feature = "demo")]
    options: crate::demo::Options,
    /// When the certificate of its user ends.
    pub ends: SystemTime,
}

/// The made-up cluster, as long as it is held.
#[cfg(feature = "demo")]
pub struct Demo(crate::demo::Server);

/// Left out of this build.
#[cfg(not(feature = "demo"))]
pub struct Demo;

/// How long the certificate of the demo's user is good.
const DEMO_LIFE: Duration = Duration::from_hours(12);

#[cfg(feature = "demo")]
impl Demo {
    /// What the options ask for, if they ask for it.
    ///
    /// # Errors
    /// When this build has none.
    pub fn wanted(options: &Options, clock: &Clock) -> Result<Option<Wanted>> {
        use crate::demo::{Clock as DemoClock, Options as DemoOptions};
        if !options.demo && options.demo_scale.is_none() {
            return Ok(None);
        }
        let still = std::env::var_os("PORTCULLIS_TEST_NOW").is_some();
        let now = if still { DemoClock::Frozen((clock.shown)()) } else { DemoClock::Running };
        let scale = options.demo_scale.unwrap_or_default();
        let events_per_second = options.demo_events.unwrap_or_default();
        let ends = (clock.shown)() + DEMO_LIFE;
        Ok(Some(Wanted { options: DemoOptions { scale, events_per_second, now, ..DemoOptions::default() }, ends }))
    }

    /// The way in.
    #[must_use]
    pub fn setup(&self, read_only: bool) -> Setup {
        Setup::in_memory(self.0.address(), self.0.identity().to_owned(), read_only)
    }
}

#[cfg(feature = "demo")]
impl Wanted {
    /// Starts it.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(self) -> Result<Demo> {
        Ok(Demo(crate::demo::Server::start(self.options).await.context("the demo cannot start")?))
    }

    /// Dials the ordinary way, once the cluster is there to be dialled.
    #[must_use]
    pub fn dial(self, read_only: bool, guard: Guard, now: Arc<dyn Fn() -> SystemTime + Send + Sync>) -> sync::Dial {
        let running = Arc::new(tokio::sync::OnceCell::<(Demo, Arc<Setup>)>::new());
        let options = self.options;
        Box::new(move || {
            let (running, options, guard, now) = (running.clone(), options, guard.clone(), now.clone());
            Box::pin(async move {
                let begin = || async {
                    let demo = Demo(crate::demo::Server::start(options).await?);
                    let setup = Arc::new(demo.setup(read_only));
                    Ok::<_, crate::demo::Error>((demo, setup))
                };
                let (_, setup) = running.get_or_try_init(begin).await.map_err(|error| sync::DialError {
                    reasons: vec![format!("the demo cannot start: {error}")],
                    ..sync::DialError::default()
                })?;
                setup.clone().dial(guard, now)().await
            })
        })
    }
}

#[cfg(not(feature = "demo"))]
impl Demo {
    /// What the options ask for, if they ask for it.
    ///
    /// # Errors
    /// When this build has none.
    pub fn wanted(options: &Options, _: &Clock) -> Result<Option<Wanted>> {
        if options.demo || options.demo_scale.is_some() {
            return Err(super::Failure::usage("this build has no demo").into());
        }
        Ok(None)
    }

    /// The way in.
    #[must_use]
    pub fn setup(&self, read_only: bool) -> Setup {
        Setup::in_memory(String::new(), String::new(), read_only)
    }
}

#[cfg(not(feature = "demo"))]
impl Wanted {
    /// Starts it.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(self) -> Result<Demo> {
        Err(super::Failure::usage("this build has no demo").into())
    }

    /// Dials the ordinary way, once the cluster is there to be dialled.
    #[must_use]
    pub fn dial(self, read_only: bool, guard: Guard, now: Arc<dyn Fn() -> SystemTime + Send + Sync>) -> sync::Dial {
        Arc::new(Setup::in_memory(String::new(), String::new(), read_only)).dial(guard, now)
    }
}
