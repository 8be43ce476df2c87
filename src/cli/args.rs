//! Every flag and argument, as clap reads them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::{ColorChoice, Pattern, duration};
use crate::findings::{Ignore, Rule, Selection, UnknownRule};
use crate::kubectl::Deadline;

/// The state of every HorizontalPodAutoscaler of every cluster in your kubeconfig, and port-forwards
/// that are kept up.
#[derive(Debug, Parser)]
#[command(
    name = "watchdog",
    version,
    about,
    long_about = "The state of every HorizontalPodAutoscaler of every cluster in your kubeconfig, \
        and port-forwards that are kept up, both through your own kubectl. It only ever reads \
        clusters: nothing in them is created, changed or deleted.",
    after_help = EXIT_CODES,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 failed; 2 findings at or above --fail-on, or a difference under --exit-code; \
    3 incomplete (a cluster, or part of one, \
    could not be read: what could be is printed all the same); 64 bad usage; 130/143 interrupted.";

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The kubeconfig, instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub kubeconfig: Option<PathBuf>,
    /// Only these contexts: a name, a glob or a /regex/ (repeatable)
    #[arg(long, global = true, value_name = "NAME", value_parser = Pattern::parse,
          add = super::complete::contexts())]
    pub context: Vec<Pattern>,
    /// Only these clusters, by the kubeconfig's name for them (repeatable)
    #[arg(long, global = true, value_name = "NAME", value_parser = Pattern::parse,
          add = super::complete::clusters())]
    pub cluster: Vec<Pattern>,
    /// Only the current context
    #[arg(long, global = true, conflicts_with_all = ["context", "cluster"])]
    pub current: bool,
    /// The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::ExecutablePath)]
    pub kubectl: Option<PathBuf>,
    /// How long one kubectl call may take, e.g. 10s or 1m [default: 30s]
    #[arg(long, global = true, value_name = "DUR", value_parser = timeout)]
    pub timeout: Option<Duration>,
    /// How long all calls together may take; what is not read by then is an error of its cluster. For hpa
    /// watch and monitor it bounds each round of reading [default: none; cluster test: 20 times --timeout]
    #[arg(long, global = true, value_name = "DUR", value_parser = deadline)]
    pub deadline: Option<Deadline>,
    /// Say what is run on stderr (-vv: more)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// No progress and no notes on stderr, only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to colour [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<ColorWhen>,
}

/// `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<ColorWhen> for ColorChoice {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Always => Self::Always,
            ColorWhen::Never => Self::Never,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Clusters of the kubeconfig
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Namespaces
    #[command(subcommand)]
    Ns(NsCommand),
    /// HorizontalPodAutoscalers
    #[command(subcommand)]
    Hpa(HpaCommand),
    /// Watch all clusters: what begins, ends and is scaled, every interval
    Monitor(super::monitor::MonitorArgs),
    /// Snapshots of every HPA of every cluster, and what changed between them
    #[command(subcommand)]
    Snapshot(super::snapshot::SnapshotCommand),
    /// Replicas and metrics over time, from the snapshots
    History(super::history::HistoryArgs),
    /// Port-forwards that are kept up, and that nobody can orphan
    #[command(subcommand)]
    Forward(super::forward::ForwardCommand),
    /// The background process that holds port-forwards
    #[command(subcommand)]
    Supervisor(super::forward::SupervisorCommand),
    /// The configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check what watchdog needs: kubectl, contexts, the local port
    Doctor(DoctorArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
    /// Embedded demo clusters: nothing outside this machine
    Demo(DemoArgs),
    /// Run the supervisor, and end whatever it leaves when it is gone
    #[command(hide = true)]
    Guard(GuardArgs),
    /// Become kubectl, forwarding to the newest ready pod of a target
    #[command(hide = true)]
    ExecNewest(super::newest::NewestArgs),
}

/// `watchdog guard`
#[derive(Debug, Args)]
pub struct GuardArgs {
    /// What to guard, instead of `watchdog supervisor run`
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

/// `watchdog cluster …`
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Contexts of the kubeconfig: cluster, server, which is current, which are read
    List {
        /// The form of the output
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
    /// Ask each API server for its version and readiness
    Test {
        /// The form of the output
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
}

/// `watchdog ns …`
#[derive(Debug, Subcommand)]
pub enum NsCommand {
    /// Namespaces of the scope, after the filters
    List {
        /// Which namespaces
        #[command(flatten)]
        namespaces: NamespaceArgs,
        /// The form of the output
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
}

/// `-n` and `-A`.
#[derive(Clone, Debug, Args)]
pub struct NamespaceArgs {
    /// Only these namespaces: a name, a glob or a /regex/ (repeatable)
    #[arg(short, long, value_name = "NS", value_parser = Pattern::parse,
          add = super::complete::namespaces())]
    pub namespace: Vec<Pattern>,
    /// All namespaces, those too that the configuration excludes
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub all_namespaces: bool,
}

/// `watchdog hpa …`
#[derive(Debug, Subcommand)]
pub enum HpaCommand {
    /// Every HPA of every cluster
    #[command(visible_alias = "ls")]
    List(HpaListArgs),
    /// One HPA explained: what it wants, what it sees, its target and pods
    Get(HpaGetArgs),
    /// What is wrong with the HPAs, and what to do; fails where something is
    Check(HpaCheckArgs),
    /// Every HPA, looked at again and again, with what changed
    Watch(super::watch::HpaWatchArgs),
}

/// `watchdog hpa list`
#[derive(Debug, Args)]
pub struct HpaListArgs {
    /// Which namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field instead of cluster, namespace and name
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning
    #[arg(long)]
    pub problems: bool,
    /// No header line (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t = HpaFormat::Table)]
    pub output: HpaFormat,
}

/// `watchdog hpa get`
#[derive(Debug, Args)]
pub struct HpaGetArgs {
    /// The HPA's name
    #[arg(value_parser = crate::kubectl::Name::parse)]
    pub name: crate::kubectl::Name,
    /// Which namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

/// `watchdog hpa check`
#[derive(Debug, Args)]
pub struct HpaCheckArgs {
    /// Only the HPA of this name
    #[arg(value_parser = crate::kubectl::Name::parse)]
    pub name: Option<crate::kubectl::Name>,
    /// Which namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Exit with 2 where a finding is at least this bad
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Only this finding (repeatable)
    #[arg(long, value_name = "ID", value_parser = rule)]
    pub only: Vec<&'static Rule>,
    /// Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or
    /// CLUSTER/NAMESPACE/NAME (repeatable)
    #[arg(long, value_name = "ID[=GLOB]")]
    pub ignore: Vec<Ignore>,
    /// Leave out the findings that this file accepts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Accept what is found now: write it to this file, for --baseline, and print nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["baseline", "only"])]
    pub write_baseline: Option<PathBuf>,
    /// Instead: say what a finding means and what to do; no cluster is read
    #[arg(long, value_name = "ID", value_parser = rule, exclusive = true)]
    pub explain: Option<&'static Rule>,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Table)]
    pub output: CheckFormat,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Any finding.
    Info,
    /// None.
    Never,
}

/// Forms of a list of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line, for each finding.
    Jsonl,
    /// JUnit's XML: an HPA is a test case.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

/// `--sort-by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// Cluster, namespace, name.
    Cluster,
    /// Namespace, then name, across clusters.
    Namespace,
    /// Name, across clusters and namespaces.
    Name,
    /// The target's kind and name.
    Reference,
    /// Most replicas first.
    Replicas,
    /// Smallest minimum first.
    Min,
    /// Largest maximum first.
    Max,
    /// Errors first, then warnings.
    Status,
    /// Youngest first.
    Age,
}

/// Forms of a list of HPAs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HpaFormat {
    /// Columns for people.
    Table,
    /// More columns.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// The JSON document as YAML.
    Yaml,
    /// Comma-separated values.
    Csv,
    /// CLUSTER/NAMESPACE/NAME, one a line.
    Name,
}

/// Forms of the other lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// Columns for people.
    Table,
    /// One JSON document.
    Json,
    /// The JSON document as YAML.
    Yaml,
    /// Names, one a line.
    Name,
}

/// Forms of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Description {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// The JSON document as YAML.
    Yaml,
}

/// `watchdog config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write the configuration with every key, its default and a comment
    Init {
        /// Overwrite a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Print the configuration in force, defaults filled in
    Show,
    /// Check a configuration file
    Validate {
        /// The file, instead of the one in force
        #[arg(value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
}

/// `watchdog doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and
    /// show that nothing survives
    #[arg(long)]
    pub prove: bool,
    /// Also read each cluster's identity (the uid of kube-system), to find one that has two names
    #[arg(long, conflicts_with = "prove")]
    pub ask: bool,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

/// `watchdog completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
    /// Completions that ask watchdog for contexts, namespaces and forwards; to be sourced by the
    /// shell at its start, not to be kept: source <(watchdog completions bash --dynamic)
    #[arg(long)]
    pub dynamic: bool,
}

/// `watchdog demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many clusters
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub clusters: Option<u16>,
    /// How many HPAs in each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub hpas: Option<u32>,
    /// Add a cluster that is down, one that never answers and one that forbids
    #[arg(long)]
    pub broken: bool,
    /// Serve them behind one port, each below this path and its name, as Rancher does; another
    /// cluster answers at the root
    #[arg(
        long,
        value_name = "PREFIX",
        num_args = 0..=1,
        default_missing_value = "/k8s/clusters",
        value_hint = ValueHint::Other
    )]
    pub path_prefix: Option<String>,
    /// Forward to pods as this container runtime does: its errors, its resets, its half-closes
    #[arg(long, value_enum, value_name = "NAME")]
    pub runtime: Option<DemoRuntime>,
    /// Lead a pod's port, or that of a workload's pods, to a listener of this machine (repeatable)
    #[arg(
        long,
        value_name = "NAMESPACE/NAME:PORT=ADDRESS:PORT",
        value_parser = demo_target,
        value_hint = ValueHint::Other
    )]
    pub target: Vec<DemoTarget>,
    /// A watchdog command (`hpa list`) or a program (`kubectl get hpa -A`) to run against them;
    /// without one, stay until Ctrl-C
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<std::ffi::OsString>,
}

/// Where a port of the demo's pods leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoTarget {
    /// The namespace.
    pub namespace: String,
    /// A pod or a workload.
    pub name: String,
    /// The container's port.
    pub port: u16,
    /// The listener.
    pub to: std::net::SocketAddr,
}

fn demo_target(text: &str) -> Result<DemoTarget, String> {
    let parse = || {
        let (pod, to) = text.split_once('=')?;
        let (namespace, rest) = pod.split_once('/')?;
        let (name, port) = rest.split_once(':')?;
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Some(DemoTarget { namespace, name, port: port.parse().ok()?, to: to.parse().ok()? })
    };
    parse().ok_or_else(|| "expected something like default/echo:8080=127.0.0.1:9000".to_owned())
}

/// A container runtime of the demo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoRuntime {
    /// containerd 1.5 and newer
    Containerd,
    /// CRI-O 1.19 and newer
    #[value(name = "cri-o")]
    CriO,
    /// Docker through socat: Kubernetes up to 1.23, and cri-dockerd
    Dockershim,
}

fn timeout(text: &str) -> Result<Duration, String> {
    let timeout = duration::parse(text).map_err(|error| error.to_string())?;
    if timeout.is_zero() {
        return Err("a call that may take no time always fails".to_owned());
    }
    // As the configuration's: kubectl itself takes no number of any size.
    if timeout > Duration::from_hours(1) {
        return Err("more than an hour for one call; 1h is the most".to_owned());
    }
    Ok(timeout)
}

/// It begins with the program.
fn deadline(text: &str) -> Result<Deadline, String> {
    let limit = duration::parse(text).map_err(|error| error.to_string())?;
    if limit.is_zero() {
        Err("it is no time at all".to_owned())
    } else {
        Ok(Deadline::after(limit))
    }
}

fn rule(id: &str) -> Result<&'static Rule, UnknownRule> {
    let selected = Selection::only([id])?;
    selected.rules().next().ok_or_else(|| UnknownRule { id: id.to_owned(), nearest: Vec::new() })
}

pub(super) fn selector(text: &str) -> Result<String, crate::kubectl::InvalidSelector> {
    crate::kubectl::check_selector(text).map(|()| text.to_owned())
}
