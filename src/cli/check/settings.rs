//! What a check goes by: the flags, and the configuration's section `check`.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::check::{BaselinePaths, Criteria, Report};
use crate::cli::error::CommandError;
use crate::cli::hpa_args::HpaCheckArgs;
use crate::cli::setup::Setup;
use crate::config::FailOn;
use crate::findings::{Baseline, Ignore, Rule, Selection, Severity};
use crate::manifests::{File, STDIN};
use crate::term::text::shell_quoted;

/// The rules of a check, and which of their findings count.
pub(super) struct Settings {
    pub(super) selection: Selection,
    /// Rules that `--only` names by their ids.
    required: Vec<&'static Rule>,
    /// The accepted findings, and the file that they are from.
    baseline: Option<(PathBuf, Baseline)>,
    fail_on: Option<Severity>,
    /// The least severity that is shown.
    shown: Severity,
}

impl Settings {
    /// Reads the baseline, before any cluster is read: a mistyped file name should not cost a
    /// minute.
    /// `aliases` are other names of clusters.
    pub(super) fn new(
        setup: &Setup,
        args: &HpaCheckArgs,
        aliases: &[(String, String)],
    ) -> Result<Self, CommandError> {
        let ignored = configured_ignores(setup)?.into_iter().chain(args.ignore.iter().cloned());
        let ignored: Vec<Ignore> = ignored.map(|it| it.with_aliases(aliases)).collect();
        let baseline = match &args.baseline {
            Some(file) => Some(file.clone()),
            // A new baseline accepts what an old one did.
            None if args.write_baseline.is_some() => None,
            None => configured_baseline(setup),
        };
        Ok(Self {
            selection: selected(args).without(&ignored),
            required: (args.only.iter().filter(|set| set.is_exact))
                .flat_map(|set| set.rules.iter().copied())
                .collect(),
            baseline: match baseline {
                Some(file) => Some((file.clone(), read_baseline(&file)?)),
                None => None,
            },
            fail_on: match args.fail_on.unwrap_or(setup.config.check.fail_on) {
                FailOn::Error => Some(Severity::Error),
                FailOn::Warning => Some(Severity::Warning),
                FailOn::Info => Some(Severity::Info),
                FailOn::Never => None,
            },
            shown: args.severity,
        })
    }

    /// For manifests: the baseline names these files as they are shown.
    pub(super) fn of_files(self, files: &[File]) -> Result<Self, CommandError> {
        let Some((file, baseline)) = self.baseline else { return Ok(self) };
        if baseline.is_list() {
            return Ok(Self { baseline: Some((file, baseline)), ..self });
        }
        let paths = baseline_paths(&file)?;
        let shown: HashMap<String, &str> =
            files.iter().map(|it| (stored(&paths, &it.path), &*it.path)).collect();
        let renamed = baseline.renamed(|stored| {
            shown.get(&stored).map_or_else(
                || file.with_file_name(&stored).display().to_string(),
                |it| (*it).to_owned(),
            )
        });
        Ok(Self { baseline: Some((file, renamed)), ..self })
    }

    pub(super) fn criteria(&self) -> Criteria<'_> {
        Criteria {
            selection: self.selection.clone(),
            required: &self.required,
            baseline: self.baseline.as_ref().map(|(_, baseline)| baseline),
            fail_on: self.fail_on,
            shown: self.shown,
        }
    }

    /// Notes a baseline that accepts nothing of what was read, or of which a part is out of date. `is_whole` says that
    /// all HPAs were requested.
    pub(super) fn note_baseline(&self, setup: &Setup, report: &Report<'_>, is_whole: bool) {
        let Some((file, baseline)) = &self.baseline else { return };
        if let Some(foreign) = report.foreign(baseline) {
            return setup.messages.note(&foreign.to_string());
        }
        // Findings that are neither evaluated nor reported may still be there.
        if self.selection != Selection::all() {
            return;
        }
        let entries = match report.stale(baseline, is_whole) {
            0 => return,
            1 => "1 entry".to_owned(),
            many => format!("{many} entries"),
        };
        let file = file.to_string_lossy();
        let file = shell_quoted(&file);
        setup.messages.note(&format!(
            "{entries} of the baseline accept what is not found any more; to write it anew: \
             watchdog hpa check --write-baseline {file}"
        ));
    }
}

pub(super) fn baseline_paths(file: &Path) -> Result<BaselinePaths, CommandError> {
    let here = std::env::current_dir().map_err(|error| {
        CommandError::failed(format!("cannot find out the working directory: {error}"))
    })?;
    Ok(BaselinePaths::new(here, file))
}

/// The path of a manifest as the baseline has it.
pub(super) fn stored(paths: &BaselinePaths, shown: &str) -> String {
    if shown == STDIN { STDIN.to_owned() } else { paths.stored(shown) }
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
