//! Every option of a role: how open it is, and which of several roles decides.
//!
//! An unset option is what a server takes it for, so removing a line that said the default is no change.

use super::names::list;
use super::setting::{Merge, Stand};
use super::told::{Side, Told, literal};
use crate::kind::consequence::{Direction, Weight};
use crate::kind::role::options::span;
use crate::kind::role::standing::USUAL_TTL;
use crate::schema::types::{
    BoolValue, CreateDatabaseUserMode, CreateHostUserMode, RequireMfaType, RoleOptions, WebTerminalClipboardMode,
};

/// Both roles' options; the role's version says what some of them are by default.
pub(super) fn compare(told: &mut Told, version: u32, before: &RoleOptions, after: &RoleOptions) {
    use Merge::{Each, Loosest, Strictest};
    let mut say = |name: &str, merge, stand: &dyn Fn(&RoleOptions) -> Stand| {
        told.option(name, merge, &stand(before), &stand(after));
    };
    say("a session lasts", Strictest, &|of| longest(of.max_session_ttl));
    say("idle sessions", Strictest, &|of| idle(of.client_idle_timeout));
    say("SSH connections at once", Strictest, &|of| Stand::at_most(of.max_connections));
    say("sessions in one connection", Strictest, &|of| Stand::at_most(of.max_sessions));
    say("Kubernetes connections at once", Strictest, &|of| Stand::at_most(of.max_kubernetes_connections));
    say("agent forwarding", Loosest, &|of| Stand::allowed(of.forward_agent));
    say("X11 forwarding", Loosest, &|of| Stand::allowed(of.permit_x11_forwarding));
    say("file copy over SSH", Strictest, &|of| Stand::allowed(on(of.ssh_file_copy.as_ref())));
    say("desktop clipboard", Strictest, &|of| Stand::allowed(on(of.desktop_clipboard.as_ref())));
    say("desktop directory sharing", Strictest, &|of| Stand::allowed(on(of.desktop_directory_sharing.as_ref())));
    say("copying from the web terminal", Each, &clipboard);
    say("cut off when the certificate ends", Strictest, &|of| Stand::demanded(of.disconnect_expired_cert));
    say("bound to the address of the login", Strictest, &|of| Stand::demanded(of.pin_source_ip));
    say("MFA for each session", Strictest, &|of| mfa(of.require_session_mfa));
    say("MFA is good for", Strictest, &|of| interval(of.mfa_verification_interval.as_ref()));
    say("device trust", Strictest, &|of| device(&of.device_trust_mode));
    say("when recording fails, sessions", Strictest, &|of| recording(of, ""));
    // Where SSH follows the default before and after, the line above tells both.
    if [before, after].into_iter().any(|of| of.record_session.as_ref().is_some_and(|record| !record.ssh.is_empty())) {
        say("when recording fails, SSH sessions", Strictest, &|of| recording(of, "ssh"));
    }
    say("desktop sessions are recorded", Strictest, &recorded);
    say("when locks cannot be checked", Strictest, &|of| lock(&of.lock));
    say("asking for access at login", Strictest, &|of| asks(&of.request_access));
    say("users made on hosts", Strictest, &host_users);
    say("users made on desktops", Strictest, &|of| Stand::allowed(of.create_desktop_user.is_some_and(|flag| flag.value)));
    say("users made in databases", Loosest, &database_users);
    if version <= 7 {
        say("the SAML identity provider", Strictest, &saml);
    }
    forwarding(told, before, after);
    enhanced(told, before, after);
    extensions(told, before, after);
    for (name, before, after) in [
        ("certificate format", or(&before.cert_format, "standard"), or(&after.cert_format, "standard")),
        ("prompt when asking for access", or(&before.request_prompt, "none"), or(&after.request_prompt, "none")),
        (
            "shell of users made on hosts",
            or(&before.create_host_user_default_shell, "the host's own"),
            or(&after.create_host_user_default_shell, "the host's own"),
        ),
    ] {
        if before != after {
            told.say(Direction::Other, Weight::Usual, &format!("{name}: {after} (before: {before})"));
        }
    }
}

/// Unset is true, as servers read most of these.
fn on(flag: Option<&BoolValue>) -> bool {
    flag.is_none_or(|flag| flag.value)
}

fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}

/// No server gives longer ones to people than its own, which is also what it takes for unset.
fn longest(ttl: i64) -> Stand {
    match ttl {
        ..=0 => Stand::new(USUAL_TTL, true, &format!("at most {}, the server's own limit", span(USUAL_TTL))),
        ttl => Stand::new(ttl, ttl >= USUAL_TTL, &format!("at most {}", span(ttl))),
    }
}

fn idle(timeout: i64) -> Stand {
    match timeout {
        ..=0 => Stand::new(i64::MAX, true, "never cut"),
        timeout => Stand::new(timeout, false, &format!("cut after {}", span(timeout))),
    }
}

fn clipboard(of: &RoleOptions) -> Stand {
    match WebTerminalClipboardMode::try_from(of.web_terminal_clipboard_mode) {
        Ok(WebTerminalClipboardMode::NoCopy) => Stand::allowed(false),
        Ok(_) => Stand::allowed(true),
        Err(_) => Stand::unknown(&of.web_terminal_clipboard_mode.to_string()),
    }
}

/// Touch and PIN each say less than both, and neither says more than the other.
fn mfa(kind: i32) -> Stand {
    match RequireMfaType::try_from(kind) {
        Ok(RequireMfaType::Off) => Stand::new(4, true, "no"),
        Ok(RequireMfaType::Session) => Stand::new(3, false, "yes"),
        Ok(RequireMfaType::SessionAndHardwareKey) => Stand::new(2, false, "yes, and keys in hardware"),
        Ok(RequireMfaType::HardwareKeyTouch) => Stand::new(1, false, "keys in hardware, with a touch"),
        Ok(RequireMfaType::HardwareKeyPin) => Stand::new(1, false, "keys in hardware, with a PIN"),
        Ok(RequireMfaType::HardwareKeyTouchAndPin) => Stand::new(0, false, "keys in hardware, with a touch and a PIN"),
        Err(_) => Stand::unknown(&kind.to_string()),
    }
}

fn interval(span_of: Option<&prost_types::Duration>) -> Stand {
    let nanoseconds =
        span_of.map_or(0, |span| span.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(span.nanos)));
    match nanoseconds {
        ..=0 => Stand::new(i64::MAX, true, "as long as the cluster says"),
        nanoseconds => Stand::new(nanoseconds, false, &format!("at most {}", span(nanoseconds))),
    }
}

fn device(mode: &str) -> Stand {
    match mode {
        "required" => Stand::new(0, false, "required"),
        "required-for-humans" => Stand::new(1, false, "required for humans"),
        "" | "off" => Stand::new(2, true, "not demanded by this role"),
        "optional" => Stand::new(2, true, "optional"),
        other => Stand::unknown(other),
    }
}

/// What a service's own mode does not say, the default does.
fn recording(of: &RoleOptions, service: &str) -> Stand {
    let (default, ssh) = of.record_session.as_ref().map_or(("", ""), |record| (&record.default, &record.ssh));
    match if service == "ssh" { or(ssh, default) } else { default } {
        "strict" => Stand::new(0, false, "end"),
        _ => Stand::new(1, true, "go on unrecorded"),
    }
}

fn recorded(of: &RoleOptions) -> Stand {
    Stand::demanded(on(of.record_session.as_ref().and_then(|record| record.desktop.as_ref())))
}

/// A role that says `best_effort` is looser than one that leaves it to the cluster.
fn lock(mode: &str) -> Stand {
    match mode {
        "strict" => Stand::new(0, false, "nobody comes in"),
        "" => Stand::new(1, true, "as the cluster says"),
        "best_effort" => Stand::new(2, true, "the last known locks count"),
        other => Stand::unknown(other),
    }
}

fn asks(mode: &str) -> Stand {
    match mode {
        "always" => Stand::new(0, false, "always"),
        "reason" => Stand::new(1, false, "always, with a reason"),
        "" | "optional" => Stand::new(2, true, "optional"),
        other => Stand::unknown(other),
    }
}

/// The older switch counts only where the mode is unset.
fn host_users(of: &RoleOptions) -> Stand {
    let switched = of.create_host_user.is_some_and(|flag| flag.value);
    match CreateHostUserMode::try_from(of.create_host_user_mode) {
        Ok(CreateHostUserMode::Unspecified) if switched => Stand::new(2, true, "kept"),
        Ok(CreateHostUserMode::Unspecified | CreateHostUserMode::Off) => Stand::new(0, false, "none"),
        Ok(CreateHostUserMode::Drop | CreateHostUserMode::InsecureDrop) => {
            Stand::new(1, true, "removed after the session, their home stays")
        }
        Ok(CreateHostUserMode::Keep) => Stand::new(2, true, "kept"),
        Err(_) => Stand::unknown(&of.create_host_user_mode.to_string()),
    }
}

fn database_users(of: &RoleOptions) -> Stand {
    let switched = of.create_db_user.is_some_and(|flag| flag.value);
    match CreateDatabaseUserMode::try_from(of.create_db_user_mode) {
        Ok(CreateDatabaseUserMode::Unspecified) if switched => Stand::new(2, true, "kept"),
        Ok(CreateDatabaseUserMode::Unspecified | CreateDatabaseUserMode::Off) => Stand::new(0, false, "none"),
        Ok(CreateDatabaseUserMode::BestEffortDrop) => Stand::new(1, false, "removed after the session if that works"),
        Ok(CreateDatabaseUserMode::Keep) => Stand::new(2, true, "kept"),
        Err(_) => Stand::unknown(&of.create_db_user_mode.to_string()),
    }
}

fn saml(of: &RoleOptions) -> Stand {
    let enabled = of.idp.as_ref().and_then(|idp| idp.saml.as_ref()).and_then(|saml| saml.enabled.as_ref());
    Stand::allowed(on(enabled))
}

/// The old switch is looked at only where the new ones are absent; there a yes beats every other role.
fn forwarding(told: &mut Told, before: &RoleOptions, after: &RoleOptions) {
    let stand = |of: &RoleOptions, remote: bool| {
        let Some(new) = &of.ssh_port_forwarding else {
            return match of.port_forwarding {
                Some(BoolValue { value: true }) => Stand::new(2, true, "allowed over all other roles"),
                Some(BoolValue { value: false }) => Stand::allowed(false),
                None => Stand::allowed(true),
            };
        };
        let local = new.local.as_ref().and_then(|local| local.enabled.as_ref());
        let far = new.remote.as_ref().and_then(|remote| remote.enabled.as_ref());
        Stand::allowed(on(if remote { far } else { local }))
    };
    let (local, remote) = ((stand(before, false), stand(after, false)), (stand(before, true), stand(after, true)));
    let merge = |stand: &Stand| if stand.open == Some(2) { Merge::Each } else { Merge::Strictest };
    if local == remote {
        told.option("port forwarding", merge(&local.1), &local.0, &local.1);
    } else {
        told.option("local port forwarding", merge(&local.1), &local.0, &local.1);
        told.option("remote port forwarding", merge(&remote.1), &remote.0, &remote.1);
    }
}

/// What is recorded of a session's inside is the sum over all roles; nothing listed is the server's own pair.
fn enhanced(told: &mut Told, before: &RoleOptions, after: &RoleOptions) {
    let of = |options: &RoleOptions| {
        let listed = &options.enhanced_recording;
        if listed.is_empty() { vec!["command".to_owned(), "network".to_owned()] } else { listed.clone() }
    };
    let (old, new) = (of(before), of(after));
    let less: Vec<&String> = old.iter().filter(|event| !new.contains(event)).collect();
    let more: Vec<&String> = new.iter().filter(|event| !old.contains(event)).collect();
    if !less.is_empty() {
        let words = format!("enhanced recording leaves out: {} · unless another role of theirs records it", list(&less));
        told.say(Direction::Loosened, Weight::Strong, &words);
    }
    if !more.is_empty() {
        told.say(Direction::Tightened, Weight::Usual, &format!("enhanced recording takes in: {}", list(&more)));
    }
}

/// What a certificate says beside Teleport's own is a right wherever something reads it.
fn extensions(told: &mut Told, before: &RoleOptions, after: &RoleOptions) {
    let of = |options: &RoleOptions| -> Vec<String> {
        options.cert_extensions.iter().map(|one| format!("{}={}", one.name, one.value)).collect()
    };
    let usual = |_: &str| Weight::Usual;
    told.names(Side::Allow, (&of(before), &of(after)), literal, usual, |all| format!("certificates with the extensions {all}"));
}
