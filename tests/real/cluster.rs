//! A running root and leaf cluster, and the official tools to compare with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the servers listen; apart from the defaults of the script, so that a cluster started by hand is not disturbed.
const PORTS: u16 = 14_000;

/// Root, leaf and app service.
pub struct Cluster {
    /// The folder with credentials and configurations.
    pub folder: PathBuf,
    base: u16,
    binaries: PathBuf,
    ours: bool,
}

impl Cluster {
    /// Starts the servers, or takes those that run already.
    pub fn start() -> Self {
        let binaries =
            PathBuf::from(std::env::var_os("TELEPORT_BIN").expect("TELEPORT_BIN names the folder of teleport, tctl and tsh"));
        for tool in ["teleport", "tctl", "tsh"] {
            assert!(binaries.join(tool).is_file(), "{tool} is not in {}", binaries.display());
        }
        if let Some(folder) = std::env::var_os("PORTCULLIS_REAL") {
            return Self { folder: folder.into(), base: 13_000, binaries, ours: false };
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real");
        let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/up.sh"));
        script.arg(&folder).args(["--leaf", "--poll", "50"]);
        script.env("TELEPORT_BIN", &binaries).env("PORT_BASE", PORTS.to_string());
        let status = script.status().expect("up.sh runs");
        assert!(status.success(), "the servers did not start");
        Self { folder, base: PORTS, binaries, ours: true }
    }

    /// Where the root's Auth Service listens.
    pub fn auth(&self) -> String {
        format!("localhost:{}", self.base + 25)
    }

    /// Where the root's Proxy Service listens for the web.
    pub fn proxy(&self) -> String {
        format!("localhost:{}", self.base + 80)
    }

    /// A file among the credentials.
    pub fn credential(&self, name: &str) -> String {
        self.folder.join("creds").join(name).to_string_lossy().into_owned()
    }

    /// The variables that keep a program within this world.
    pub fn environment(&self) -> Vec<(String, String)> {
        let folder = |name: &str| self.folder.join(name).to_string_lossy().into_owned();
        vec![
            ("TELEPORT_HOME".into(), folder("empty-home")),
            ("TELEPORT_CONFIG_FILE".into(), String::new()),
            // The servers ask for no second factor, which `tctl` on their host must be told is meant.
            ("TELEPORT_ALLOW_NO_SECOND_FACTOR".into(), "true".into()),
            ("SSL_CERT_FILE".into(), self.credential("web-ca.pem")),
            ("SSL_CERT_DIR".into(), folder("none")),
        ]
    }

    /// Runs our binary to its end.
    pub fn portcullis(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).env_clear().env("HOME", self.folder.join("empty-home"));
        command.envs(self.environment()).envs(environment.iter().copied());
        command.output().expect("portcullis runs")
    }

    /// What our binary printed, which must have gone well.
    pub fn prints(&self, arguments: &[&str]) -> String {
        let output = self.portcullis(arguments, &[]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "portcullis {arguments:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// What `tctl` prints, run on the host of a cluster: `root` or `leaf`.
    pub fn tctl(&self, cluster: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(self.binaries.join("tctl"));
        command.arg("-c").arg(self.folder.join(format!("{cluster}.yaml"))).args(arguments);
        self.finish(command)
    }

    /// Waits until `tctl get` shows all this. The server reads from a cache that is a poll behind what it has just confirmed.
    pub fn shows(&self, what: &str, texts: &[&str]) {
        let mut shown = String::new();
        // Each look is a process of its own, which takes longer than the cache does.
        for _ in 0..20 {
            shown = self.tctl("root", &["get", what, "--format=yaml"]);
            if texts.iter().all(|text| shown.contains(text)) {
                return;
            }
        }
        panic!("{texts:?} was saved, and this is shown:\n{shown}");
    }

    /// What `tsh` prints with one of the profile folders.
    pub fn tsh(&self, profile: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(self.binaries.join("tsh"));
        command.args(arguments);
        command.envs(self.environment()).env("TELEPORT_HOME", self.credential(profile));
        self.finish(command)
    }

    fn finish(&self, mut command: Command) -> String {
        for (name, value) in self.environment() {
            if name != "TELEPORT_HOME" {
                command.env(name, value);
            }
        }
        let output = command.output().expect("the official tool runs");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// The names that `tctl get KIND` lists, sorted.
    pub fn names(&self, cluster: &str, kind: &str) -> Vec<String> {
        let text = self.tctl(cluster, &["get", kind, "--format=json"]);
        let listed: serde_json::Value = serde_json::from_str(&text).expect("tctl prints JSON");
        let name = |resource: &serde_json::Value| resource["metadata"]["name"].as_str().expect("a name").to_owned();
        let mut names: Vec<_> = listed.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.ours {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/down.sh");
            let stopped = Command::new(script).arg(&self.folder).status();
            assert!(stopped.is_ok_and(|status| status.success()), "the servers did not stop");
        }
    }
}
