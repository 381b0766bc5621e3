//! What is offered where, and how it is written.

use super::*;
use crate::schema::{message, yaml};

/// The candidates at the bar in a text.
fn at(text: &str) -> Completion {
    let (line, column, text) = cursor(text);
    complete(&text.split('\n').collect::<Vec<_>>(), line, column)
}

fn cursor(text: &str) -> (usize, usize, String) {
    let before = text.split('▏').next().unwrap();
    let line = before.split('\n').count();
    let column = before.split('\n').next_back().unwrap().chars().count() + 1;
    (line, column, text.replace('▏', ""))
}

fn names(text: &str) -> String {
    at(text).candidates.iter().map(|candidate| candidate.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// The text after taking the first candidate, with a bar where the typing goes on.
fn taken(text: &str) -> String {
    let found = at(text);
    let Some(first) = found.candidates.first() else { return "nothing".to_owned() };
    let (line, _, text) = cursor(text);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let chars: Vec<char> = lines[line - 1].chars().collect();
    let split = first.insert.len() - first.back;
    let all = [&chars[..found.from - 1], &first.insert[..split].chars().collect::<Vec<_>>(), &['▏']].concat();
    let all = [all, first.insert[split..].chars().collect(), chars[found.to - 1..].to_vec()].concat();
    lines[line - 1] = all.into_iter().collect();
    lines.join("\n")
}

const ROLE: &str = "kind: role\nversion: v7\nmetadata:\n  name: a\nspec:\n";

#[test]
fn keys_are_those_of_the_message_at_this_depth() {
    let table = [
        ("▏", "kind sub_kind version metadata"),
        ("kind: role\n▏", "version metadata spec sub_kind"),
        ("kind: role\nmeta▏\nspec:\n", "metadata"),
        ("kind: role\nmetadata:\n  na▏", "name"),
        ("kind: role\nspec:\n  ▏", "options allow deny"),
        ("kind: role\nspec:\n  allow:\n  ▏\n", "options deny"),
        ("kind: role\nspec:\n  options:\n    record_session:\n      ▏default: strict", ""),
        ("kind: role\nspec:\n  options:\n    record_session:\n      default: strict\n      ▏", "desktop ssh"),
        ("kind: role\nspec:\n  allow:\n    db_u▏", "db_users"),
        ("kind: role\nspec:\n  allow:\n    db_lables▏", "db_labels"),
        ("kind: role\nspec:\n  allow:\n    db_lab▏les:\n      a: b", "db_labels db_labels_expression"),
        ("kind: token\nspec:\n  github:\n    allow:\n    - repo▏", "repository repository_owner"),
        ("kind: token\nspec:\n  github:\n    allow:\n    - repository: a/b\n      ref▏", "ref ref_type"),
        ("kind: app\nspec:\n  dynamic_labels:\n    load:\n      ▏", "period command result"),
        ("kind: nothing\nspec:\n  ▏", ""),
        ("kind: role\nspec:\n  allow:\n    node_labels:\n      ▏", ""),
        ("kind: role\nspec:\n  allow:\n    logins: [a\n      ▏", ""),
        ("kind: role\nspec:\n  allow:\n    rules: [{res▏", ""),
        ("kind: role\nspec:\n  allow:\n    rules:\n    - where: |\n        conta▏", ""),
        ("kind: role\nspec:\n  allow:\n    rules: {▏", ""),
        ("kind: role\nspec: # all▏ of it", ""),
        ("kind: role\nmetadata:\n  name: a\n    des▏", ""),
        ("kind: token\n---\nkind: role\nspec:\n  ▏\n---\nkind: app", "options allow deny"),
    ];
    for (text, expected) in table {
        let mut found: Vec<String> = names(text).split(' ').map(str::to_owned).collect();
        let mut wanted: Vec<&str> = expected.split(' ').collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn an_unreadable_text_is_no_hindrance() {
    let text =
        "kind: role\n\tversion v7\nmetadata: {name: a\nspec:\n  options\n  allow:\n    logins: [a, b\n    'x\n    db_na▏";
    assert_eq!(names(text), "db_names");
    let text = "kind: role\nspec:\n  deny:\n    rules:\n    - resources: [role]\n      ver▏\n    - re: [";
    assert_eq!(names(text), "verbs");
}

#[test]
fn what_is_written_fits_the_type() {
    let table = [
        ("spe▏", "nothing"),
        ("kind: role\nspe▏", "kind: role\nspec:\n  ▏"),
        ("kind: role\nspec:\n  options:\n    lo▏", "kind: role\nspec:\n  options:\n    lock: ▏"),
        ("kind: role\nspec:\n  allow:\n    logi▏", "kind: role\nspec:\n  allow:\n    logins:\n    - ▏"),
        ("kind: role\nspec:\n  allow:\n    ru▏", "kind: role\nspec:\n  allow:\n    rules:\n    - ▏"),
        ("kind: role\nspec:\n  allow:\n    node_labels▏", "kind: role\nspec:\n  allow:\n    node_labels:\n      ▏"),
        (
            "kind: role\nspec:\n  allow:\n    rules:\n    - ▏",
            "kind: role\nspec:\n  allow:\n    rules:\n    - resources:\n      - ▏",
        ),
        (
            "kind: role\nspec:\n  allow:\n    rules:\n    -▏",
            "kind: role\nspec:\n  allow:\n    rules:\n    - resources:\n      - ▏",
        ),
        ("kind: role\nspec:\n  allow:\n    rules:\n      whe▏", "kind: role\nspec:\n  allow:\n    rules:\n      - where: ▏"),
        // Indented as the lines beside are.
        ("kind: role\nspec:\n   allow: {}\n  de▏", "kind: role\nspec:\n   allow: {}\n   deny:\n     ▏"),
        // A key that has its colon keeps what follows.
        ("kind: role\nspec:\n  optoins▏: {}", "kind: role\nspec:\n  options▏: {}"),
    ];
    for (text, expected) in table {
        assert_eq!(taken(text), expected, "{text}");
    }
}

#[test]
fn values_are_offered_where_there_are_few() {
    let options = |rest: &str| format!("{ROLE}  options:\n    {rest}");
    let allow = |rest: &str| format!("{ROLE}  allow:\n    {rest}");
    let table = [
        ("kind: ro▏".to_owned(), "role"),
        ("kind: role\nversion:▏".to_owned(), "v8 v7 v6 v5 v4 v3"),
        (options("forward_agent: ▏"), "true false"),
        (options("lock: ▏"), "strict best_effort"),
        (options("lock: strict▏"), "strict best_effort"),
        (options("require_session_mfa: hardware_key_p▏"), "hardware_key_pin"),
        (options("create_host_user_mode: ▏"), "off keep insecure-drop"),
        (options("max_session_ttl: ▏"), ""),
        (options("enhanced_recording:\n    - command\n    - ▏"), "network disk"),
        (options("enhanced_recording: [command, ▏]"), "network disk"),
        (allow("rules:\n    - resources: [role, tok▏]"), "token"),
        (allow("rules:\n    - verbs: ['read▏"), "read readnosecrets"),
        (allow("kubernetes_resources:\n    - kind: pod▏"), "pod"),
        ("kind: token\nspec:\n  join_method: git▏".to_owned(), "github gitlab"),
        ("kind: token\nspec:\n  roles: [n▏]".to_owned(), "Node Nop"),
    ];
    for (text, expected) in table {
        let found = names(&text);
        let found: Vec<&str> = found.split(' ').take(expected.split(' ').count()).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
    let v8 = names("kind: role\nversion: v8\nspec:\n  allow:\n    kubernetes_resources:\n    - kind: deploy▏");
    assert_eq!(v8, "deployments");
}

#[test]
fn values_are_written_so_that_they_are_read_back() {
    let table = [
        ("    create_host_user_mode:▏", "    create_host_user_mode: \"off\"▏"),
        ("    create_host_user_mode: o▏", "    create_host_user_mode: \"off\"▏"),
        ("    create_host_user_mode: \"o▏\"", "    create_host_user_mode: \"off\"▏"),
        ("    require_session_mfa: tr▏", "    require_session_mfa: true▏"),
        ("    enhanced_recording: ▏", "    enhanced_recording: [command▏]"),
        ("    enhanced_recording:\n    ▏", "    enhanced_recording:\n    forward_agent: ▏"),
        ("    enhanced_recording:\n    - d▏", "    enhanced_recording:\n    - disk▏"),
        ("    enhanced_recording:\n      ▏", "    enhanced_recording:\n      - command▏"),
    ];
    for (text, expected) in table {
        let text = format!("{ROLE}  options:\n{text}");
        assert_eq!(taken(&text), format!("{ROLE}  options:\n{expected}"), "{text}");
    }
    let text = format!("{ROLE}  allow:\n    rules:\n    - verbs:\n      - ▏");
    assert_eq!(taken(&text), format!("{ROLE}  allow:\n    rules:\n    - verbs:\n      - '*'▏"));
    let text = format!("{ROLE}  allow:\n    logins:\n    - ro\n    - in▏");
    assert_eq!(taken(&text), format!("{ROLE}  allow:\n    logins:\n    - ro\n    - '{{{{internal.logins}}}}'▏"));
}

#[test]
fn the_key_under_the_cursor_has_a_meaning() {
    let of = |text: &str| {
        let (line, _, text) = cursor(text);
        meaning(&text.split('\n').collect::<Vec<_>>(), line)
    };
    let ttl = of("kind: role\nspec:\n  options:\n    max_session_ttl: 8h▏").unwrap();
    assert_eq!((ttl.key.as_str(), ttl.takes.as_str(), ttl.since.as_str()), ("max_session_ttl", "a duration such as 8h30m", ""));
    assert!(ttl.means.contains("certificate"), "{ttl:?}");
    let lock = of("kind: role\nspec:\n  options:\n    lock▏:").unwrap();
    assert_eq!((lock.takes.as_str(), lock.since.as_str()), ("strict, best_effort", "v7"));
    assert_eq!(of("kind: role\nspec:\n  allow:\n    db_labels:\n      env: prod▏").unwrap().key, "db_labels");
    assert_eq!(of("kind: role\nspec:\n  allow:\n    logins:\n    - root▏").unwrap().key, "logins");
    assert_eq!(of("kind: role\nspec:\n  options:\n    ssh_port_forwarding:▏").unwrap().since, "v15–v18");
    for text in ["kind: role\nspec:\n  nothing:▏", "kind: role\n▏", "# kind▏", "kind: role\nspec:\n  all▏"] {
        assert_eq!(of(text), None, "{text}");
    }
}

/// A key without a meaning would be offered without a word: a new field of a role or token brings its own.
#[test]
fn every_field_of_roles_and_tokens_has_a_meaning() {
    let mut open = vec![message("types.RoleV6"), message("types.ProvisionTokenV2")];
    let mut seen = std::collections::HashSet::new();
    let mut missing = Vec::new();
    while let Some(message) = open.pop() {
        if !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields().filter(|field| !yaml(field).hidden) {
            let options = yaml(&field);
            if options.means.is_empty() {
                missing.push(field.full_name().to_owned());
            }
            assert!(options.means.chars().count() <= 90 && !options.means.ends_with('.'), "{}", field.full_name());
            let (spot, _) = resolve(message.clone(), &[Step::Key(field.name())]).unwrap();
            match spot {
                Spot::Keys(inner) => open.push(inner),
                Spot::Items(field) => {
                    open.extend(field.kind().as_message().filter(|_| !yaml(&field).hidden).cloned());
                }
                _ => {}
            }
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn any_place_in_any_text_is_answered() {
    let texts = [
        "a: é\n- - b: [c\n  \"d",
        "- x: |\n y\n#\n---\n- ",
        "",
        "\n\n",
        "kind: role\nspec:\n  allow:\n  - a\n    rules:\n    - é: ['",
    ];
    for text in texts {
        let lines: Vec<&str> = text.split('\n').collect();
        for line in 0..lines.len() + 3 {
            for column in 0..30 {
                let found = complete(&lines, line, column);
                assert!(found.from <= found.to, "{text:?} {line} {column}");
                let _ = meaning(&lines, line);
            }
        }
    }
}
