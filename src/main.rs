//! The entrance: arguments, configuration, credentials, logging, and the exit code.
//!
//! What is decided here is decided before the first frame, and quickly: no network. The dashboard starts with any credentials
//! there are and tells the rest on screen; only with none at all it does not.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
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
use portcullis::ui::keymap::Keymap;
use portcullis::ui::notice::Notice;
use portcullis::ui::screen::Abilities;
use portcullis::ui::theme::{Depth, Theme};
use portcullis::view::Settings;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let failure = error.downcast_ref::<Failure>();
            // A reader that has had enough is no failure of ours worth a word.
            let broken = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
            if !broken {
                say(&format!("{error:#}"));
            }
            ExitCode::from(failure.map_or(1, |failure| failure.code))
        }
    }
}

/// Prints to stderr. Text from a cluster may be in it, lines are wanted.
#[expect(clippy::print_stderr, reason = "the entrance is where things are printed")]
fn say(text: &str) {
    for line in portcullis::resource::clean_lines(text) {
        eprintln!("{line}");
    }
}

fn start(arguments: Arguments) -> Result<u8> {
    match &arguments.command {
        Some(Command::Completions { shell }) => {
            clap_complete::generate(*shell, &mut Arguments::command(), "portcullis", &mut io::stdout());
            return Ok(0);
        }
        Some(Command::Man) => {
            clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout())?;
            return Ok(0);
        }
        _ => {}
    }
    let folders = Folders::find();
    let config = folders.config(&arguments.options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
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
            for warning in &setup.warnings {
                say(warning);
            }
            let (client, identity) = cli::connect(&setup, now).await?;
            for warning in identity.warnings() {
                say(warning);
            }
            let mut out = io::BufWriter::new(io::stdout().lock());
            cli::get(&client, &get, options.filter.as_deref(), now, &mut out).await.map(|()| 0)
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
        Some(Command::Completions { .. } | Command::Man) => Ok(0),
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
    for said in documents.advice.iter().chain(&setup.warnings) {
        say(said);
    }
    let (client, identity) = cli::connect(setup, now).await?;
    for warning in identity.warnings() {
        say(warning);
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
    let ascii = options.ascii || config.ascii || !speaks_utf8(variable);
    let depth =
        Depth::of(variable("COLORTERM").as_deref(), term.as_deref(), options.no_color || variable("NO_COLOR").is_some());
    let certificate = identity.as_ref().map(portcullis::credentials::Identity::certificate);
    let cluster = identity.as_ref().map(|identity| identity.cluster().to_owned()).unwrap_or_default();
    let read_only = setup.read_only || config.clusters.get(&cluster).is_some_and(|cluster| cluster.read_only);
    let settings = Settings {
        hold: Duration::from_secs(config.hold),
        read_only,
        demo: demo.is_some(),
        user: certificate.map(|certificate| certificate.user.clone()).unwrap_or_default(),
        certificate_ends: certificate.map(|certificate| certificate.not_after).or(demo.as_ref().map(|demo| demo.ends)),
        cluster,
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
        theme: Theme::new(depth),
        keymap,
        abilities: Abilities::new(ascii, term.as_deref(), variable("TMUX").is_some()),
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

/// Whether the locale has UTF-8, as the C library would decide it.
fn speaks_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG")).unwrap_or_default();
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
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

/// Where our files are.
struct Folders {
    config: PathBuf,
    state: PathBuf,
}

/// A log that has grown longer than this begins anew.
const LONGEST_LOG: u64 = 4 << 20;

impl Folders {
    fn find() -> Self {
        match directories::ProjectDirs::from("", "", "portcullis") {
            Some(found) => Self {
                config: found.config_dir().to_owned(),
                state: found.state_dir().unwrap_or_else(|| found.data_local_dir()).to_owned(),
            },
            None => Self { config: PathBuf::from(".portcullis"), state: PathBuf::from(".portcullis") },
        }
    }

    fn config(&self, options: &Options) -> Result<Config> {
        let named = options.config.clone().or_else(|| std::env::var_os("PORTCULLIS_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| self.config.join("config.yaml"));
        let unusable = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Config::parse(&text).map_err(|error| unusable(&error))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(Config::default()),
            Err(error) => Err(unusable(&error).into()),
        }
    }

    /// Logs to a file that nobody else may read, never to the terminal.
    fn log(&self, options: &Options) -> Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = options.log_file.clone().unwrap_or_else(|| self.state.join("log"));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private_folder(folder)?;
        }
        let anew = fs::metadata(&path).is_ok_and(|meta| meta.len() > LONGEST_LOG);
        let file = OpenOptions::new().create(true).append(!anew).write(true).truncate(anew).mode(0o600).open(&path);
        let Ok(mut file) = file else { return Ok(()) };
        let _ = writeln!(file);
        let subscriber =
            tracing_subscriber::fmt().with_writer(Arc::new(file)).with_ansi(false).with_max_level(options.log_level);
        let _ = tracing::subscriber::set_global_default(subscriber.finish());
        Ok(())
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
