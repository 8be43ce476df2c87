//! What a check goes by: the flags, and the configuration's section `check`.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::cli::error::CommandError;
use crate::cli::hpa_args::HpaCheckArgs;
use crate::cli::setup::Setup;
use crate::config::FailOn;
use crate::findings::{Baseline, Ignore, Rule, Selection, Severity};

/// The rules of a check, and which of their findings count.
pub(super) struct Settings {
    pub(super) selection: Selection,
    /// Rules that `--only` names by their ids.
    pub(super) required: Vec<&'static Rule>,
    pub(super) baseline: Option<Baseline>,
    pub(super) fail_on: Option<Severity>,
}

impl Settings {
    /// Reads the baseline, before any cluster is read: a mistyped file name should not cost a
    /// minute.
    pub(super) fn new(setup: &Setup, args: &HpaCheckArgs) -> Result<Self, CommandError> {
        let ignored = configured_ignores(setup)?;
        let baseline = match &args.baseline {
            Some(file) => Some(file.clone()),
            // A new baseline accepts what an old one did.
            None if args.write_baseline.is_some() => None,
            None => configured_baseline(setup),
        };
        Ok(Self {
            selection: selected(args).without(&[&*ignored, &*args.ignore].concat()),
            required: (args.only.iter().filter(|set| set.is_exact))
                .flat_map(|set| set.rules.iter().copied())
                .collect(),
            baseline: baseline.as_deref().map(read_baseline).transpose()?,
            fail_on: match args.fail_on.unwrap_or(setup.config.check.fail_on) {
                FailOn::Error => Some(Severity::Error),
                FailOn::Warning => Some(Severity::Warning),
                FailOn::Info => Some(Severity::Info),
                FailOn::Never => None,
            },
        })
    }
}

fn selected(args: &HpaCheckArgs) -> Selection {
    if args.only.is_empty() {
        return Selection::all();
    }
    let ids = args.only.iter().flat_map(|set| &set.rules).map(|rule| rule.id);
    // Every id is valid: it is that of a rule.
    Selection::only(ids).unwrap_or_default()
}

/// `check.ignore`.
fn configured_ignores(setup: &Setup) -> Result<Vec<Ignore>, CommandError> {
    let file = setup.config_path.as_deref().unwrap_or(Path::new("the configuration"));
    let parse = |text: &String| {
        text.parse::<Ignore>().map_err(|error| {
            CommandError::failed(format!("{}: check.ignore: {error}", file.display()))
        })
    };
    setup.config.check.ignore.iter().map(parse).collect()
}

/// `check.baseline`, relative to the configuration file.
fn configured_baseline(setup: &Setup) -> Option<PathBuf> {
    let baseline = setup.config.check.baseline.as_ref()?;
    let directory = setup.config_path.as_deref().and_then(Path::parent);
    Some(directory.map_or_else(|| baseline.clone(), |directory| directory.join(baseline)))
}

fn read_baseline(file: &Path) -> Result<Baseline, CommandError> {
    let failed = |why: &dyn Display| {
        CommandError::failed(format!("cannot read the baseline {}: {why}", file.display()))
    };
    let json = std::fs::read(file).map_err(|error| failed(&error))?;
    Baseline::parse(&json).map_err(|error| failed(&error))
}
