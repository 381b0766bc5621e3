//! A cluster of the demo in this process, so that a test can be the second person while the binary is the first.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::SystemTime;

use portcullis::api::{Caller, Client, Guard};
use portcullis::credentials::{self, Wanted};
use portcullis::demo::{Faults, Options, Server};
use portcullis::document::Resource;
use portcullis::kind::{self, Kind, Order, Seen};
use portcullis::resource::Reference;
use portcullis::transport::{Target, connect};
use tokio::runtime::Runtime;
use tokio_stream::StreamExt as _;

use crate::support::{Start, Terminal};

#[expect(clippy::disallowed_methods, reason = "certificates are checked against the real time")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The cluster, the other person's connection to it, and the first person's home.
pub struct Cluster {
    runtime: Runtime,
    server: Server,
    client: Client,
    home: tempfile::TempDir,
}

async fn connected(server: &Server) -> Client {
    let wanted =
        Wanted { memory: Some(server.identity().to_owned()), auth_servers: vec![server.address()], ..Wanted::default() };
    let identity = credentials::load(&wanted, now()).expect("an identity");
    let connected = connect(&identity, &Target::of(&wanted, false), now()).await.expect("a connection");
    let client = Client::new(connected.channel, Guard::new(false));
    let certificate = identity.certificate();
    let learnt = Caller::learn(&client, certificate.user.clone(), certificate.roles.clone(), Vec::new()).await;
    client.with_caller(learnt.expect("it says who we are"))
}

fn roles() -> &'static Kind {
    kind::named("role").expect("a kind")
}

impl Cluster {
    /// A fresh one.
    pub fn start() -> Self {
        Self::of(Options::default())
    }

    /// One that is made up like this.
    pub fn of(options: Options) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (server, client) = runtime.block_on(async {
            let server = Server::start(options).await.expect("a demo");
            let client = connected(&server).await;
            (server, client)
        });
        let home = tempfile::tempdir().expect("a temporary folder");
        fs::write(home.path().join("identity"), server.identity()).expect("the identity is written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let private = fs::Permissions::from_mode(0o600);
            fs::set_permissions(home.path().join("identity"), private).expect("it is made private");
        }
        Self { runtime, server, client, home }
    }

    /// Connects the other person anew: a cut line is everybody's.
    pub fn reconnect(&mut self) {
        self.client = self.runtime.block_on(connected(&self.server));
    }

    /// What can be made to go wrong.
    pub fn faults(&self) -> Faults {
        self.server.faults()
    }

    /// The first person's state folder.
    pub fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/portcullis")
    }

    /// The first person's dashboard, with the same home each time.
    pub fn dashboard(&self) -> Terminal {
        self.sized(120, 40)
    }

    /// The same in a terminal of another size.
    pub fn sized(&self, columns: u16, rows: u16) -> Terminal {
        let mut terminal = self.begin("roles", columns, rows);
        terminal.wait_for("● live");
        terminal.wait_for("by name");
        terminal.wait_until("the whole list", |terminal| !terminal.text().contains("so far"));
        terminal.settle();
        terminal
    }

    /// The same with another view, and whatever there is to see.
    pub fn begin(&self, view: &str, columns: u16, rows: u16) -> Terminal {
        let identity = self.home.path().join("identity");
        let (identity, home) = (identity.to_string_lossy(), self.home.path().to_string_lossy());
        let arguments = ["-i", &identity, "--auth-server", &self.server.address(), "--view", view].map(str::to_owned);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Start::new(&arguments).env("HOME", &home).sized(columns, rows).run()
    }

    /// How many events of this kind the other person has seen, from now on.
    pub fn events(&self, kind: &'static str) -> Arc<AtomicUsize> {
        let count = Arc::new(AtomicUsize::new(0));
        let mut watched = self.runtime.block_on(self.client.watch(&[kind])).expect("a watch");
        let counted = count.clone();
        self.runtime.spawn(async move {
            while let Some(Ok(_)) = watched.next().await {
                counted.fetch_add(1, Relaxed);
            }
        });
        count
    }

    /// The role as the server has it.
    pub fn role(&self, name: &str) -> Resource {
        let reference = Reference::new("role", name);
        self.runtime.block_on((roles().fetch)(&self.client, &reference)).expect("the role is there")
    }

    /// The other person saves this.
    pub fn save(&self, resource: &Resource) -> Resource {
        let edit = roles().edit.expect("roles are edited");
        self.runtime.block_on((edit.update)(&self.client, resource)).expect("the other person saves")
    }

    /// The other person exchanges a piece of the text of a role.
    pub fn edit(&self, name: &str, from: &str, to: &str) -> Resource {
        let base = self.role(name);
        let text = base.to_yaml().expect("a text");
        assert!(text.contains(from), "{from:?} is not in\n{text}");
        self.save(&base.patched(&text.replacen(from, to, 1)).expect("an edit"))
    }

    /// The other person deletes a role.
    pub fn delete(&self, name: &str) {
        let order = Order {
            reference: Reference::new("role", name),
            seen: Seen::default(),
            reason: String::new(),
            roles: Vec::new(),
            duration: None,
            dry_run: false,
        };
        let action = roles().action("delete").expect("roles are deleted");
        self.runtime.block_on((action.run)(&self.client, &order)).expect("the other person deletes");
    }

    /// Everything the drafts' folder holds.
    pub fn drafts(&self) -> String {
        let entries = fs::read_dir(self.state().join("drafts")).into_iter().flatten().flatten();
        let mut all = String::new();
        for entry in entries {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            let _ = writeln!(all, "{}: {text}", entry.path().display());
        }
        all
    }
}
