//! Flags of `watchdog monitor`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::metrics::ListenAddress;
use crate::cli::{complete, flags};
use crate::findings::{Ignore, Severity};

/// `watchdog monitor`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct MonitorArgs {
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = flags::selector)]
    pub selector: Option<String>,
    /// Interval between scans [default: monitoring.scan_interval_seconds]
    #[arg(long, value_name = "DUR", value_parser = flags::interval)]
    pub interval: Option<Duration>,
    /// Scan once, print the findings, and exit
    #[arg(long)]
    pub once: bool,
    /// Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or
    /// CLUSTER/NAMESPACE/NAME (repeatable)
    #[arg(long, value_name = "ID[=GLOB]", add = complete::ignores())]
    pub ignore: Vec<Ignore>,
    /// Print only findings and alerts of at least this severity (of alerts, critical is error)
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = LeastSeverity::Info)]
    pub severity: LeastSeverity,
    /// Print each finding that exists at the start, not only a summary (jsonl always has them)
    #[arg(long)]
    pub show_present: bool,
    /// Print what to do below each finding
    #[arg(long)]
    pub actions: bool,
    /// Print every HPA's replicas at each scan, not only what was scaled (jsonl always has them)
    #[arg(long)]
    pub replicas: bool,
    /// Also read alerts, and print those of HPAs that begin and end [default: monitoring.alertmanager.read]
    #[arg(long, conflicts_with = "once")]
    pub alerts: bool,
    /// Neither read nor write the history
    #[arg(long)]
    pub no_store: bool,
    /// No forwards to Prometheus and Alertmanager
    #[arg(long)]
    pub no_forwards: bool,
    /// Serve metrics at http://ADDRESS/metrics, e.g. 127.0.0.1:9095, [::1]:9095 or :9095 (all
    /// addresses). What other machines can reach needs a token or --metrics-open
    #[arg(long, value_name = "ADDRESS", value_parser = ListenAddress::parse)]
    pub metrics_listen: Option<ListenAddress>,
    /// Serve metrics only to requests with the token in this file, instead of
    /// $WATCHDOG_METRICS_TOKEN (Authorization: Bearer)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "metrics_listen")]
    pub metrics_token_file: Option<PathBuf>,
    /// Serve metrics over TLS with the certificate in this file (PEM, followed by its intermediate certificates)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires_all = ["metrics_listen", "metrics_tls_key"])]
    pub metrics_tls_cert: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "metrics_tls_cert")]
    pub metrics_tls_key: Option<PathBuf>,
    /// Serve metrics to everybody who can reach the address
    #[arg(long, requires = "metrics_listen", conflicts_with = "metrics_token_file")]
    pub metrics_open: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = MonitorFormat::Text)]
    pub output: MonitorFormat,
}

/// `--severity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LeastSeverity {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// All findings.
    Info,
}

impl From<LeastSeverity> for Severity {
    fn from(least: LeastSeverity) -> Self {
        match least {
            LeastSeverity::Error => Self::Error,
            LeastSeverity::Warning => Self::Warning,
            LeastSeverity::Info => Self::Info,
        }
    }
}

/// Forms of what a session prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MonitorFormat {
    /// Text, a line per event.
    Text,
    /// A JSON object a line: scans with every HPA's replicas, findings that begin and end.
    Jsonl,
}
