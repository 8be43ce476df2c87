//! The flags of `watchdog hpa advise`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use crate::advice::{Kind, Limits as PromiseLimits};
use crate::cli::complete;
use crate::cli::flags::selector;
use crate::cli::past::{Limits, past_since};
use crate::cli::simulate::args::{request, sync_period};
use crate::config::duration;
use crate::hpa::HpaName;

/// `watchdog hpa advise`
#[derive(Debug, Args)]
pub struct HpaAdviseArgs {
    /// Only these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse, add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// The load that each cluster's Prometheus has recorded in this time; 7 days at least are needed [default: 14d]
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true, conflicts_with = "load")]
    pub since: Option<Duration>,
    #[command(flatten)]
    pub past: Limits,
    /// Without a cluster: the HPA's manifest, or - for standard input
    #[arg(short = 'f', long, alias = "filename", value_name = "FILE", value_hint = ValueHint::FilePath,
        requires = "load", conflicts_with_all = ["context", "cluster", "current", "cluster_label", "selector"])]
    pub file: Option<PathBuf>,
    /// Without a cluster: the load as CSV, with a column replicas, as for hpa simulate
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "file")]
    pub load: Option<PathBuf>,
    /// How long a new pod takes until it is ready [default: what the present pods took; with --load 0s]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub startup: Option<Duration>,
    /// What each pod requests: cpu=500m, memory=1Gi, or cpu/CONTAINER=250m (repeatable)
    #[arg(long, value_name = "NAME=QUANTITY", value_parser = request)]
    pub request: Vec<(String, i64)>,
    /// The controller's --horizontal-pod-autoscaler-sync-period
    #[arg(long, value_name = "DUR", default_value = "15s", value_parser = sync_period)]
    pub sync_period: Duration,
    #[command(flatten)]
    pub promise: PromiseArgs,
    /// The proposal of -o patch and -o yaml [default: the first that keeps the promise]
    #[arg(long, value_name = "KIND", value_enum)]
    pub proposal: Option<Kind>,
    /// Search as long for each of several HPAs as for one
    #[arg(long)]
    pub full: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = AdviceFormat::Table)]
    pub output: AdviceFormat,
}

/// What proposals must keep.
#[derive(Args, Clone, Copy, Debug)]
pub struct PromiseArgs {
    /// Unmet demand that is allowed, in pod-minutes a day: what pods at --capacity cannot serve [default: 0.1 % of
    /// what the load needs, at least 1]
    #[arg(long, value_name = "PODMINUTES", value_parser = amount)]
    pub max_unmet: Option<f64>,
    /// Time at the maximum that is allowed, in minutes a day [default: 15]
    #[arg(long, value_name = "MINUTES", value_parser = amount)]
    pub max_at_max: Option<f64>,
    /// Scalings that are allowed a day [default: 100]
    #[arg(long, value_name = "N", value_parser = amount)]
    pub max_scalings: Option<f64>,
    /// How much of its request a pod can bear, in percent; never less than a tenth more than its target
    #[arg(long, value_name = "PERCENT", default_value_t = crate::advice::CAPACITY_PERCENT,
        value_parser = clap::value_parser!(i32).range(10..=10_000))]
    pub capacity: i32,
    /// The highest target that is proposed, in percent of the request; a target that is higher already is not raised
    /// [default: 80 for pods that are ready within a minute, 5 less for each minute longer, at least 60; 70 where that
    /// is not known]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(i32).range(10..=10_000))]
    pub max_target: Option<i32>,
}

impl PromiseArgs {
    pub(super) fn limits(self) -> PromiseLimits {
        PromiseLimits {
            unmet_pod_minutes: self.max_unmet,
            minutes_at_max: self.max_at_max,
            scalings: self.max_scalings,
            capacity_percent: Some(self.capacity),
            target_percent: self.max_target,
        }
    }
}

/// Forms of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AdviceFormat {
    /// A page for one HPA; a ranking for several.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line, each as soon as it is there.
    Jsonl,
    /// The HPAs with the proposed settings, as manifests.
    Yaml,
    /// Comma-separated values, a line for each proposal.
    Csv,
    /// Lines of kubectl patch, to be read and run by a person.
    Patch,
}

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Cheapest, Self::AsNow, Self::Safer]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let (name, help) = match self {
            Self::Cheapest => ("cheapest", "The fewest pod-hours that keep the promise"),
            Self::AsNow => ("as-now", "The same targets: nothing worse than now, or what mends it"),
            Self::Safer => ("safer", "A quarter of the unmet demand that the promise allows"),
        };
        Some(clap::builder::PossibleValue::new(name).help(help))
    }
}

fn amount(text: &str) -> Result<f64, String> {
    let amount: Option<f64> = text.parse().ok().filter(|it: &f64| it.is_finite() && *it >= 0.0);
    amount.ok_or_else(|| "a number such as 10 or 0.5".to_owned())
}
