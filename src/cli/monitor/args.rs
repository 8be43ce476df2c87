//! Flags of `watchdog monitor`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::flags;
use crate::findings::Ignore;

/// `watchdog monitor`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one flag")]
pub struct MonitorArgs {
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = flags::selector)]
    pub selector: Option<String>,
    /// The time from one scan to the next [default: monitoring.scan_interval_seconds]
    #[arg(long, value_name = "DUR", value_parser = flags::interval)]
    pub interval: Option<Duration>,
    /// Scan once, print the findings, and exit
    #[arg(long)]
    pub once: bool,
    /// Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or
    /// CLUSTER/NAMESPACE/NAME (repeatable)
    #[arg(long, value_name = "ID[=GLOB]")]
    pub ignore: Vec<Ignore>,
    /// Print every HPA's replicas at each scan, not only what was scaled (jsonl always has them)
    #[arg(long)]
    pub replicas: bool,
    /// Neither read nor write the history
    #[arg(long)]
    pub no_store: bool,
    /// No forwards to Prometheus and Alertmanager
    #[arg(long)]
    pub no_forwards: bool,
    /// Serve metrics at http://ADDRESS/metrics; a loopback address
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub metrics_listen: Option<SocketAddr>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = MonitorFormat::Text)]
    pub output: MonitorFormat,
}

/// Forms of what a session prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MonitorFormat {
    /// Text, a line per event.
    Text,
    /// A JSON object a line: scans with every HPA's replicas, findings that begin and end.
    Jsonl,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(address) => Err(format!(
            "{} is not a loopback address: metrics are only served locally, such as at 127.0.0.1:9095",
            address.ip()
        )),
        Err(_) => Err("an address and a port, such as 127.0.0.1:9095".to_owned()),
    }
}
