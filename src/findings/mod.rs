//! What is wrong with an HPA, and what to do: the catalogue of findings, each a pure function over
//! one HPA with what it is judged by. No I/O and no clock.

mod baseline;
mod effect;
mod evaluate;
mod finding;
mod follows;
mod index;
mod judged;
mod manifests;
mod past;
mod rule;
mod rules;
mod selection;
mod silenced;
mod status_filter;
mod streak;
mod subject;
mod unknown;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod healthy;
#[cfg(test)]
mod tests;

pub use baseline::{Baseline, BaselineError, Fingerprint};
pub use effect::{Effect, position};
pub use evaluate::evaluate;
pub use finding::{Evidence, Finding, Location, Severity, Verdict, Violation};
pub use judged::{Evaluation, Judged, NotEvaluated, Undecided, is_problem, status, worst};
pub use past::{CONFIGURED, Kept, Past, PastTarget, Reading, SPARSE, Stretch, reach};
pub use rule::{Need, Rule, find, rules};
pub use selection::{Ignore, IgnoreError, RuleSet, Selection, UnknownRule};
pub use silenced::{Silenced, SilencedBy, SilencedCount, unknown_silences};
pub use status_filter::StatusFilter;
pub use subject::{Subject, World};
pub use unknown::{Known, Unknown};
