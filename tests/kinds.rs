//! Every kind in `ALL`, in one loop: a new kind is covered unasked.

use std::collections::HashSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use portcullis::api::{Caller, Server, Version};
use portcullis::document::Resource;
use portcullis::kind::{self, ALL, Cell, Context, Item, Kind, Seen, Shown, Value, column};
use portcullis::resource::{Strings, is_hidden};
use portcullis::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, Metadata, ProvisionTokenSpecV2,
    ProvisionTokenV2, RemoteClusterStatusV3, RemoteClusterV3, ResourceHeader, ResourceId, RoleConditions, RoleSpecV6, RoleV6,
    Rule, TrustedClusterSpecV2, TrustedClusterV2,
};
use proptest::prelude::*;
use prost::Message;

const NASTY: &str = "a\u{1b}[2J\u{202e}b\u{200b}\nc";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_599_667)
}

#[expect(clippy::unnecessary_wraps, reason = "every message holds it as an option")]
fn metadata(name: &str, text: &str) -> Option<Metadata> {
    let labels = [("env".to_owned(), text.to_owned())].into();
    Some(Metadata {
        name: name.to_owned(),
        description: text.to_owned(),
        labels,
        revision: "r1".to_owned(),
        ..Metadata::default()
    })
}

/// One resource of a wire kind, with the same text wherever the cluster's people may write.
fn sample(wire: &str, name: &str, text: &str) -> Bytes {
    let metadata = metadata(name, text);
    let own = || vec![text.to_owned()];
    match wire {
        "access_request" => {
            let id =
                ResourceId { cluster: text.to_owned(), kind: "db".to_owned(), name: text.to_owned(), ..ResourceId::default() };
            let spec = AccessRequestSpecV3 {
                user: text.to_owned(),
                roles: own(),
                state: 1,
                request_reason: text.to_owned(),
                resolve_reason: text.to_owned(),
                suggested_reviewers: own(),
                resource_ids: vec![id],
                ..AccessRequestSpecV3::default()
            };
            AccessRequestV3 { metadata, spec: Some(spec), ..AccessRequestV3::default() }.encode_to_vec()
        }
        "role" => {
            let rules = vec![Rule { resources: own(), verbs: own(), r#where: text.to_owned(), ..Rule::default() }];
            let allow =
                RoleConditions { logins: own(), rules, node_labels_expression: text.to_owned(), ..RoleConditions::default() };
            let spec = RoleSpecV6 { allow: Some(allow.clone()), deny: Some(allow), ..RoleSpecV6::default() };
            RoleV6 { metadata, version: text.to_owned(), spec: Some(spec), ..RoleV6::default() }.encode_to_vec()
        }
        "token" => {
            let spec = ProvisionTokenSpecV2 { roles: own(), join_method: "iam".to_owned(), ..ProvisionTokenSpecV2::default() };
            ProvisionTokenV2 { metadata, spec: Some(spec), ..ProvisionTokenV2::default() }.encode_to_vec()
        }
        "remote_cluster" => {
            let status = RemoteClusterStatusV3 { connection: text.to_owned(), ..RemoteClusterStatusV3::default() };
            RemoteClusterV3 { metadata, status: Some(status), ..RemoteClusterV3::default() }.encode_to_vec()
        }
        "trusted_cluster" => {
            let spec =
                TrustedClusterSpecV2 { web_proxy_addr: text.to_owned(), roles: own(), ..TrustedClusterSpecV2::default() };
            TrustedClusterV2 { metadata, spec: Some(spec), ..TrustedClusterV2::default() }.encode_to_vec()
        }
        "app_server" => {
            let app = AppV3 { metadata: metadata.clone(), ..AppV3::default() };
            let spec = AppServerSpecV3 {
                hostname: text.to_owned(),
                host_id: "host".to_owned(),
                version: text.to_owned(),
                app: Some(app),
                ..AppServerSpecV3::default()
            };
            AppServerV3 { metadata, spec: Some(spec), ..AppServerV3::default() }.encode_to_vec()
        }
        "app" => {
            let spec = AppSpecV3 { uri: text.to_owned(), public_addr: text.to_owned(), ..AppSpecV3::default() };
            AppV3 { metadata, spec: Some(spec), ..AppV3::default() }.encode_to_vec()
        }
        other => panic!("a new wire kind {other} needs a sample here"),
    }
    .into()
}

fn each() -> impl Iterator<Item = (&'static Kind, &'static str)> {
    ALL.iter().copied().flat_map(|kind| kind.wire.iter().map(move |wire| (kind, *wire)))
}

fn item(kind: &Kind, wire: &str, bytes: &[u8]) -> Item {
    (kind.item)(wire, bytes, &mut Strings::default()).expect("a message of ours")
}

#[test]
fn names_and_words_mean_one_kind_each() {
    let mut words = HashSet::new();
    for kind in ALL {
        assert!(words.insert(kind.name), "{} twice", kind.name);
        for word in kind.aliases.iter().chain(kind.wire.iter().filter(|wire| **wire != kind.name)) {
            assert!(words.insert(word), "{word} means two things");
        }
        assert_eq!(kind::named(kind.name), Some(*kind));
        assert_eq!(kind::screen(&kind.title.to_lowercase()), Some(*kind));
    }
    for (word, wire) in [
        ("r", "role"),
        ("tokens", "token"),
        ("req", "access_request"),
        ("rc", "remote_cluster"),
        ("leaf", "remote_cluster"),
        ("tc", "trusted_cluster"),
        ("clusters", "trusted_cluster"),
        ("trusted_cluster", "trusted_cluster"),
        ("app_servers", "app_server"),
    ] {
        assert_eq!(kind::wire_named(word).map(|(_, wire)| wire), Some(wire), "{word}");
    }
    assert_eq!(kind::wire_named("apps").map(|(kind, _)| kind.name), Some("app"), "another table on the command line");
    assert_eq!(kind::screen("apps").map(|kind| kind.name), Some("app_server"));
}

#[test]
fn columns_can_be_named_and_sorted_by() {
    for kind in ALL {
        let keys: HashSet<String> = kind.columns.iter().map(column::Column::key).collect();
        assert_eq!(keys.len(), kind.columns.len(), "{}: two columns share a key", kind.name);
        for sort in kind.sort {
            assert!(kind.column(sort.column).is_some(), "{} sorts by {}", kind.name, sort.column);
        }
        for column in kind.columns {
            assert_eq!(kind.column(&column.key()), kind.column(column.title));
            let hidden = column.shown == Shown::Hidden;
            assert_eq!(hidden, column.title == column.title.to_lowercase(), "{}: {}", kind.name, column.title);
        }
        let shown = kind.columns.iter().position(|column| column.shown == Shown::Hidden).unwrap_or(kind.columns.len());
        assert!(kind.columns[shown..].iter().all(|column| column.shown == Shown::Hidden), "{}: hidden last", kind.name);
    }
}

#[test]
fn actions_have_names_of_their_own() {
    for kind in ALL {
        let names: HashSet<&str> = kind.actions.iter().map(|action| action.name).collect();
        assert_eq!(names.len(), kind.actions.len(), "{}", kind.name);
        for action in kind.actions {
            assert!(!(action.call)(&Caller::default()).is_empty() && !action.title.is_empty());
            if let kind::Sheet::Verdict { other, .. } = action.sheet {
                assert!(kind.action(other).is_some(), "{}: {other}", kind.name);
            }
        }
    }
}

#[test]
fn a_row_has_a_value_for_each_column() {
    for (kind, wire) in each() {
        let item = item(kind, wire, &sample(wire, "name", "text"));
        assert_eq!(item.values.len(), kind.columns.len(), "{wire}");
        assert_eq!((item.reference.kind(), item.reference.name()), (wire, "name"));
        assert_eq!(item.revision.to_string(), "r1");
        assert_eq!(item.labels.get("env"), Some("text"), "{wire}");
    }
}

#[test]
fn a_deletion_is_about_the_row_that_was_listed() {
    for (kind, wire) in each() {
        let listed = item(kind, wire, &sample(wire, "name", "text")).reference;
        let description = listed.host().unwrap_or_default().to_owned();
        let metadata = Metadata { name: "name".to_owned(), description, ..Metadata::default() };
        let header = ResourceHeader { kind: wire.to_owned(), metadata: Some(metadata), ..ResourceHeader::default() };
        assert_eq!((kind.deleted)(&header), listed, "{wire}");
        assert_eq!((kind.deleted)(&ResourceHeader::default()).name(), "");
    }
}

#[test]
fn nothing_hostile_reaches_a_cell_or_a_page() {
    let safe = |text: &str| !text.chars().any(is_hidden);
    let caller = Caller::default();
    for (kind, wire) in each() {
        let bytes = sample(wire, NASTY, NASTY);
        let item = item(kind, wire, &bytes);
        for (column, value) in kind.columns.iter().zip(&item.values) {
            let Cell { text, .. } = column.cell(value, now());
            assert!(safe(&text), "{wire} {}: {text:?}", column.title);
        }
        let resource = Resource::from_bytes(wire, bytes).expect("a message of ours");
        let page = (kind.detail)(&resource, &Context { now: now(), caller: &caller });
        assert!(safe(&page.title) && page.badge.iter().all(|badge| safe(&badge.text)), "{wire}");
        assert!(!page.sections.is_empty(), "{wire} has nothing to say");
        for line in page.sections.iter().flat_map(|section| &section.lines) {
            assert!(safe(&line.key) && safe(&line.text()), "{wire}: {line:?}");
        }
    }
}

#[test]
fn what_is_empty_says_so_and_not_a_word_more() {
    let caller = Caller::default();
    for (kind, wire) in each() {
        let item = item(kind, wire, &[]);
        assert_eq!(item.values.len(), kind.columns.len());
        let _ = (kind.concern)(&item, now());
        let resource = Resource::from_bytes(wire, Bytes::new()).expect("an empty message");
        let page = (kind.detail)(&resource, &Context { now: now(), caller: &caller });
        for line in page.sections.iter().flat_map(|section| &section.lines) {
            assert!(!line.text().trim().is_empty(), "{wire}: {line:?}");
        }
    }
}

#[test]
fn a_secret_name_is_masked_everywhere() {
    let secret = "correct-horse-battery-staple";
    let spec = ProvisionTokenSpecV2 { roles: vec!["Node".to_owned()], join_method: "token".to_owned(), ..Default::default() };
    let token = ProvisionTokenV2 { metadata: metadata(secret, "x"), spec: Some(spec), ..ProvisionTokenV2::default() };
    let bytes = Bytes::from(token.encode_to_vec());
    let item = item(&kind::TOKENS, "token", &bytes);
    assert_eq!(item.reference.name(), secret, "the wire still needs it");
    assert!(item.reference.is_secret());
    assert!(!format!("{item:?}").contains("horse"), "{item:?}");
    let resource = Resource::from_bytes("token", bytes).expect("a token");
    let page = (kind::TOKENS.detail)(&resource, &Context { now: now(), caller: &Caller::default() });
    assert!(!format!("{page:?}").contains("horse"), "{page:?}");
    assert!(page.title.ends_with("-staple"));
}

#[test]
fn verdicts_are_votes_where_there_are_reviews() {
    let mut caller = Caller { server: Server { version: Version(18, 0, 0), ..Server::default() }, ..Caller::default() };
    let names = |caller: &Caller| kind::ACCESS_REQUESTS.verdicts(caller).map(|(a, d)| (a.name, d.name));
    assert_eq!(names(&caller), Some(("approve", "deny")));
    caller.server.reviews = true;
    assert_eq!(names(&caller), Some(("vote-approve", "vote-deny")));
    assert!(kind::ROLES.verdicts(&caller).is_none());
}

#[test]
fn what_is_seen_is_what_the_row_says() {
    let item = item(&kind::ACCESS_REQUESTS, "access_request", &sample("access_request", "id", "x"));
    let seen = Seen {
        state: "pending".to_owned(),
        roles: vec!["x".to_owned()],
        resources: vec!["/x/db/x".to_owned()],
        votes: Vec::new(),
    };
    assert_eq!(Seen::of(&kind::ACCESS_REQUESTS, &item), seen);
}

#[test]
fn a_new_one_starts_without_a_word_against_it() {
    for edit in ALL.iter().filter_map(|kind| kind.edit) {
        let names: HashSet<&str> = edit.templates.iter().map(|template| template.name).collect();
        assert_eq!(names.len(), edit.templates.len(), "{:?}", edit.wires);
        for template in edit.templates {
            let text = template.begin(now());
            assert_eq!(portcullis::document::problems(&text), [], "{text}");
            let begun = Resource::parse(&text).expect("no errors");
            assert_eq!(begun.kind(), edit.wires[0], "{}", template.name);
            assert_eq!((edit.refuse)(&begun), None);
            assert!(begun.expires().is_none_or(|end| end > now()), "{} begins expired", template.name);
        }
    }
}

#[test]
fn what_can_be_edited_is_named_with_its_calls() {
    for kind in ALL.iter().filter(|kind| kind.edit.is_some()) {
        let edit = kind.edit.expect("filtered");
        assert!(edit.wires.iter().all(|wire| kind.wire.contains(wire)) && !edit.wires.is_empty(), "{}", kind.name);
        assert_eq!(edit.others.is_empty(), edit.wires.len() == kind.wire.len(), "{}", kind.name);
        let write = (edit.write)(&Caller::default());
        assert!(!write.call.is_empty() && write.creates.is_empty() == edit.templates.is_empty(), "{}", kind.name);
        for wire in kind.wire {
            assert_eq!(kind.edits(wire).is_some(), edit.wires.contains(wire), "{wire}");
        }
    }
    let editable: Vec<&str> = ALL.iter().filter_map(|kind| kind.edit).flat_map(|edit| edit.wires).copied().collect();
    assert_eq!(editable, ["role", "token", "remote_cluster", "app"], "requests are answered, not edited");
}

#[test]
fn a_deletion_is_of_one_wire_kind() {
    for (wire, action, call) in [
        ("role", "delete", "DeleteRole"),
        ("token", "delete", "DeleteToken"),
        ("access_request", "delete", "DeleteAccessRequest"),
        ("remote_cluster", "delete", "DeleteRemoteCluster"),
        ("app_server", "delete", "DeleteApplicationServer"),
        ("app", "delete-app", "DeleteApp"),
    ] {
        let kind = kind::named(wire).expect("a kind");
        let found = kind.action_on("delete", wire).expect("it can be deleted");
        assert_eq!((found.name, (found.call)(&Caller::default())), (action, call));
    }
    assert!(kind::CLUSTERS.action_on("delete", "trusted_cluster").is_none());
}

proptest! {
    #[test]
    fn no_bytes_make_a_row_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        for (kind, wire) in each() {
            if let Ok(item) = (kind.item)(wire, &bytes, &mut Strings::default()) {
                prop_assert_eq!(item.values.len(), kind.columns.len());
                for (column, value) in kind.columns.iter().zip(&item.values) {
                    let _ = column.cell(value, now());
                    let _ = column::next_step(column.telling, value, now());
                }
                let _ = (kind.concern)(&item, now());
            }
        }
    }

    #[test]
    fn no_near_message_makes_a_row_or_page_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let caller = Caller::default();
        for (kind, wire) in each() {
            let mut bytes = sample(wire, "name", "text").to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = (kind.item)(wire, &bytes, &mut Strings::default());
            if let Ok(resource) = Resource::from_bytes(wire, bytes.into()) {
                let _ = (kind.detail)(&resource, &Context { now: now(), caller: &caller });
            }
        }
    }

    #[test]
    fn times_of_any_size_do_not_panic(seconds in any::<i64>(), nanos in any::<i32>()) {
        let stamp = Some(prost_types::Timestamp { seconds, nanos });
        let spec = AccessRequestSpecV3 { state: 1, expiry: stamp, created: stamp, expires: stamp, max_duration: stamp, ..Default::default() };
        let request = AccessRequestV3 { spec: Some(spec), ..AccessRequestV3::default() };
        let bytes = Bytes::from(request.encode_to_vec());
        let kind = &kind::ACCESS_REQUESTS;
        let item = item(kind, "access_request", &bytes);
        for (column, value) in kind.columns.iter().zip(&item.values) {
            let _ = column.cell(value, now());
        }
        if let Ok(resource) = Resource::from_bytes("access_request", bytes) {
            let _ = (kind.detail)(&resource, &Context { now: now(), caller: &Caller::default() });
        }
        let heard = Value::Heartbeat(now());
        prop_assert_eq!(&heard, &Value::Heartbeat(now() + Duration::from_secs(u64::from(nanos.unsigned_abs()))));
    }
}
