//! The entrance: arguments, configuration, credentials, logging, and the exit code.
//!
//! What is decided here is decided before the first frame, and quickly: no network. The dashboard starts with any credentials
//! there are and tells the rest on screen; only with none at all it does not.

#[path = "main/folders.rs"]
mod folders;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, Parser as _};
use portcullis::api::Guard;
use portcullis::app::{self, Begin, runtime};
use portcullis::cli::arguments::{self, Arguments, Command, Options};
use portcullis::cli::{self, Demo, Failure, Setup};
use portcullis::config::Config;
use portcullis::document;
use portcullis::kind::{self, Tone};
use portcullis::resource::Reference;
use portcullis::store::arrange::Filter;
use portcullis::store::journal::Journal;
use portcullis::store::sync::{self, Clock};
use portcullis::ui::glyph::speaks_utf8;
use portcullis::ui::keymap::Keymap;
use portcullis::ui::notice::Notice;
use portcullis::ui::screen::Abilities;
use portcullis::ui::theme::{Depth, Theme};
use portcullis::view::Settings;

use self::folders::Folders;

/// What a shell reports of `cat`, `tctl` and `kubectl` when their reader has had enough: 128 and SIGPIPE. Scripts under `pipefail`
/// know this number, and nothing else would tell an answer that was cut from one that is whole.
const PIPE_CLOSED: u8 = 141;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let failure = error.downcast_ref::<Failure>();
            // A reader that has had enough is no failure worth a word.
            if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
                return ExitCode::from(PIPE_CLOSED);
            }
            say(&format!("{error:#}"));
            ExitCode::from(failure.map_or(1, |failure| failure.code))
        }
    }
}

/// Prints to stderr. Text from a cluster may be in it, lines are wanted.
fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    for line in portcullis::resource::clean_lines(text) {
        // The exit code says it as well, to whoever has closed this.
        let _ = writeln!(stderr, "{line}");
    }
}

fn start(arguments: Arguments) -> Result<u8> {
    match &arguments.command {
        Some(Command::Completions { shell }) => {
            // It panics where it cannot write.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "portcullis", &mut script);
            io::stdout().write_all(&script)?;
            return Ok(0);
        }
        Some(Command::Man) => {
            clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout())?;
            return Ok(0);
        }
        // Files in Git are looked at without a configuration, a runtime and a cluster.
        Some(Command::Lint(wanted)) => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            return cli::lint(wanted, &mut io::stdin().lock(), &mut out, &mut |line| say(line));
        }
        _ => {}
    }
    let folders = Folders::find();
    let config = folders.config(&arguments.options)?;
    // One thread beside the screen's: with two, every answer is handed from one to the other, and that wakes both.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let code = runtime.block_on(run(arguments, config, folders));
    // A call that hangs must not keep the program.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn run(arguments: Arguments, config: Config, folders: Folders) -> Result<u8> {
    let options = &arguments.options;
    let clock = clock()?;
    let ordinary = || Setup::new(options, &config, |name| std::env::var(name).ok());
    let is_dashboard = matches!(arguments.command, None | Some(Command::Edit { .. }));
    // The dashboard is drawn before its demo is there; the others have nothing to do until then.
    let (_demo, setup) = match Demo::wanted(options, &clock)? {
        Some(wanted) if !is_dashboard => {
            let demo = wanted.start().await?;
            let setup = demo.setup(options.read_only);
            (Some(demo), setup)
        }
        Some(_) => (None, Setup::in_memory(String::new(), String::new(), options.read_only)),
        None => (None, ordinary()),
    };
    let now = (clock.shown)();
    match arguments.command {
        Some(Command::Check { output }) => cli::check(&setup, output, now, &mut io::stdout().lock()).await.map(|()| 0),
        Some(Command::Get(get)) => {
            // Large enough for few writes, small enough for a reader to begin early.
            let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
            let mut say = |text: &str| say(text);
            cli::get(&setup, &get, options.filter.as_deref(), now, &mut say, &mut out).await.map(|()| 0)
        }
        Some(Command::Apply(asked)) => apply(options, &setup, &asked, now).await,
        Some(Command::Edit { resource }) => {
            let (word, name) =
                resource.split_once('/').ok_or_else(|| Failure::usage("edit takes KIND/NAME, as in role/dev"))?;
            let wire = kind::wire_named(word).and_then(|(kind, wire)| kind.edits(wire).map(|_| wire));
            let wire = wire.ok_or_else(|| {
                Failure::usage(format!("{word:?} cannot be edited; roles, tokens, apps and remote clusters can"))
            })?;
            let begin = Begin { edit: Some(Reference::new(wire, name)), ..Begin::default() };
            dashboard(options, &config, &folders, setup, clock, begin).await
        }
        Some(Command::Completions { .. } | Command::Man | Command::Lint(_)) => Ok(0),
        None => {
            let begin = Begin { view: begin(options)?, filter: options.filter.clone(), edit: None };
            dashboard(options, &config, &folders, setup, clock, begin).await
        }
    }
}

/// Everything is read and checked before the first call.
async fn apply(options: &Options, setup: &Setup, asked: &arguments::Apply, now: SystemTime) -> Result<u8> {
    let documents = cli::read(&asked.file)?;
    if setup.read_only && !asked.dry_run {
        return Err(Failure::failed("read-only: nothing is written; --dry-run shows what would be").into());
    }
    let (client, identity) = cli::connect(setup, now).await?;
    let advice = documents.judged(&client.caller().circumstances())?;
    for said in setup.warnings.iter().chain(identity.warnings()).chain(&advice) {
        say(said);
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let colour = io::stdout().is_terminal() && !options.no_color && !set("NO_COLOR");
    let how = cli::How { dry_run: asked.dry_run, colour };
    let mut out = io::BufWriter::new(io::stdout().lock());
    cli::apply(&client, &documents.wanted, how, &mut out).await.map(|()| 0)
}

fn begin(options: &Options) -> Result<Option<&'static str>> {
    let filter = options.filter.as_deref().unwrap_or_default();
    Filter::parse(filter).map_err(|error| Failure::usage(format!("--filter: {error}")))?;
    let Some(word) = options.view.as_deref().filter(|word| *word != "overview") else {
        // Rather than leave it out without a word.
        let lost = options.filter.is_some();
        return if lost { Err(Failure::usage("--filter is about a list: name it with --view").into()) } else { Ok(None) };
    };
    let known = || kind::ALL.iter().map(|kind| kind.plural).collect::<Vec<_>>().join(", ");
    let kind = kind::screen(word)
        .ok_or_else(|| Failure::usage(format!("no view is called {word:?}; there are overview, {}", known())))?;
    Ok(Some(kind.name))
}

async fn dashboard(
    options: &Options,
    config: &Config,
    folders: &Folders,
    setup: Setup,
    clock: Clock,
    begin: Begin,
) -> Result<u8> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let term = variable("TERM");
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() || term.as_deref() == Some("dumb") {
        return Err(Failure::usage("the dashboard needs a terminal; `portcullis get KIND` prints to anything").into());
    }
    let demo = Demo::wanted(options, &clock)?;
    // Whatever else is wrong with the credentials is told on the screen, where a fresh login heals it.
    let identity = match portcullis::credentials::read(&setup.wanted) {
        Err(error) if error.is_absent() && demo.is_none() => return Err(Failure::unconnected(error.to_string()).into()),
        identity => identity.ok(),
    };
    folders.log(options)?;
    let (journal, trouble) = match Journal::open(&folders.state) {
        Ok(journal) => (Some(journal), None),
        Err(error) => (None, Some(format!("drafts and verdicts cannot be kept: {error}"))),
    };
    let overrides = config.keys.iter().map(|(name, keys)| (name.clone(), keys.iter().map(str::to_owned).collect())).collect();
    let (keymap, clashes) = Keymap::new(&overrides);
    let warnings = setup.warnings.iter().cloned().chain(identity.iter().flat_map(|identity| identity.warnings().to_vec()));
    let told = warnings.chain(clashes.iter().map(ToString::to_string)).chain(trouble);
    let notices = told.map(|text| Notice::new(Tone::Warn, &text)).collect();
    let ascii = options.ascii
        || config.ascii
        || !speaks_utf8(["LC_ALL", "LC_CTYPE", "LANG"].map(variable).each_ref().map(Option::as_deref));
    let low_bandwidth = options.low_bandwidth || config.low_bandwidth;
    let plain = options.no_color || low_bandwidth || variable("NO_COLOR").is_some();
    let depth = Depth::of(variable("COLORTERM").as_deref(), term.as_deref(), plain);
    let certificate = identity.as_ref().map(portcullis::credentials::Identity::certificate);
    let cluster = identity.as_ref().map(|identity| identity.cluster().to_owned()).unwrap_or_default();
    let read_only = setup.read_only || config.clusters.get(&cluster).is_some_and(|cluster| cluster.read_only);
    let settings = Settings {
        hold: Duration::from_secs(config.hold),
        read_only,
        demo: demo.is_some(),
        user: certificate.map(|certificate| certificate.user.clone()).unwrap_or_default(),
        certificate_ends: certificate.map(|certificate| certificate.not_after).or(demo.as_ref().map(|demo| demo.ends)),
        tone: match config.clusters.get(&cluster).and_then(|cluster| cluster.tone.as_deref()) {
            Some("good") => Tone::Good,
            Some("warn") => Tone::Warn,
            Some("bad") => Tone::Bad,
            _ => Tone::Plain,
        },
        cluster,
        low_bandwidth,
    };
    let known = Abilities::new(ascii, term.as_deref(), variable("TMUX").is_some());
    let abilities = Abilities {
        synchronised: config.synchronised_updates.unwrap_or(known.synchronised),
        scrolls: config.scroll_regions && !options.no_scroll_regions,
        ..known
    };
    let guard = Guard::new(read_only);
    let setup = Arc::new(setup);
    let stamped = setup.clone();
    let dial = match demo {
        Some(demo) => demo.dial(setup.read_only, guard.clone(), clock.shown.clone()),
        None => setup.dial(guard.clone(), clock.shown.clone()),
    };
    let start = runtime::Start {
        settings,
        theme: if low_bandwidth { Theme::bare() } else { Theme::new(depth) },
        keymap,
        abilities,
        begin,
        notices,
        dial,
        sync: sync::Settings { stamp: Some(Box::new(move || stamped.stamp())), ..sync::Settings::default() },
        guard,
        journal,
        clock,
        editor: variable("VISUAL").or_else(|| variable("EDITOR")).unwrap_or_else(|| "vi".to_owned()),
        private: folders.state.join("edit"),
        tell_idle: variable("PORTCULLIS_TEST_IDLE").is_some(),
        panics: app::on_panic(),
    };
    let panics = start.panics.clone();
    let code = runtime::run(start).await.context("the terminal")?;
    if let Some(panic) = panics.borrow().as_deref() {
        say(panic);
    }
    Ok(code)
}

/// The wall clock; a test may hold still what is shown.
fn clock() -> Result<Clock> {
    #[expect(clippy::disallowed_methods, reason = "the entrance is where the clock is read")]
    let real: Arc<dyn Fn() -> SystemTime + Send + Sync> = Arc::new(SystemTime::now);
    let Ok(text) = std::env::var("PORTCULLIS_TEST_NOW") else { return Ok(Clock { shown: real.clone(), real }) };
    let moment =
        document::moment(&text).ok_or_else(|| Failure::usage(format!("PORTCULLIS_TEST_NOW={text} is no RFC 3339 time")))?;
    Ok(Clock { shown: Arc::new(move || moment), real })
}
