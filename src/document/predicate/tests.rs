//! What the server takes and what it stores only to fail at use; the expressions are ours.

use super::{ACTION, Dialect, IMPERSONATE, JOIN, LABELS, REVIEW, THRESHOLD, Use, WHERE, check, template};

fn sound(dialect: &'static Dialect, all: &[&str]) {
    for text in all {
        assert_eq!(check(text, dialect), Ok(()), "{text}");
    }
}

/// Expression, the bytes before its fault, and a part of what is said.
fn broken(dialect: &'static Dialect, all: &[(&str, usize, &str)]) {
    for (text, at, part) in all {
        let fault = check(text, dialect).expect_err(text);
        assert!(fault.text.contains(part), "{text}: {}", fault.text);
        assert_eq!(fault.at, *at, "{text}: {}", fault.text);
    }
}

#[test]
fn where_clauses() {
    sound(
        &WHERE,
        &[
            "contains(session.participants, user.metadata.name)",
            "equals(resource.metadata.labels[\"team\"], \"x\") || !contains(user.spec.traits[\"team\"], resource.metadata.name)",
            "equals(resource.spec.hostname, name) && has_prefix(resource.metadata.name, `ci-`)",
            "is_subset(host_cert.principals, \"a\", \"b\",)",
            "all_equal(ssh_session.participants, user.metadata.name)",
            "equals(system.catype(), \"host\")",
            "!!(contains(user.spec.roles, \"x\")) // as agreed",
            "contains(user.spec.roles,\n  \"x\") &&\n  equals(resource.kind, \"role\")\n",
        ],
    );
    broken(
        &WHERE,
        &[
            ("contains(", 8, "( is not closed"),
            ("contains(user.spec.roles)", 0, "takes 2 arguments, not 1"),
            ("contians(user.spec.roles, \"x\")", 0, "did you mean contains?"),
            ("user.metadata.name", 0, "not a condition"),
            ("user.metadata.name == \"x\"", 19, "write equals(a, b)"),
            ("equals(user.metadata.nam, \"x\")", 7, "did you mean \"name\"?"),
            ("equals(user.spec.traits.team, \"x\")", 7, "user.spec.traits[\"team\"]"),
            ("equals(user.spec.traits[\"team\"], \"x\")", 33, "never true"),
            ("contains(\"a\", user.metadata.name)", 9, "never true"),
            ("equals(name, 'x')", 13, "double quotes"),
            ("equals(name, “x”)", 13, "straight"),
            ("equals(name, \"x\") and equals(name, \"y\")", 18, "&&"),
            ("equals(name, \"x\")\n&& equals(name, \"y\")", 18, "ends with the line before"),
            ("equals(name, \"x\"", 6, "not closed"),
            ("equals(labels[\"x\"], \"y\")", 7, "labels"),
            ("true", 0, "write a comparison"),
            ("equals(name, \"\\d\")", 14, "no escape"),
            ("", 0, "empty"),
            ("equals(resource.spec.type, \"x\")", 21, "reserved"),
            ("&& equals(name, \"x\")", 0, "missing before"),
            ("equals(name, \"x\"))", 17, "closes nothing"),
            ("equals(name, \"x\") ; x", 18, "no part"),
        ],
    );
}

#[test]
fn label_expressions() {
    sound(
        &LABELS,
        &[
            "labels[\"env\"] == \"staging\" || labels.env != \"x\"",
            "contains(user.spec.traits[\"team\"], labels[\"team\"])",
            "contains_any(user.spec.traits.projects, labels_matching(\"project-*\"))",
            "regexp.match(labels[\"region\"], \"^eu-.*$\") && !contains_all(strings.lower(labels.a), email.local(user.spec.traits.mail))",
            "contains(regexp.replace(user.spec.traits[\"groups\"], \"^team-(.*)$\", \"$1\"), labels.team)",
            "(labels[\"tier\"] == \"front\" ||\n labels[\"tier\"] == \"edge\")\n",
        ],
    );
    broken(
        &LABELS,
        &[
            ("labels[\"env\"]", 0, "compare it"),
            ("labls[\"env\"] == \"x\"", 0, "did you mean labels?"),
            ("labls.env == \"x\"", 0, "did you mean labels?"),
            ("user.metadata.name == \"x\"", 0, "not known"),
            ("labels[\"env\"] = \"x\"", 14, "write =="),
            ("labels[\"n\"] == 5", 15, "\"5\""),
            ("user.spec.traits[\"t\"] == \"x\"", 0, "contains"),
            ("contains(labels, \"x\")", 9, "take one value"),
            ("contain(labels.a, \"x\")", 0, "did you mean contains?"),
            ("match(labels.a, \"x\")", 0, "regexp.match"),
            ("regexp.match(labels.a, \"^(x$\")", 23, "not closed"),
            ("regexp.replace(labels.a, \"*x\", \"y\") == \"z\"", 25, "repeats nothing"),
            ("labels[env] == \"x\"", 7, "not known"),
            ("labels.type == \"x\"", 7, "[\"type\"]"),
            ("labels.env == \"x\" &", 18, "&&"),
            ("labels.env == \"x\" && ", 21, "missing"),
        ],
    );
    let deep = format!("{}labels.a == \"x\"{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(check(&deep, &LABELS).is_err_and(|fault| fault.text.contains("deeper")));
    let long = vec!["labels.a == \"x\""; 50_000].join(" || ");
    assert_eq!(check(&long, &LABELS), Ok(()));
    assert_eq!(check(&format!("{}(labels.a == \"x\")", "!".repeat(100_000)), &LABELS), Ok(()));
}

#[test]
fn the_other_dialects() {
    sound(
        &REVIEW,
        &["contains(request.system_annotations[\"teams\"], \"bridge\")", "contains(reviewer.traits.t, request.reason)"],
    );
    sound(&THRESHOLD, &["contains(reviewer.roles, \"mate\") && equals(request.reason, \"*drill*\")"]);
    sound(&JOIN, &["contains(user.roles, \"mate\")", "equals(\"true\", \"true\")", "contains(user.spec.roles, \"x\")"]);
    sound(&IMPERSONATE, &["contains(user.spec.traits[\"group\"], impersonate_role.metadata.labels[\"group\"])"]);
    sound(&ACTION, &["log(\"info\", \"listed\")", "log(\"warn\", \"by %v\", user.metadata.name)"]);
    broken(&ACTION, &[("log(\"info\")", 0, "2 or more"), ("log(\"a\", \"b\") && log(\"a\", \"b\")", 14, "no part")]);
    broken(&REVIEW, &[("x ==", 0, "not known"), (")(", 0, "not expected"), ("contains(review.reason, \"x\")", 9, "not known")]);
    broken(&JOIN, &[("contains(user.role, \"x\")", 9, "did you mean user.roles?")]);
    broken(&IMPERSONATE, &[("equals(impersonate_role.metadata.labels.group, \"x\")", 7, "[\"group\"]")]);
}

#[test]
fn templates() {
    for text in [
        "root",
        "{{internal.logins}}",
        "{{ external.username }}",
        "IAM#{{external.aws_user}};",
        "{{external[\"http://schemas.example/name\"]}}",
        "{{email.local(external.email)}}",
        "{{regexp.replace(external.x, \"^team-(.*)$\", \"$1\")}}",
        "{{email.local(regexp.replace(external[\"a\"], `x`, \"y\"))}}",
        "a{b}c",
    ] {
        assert_eq!(template(text, Use::Values), Ok(()), "{text}");
    }
    assert_eq!(template("{{regexp.match(\"^a.*$\")}}", Use::Names), Ok(()));
    let table = [
        ("{{external.", 0, "not closed"),
        ("{{external.}}", 11, "must follow"),
        ("internal.logins}}", 15, "closes nothing"),
        ("{{internl.logins}}", 2, "did you mean internal.logins?"),
        ("{{internal.login}}", 2, "did you mean internal.logins?"),
        ("{{internal[\"login\"]}}", 11, "did you mean internal.logins?"),
        ("{{internal}}", 2, "name one trait"),
        ("{{user.metadata.name}}", 2, "not known"),
        ("{{email.locl(external.x)}}", 2, "did you mean email.local?"),
        ("{{regexp.match(\"x\")}}", 2, "no function regexp.match"),
        ("{{external.a}}-{{external.b}}", 15, "only one template"),
        ("{{{external.a}}}", 2, "brace"),
        ("{{}}", 0, "empty"),
        ("{{email.local(external.a, external.b)}}", 2, "takes 1 argument, not 2"),
        ("{{external.a b}}", 13, "not expected"),
        ("{{\"x\" == \"y\"}}", 6, "no part of"),
    ];
    for (text, at, part) in table {
        let fault = template(text, Use::Values).expect_err(text);
        assert!(fault.text.contains(part), "{text}: {}", fault.text);
        assert_eq!(fault.at, at, "{text}: {}", fault.text);
    }
}
