//! What the official tools change while dashboards are open is seen on each of them, whatever way it came in.

use super::cluster::Cluster;
use super::support::{Start, Terminal};

/// Each credential over each road.
fn dashboards(cluster: &Cluster) -> Vec<(String, Terminal)> {
    let (identity, pair) = (cluster.credential("ada.identity"), cluster.credential("ada"));
    let (auth, proxy) = (cluster.auth(), cluster.proxy());
    let ways: [(&str, Vec<&str>); 6] = [
        ("identity file, auth", vec!["-i", &identity, "--auth-server", &auth]),
        ("identity file, proxy", vec!["-i", &identity, "--proxy", &proxy]),
        ("key pair, auth", vec!["--key-pair", &pair, "--auth-server", &auth]),
        ("key pair, proxy", vec!["--key-pair", &pair, "--proxy", &proxy]),
        ("profile, auth", vec!["--auth-server", &auth]),
        ("profile, proxy", Vec::new()),
    ];
    let start = |(name, arguments): (&str, Vec<&str>)| {
        let mut start = Start::new(&arguments);
        for (variable, value) in cluster.environment() {
            start = start.env(&variable, &value);
        }
        if name.starts_with("profile") {
            start = start.env("TELEPORT_HOME", &cluster.credential("tsh"));
        }
        (name.to_owned(), start.run())
    };
    let mut dashboards: Vec<_> = ways.into_iter().map(start).collect();
    for (_, terminal) in &mut dashboards {
        terminal.wait_for("● live");
        terminal.settle();
    }
    dashboards
}

fn create(cluster: &Cluster, name: &str, text: &str) {
    let path = cluster.folder.join(format!("{name}.yaml"));
    std::fs::write(&path, text).expect("the folder takes files");
    cluster.tctl("root", &["create", "-f", &path.to_string_lossy()]);
}

fn label(cluster: &Cluster, more: &str) {
    cluster.tctl("root", &["update", "rc/leaf.example.test", &format!("--set-labels=env=dev,region=eu{more}")]);
}

pub fn arrive(cluster: &Cluster) {
    let mark = format!("seen-{}", std::process::id());
    let mut dashboards = dashboards(cluster);
    let app = format!(
        "kind: app\nversion: v3\nmetadata: {{name: {mark}, labels: {{env: dev}}}}\nspec: {{uri: 'http://127.0.0.1:9'}}\n"
    );
    create(cluster, "seen-app", &app);
    let role = format!("kind: role\nversion: v7\nmetadata: {{name: {mark}}}\nspec: {{allow: {{logins: [one]}}}}\n");
    create(cluster, "seen-role", &role);
    // A name that is no secret, so that it stands in the list as it is.
    let token = format!(
        "kind: token\nversion: v2\nmetadata: {{name: {mark}, expires: '2040-01-01T00:00:00Z'}}\n\
         spec: {{roles: [Node], join_method: iam, allow: [{{aws_account: '123456789012'}}]}}\n"
    );
    create(cluster, "seen-token", &token);
    label(cluster, &format!(",seen={mark}"));
    cluster.tsh("tsh-rex", &["request", "create", "--roles", "access", "--reason", &mark, "--nowait"]);
    for (way, terminal) in &mut dashboards {
        for view in ["2", "3", "4", "5", "6"] {
            terminal.press(view);
            terminal.press("/");
            terminal.type_text(&mark);
            terminal.press("Enter");
            // The filter has it once, and what came has it as well.
            let came = |text: &str| text.matches(&mark).count() > 1 && !text.contains("nothing matches");
            terminal.wait_until(&format!("{mark} by {way}"), |terminal| came(&terminal.text()));
        }
    }
    for (_, mut terminal) in dashboards {
        terminal.type_text(":q");
        terminal.raw(b"\r", 1);
        assert_eq!(terminal.exit_code(), 0);
    }
    for kind in ["app", "role", "token"] {
        cluster.tctl("root", &["rm", &format!("{kind}/{mark}")]);
    }
    label(cluster, "");
}
