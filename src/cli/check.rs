//! `check`: which way in works and why the others do not, who one is, until when, and what one may do.

use std::io::Write;
use std::time::SystemTime;

use anyhow::Result;
use serde_json::json;

use super::Failure;
use super::arguments::CheckFormat;
use super::setup::Setup;
use crate::api::{Caller, Guard, Right, Verb};
use crate::credentials::{self, Identity, Wanted};
use crate::kind::ALL;
use crate::resource::{Utc, clean, short};
use crate::transport::{self, Attempt};

const VERBS: [Verb; 5] = [Verb::List, Verb::Read, Verb::Create, Verb::Update, Verb::Delete];

/// Tries every way in and says what came of each.
///
/// # Errors
/// When no way works; everything that was learnt has been printed by then.
pub async fn check(setup: &Setup, format: CheckFormat, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    let identity = match setup.load(now).await {
        Ok(identity) => identity,
        Err(error) => {
            match format {
                CheckFormat::Text => unusable(setup, &error, now, out)?,
                CheckFormat::Json => {
                    let identity = credentials::read(&setup.wanted)
                        .map_or_else(|_| json!({ "source": source(&setup.wanted) }), |identity| described(&identity));
                    print(&answer(&identity, &[], Err(&error.to_string())), out)?;
                }
            }
            return Err(Failure::unconnected(error.to_string()).into());
        }
    };
    let connected = transport::connect(&identity, &setup.target(), now).await;
    let (attempts, learnt) = match connected {
        Ok(connected) => {
            let client = crate::api::Client::new(connected.channel, Guard::new(true));
            let certificate = identity.certificate();
            let (user, roles) = (certificate.user.clone(), certificate.roles.clone());
            let learnt = Caller::learn(&client, user, roles, certificate.active_requests.clone()).await;
            (connected.attempts, learnt.map_err(|error| error.to_string()))
        }
        Err(error) => (error.attempts().to_vec(), Err(error.to_string())),
    };
    match format {
        CheckFormat::Text => text(setup, &identity, &attempts, learnt.as_ref(), now, out)?,
        CheckFormat::Json => print(&answer(&described(&identity), &attempts, learnt.as_ref()), out)?,
    }
    match learnt {
        Ok(_) => Ok(()),
        // The roads and their causes are on stdout already, so stderr has one line.
        Err(_) => Err(Failure::unconnected("no way in works with this identity").into()),
    }
}

/// Where the credentials would come from, when they cannot even be read.
fn source(wanted: &Wanted) -> String {
    match (&wanted.identity, &wanted.key_pair, &wanted.home) {
        (Some(path), _, _) => format!("identity file {}", path.display()),
        (None, Some(pair), _) => format!("key pair {}", pair.cert.display()),
        (None, None, Some(home)) => format!("tsh profile in {}", home.display()),
        (None, None, None) => "tsh profile".to_owned(),
    }
}

/// What can be said of credentials that no road was tried with.
fn unusable(setup: &Setup, error: &credentials::Error, now: SystemTime, out: &mut dyn Write) -> Result<()> {
    if let Ok(identity) = credentials::read(&setup.wanted) {
        return text(setup, &identity, &[], Err(&error.to_string()), now, out);
    }
    writeln!(out, "identity   {}\n", clean(&source(&setup.wanted)))?;
    for line in error.to_string().lines() {
        writeln!(out, "{}", clean(line))?;
    }
    Ok(())
}

fn text(
    setup: &Setup,
    identity: &Identity,
    attempts: &[Attempt],
    learnt: Result<&Caller, &String>,
    now: SystemTime,
    out: &mut dyn Write,
) -> Result<()> {
    let certificate = identity.certificate();
    writeln!(out, "identity   {}", identity.source())?;
    writeln!(out, "user       {}", clean(&certificate.user))?;
    writeln!(out, "roles      {}", clean(&certificate.roles.join(", ")))?;
    writeln!(out, "cluster    {} (root {})", clean(identity.cluster()), clean(&certificate.root_cluster))?;
    let left = certificate.not_after.duration_since(now).map_or("expired".to_owned(), |left| format!("{} left", short(left)));
    writeln!(out, "until      {} ({left})", Utc::new(certificate.not_after))?;
    if !certificate.active_requests.is_empty() {
        writeln!(out, "requests   {} (in this certificate)", clean(&certificate.active_requests.join(", ")))?;
    }
    if let Some(impersonator) = &certificate.impersonator {
        writeln!(out, "made by    {}", clean(impersonator))?;
    }
    if let Some(bot) = &certificate.bot {
        writeln!(out, "bot        {}", clean(bot))?;
    }
    for warning in identity.warnings().iter().chain(&setup.warnings) {
        writeln!(out, "warning    {}", clean(warning))?;
    }
    writeln!(out)?;
    for attempt in attempts {
        writeln!(out, "{}", clean(&attempt.to_string()))?;
    }
    match learnt {
        Ok(caller) => rights(caller, out),
        Err(reason) => {
            writeln!(out)?;
            // What happened on each road stands above already.
            let said = reason.lines().filter(|line| attempts.is_empty() || !line.starts_with("  "));
            for line in said {
                writeln!(out, "{}", clean(line))?;
            }
            Ok(())
        }
    }
}

fn edition(caller: &Caller) -> &'static str {
    if caller.server.reviews { "requests are voted on" } else { "Community Edition: requests are decided by override" }
}

fn rights(caller: &Caller, out: &mut dyn Write) -> Result<()> {
    let server = &caller.server;
    writeln!(out, "\nserver     {} {} ({})\n", clean(&server.cluster), clean(&server.version_text), edition(caller))?;
    if let Some(error) = &caller.unknown {
        writeln!(out, "your roles cannot be read, so rights are not known before one tries: {error}")?;
        return Ok(());
    }
    writeln!(out, "{:16}{}", "KIND", VERBS.map(|verb| format!("{:<9}", verb.word().to_uppercase())).concat().trim_end())?;
    for kind in ALL.iter().flat_map(|kind| kind.wire) {
        let cell = |verb| format!("{:<9}", word(caller.may(kind, verb)));
        writeln!(out, "{kind:16}{}", VERBS.map(cell).concat().trim_end())?;
    }
    Ok(())
}

fn word(right: Right) -> &'static str {
    match right {
        Right::Yes => "yes",
        Right::No => "no",
        Right::Unknown => "unknown",
    }
}

fn described(identity: &Identity) -> serde_json::Value {
    let certificate = identity.certificate();
    json!({
        "source": identity.source().to_string(),
        "user": certificate.user,
        "roles": certificate.roles,
        "cluster": identity.cluster(),
        "root_cluster": certificate.root_cluster,
        "not_after": Utc::new(certificate.not_after).rfc3339(),
        "active_requests": certificate.active_requests,
        "impersonator": certificate.impersonator,
        "bot": certificate.bot,
        "warnings": identity.warnings(),
    })
}

fn answer(identity: &serde_json::Value, attempts: &[Attempt], learnt: Result<&Caller, &String>) -> serde_json::Value {
    let roads: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            json!({
                "road": attempt.road.to_string(),
                "address": attempt.address,
                "works": attempt.outcome.is_ok(),
                "failure": attempt.outcome.as_ref().err().map(ToString::to_string),
            })
        })
        .collect();
    let rights = |caller: &Caller| {
        let kinds = ALL.iter().flat_map(|kind| kind.wire);
        let of = |kind: &str| VERBS.map(|verb| (verb.word().to_owned(), json!(word(caller.may(kind, verb)))));
        kinds.map(|kind| ((*kind).to_owned(), of(kind).into_iter().collect())).collect::<serde_json::Map<_, _>>()
    };
    json!({
        "identity": identity,
        "roads": roads,
        "server": learnt.ok().map(|caller| json!({
            "cluster": caller.server.cluster,
            "version": caller.server.version_text,
            "reviews": caller.server.reviews,
        })),
        "rights": learnt.ok().map(rights),
        "failure": learnt.err(),
    })
}

fn print(answer: &serde_json::Value, out: &mut dyn Write) -> Result<()> {
    // As an error of the stream, by which a closed pipe is known.
    serde_json::to_writer_pretty(&mut *out, answer).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn credentials_that_cannot_be_used_are_told_as_an_answer() {
        let wanted = Wanted { identity: Some("/nowhere/identity".into()), ..Wanted::default() };
        let setup = Setup { wanted, ..Setup::in_memory(String::new(), String::new(), false) };
        let mut out = Vec::new();
        let ended = check(&setup, CheckFormat::Json, std::time::UNIX_EPOCH, &mut out).await.expect_err("there are none");
        assert_eq!(ended.downcast_ref::<Failure>().map(|failure| failure.code), Some(3));
        let told: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(told["identity"]["source"], "identity file /nowhere/identity");
        assert_eq!(told["roads"], json!([]));
        assert!(told["failure"].as_str().is_some_and(|failure| failure.contains("/nowhere/identity")), "{told}");
        out.clear();
        check(&setup, CheckFormat::Text, std::time::UNIX_EPOCH, &mut out).await.expect_err("there are none");
        let text = String::from_utf8(out).expect("text");
        assert!(text.starts_with("identity   identity file /nowhere/identity\n\n"), "{text}");
    }
}
