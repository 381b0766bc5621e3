//! A role's options in words, each with the tone of what it allows. What every role is given by default is not told.

use crate::kind::{Line, Span, Tone};
use crate::schema::types::{BoolValue, RequireMfaType, RoleOptions};

/// Nanoseconds in hours and minutes, as roles are written; a limit of 30 hours must not read as one of a day.
pub(super) fn span(nanoseconds: i64) -> String {
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).unwrap_or_default();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    let parts = [(hours, 'h'), (minutes, 'm'), (seconds, 's')].into_iter().filter(|(count, _)| *count > 0);
    let said = parts.map(|(count, unit)| format!("{count}{unit}")).collect::<Vec<_>>().concat();
    if said.is_empty() { "under 1s".to_owned() } else { said }
}

/// What is set, the loosest first where order allows.
pub(super) fn lines(options: &RoleOptions) -> Vec<Line> {
    let mut said: Vec<Line> = Vec::new();
    let mut say = |key: &str, words: &str, tone: Tone| said.push(Line::new(key, Span::toned(words, tone)));
    match options.max_session_ttl {
        ..=0 => say("sessions", "no limit", Tone::Warn),
        ttl => say("sessions", &format!("at most {}", span(ttl)), Tone::Plain),
    }
    if options.client_idle_timeout > 0 {
        say("idle", &format!("cut after {}", span(options.client_idle_timeout)), Tone::Plain);
    }
    for (key, most) in [
        ("connections", options.max_connections),
        ("sessions each", options.max_sessions),
        ("kubernetes", options.max_kubernetes_connections),
    ] {
        if most > 0 {
            say(key, &format!("at most {most}"), Tone::Plain);
        }
    }
    for (set, words) in [(options.forward_agent, "forwards the agent"), (options.permit_x11_forwarding, "forwards X11")] {
        if set {
            say("allows", words, Tone::Warn);
        }
    }
    for (set, words) in
        [(options.disconnect_expired_cert, "cuts off expired certificates"), (options.pin_source_ip, "pins the source address")]
    {
        if set {
            say("demands", words, Tone::Good);
        }
    }
    let mfa = match options.require_session_mfa() {
        RequireMfaType::Off => "",
        RequireMfaType::Session => "MFA for each session",
        _ => "a hardware key",
    };
    let trust = if options.device_trust_mode == "required" { "a trusted device" } else { "" };
    for words in [mfa, trust].into_iter().filter(|words| !words.is_empty()) {
        say("demands", words, Tone::Good);
    }
    for (flag, what) in [
        (&options.ssh_file_copy, "file copy"),
        (&options.port_forwarding, "port forwarding"),
        (&options.desktop_clipboard, "desktop clipboard"),
        (&options.desktop_directory_sharing, "directory sharing"),
    ] {
        if off(flag.as_ref()) {
            say("forbids", what, Tone::Good);
        }
    }
    said.extend(forwarding(options));
    let modes = [("requests", &options.request_access), ("lock", &options.lock), ("prompt", &options.request_prompt)];
    said.extend(modes.into_iter().filter_map(|(key, words)| Line::said(key, words)));
    said.extend(options.record_session.as_ref().and_then(|record| Line::said("recording", &record.default)));
    said
}

/// Only an explicit false is off; a server reads an unset option as its own default.
fn off(flag: Option<&BoolValue>) -> bool {
    flag.is_some_and(|flag| !flag.value)
}

fn forwarding(options: &RoleOptions) -> Vec<Line> {
    let Some(forwarding) = &options.ssh_port_forwarding else { return Vec::new() };
    let local = forwarding.local.as_ref().and_then(|local| local.enabled.as_ref());
    let remote = forwarding.remote.as_ref().and_then(|remote| remote.enabled.as_ref());
    [(local, "local port forwarding"), (remote, "remote port forwarding")]
        .into_iter()
        .filter(|(flag, _)| off(*flag))
        .map(|(_, what)| Line::new("forbids", Span::toned(what, Tone::Good)))
        .collect()
}
