//! What `get` and `check` print, held against the official tools.

use super::cluster::Cluster;

/// Every way in that is offered: the credential's options, the road's options, the environment.
type Way = (String, Vec<String>, Vec<(String, String)>);

fn ways(cluster: &Cluster) -> Vec<Way> {
    let mut ways = Vec::new();
    for (road, address) in [("auth", cluster.auth()), ("proxy", cluster.proxy())] {
        let option = |name: &str| vec![name.to_owned(), address.clone()];
        let mut identity = option("--auth-server");
        identity.extend(["-i".to_owned(), cluster.credential("ada.identity")]);
        ways.push((format!("identity file, {road}"), identity, Vec::new()));
        let mut pair = option("--auth-server");
        pair.extend(["--key-pair".to_owned(), cluster.credential("ada")]);
        ways.push((format!("key pair, {road}"), pair, Vec::new()));
    }
    let mut named = vec!["--proxy".to_owned(), cluster.proxy()];
    named.extend(["-i".to_owned(), cluster.credential("ada.identity")]);
    ways.push(("identity file, --proxy".to_owned(), named, Vec::new()));
    ways.push(("profile".to_owned(), Vec::new(), vec![("TELEPORT_HOME".to_owned(), cluster.credential("tsh"))]));
    ways
}

fn names_by(cluster: &Cluster, way: &Way, kind: &str, more: &[&str]) -> Vec<String> {
    let mut arguments = vec!["get", kind, "-o", "name", "--with-secrets"];
    arguments.extend(way.1.iter().map(String::as_str));
    arguments.extend(more);
    let environment: Vec<_> = way.2.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = cluster.portcullis(&arguments, &environment);
    assert!(output.status.success(), "{}, {kind}: {}", way.0, String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let mut names: Vec<_> = text.lines().map(|line| line.rsplit('/').next().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

pub fn lists_agree(cluster: &Cluster) {
    for kind in ["role", "token", "access_request", "remote_cluster", "app_server", "app"] {
        let theirs = cluster.names("root", kind);
        assert!(!theirs.is_empty(), "the seeds hold some {kind}");
        for way in ways(cluster) {
            assert_eq!(names_by(cluster, &way, kind, &[]), theirs, "{kind} by {}", way.0);
        }
    }
}

pub fn leaf_is_reached(cluster: &Cluster) {
    for kind in ["role", "trusted_cluster", "token"] {
        let theirs = cluster.names("leaf", kind);
        for way in ways(cluster).into_iter().filter(|(name, _, _)| !name.ends_with("auth")) {
            assert_eq!(names_by(cluster, &way, kind, &["--cluster", "leaf.example.test"]), theirs, "{kind} by {}", way.0);
        }
    }
}

fn ada(cluster: &Cluster) -> [String; 4] {
    ["-i".into(), cluster.credential("ada.identity"), "--auth-server".into(), cluster.auth()]
}

fn as_ada(cluster: &Cluster, arguments: &[&str]) -> String {
    let way = ada(cluster);
    let mut all = arguments.to_vec();
    all.extend(way.iter().map(String::as_str));
    cluster.prints(&all)
}

pub fn roles_print_alike(cluster: &Cluster) {
    for name in cluster.names("root", "role") {
        let resource = format!("role/{name}");
        let theirs = cluster.tctl("root", &["get", &resource, "--format=yaml"]);
        assert_eq!(as_ada(cluster, &["get", &resource, "-o", "yaml"]), theirs, "{resource}");
    }
    let theirs = cluster.tctl("root", &["get", "roles", "--format=yaml"]);
    assert_eq!(as_ada(cluster, &["get", "roles", "-o", "yaml"]), theirs, "all roles");
}

pub fn requests_as_json(cluster: &Cluster) {
    let text = as_ada(cluster, &["get", "requests", "-o", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&text).expect("one array");
    let listed = listed.as_array().expect("one array");
    assert_eq!(listed.len(), cluster.names("root", "access_request").len());
    assert!(listed.iter().all(|request| request["kind"] == "access_request" && request["spec"]["user"].is_string()));
    let table = as_ada(cluster, &["get", "requests"]);
    assert!(!table.contains('\u{1b}'), "escape codes of a reason reach no terminal: {table:?}");
}

pub fn tokens_are_masked(cluster: &Cluster) {
    for format in ["table", "yaml", "json", "name"] {
        let text = as_ada(cluster, &["get", "tokens", "-o", format]);
        assert!(!text.contains("static-app-token"), "{format} shows a secret name");
    }
    let text = as_ada(cluster, &["get", "tokens", "-o", "name", "--with-secrets"]);
    assert!(text.contains("static-app-token"));
}

fn fails(cluster: &Cluster, arguments: &[&str], code: i32, words: &[&str]) {
    let output = cluster.portcullis(arguments, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "stdout is only the answer");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say {word:?}, says:\n{said}");
    }
}

pub fn refused_identities(cluster: &Cluster) {
    let (auth, proxy) = (cluster.auth(), cluster.proxy());
    let (certificate, key) = (cluster.credential("foreign.crt"), cluster.credential("foreign.key"));
    let authorities = cluster.credential("ada.cas");
    for address in [&auth, &proxy] {
        let foreign = ["get", "roles", "--auth-server", address, "--cert", &certificate, "--key", &key, "--ca", &authorities];
        fails(cluster, &foreign, 3, &["refused"]);
    }
    let lee = cluster.credential("lee.identity");
    fails(cluster, &["get", "roles", "--auth-server", &auth, "-i", &lee], 3, &[]);
    fails(cluster, &["get", "roles"], 3, &["tsh login", "tctl auth sign", "--demo"]);
}

pub fn wrong_addresses(cluster: &Cluster) {
    let identity = cluster.credential("ada.identity");
    fails(cluster, &["get", "roles", "--auth-server", "localhost:1", "-i", &identity], 3, &["localhost:1"]);
    let plain = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = plain.local_addr().expect("bound").to_string();
    let answer = std::thread::spawn(move || {
        for stream in plain.incoming().take(8).flatten() {
            let mut stream = stream;
            let _ = std::io::Write::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.2\r\n");
        }
    });
    fails(cluster, &["get", "roles", "--auth-server", &address, "-i", &identity], 3, &["SSH server"]);
    drop(answer);
}

pub fn check_tells(cluster: &Cluster) {
    let text = as_ada(cluster, &["check"]);
    for word in ["ada", "root.example.test", "18.", "role", "access_request"] {
        assert!(text.contains(word), "check should say {word:?}, says:\n{text}");
    }
    let text = as_ada(cluster, &["check", "-o", "json"]);
    let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(told["identity"]["user"], "ada");
}
