//! Files and folders: key pairs, the layouts of a `tsh` login, and how a fresh login is noticed.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::super::*;
use super::cluster::{Cluster, Issued, Person, now};

struct Home {
    folder: TempDir,
    root: Cluster,
    leaf: Cluster,
}

#[derive(Clone, Copy)]
enum Layout {
    V6,
    V7,
    V17,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), root: Cluster::new("root.test"), leaf: Cluster::new("leaf.test") }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        private(&path);
    }

    /// A login as `tsh` of that age leaves it.
    fn login(&self, layout: Layout, settings: &str) -> Issued {
        let issued = self.root.issue(&Person::default());
        self.put(layout, &issued);
        self.write("current-profile", "proxy.test\n");
        let settings =
            format!("web_proxy_addr: proxy.test:3080\nssh_proxy_addr: proxy.test:3023\nuser: a.b+c@d.test\n{settings}");
        self.write("proxy.test.yaml", &settings);
        issued
    }

    fn put(&self, layout: Layout, issued: &Issued) {
        let keys = "keys/proxy.test";
        let user = "a.b+c@d.test";
        let (key, certificate) = match layout {
            Layout::V6 | Layout::V7 => (format!("{keys}/{user}"), format!("{keys}/{user}-x509.pem")),
            Layout::V17 => (format!("{keys}/{user}.key"), format!("{keys}/{user}.crt")),
        };
        self.write(&key, &issued.key);
        self.write(&certificate, &issued.certificate);
        let (root, leaf) = (self.root.host_ca(), self.leaf.host_ca());
        self.write(&format!("{keys}/certs.pem"), &format!("{root}\n{leaf}\n"));
        if !matches!(layout, Layout::V6) {
            self.write(&format!("{keys}/cas/root.test.pem"), &root);
            self.write(&format!("{keys}/cas/leaf.test.pem"), &format!("{leaf}{leaf}"));
        }
    }

    fn wanted(&self) -> Wanted {
        Wanted { home: Some(self.folder.path().to_owned()), ..Wanted::default() }
    }

    fn read(&self) -> Result<Identity, Error> {
        read(&self.wanted())
    }
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}

#[test]
fn every_layout_of_a_login_is_read() {
    for layout in [Layout::V6, Layout::V7, Layout::V17] {
        let home = Home::new();
        home.login(layout, "cluster: leaf.test\ntls_routing_enabled: true\nsomething_new: [1, {a: b}]\n");
        let identity = load(&home.wanted(), now()).unwrap();
        assert_eq!((identity.cluster(), identity.certificate().root_cluster.as_str()), ("leaf.test", "root.test"));
        assert_eq!(identity.known_clusters(), ["leaf.test", "root.test"]);
        assert!(identity.warnings().is_empty(), "{:?}", identity.warnings());
        let profile = identity.profile().unwrap();
        assert_eq!((profile.name.as_str(), profile.web_proxy_addr.as_str()), ("proxy.test", "proxy.test:3080"));
        assert!(profile.tls_routing_enabled && !profile.missing_cluster_details);
        assert_eq!(identity.renewal(), "tsh login --proxy=proxy.test:3080");
    }
}

#[test]
fn a_settings_file_of_four_lines_is_enough_and_one_without_a_cluster_means_the_root() {
    let home = Home::new();
    home.login(Layout::V6, "");
    assert_eq!(home.read().unwrap().cluster(), "root.test");
    let mut wanted = home.wanted();
    wanted.cluster = Some("leaf.test".into());
    assert_eq!(read(&wanted).unwrap().cluster(), "leaf.test");
}

#[test]
fn of_two_layouts_the_one_that_lives_longer_counts() {
    let home = Home::new();
    home.login(Layout::V7, "");
    home.put(Layout::V17, &home.root.issue(&Person { user: "new", until: 20 * 3600, ..Person::default() }));
    assert_eq!(home.read().unwrap().certificate().user, "new");
    home.put(Layout::V7, &home.root.issue(&Person { user: "old tsh, used last", until: 24 * 3600, ..Person::default() }));
    assert_eq!(home.read().unwrap().certificate().user, "old tsh, used last");
    // A lock may leave an empty key file behind, which is none.
    home.write("keys/proxy.test/a.b+c@d.test.key", "");
    assert_eq!(home.read().unwrap().certificate().user, "old tsh, used last");
}

#[test]
fn a_half_written_login_is_told_from_a_broken_one() {
    let home = Home::new();
    home.login(Layout::V17, "");
    let next = home.root.issue(&Person::default());
    home.write("keys/proxy.test/a.b+c@d.test.key", &next.key);
    let error = home.read().unwrap_err();
    assert!(
        matches!(&error, Error::Mismatch { cert, key } if cert.ends_with("d.test.crt") && key.ends_with("d.test.key")),
        "{error}"
    );
    assert!(error.may_be_half_written());
    home.write("keys/proxy.test/a.b+c@d.test.crt", &next.certificate[..next.certificate.len() / 2]);
    assert!(matches!(home.read().unwrap_err(), Error::Truncated { path } if path.ends_with("d.test.crt")));
    home.write("keys/proxy.test/a.b+c@d.test.crt", &next.certificate);
    assert!(home.read().is_ok());
    fs::remove_file(home.folder.path().join("keys/proxy.test/a.b+c@d.test.crt")).unwrap();
    assert!(
        matches!(home.read().unwrap_err(), Error::Missing { path, block: Some(Block::Certificate) } if path.ends_with("d.test.crt"))
    );
}

#[test]
fn nobody_logged_in_is_said_with_the_ways_out() {
    let home = Home::new();
    for current in [None, Some(""), Some("\n"), Some("../../etc/passwd\n")] {
        if let Some(current) = current {
            home.write("current-profile", current);
        }
        let mut wanted = home.wanted();
        let error = read(&wanted).unwrap_err();
        assert!(error.is_absent());
        let text = error.to_string();
        let ways = ["tsh login --proxy=", "-i FILE", "--key-pair PREFIX", "--demo"];
        assert!(ways.iter().all(|way| text.contains(way)) && !text.contains("--user="), "{text}");
        wanted.auth_host = true;
        assert!(read(&wanted).unwrap_err().to_string().contains("tctl auth sign --user="));
    }
    home.write("current-profile", "gone.test\n");
    let error = home.read().unwrap_err();
    assert!(error.is_absent() && error.to_string().contains("tsh login --proxy=gone.test"), "{error}");
}

#[test]
fn a_proxy_or_an_address_that_is_named_chooses_its_profile() {
    let home = Home::new();
    home.login(Layout::V17, "");
    home.write("current-profile", "other.test\n");
    for proxy in ["proxy.test", "proxy.test:443", "https://proxy.test:3080/web", "proxy.test:3080,3023"] {
        let wanted = Wanted { proxy: Some(proxy.into()), ..home.wanted() };
        assert!(read(&wanted).is_ok(), "{proxy}");
        let wanted = Wanted { auth_servers: vec!["elsewhere:3025".into(), proxy.into()], ..home.wanted() };
        assert!(read(&wanted).is_ok(), "{proxy}");
    }
    let wanted = Wanted { proxy: Some("nobody.test:443".into()), ..home.wanted() };
    assert!(matches!(read(&wanted).unwrap_err(), Error::NoProfile { name, .. } if name == "nobody.test"));
}

#[test]
fn settings_that_are_none_are_named() {
    let home = Home::new();
    home.login(Layout::V17, "");
    for (settings, words) in [
        ("user: [", "proxy.test.yaml"),
        ("user: ada\n", "it names no proxy"),
        ("web_proxy_addr: proxy.test:3080\n", "it names no user"),
        ("web_proxy_addr: proxy.test:3080\nuser: ../../../etc/passwd\n", "it names no user"),
    ] {
        home.write("proxy.test.yaml", settings);
        let error = home.read().unwrap_err();
        assert!(matches!(&error, Error::BadProfile { .. }) && error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_fresh_login_is_noticed_and_nothing_else_is() {
    let home = Home::new();
    home.login(Layout::V17, "");
    let identity = home.read().unwrap();
    assert_eq!(&stamp(&identity), identity.stamp());
    home.write("keys/proxy.test/unrelated", "x");
    assert_eq!(&stamp(&identity), identity.stamp());
    let longer = Person { user: "ada with a longer name", ..Person::default() };
    home.put(Layout::V17, &home.root.issue(&longer));
    assert_ne!(&stamp(&identity), identity.stamp());
    let identity = home.read().unwrap();
    home.write("current-profile", "another.test\n");
    assert_ne!(&stamp(&identity), identity.stamp());
}

#[test]
fn a_key_pair_is_three_files() {
    let home = Home::new();
    let issued = home.root.issue(&Person::default());
    home.write("ada.crt", &format!("{}{}", issued.certificate, home.root.host_ca()));
    home.write("ada.key", &issued.key);
    home.write("ada.cas", &format!("{}{}", home.leaf.host_ca(), home.root.host_ca()));
    let pair = KeyPair::with_prefix(home.folder.path().join("ada").to_str().unwrap());
    let wanted = Wanted { key_pair: Some(pair.clone()), ..Wanted::default() };
    let identity = load(&wanted, now()).unwrap();
    assert_eq!(identity.certified_key().cert.len(), 1, "servers refuse a chain");
    assert_eq!((identity.cluster(), identity.source()), ("root.test", &Source::KeyPair(pair)));
    home.write("ada.cas", "no authority\n");
    assert!(
        matches!(read(&wanted).unwrap_err(), Error::MissingBlock { path, block: Block::HostCa } if path.ends_with("ada.cas"))
    );
    home.write("ada.key", "\n");
    assert!(matches!(read(&wanted).unwrap_err(), Error::Empty { path } if path.ends_with("ada.key")));
    fs::remove_file(home.folder.path().join("ada.crt")).unwrap();
    let error = read(&wanted).unwrap_err();
    assert!(error.to_string().contains("ada.crt, which should hold the TLS certificate, does not exist"), "{error}");
}

#[test]
fn a_file_that_is_not_there_or_not_readable_is_named() {
    let home = Home::new();
    let wanted = |name: &str| Wanted { identity: Some(home.folder.path().join(name)), ..Wanted::default() };
    assert!(matches!(read(&wanted("nothing")).unwrap_err(), Error::Missing { block: None, .. }));
    let error = read(&wanted("")).unwrap_err();
    assert!(matches!(&error, Error::Unreadable { .. }), "a folder is no file: {error}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_warned_of_with_the_cure() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let path = home.folder.path().join("it's mine");
    fs::write(&path, home.root.identity_file(&Person::default(), &[&home.root])).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let identity = read(&Wanted { identity: Some(path), ..Wanted::default() }).unwrap();
    let [warning] = identity.warnings() else { panic!("{:?}", identity.warnings()) };
    assert!(warning.contains("chmod 600 '") && warning.ends_with(r"it'\''s mine'"), "{warning}");
}
