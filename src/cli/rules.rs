//! `watchdog rules`

use clap::{Args, ValueEnum};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::print_document;
use crate::alerts::{rules_file, rules_object};
use crate::term::{json, yaml};

/// `watchdog rules`
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t = RulesFormat::Yaml)]
    output: RulesFormat,
}

/// Forms of alerting rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A rules file, for rule_files of Prometheus.
    Yaml,
    /// The rules file as JSON.
    Json,
    /// A PrometheusRule of Prometheus Operator, for kubectl apply -f -.
    Prometheusrule,
}

pub(super) fn run(global: &Global, args: &RulesArgs) -> Result<Exit, CommandError> {
    if !global.namespaces.patterns().is_empty() {
        return Err(CommandError::usage(
            "rules are the same for all namespaces: leave -n out; routes of Alertmanager choose by the label namespace",
        ));
    }
    print_document(match args.output {
        RulesFormat::Yaml => yaml::document(&rules_file()),
        RulesFormat::Json => json::pretty(&rules_file()),
        RulesFormat::Prometheusrule => yaml::document(&rules_object()),
    })?;
    Ok(Exit::Done)
}
