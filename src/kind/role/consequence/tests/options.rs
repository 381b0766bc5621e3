//! Every option, there and back, with the role that decides.

use super::{options, table};

const STILL: &str = " · a stricter role of theirs still counts";
const OVER: &str = " · whatever their other roles say";
const UNLESS: &str = " · unless another role of theirs allows it";

/// Options where the strictest of several roles decides: tight, loose, the name, both in words, whether loose is all there is.
const STRICTEST: &[(&str, &str, &str, &str, &str, bool)] = &[
    ("max_session_ttl: 1h0m0s", "max_session_ttl: 8h0m0s", "a session lasts", "at most 1h", "at most 8h", false),
    ("max_session_ttl: 8h0m0s", "", "a session lasts", "at most 8h", "at most 30h, the server's own limit", true),
    ("client_idle_timeout: 15m0s", "client_idle_timeout: 1h0m0s", "idle sessions", "cut after 15m", "cut after 1h", false),
    ("client_idle_timeout: 15m0s", "", "idle sessions", "cut after 15m", "never cut", true),
    ("max_connections: 2", "max_connections: 3", "SSH connections at once", "at most 2", "at most 3", false),
    ("max_connections: 2", "", "SSH connections at once", "at most 2", "no limit", true),
    ("max_sessions: 2", "", "sessions in one connection", "at most 2", "no limit", true),
    ("max_kubernetes_connections: 2", "", "Kubernetes connections at once", "at most 2", "no limit", true),
    ("ssh_file_copy: false", "", "file copy over SSH", "not allowed", "allowed", true),
    ("desktop_clipboard: false", "desktop_clipboard: true", "desktop clipboard", "not allowed", "allowed", true),
    ("desktop_directory_sharing: false", "", "desktop directory sharing", "not allowed", "allowed", true),
    ("disconnect_expired_cert: true", "", "cut off when the certificate ends", "yes", "no", true),
    ("pin_source_ip: true", "", "bound to the address of the login", "yes", "no", true),
    ("require_session_mfa: true", "", "MFA for each session", "yes", "no", true),
    (
        "require_session_mfa: hardware_key",
        "require_session_mfa: true",
        "MFA for each session",
        "yes, and keys in hardware",
        "yes",
        false,
    ),
    (
        "require_session_mfa: hardware_key_touch_and_pin",
        "require_session_mfa: hardware_key_pin",
        "MFA for each session",
        "keys in hardware, with a touch and a PIN",
        "keys in hardware, with a PIN",
        false,
    ),
    ("mfa_verification_interval: 60000000000", "", "MFA is good for", "at most 1m", "as long as the cluster says", true),
    ("device_trust_mode: required", "", "device trust", "required", "not demanded by this role", true),
    ("device_trust_mode: required", "device_trust_mode: optional", "device trust", "required", "optional", true),
    (
        "record_session: {default: strict, ssh: best_effort}",
        "record_session: {default: best_effort, ssh: best_effort}",
        "when recording fails, sessions",
        "end",
        "go on unrecorded",
        true,
    ),
    (
        "record_session: {default: best_effort, ssh: strict}",
        "record_session: {default: best_effort, ssh: best_effort}",
        "when recording fails, SSH sessions",
        "end",
        "go on unrecorded",
        true,
    ),
    ("record_session: {desktop: true}", "record_session: {desktop: false}", "desktop sessions are recorded", "yes", "no", true),
    ("lock: strict", "", "when locks cannot be checked", "nobody comes in", "as the cluster says", true),
    (
        "lock: strict",
        "lock: best_effort",
        "when locks cannot be checked",
        "nobody comes in",
        "the last known locks count",
        true,
    ),
    ("request_access: always", "", "asking for access at login", "always", "optional", true),
    (
        "request_access: always",
        "request_access: reason",
        "asking for access at login",
        "always",
        "always, with a reason",
        false,
    ),
    ("", "create_host_user_mode: keep", "users made on hosts", "none", "kept", true),
    ("", "create_host_user: true", "users made on hosts", "none", "kept", true),
    (
        "create_host_user_mode: 'off'",
        "create_host_user_mode: insecure-drop",
        "users made on hosts",
        "none",
        "removed after the session, their home stays",
        true,
    ),
    ("", "create_desktop_user: true", "users made on desktops", "not allowed", "allowed", true),
    ("idp: {saml: {enabled: false}}", "", "the SAML identity provider", "not allowed", "allowed", true),
    ("port_forwarding: false", "", "port forwarding", "not allowed", "allowed", true),
    ("ssh_port_forwarding: {local: {enabled: false}}", "", "local port forwarding", "not allowed", "allowed", true),
    ("ssh_port_forwarding: {remote: {enabled: false}}", "", "remote port forwarding", "not allowed", "allowed", true),
];

#[test]
fn the_strictest_role_decides() {
    for (tight, loose, name, tightly, loosely, most) in STRICTEST {
        let mark = if *most { "!" } else { "" };
        table(
            |lines| options("v7", lines),
            &[(
                tight,
                loose,
                &[&format!("{mark}looser: {name}: {loosely} (before: {tightly}){STILL}")],
                &[&format!("tighter: {name}: {tightly} (before: {loosely}){OVER}")],
            )],
        );
    }
}

#[test]
fn one_role_is_enough() {
    for (loose, name, closed, open) in [
        ("forward_agent: true", "agent forwarding", "not allowed", "allowed"),
        ("permit_x11_forwarding: true", "X11 forwarding", "not allowed", "allowed"),
        ("create_db_user_mode: keep", "users made in databases", "none", "kept"),
        ("create_db_user: true", "users made in databases", "none", "kept"),
    ] {
        table(
            |lines| options("v7", lines),
            &[(
                "",
                loose,
                &[&format!("!looser: {name}: {open} (before: {closed}){OVER}")],
                &[&format!("tighter: {name}: {closed} (before: {open}){UNLESS}")],
            )],
        );
    }
}

#[test]
fn what_has_an_order_of_its_own() {
    let untold = format!("changed: {}", super::super::UNTOLD);
    table(
        |lines| options("v7", lines),
        &[
            // The old switch says yes over every role that says no.
            (
                "",
                "port_forwarding: true",
                &["!looser: port forwarding: allowed over all other roles (before: allowed)"],
                &[&format!("tighter: port forwarding: allowed (before: allowed over all other roles){OVER}")],
            ),
            // Touch and PIN are neither more nor less.
            (
                "require_session_mfa: hardware_key_touch",
                "require_session_mfa: hardware_key_pin",
                &["changed: MFA for each session: keys in hardware, with a PIN (before: keys in hardware, with a touch)"],
                &["changed: MFA for each session: keys in hardware, with a touch (before: keys in hardware, with a PIN)"],
            ),
            (
                "enhanced_recording: [command, disk, network]",
                "enhanced_recording: [command, network]",
                &["looser: enhanced recording leaves out: disk · unless another role of theirs records it"],
                &["tighter: enhanced recording takes in: disk"],
            ),
            ("", "enhanced_recording: [command, network]", &[&untold], &[&untold]),
            (
                "",
                "max_session_ttl: 30h0m0s",
                &["changed: a session lasts: at most 30h (before: at most 30h, the server's own limit)"],
                &["changed: a session lasts: at most 30h, the server's own limit (before: at most 30h)"],
            ),
            ("", "ssh_file_copy: true", &[&untold], &[&untold]),
            ("", "record_session: {default: best_effort, desktop: true}", &[&untold], &[&untold]),
            (
                "",
                "cert_extensions: [{name: login@github.com, value: x, type: ssh, mode: extension}]",
                &["gained: certificates with the extensions login@github.com=x"],
                &["lost: certificates with the extensions login@github.com=x"],
            ),
            (
                "",
                "request_prompt: why",
                &["changed: prompt when asking for access: why (before: none)"],
                &["changed: prompt when asking for access: none (before: why)"],
            ),
            ("", "cert_format: standard", &[&untold], &[&untold]),
        ],
    );
    // Version 8 has no such option: it says nothing there.
    table(|lines| options("v8", lines), &[("idp: {saml: {enabled: false}}", "", &[&untold], &[&untold])]);
}

#[test]
fn a_default_recording_that_ssh_follows_is_told_once() {
    table(
        |lines| options("v7", lines),
        &[(
            "record_session: {default: strict}",
            "record_session: {default: best_effort}",
            &[&format!("!looser: when recording fails, sessions: go on unrecorded (before: end){STILL}")],
            &[&format!("tighter: when recording fails, sessions: end (before: go on unrecorded){OVER}")],
        )],
    );
}
