//! `watchdog hpa load export`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};

use super::cluster;
use crate::cli::complete;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::past::{Limits, past_since};
use crate::cli::print::{print_document, write_file};
use crate::cli::setup::Setup;
use crate::hpa::HpaName;
use crate::kube::Quantity;
use crate::term::text::shell_quoted;

/// `watchdog hpa load …`
#[derive(Debug, Subcommand)]
pub enum LoadCommand {
    /// Write the load that the cluster's Prometheus has recorded as CSV, for hpa simulate --load
    Export(LoadExportArgs),
}

/// `watchdog hpa load export`
#[derive(Debug, Args)]
pub struct LoadExportArgs {
    /// The HPA: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME
    #[arg(value_name = "NAME", value_parser = HpaName::parse, add = complete::hpas())]
    pub name: HpaName,
    /// Of this time, e.g. 14d
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true, default_value = "14d")]
    pub since: Duration,
    #[command(flatten)]
    pub limits: Limits,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: Option<PathBuf>,
}

pub(in crate::cli) async fn run(
    global: &Global,
    args: &LoadExportArgs,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let recorded = cluster::read(global, setup, args.name.clone(), args.since, args.limits).await?;
    let csv = recorded.load.csv();
    let messages = recorded.reading.setup.messages;
    match &args.to {
        Some(file) => write_file(file, &csv.map_err(CommandError::failed)?)?,
        None => print_document(csv)?,
    }
    for note in &recorded.notes {
        messages.note(note);
    }
    let mut flags = String::new();
    for (name, request) in &recorded.requests {
        let request = format!("{name}={}", Quantity::from_thousandths(*request));
        flags.push_str(&format!(" --request {}", shell_quoted(&request)));
    }
    if let Some(startup) = recorded.startup {
        flags.push_str(&format!(" --startup {}", crate::config::duration::format(startup)));
    }
    if !flags.is_empty() {
        messages.note(&format!("for hpa simulate --load:{flags}"));
    }
    Ok(if recorded.is_whole { Exit::Done } else { Exit::Incomplete })
}
