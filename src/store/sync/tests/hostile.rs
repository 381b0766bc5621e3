//! Servers that mean harm, or are broken: what they send is bounded, and the shelf has a name for it.

use std::collections::HashMap;
use std::time::Duration;

use prost::Message as _;
use tokio::time::Instant;

use super::{EXHAUSTED, Line, app_servers, grant, names, page, put, role, roles_only, settled, shelf, start};
use crate::api::Family;
use crate::resource::Reference;
use crate::schema::proto::event::Resource;
use crate::schema::proto::{Event, ListRolesRequest, ListRolesResponse, Operation};
use crate::store::sync::{Request, Settings};
use crate::store::tests::fake::Fake;
use crate::store::{LinkState, Phase};

/// How the first list fails, and that nothing else does.
async fn failure(line: &mut Line) -> crate::api::Error {
    let snapshot = line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Failed(_))).await;
    assert!(matches!(snapshot.link, LinkState::Live { .. }), "it is the shelf's matter: {:?}", snapshot.link);
    let Phase::Failed(error) = shelf(&snapshot).phase() else { unreachable!("just seen") };
    error.clone()
}

/// Answers every page as it is asked for until the list is given up. Answers how many there were.
async fn pages(fake: &mut Fake, line: &mut Line, answer: impl Fn(usize) -> ListRolesResponse) -> (usize, crate::api::Error) {
    let mut sent = 0;
    loop {
        tokio::select! {
            biased;
            error = failure(line) => return (sent, error),
            call = fake.expect("ListRoles") => {
                call.reply(&answer(sent)).await;
                sent += 1;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_comes_twice_is_one_page() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "x")).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "y")).await;
    fake.expect("ListRoles").await.reply(&page(&["c"], "")).await;
    let snapshot = line.until_ready().await;
    assert_eq!((names(&snapshot), shelf(&snapshot).len()), (["a", "b", "c"].map(str::to_owned).to_vec(), 3));
}

#[tokio::test(start_paused = true)]
async fn lists_without_end_are_ended() {
    type Answer = fn(usize) -> ListRolesResponse;
    let answers: [(&str, Answer); 3] = [
        ("the same page, the next one always another", |sent| page(&["a", "b"], &sent.to_string())),
        ("always others", |sent| page(&[&format!("a{sent}"), &format!("b{sent}")], &sent.to_string())),
        ("nothing at all", |sent| page(&[], &sent.to_string())),
    ];
    for (what, answer) in answers {
        let mut line = start(Settings { most: 100, ..roles_only() });
        let mut fake = line.connect().await;
        let _watch = grant(&mut fake, &["role"]).await;
        let (sent, error) = pages(&mut fake, &mut line, answer).await;
        assert!(matches!(error.family, Family::LimitExceeded | Family::Malformed), "{what}: {error}");
        assert!(sent <= 202, "{what}: {sent} pages");
        assert!(shelf(&line.handle.snapshots.borrow()).len() <= 100, "{what}");
        let failed = Instant::now();
        fake.expect("ListRoles").await.reply(&page(&["z"], "")).await;
        assert!(failed.elapsed() >= Duration::from_secs(7), "{what}: it is not asked for again in a loop");
        assert_eq!(names(&*line.until_ready().await), ["z"], "{what}: what comes to its end is whole");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_halved_down_to_one_and_grows_again() {
    let mut line = start(Settings { page: 8, ..roles_only() });
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    let limit = async |fake: &mut Fake| {
        let call = fake.expect("ListRoles").await;
        let limit = call.request::<ListRolesRequest>().limit;
        (call, limit)
    };
    for most in [8, 4, 2] {
        let (call, asked) = limit(&mut fake).await;
        assert_eq!(asked, most);
        call.end(EXHAUSTED, "grpc: trying to send message larger than max (5000000 vs. 4194304)").await;
    }
    let mut limits = Vec::new();
    for sent in 0..20 {
        let (call, asked) = limit(&mut fake).await;
        limits.push(asked);
        call.reply(&page(&[&format!("r{sent:02}")], if sent == 19 { "" } else { "next" }.repeat(sent + 1).as_str())).await;
    }
    assert_eq!(shelf(&*line.until_ready().await).len(), 20);
    assert_eq!(limits[..2], [1, 1], "the size that worked stays");
    assert_eq!(limits.last(), Some(&8), "but one large thing does not make a long list slow: {limits:?}");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_too_large_by_itself_is_told() {
    let mut line = start(Settings { page: 4, ..roles_only() });
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    for _ in [4, 2, 1] {
        fake.expect("ListRoles").await.end(EXHAUSTED, "grpc: trying to send message larger than max").await;
    }
    let error = failure(&mut line).await;
    assert_eq!(error.family, Family::LimitExceeded);
    assert!(error.text.contains("larger than max"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn ten_megabytes_in_one_label_leave_a_row() {
    let fat = |name: &str| {
        let mut fat = role(name, "1");
        let labels = HashMap::from([("a".to_owned(), "é".repeat(5_000_000))]);
        fat.metadata.as_mut().expect("metadata").labels = labels;
        fat.encode_to_vec().into()
    };
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    let roles = vec![fat("fat"), role("lean", "1").encode_to_vec().into()];
    fake.expect("ListRoles").await.reply(&ListRolesResponse { roles, next_key: String::new() }).await;
    line.until_ready().await;
    watch.send(&Event { r#type: Operation::Put.into(), resource: Some(Resource::Role(fat("fatter"))) }).await;
    let snapshot = line.until(|snapshot| names(snapshot) == ["fat", "fatter", "lean"]).await;
    for name in ["fat", "fatter"] {
        let item = shelf(&snapshot).find(&Reference::new("role", name)).expect("a row");
        assert!(item.labels.get("a").is_some_and(|kept| kept.len() <= 4096));
        assert!(item.values.iter().flat_map(crate::kind::Value::parts).all(|part| part.len() <= 8192));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_drips_in_is_given_up_by_name_and_the_rest_goes_on() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    let begun = Instant::now();
    let mut list = fake.expect("ListRoles").await;
    let dripping = async {
        loop {
            list.drip(&page(&["a", "b"], "")).await;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    };
    let error = tokio::select! {
        () = dripping => unreachable!("it has no end"),
        _ = fake.expect("nothing but pings") => unreachable!("there is no such method"),
        error = failure(&mut line) => error,
    };
    assert_eq!(error.family, Family::NoAnswer, "{error}");
    assert!(begun.elapsed() <= Duration::from_secs(31), "{:?}", begun.elapsed());
    watch.send(&put("live", "1")).await;
    line.until(|snapshot| names(snapshot) == ["live"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "live"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["a", "live"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_drips_in_again_leaves_the_old_rows_and_says_that_they_are_old() {
    let mut line = start(roles_only());
    let (mut fake, _watch) = settled(&mut line, &["a", "b"]).await;
    line.handle.requests.send(Request::Refresh(Some("role"))).await.expect("sync runs");
    let mut list = fake.expect("ListRoles").await;
    list.drip(&page(&["c"], "")).await;
    let snapshot = tokio::select! {
        _ = fake.expect("nothing but pings") => unreachable!("there is no such method"),
        snapshot = line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Stale(_))) => snapshot,
    };
    assert_eq!(names(&snapshot), ["a", "b"]);
    assert!(matches!(snapshot.link, LinkState::Live { .. }), "{:?}", snapshot.link);
    fake.expect("ListRoles").await.reply(&page(&["c"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_what_was_never_listed_fills_no_memory() {
    let mut line = start(Settings { most: 50, ..roles_only() });
    let (mut fake, watch) = settled(&mut line, &["a"]).await;
    for number in 0..5_000 {
        watch.send(&put(&format!("new-{number}"), "1")).await;
    }
    let error = failure(&mut line).await;
    assert_eq!(error.family, Family::LimitExceeded);
    assert!(shelf(&line.handle.snapshots.borrow()).len() <= 50);
    // What is of labels' kind is not believed at all, and asked about seldom.
    let resource = app_servers(&["hidden"]).remove(0);
    watch.send(&Event { r#type: Operation::Put.into(), resource: Some(Resource::AppServer(resource)) }).await;
    line.handle.requests.send(Request::Refresh(None)).await.expect("sync runs");
    fake.expect("ListRoles").await.reply(&page(&["a"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["a"], "a list that comes to its end sets it right");
}
