//! The tree of commands: what each is called, and which flags it takes.

use clap::{Parser, Subcommand};

use super::alerts::AlertsArgs;
use super::cluster::ClusterCommand;
use super::completions::CompletionsArgs;
use super::config::ConfigCommand;
use super::demo::DemoArgs;
use super::doctor::DoctorArgs;
use super::flags::Global;
use super::forward::{ForwardCommand, SupervisorCommand};
use super::guard::GuardArgs;
use super::history::HistoryArgs;
use super::hpa_args::HpaCommand;
use super::monitor::MonitorArgs;
use super::newest::NewestArgs;
use super::ns::NsCommand;
use super::prometheus::PrometheusCommand;
use super::rules::RulesArgs;
use super::shortcuts::Shortcut;
use super::snapshot::SnapshotCommand;

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
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 failed; 2 findings at or above --fail-on, or a difference under --exit-code; \
    3 incomplete (a cluster, or part of one, \
    could not be read: what could be is printed all the same); 64 bad usage; 130/143 interrupted.";

/// What `watchdog` prints without a command.
pub(super) const FIRST_SCREEN: &str = "\
Every HorizontalPodAutoscaler of every cluster in your kubeconfig:

  watchdog hpa list        every HPA and its status (-n NAMESPACE, --context C)
  watchdog hpa check       what is wrong, and what to do
  watchdog hpa get NAME    one HPA explained
  watchdog hpa top         HPAs farthest above target first, and their usage
  watchdog hpa watch       every HPA, live
  watchdog alerts          the alerts that fire for HPAs and their pods
  watchdog monitor         what begins and ends, as it happens
  watchdog forward start svc/NAME PORT -n NAMESPACE
                           a port-forward that stays up and cannot be orphaned
  watchdog doctor          what to do when something does not work
  watchdog demo            try everything on embedded demo clusters

All commands and options: watchdog --help
";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Clusters of the kubeconfig
    #[command(subcommand, aliases = ["clusters", "context", "contexts", "ctx"])]
    Cluster(ClusterCommand),
    /// Namespaces
    #[command(subcommand, aliases = ["namespace", "namespaces"])]
    Ns(NsCommand),
    /// HorizontalPodAutoscalers
    #[command(subcommand, aliases = ["hpas", "horizontalpodautoscaler", "horizontalpodautoscalers"])]
    Hpa(HpaCommand),
    /// Scan all clusters at an interval; print findings that begin or end, and scaling
    Monitor(MonitorArgs),
    /// Snapshots of every HPA of every cluster, and what changed between them
    #[command(subcommand, aliases = ["snapshots", "snap"])]
    Snapshot(SnapshotCommand),
    /// Replicas and metrics over time, from the snapshots
    History(HistoryArgs),
    /// The alerts of HPAs: what fires for them, their targets and their pods
    #[command(alias = "alert")]
    Alerts(AlertsArgs),
    /// Print alerting rules of Prometheus for the findings that it can decide
    Rules(RulesArgs),
    /// The Prometheus of each cluster
    #[command(subcommand, alias = "prom")]
    Prometheus(PrometheusCommand),
    /// Port-forwards that stay up and cannot be orphaned
    #[command(subcommand, aliases = ["forwards", "fwd", "pf", "port-forward"])]
    Forward(ForwardCommand),
    /// The background process that holds port-forwards
    #[command(subcommand)]
    Supervisor(SupervisorCommand),
    /// The configuration file
    #[command(subcommand, alias = "configuration")]
    Config(ConfigCommand),
    /// Check what watchdog needs: kubectl, contexts, the local port
    Doctor(DoctorArgs),
    /// Print shell completions
    #[command(alias = "completion")]
    Completions(CompletionsArgs),
    /// Embedded demo clusters, on this machine only
    Demo(DemoArgs),
    /// Run the supervisor, and end its children after it exits
    #[command(hide = true)]
    Guard(GuardArgs),
    /// Become kubectl, forwarding to the newest ready pod of a target
    #[command(hide = true)]
    ExecNewest(NewestArgs),
    /// The commands above in the words of kubectl
    #[command(flatten)]
    Shortcut(Box<Shortcut>),
}
