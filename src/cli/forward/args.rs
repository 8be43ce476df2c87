//! The flags and arguments of `watchdog forward …`.

use std::ffi::OsString;
use std::str::FromStr as _;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::cli::complete;
use crate::cli::flags::{Description, Listing};
use crate::config::{Isolate, PodSelection, duration, target};

/// `watchdog forward …`
#[derive(Debug, Subcommand)]
pub enum ForwardCommand {
    /// Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d
    Start(StartArgs),
    /// Run a command with port-forwards up, and end them after it
    Run(RunArgs),
    /// List port-forwards: state, endpoint, use, lease holders
    #[command(visible_alias = "ls")]
    List {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = ForwardListing::Table)]
        output: ForwardListing,
    },
    /// All details of port-forwards
    Status {
        /// Their names [default: all]
        #[arg(value_name = "NAME", add = complete::forwards())]
        names: Vec<String>,
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Description::Text)]
        output: Description,
    },
    /// Print a port-forward's endpoint: http://127.0.0.1:PORT
    Endpoint {
        /// Its name
        #[arg(add = complete::forwards())]
        name: String,
        /// The remote port, as given to `forward start` [default: the first]
        port: Option<String>,
    },
    /// Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"
    Env {
        /// Their names; WATCHDOG_ENDPOINT is the first one's
        #[arg(value_name = "NAME", required = true, add = complete::forwards())]
        names: Vec<String>,
    },
    /// Keep a port-forward alive that was started with --require-heartbeat
    Heartbeat {
        /// Its name
        #[arg(add = complete::forwards())]
        name: String,
    },
    /// The output of a port-forward's kubectl
    Logs {
        /// Its name
        #[arg(add = complete::forwards())]
        name: String,
        /// Keep printing new output
        #[arg(short, long)]
        follow: bool,
    },
    /// Explain a port-forward: its history, and what to do
    Why {
        /// Its name
        #[arg(add = complete::forwards())]
        name: String,
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Description::Text)]
        output: Description,
    },
    /// End a port-forward's kubectl and start another; the local port stays
    Restart {
        /// Its name
        #[arg(add = complete::forwards())]
        name: String,
    },
    /// Stop port-forwards, even if others hold leases
    #[command(override_usage = "watchdog forward stop [OPTIONS] <NAME>...\n       \
                                watchdog forward stop [OPTIONS] --all")]
    Stop {
        /// Their names
        #[arg(value_name = "NAME", required_unless_present = "all", add = complete::forwards())]
        names: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
    /// End processes that a killed supervisor left behind
    Reap,
}

/// `watchdog forward start`
#[derive(Debug, Args)]
#[command(
    override_usage = "watchdog forward start [OPTIONS] <FORWARD>...\n       \
                      watchdog forward start [OPTIONS] <TYPE/NAME> <[LOCAL:]REMOTE>...\n       \
                      watchdog forward start [OPTIONS] --all",
    after_help = "Attached (without -d), Ctrl-C is the normal end: the forward is given up, and the \
                  exit code is 0; it is 130 before the forward was ready."
)]
pub struct StartArgs {
    /// Names of the config's forwards, or kubectl's own TYPE/NAME [LOCAL:]REMOTE...
    #[arg(value_name = "TARGET", required_unless_present = "all", add = complete::configured())]
    pub target: Vec<String>,
    /// Every forward of the config
    #[arg(long, conflicts_with_all = ["target", "name", "local_port"])]
    pub all: bool,
    /// How to forward
    #[command(flatten)]
    pub forward: ForwardArgs,
    /// The local port, an error if it is taken; 0 for any free one [default: 55553, else the next free one]
    #[arg(long, value_name = "N")]
    pub local_port: Option<u16>,
    /// The forward's name
    #[arg(long)]
    pub name: Option<String>,
    /// Return once it is ready, and print the endpoint
    #[arg(short, long)]
    pub detach: bool,
    /// With -d: end it when this process ends
    #[arg(long, value_name = "PID", requires = "detach", conflicts_with = "require_heartbeat",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(i32::MAX)))]
    pub owner_pid: Option<u32>,
    /// With -d: end it when `forward heartbeat` has not been run for the heartbeat timeout (30s)
    #[arg(long, requires = "detach")]
    pub require_heartbeat: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = StartFormat::Text)]
    pub output: StartFormat,
}

/// What `start` and `run` share.
#[derive(Debug, Default, Args)]
pub struct ForwardArgs {
    /// Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never
    /// [default: 5m]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub idle: Option<Duration>,
    /// Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other
    /// machines reach the cluster through it [default: 127.0.0.1 and ::1]
    #[arg(long, value_name = "ADDR[,ADDR]", value_parser = target::Addresses::parse,
          add = complete::addresses())]
    pub address: Vec<target::Addresses>,
    /// Wait first for a ready pod of the target (kubectl also takes one that is not ready)
    #[arg(long, value_name = "WHAT", value_enum)]
    pub wait: Option<WaitFor>,
    /// How long to wait until it is ready
    #[arg(long, value_name = "DUR", value_parser = duration::parse, default_value = "30s")]
    pub ready_timeout: Duration,
    /// Which pod of a Service or workload: the one that kubectl takes, which has been ready for
    /// longest, or the newest ready one, for two reads more at each start: kubectl, newest
    /// [default: kubectl]
    #[arg(long, value_name = "WHICH", value_parser = PodSelection::from_str, hide_possible_values = true)]
    pub pod_selection: Option<PodSelection>,
    /// Which connections get a kubectl of their own, so that one that is reset cuts no other:
    /// auto, always, never [default: auto]
    #[arg(long, value_name = "WHICH", value_parser = Isolate::from_str, hide_possible_values = true)]
    pub isolate: Option<Isolate>,
    /// Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came
    #[arg(long)]
    pub retry_idempotent: bool,
    /// Send TCP keep-alives to clients every so often; 0 for never [default: 0]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub keepalive: Option<Duration>,
}

impl ForwardArgs {
    /// What `--address` says, if it was given.
    pub(super) fn addresses(&self) -> Option<target::Addresses> {
        let all: Vec<_> = self.address.iter().flat_map(|it| it.0.iter().copied()).collect();
        (!all.is_empty()).then_some(target::Addresses(all))
    }
}

/// `watchdog forward run`
#[derive(Debug, Args)]
#[command(
    override_usage = "watchdog forward run [OPTIONS] <FORWARD | TYPE/NAME [LOCAL:]REMOTE...>... -- <COMMAND>...\n       \
                      watchdog forward run [OPTIONS] --all -- <COMMAND>...",
    after_help = "COMMAND finds WATCHDOG_ENDPOINT, WATCHDOG_HOST and WATCHDOG_PORT of the first \
                  forward, and <NAME>_ENDPOINT, <NAME>_HOST and <NAME>_PORT of each; of one with several ports \
                  <NAME>_PORT_80 and <NAME>_ENDPOINT_80 too. Its exit code is passed on (128 and the number of the signal that ended it)."
)]
pub struct RunArgs {
    /// Names of the config's forwards, or kubectl's own TYPE/NAME [LOCAL:]REMOTE..., one after another
    #[arg(value_name = "TARGET", required_unless_present = "all", add = complete::configured())]
    pub target: Vec<String>,
    /// Every forward of the config
    #[arg(long, conflicts_with = "target")]
    pub all: bool,
    /// How to forward
    #[command(flatten)]
    pub forward: ForwardArgs,
    /// The command to run
    #[arg(last = true, required = true, value_name = "COMMAND",
          value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// What a start waits for before it forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WaitFor {
    /// A pod that is ready and not being deleted.
    Pod,
}

/// Forms of the list of forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForwardListing {
    /// A table.
    Table,
    /// A table with more columns.
    Wide,
    /// One JSON document.
    Json,
    /// The JSON document as YAML.
    Yaml,
    /// Names, one a line.
    Name,
}

impl From<ForwardListing> for Listing {
    fn from(format: ForwardListing) -> Self {
        match format {
            ForwardListing::Table | ForwardListing::Wide => Self::Table,
            ForwardListing::Json => Self::Json,
            ForwardListing::Yaml => Self::Yaml,
            ForwardListing::Name => Self::Name,
        }
    }
}

/// Forms of what `start` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StartFormat {
    /// Text: a status line updated in place, or a line per event; with -d the endpoint.
    Text,
    /// The document of `forward list -o json`, once all are ready.
    Json,
    /// One JSON object an event.
    Jsonl,
}

/// `watchdog supervisor …`
#[derive(Debug, Subcommand)]
pub enum SupervisorCommand {
    /// Run the supervisor here, in the foreground (it is otherwise started on demand)
    Run,
    /// Show whether the supervisor runs, since when, and its forwards
    Status {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Description::Text)]
        output: Description,
    },
    /// Stop the supervisor and every port-forward
    Stop,
}
