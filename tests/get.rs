//! `get`: what is on stdout and when, and how it ends when nobody reads on.
//!
//! Against the demo's Auth Service, by the ordinary way in. Nothing sleeps: a test does something at the moment of a flush, and
//! what follows can only be what it asserts.
#![cfg(feature = "demo")]

use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use portcullis::cli::arguments::{Format, Get};
use portcullis::cli::{self, Setup};
use portcullis::demo::{Options, Server};
use tokio::sync::mpsc;

/// App servers; a fifth as many roles, which are four pages and the seeds.
const SCALE: u32 = 20_000;
const PAGE: usize = 1_000;

#[expect(clippy::disallowed_methods, reason = "certificates are checked against the real time")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Keeps what is written, and does something at each flush.
struct Out<F> {
    text: Vec<u8>,
    flushed: F,
}

impl<F: FnMut(&str)> Write for Out<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (self.flushed)(std::str::from_utf8(&self.text).expect("text"));
        Ok(())
    }
}

async fn server() -> (Server, Setup) {
    let server = Server::start(Options { scale: SCALE, ..Options::default() }).await.expect("a demo");
    let setup = Setup::in_memory(server.address(), server.identity().to_owned(), false);
    (server, setup)
}

async fn roles(setup: &Setup, flushed: impl FnMut(&str)) -> (anyhow::Result<()>, String) {
    let asked = Get { resource: "roles".to_owned(), output: Some(Format::Yaml), sort: None, with_secrets: false };
    let mut out = Out { text: Vec::new(), flushed };
    let ended = cli::get(setup, &asked, None, now(), &mut |_| {}, &mut out).await;
    (ended, String::from_utf8(out.text).expect("text"))
}

fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("  name: ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_is_out_before_a_second_page_is_asked_for() {
    let (server, setup) = server().await;
    let faults = server.faults();
    let mut first = None;
    // Whatever is asked for from the first flush on is refused.
    let (ended, text) = roles(&setup, |text| {
        if first.is_none() {
            faults.deny("role");
            first = Some(text.to_owned());
        }
    })
    .await;
    assert_eq!(names(&first.expect("something was flushed")).len(), 1, "the first waits for no other");
    assert_eq!(names(&text).len(), PAGE, "the page that had come is printed, the second had not been asked for");
    let said = ended.expect_err("the second page is refused").to_string();
    assert!(said.contains("access denied"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_out_while_the_next_is_held_back() {
    let (server, setup) = server().await;
    let faults = server.faults();
    let (tell, mut told) = mpsc::unbounded_channel();
    let printing = roles(&setup, |text| {
        let count = names(text).len();
        if count == 1 {
            faults.freeze(true);
        }
        // The other end listens for the first page only.
        let _ = tell.send(count);
    });
    let watching = async {
        assert_eq!(told.recv().await, Some(1));
        // The server answers nothing until this has come.
        assert_eq!(told.recv().await, Some(PAGE));
        server.faults().freeze(false);
    };
    let ((ended, text), ()) = tokio::join!(printing, watching);
    ended.expect("all pages come");
    assert!(names(&text).len() > 4 * PAGE, "{}", names(&text).len());
    let (ended, at_once) = roles(&setup, |_| {}).await;
    ended.expect("all pages come");
    assert!(text == at_once, "in the server's order, whatever is late");
}

#[test]
fn a_closed_pipe_is_no_failure_worth_a_word() {
    let scale = SCALE.to_string();
    for format in ["yaml", "json", "name", "table"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(["--demo-scale", &scale, "get", "roles", "-o", format]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut line = String::new();
        // More than a pipe holds is still to come when this end is dropped.
        BufReader::with_capacity(1, child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(141), "{format}");
        assert_eq!((line.is_empty(), said.as_str()), (false, ""), "{format}");
    }
}
