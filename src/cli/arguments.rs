//! The command line, declared once: parsing, `--help`, completions and the manual page all come from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A dashboard for Teleport clusters in the terminal
#[derive(Clone, Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 100, args_conflicts_with_subcommands = false)]
#[command(
    after_help = "Exit codes: 0 done, 1 refused or failed, 2 usage, 3 no credentials or no connection, 4 changed meanwhile.\n\
                        Try it without a cluster: portcullis --demo"
)]
pub struct Arguments {
    /// Where to connect, as whom, and how it shows
    #[command(flatten)]
    pub options: Options,
    /// Without one, the dashboard
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options before or after the subcommand.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// Show a made-up cluster that runs inside this program; needs no credentials
    #[arg(long, global = true, help_heading = "Demo")]
    pub demo: bool,
    /// A made-up cluster of so many app servers, a fifth as many roles, and so on; it stands still
    #[arg(long, global = true, value_name = "N", help_heading = "Demo")]
    pub demo_scale: Option<u32>,
    /// So many events a second
    #[arg(long, global = true, value_name = "N", hide = true)]
    pub demo_events: Option<u32>,

    /// Web address of the Proxy Service (ports 443, then 3080); else TELEPORT_PROXY
    #[arg(long, global = true, value_name = "HOST[:PORT]", help_heading = "Connection")]
    pub proxy: Option<String>,
    /// Address of an Auth or a Proxy Service (port 3025), several times if need be; else TELEPORT_AUTH_SERVER
    #[arg(long, global = true, value_name = "HOST[:PORT]", help_heading = "Connection")]
    pub auth_server: Vec<String>,
    /// Identity file, as `tctl auth sign`, `tsh login --out` and `tbot` write it; else TELEPORT_IDENTITY_FILE
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Connection")]
    pub identity: Option<PathBuf>,
    /// PREFIX.crt, PREFIX.key and PREFIX.cas, as `tctl auth sign --format=tls --out=PREFIX` writes them
    #[arg(long, global = true, value_name = "PREFIX", conflicts_with = "identity", help_heading = "Connection")]
    pub key_pair: Option<PathBuf>,
    /// Certificate, with --key and --ca
    #[arg(long, global = true, value_name = "FILE", requires = "key", requires = "ca", conflicts_with_all = ["identity", "key_pair"], help_heading = "Connection")]
    pub cert: Option<PathBuf>,
    /// Private key of --cert
    #[arg(long, global = true, value_name = "FILE", requires = "cert", help_heading = "Connection")]
    pub key: Option<PathBuf>,
    /// Host authorities of the cluster
    #[arg(long, global = true, value_name = "FILE", help_heading = "Connection")]
    pub ca: Option<PathBuf>,
    /// The root cluster or one of its leaves; else TELEPORT_CLUSTER
    #[arg(long, global = true, value_name = "NAME", help_heading = "Connection")]
    pub cluster: Option<String>,
    /// Do not verify the web certificate of the Proxy Service (never touches the Auth Service's own)
    #[arg(long, global = true, help_heading = "Connection")]
    pub insecure: bool,
    /// Send no call that writes, whatever key is pressed
    #[arg(long, global = true, help_heading = "Connection")]
    pub read_only: bool,

    /// Start in this view: overview, requests, roles, tokens, clusters, apps
    #[arg(long, global = true, value_name = "KIND", help_heading = "Screen")]
    pub view: Option<String>,
    /// Start with this filter; also filters `get`
    #[arg(long, global = true, value_name = "EXPR", help_heading = "Screen")]
    pub filter: Option<String>,
    /// Fewest bytes: for a slow line
    #[arg(long, global = true, help_heading = "Screen")]
    pub low_bandwidth: bool,
    /// Paint rows that scroll anew instead of having the terminal move them
    #[arg(long, global = true, help_heading = "Screen")]
    pub no_scroll_regions: bool,
    /// No colours
    #[arg(long, global = true, help_heading = "Screen")]
    pub no_color: bool,
    /// No character beyond ASCII in frames and marks
    #[arg(long, global = true, help_heading = "Screen")]
    pub ascii: bool,

    /// Configuration file; else PORTCULLIS_CONFIG
    #[arg(long, global = true, value_name = "FILE", help_heading = "Files")]
    pub config: Option<PathBuf>,
    /// Where to log; by default `log` in the state folder
    #[arg(long, global = true, value_name = "FILE", help_heading = "Files")]
    pub log_file: Option<PathBuf>,
    /// How much to log
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info", help_heading = "Files")]
    pub log_level: tracing::Level,
}

/// What to do instead of the dashboard.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Say which way in works and why the others do not, who one is, and what one may do
    Check {
        /// How to print it
        #[arg(short, long, value_enum, default_value_t = CheckFormat::Text)]
        output: CheckFormat,
    },
    /// Print resources, as `tctl get` does and in a table
    Get(Get),
    /// Make the cluster have what a file says: compare, then create or change, one document after the other
    Apply(Apply),
    /// The dashboard, opened in the editor on this resource
    Edit {
        /// KIND/NAME
        resource: String,
    },
    /// Say what is wrong with a file of resources, and where; needs no cluster
    Lint(Lint),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What to print, and how.
#[derive(Args, Clone, Debug)]
pub struct Get {
    /// KIND or KIND/NAME: role, token, access_request, remote_cluster, trusted_cluster, app_server, app
    pub resource: String,
    /// How to print it: a table for several, YAML for one
    #[arg(short, long, value_enum)]
    pub output: Option<Format>,
    /// Sort by this column, as in `left` or `name:desc`
    #[arg(long, value_name = "COLUMN[:desc]")]
    pub sort: Option<String>,
    /// Print the names of tokens that are secrets
    #[arg(long)]
    pub with_secrets: bool,
}

/// What to look at, and how to say it.
#[derive(Args, Clone, Debug)]
pub struct Lint {
    /// A file of YAML or JSON, - for standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// How to say it; yaml prints the canonical form
    #[arg(short, long, value_enum, default_value_t = LintFormat::Text)]
    pub output: LintFormat,
}

/// How `lint` answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// FILE:LINE:COLUMN: severity: text
    #[default]
    Text,
    /// One array of problems
    Json,
    /// The documents as `tctl get` would print them
    Yaml,
}

/// What to write, and whether.
#[derive(Args, Clone, Debug)]
pub struct Apply {
    /// YAML or JSON of roles, tokens and apps; - is the standard input
    #[arg(short, long, value_name = "FILE|-")]
    pub file: String,
    /// Only show what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// How `check` answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For a person
    #[default]
    Text,
    /// For a script
    Json,
}

/// How `get` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What the list shows
    Table,
    /// The same with the wide columns
    Wide,
    /// As `tctl get --format=yaml`
    Yaml,
    /// One array
    Json,
    /// KIND/NAME, one a line
    Name,
}
