//! The settings that are simulated: the present ones, and each group of changes.

use super::args::{Changes, Group};
use super::files::{Hpas, shown};
use crate::cli::error::CommandError;
use crate::hpa::Hpa;
use crate::manifests::with_spec;
use crate::simulation::Case;

/// The name of the settings as they are.
const PRESENT: &str = "replayed";
/// The name of the column of what was recorded.
const AS_IT_WAS: &str = "as it was";
/// The name of changes without a name.
const CHANGED: &str = "changed";

pub(super) fn cases(
    hpas: &Hpas<'_>,
    hpa: &Hpa,
    base: &Hpa,
    changes: &Changes,
) -> Result<Vec<Case>, CommandError> {
    let mut cases = vec![Case { name: PRESENT.to_owned(), hpa: hpa.clone() }];
    for group in &changes.0 {
        let name = name(group);
        if [PRESENT, AS_IT_WAS].contains(&name.as_str()) {
            return Err(CommandError::usage(format!(
                "--case {name}: the output uses this name for another column"
            )));
        }
        if cases.iter().any(|case| case.name == name) {
            return Err(CommandError::usage(format!(
                "two cases are named {name}: --case NAME before each"
            )));
        }
        let hpa = changed(hpas, base, group).map_err(|error| match &group.name {
            Some(name) => CommandError::failed(format!("case {name}: {}", error.message())),
            None => error,
        })?;
        cases.push(Case { name, hpa });
    }
    Ok(cases)
}

fn name(group: &Group) -> String {
    let file = || group.with.as_deref().map(shown).filter(|_| group.sets.is_empty());
    group.name.clone().or_else(file).unwrap_or_else(|| CHANGED.to_owned())
}

fn changed(hpas: &Hpas<'_>, hpa: &Hpa, group: &Group) -> Result<Hpa, CommandError> {
    let base = match &group.with {
        Some(file) => hpas.instead_of(hpa, file)?,
        None => hpa.clone(),
    };
    if group.sets.is_empty() {
        return Ok(base);
    }
    let mut spec = base.spec_json();
    for change in &group.sets {
        change
            .apply(&base, &mut spec)
            .map_err(|error| CommandError::usage(format!("--set {error}")))?;
    }
    let paths: Vec<&str> = group.sets.iter().map(crate::simulation::Change::path).collect();
    with_spec(&base, &spec).map_err(|refused| {
        let refused = refused.join("; ");
        CommandError::usage(format!("--set {}: {refused}", paths.join(", ")))
    })
}
