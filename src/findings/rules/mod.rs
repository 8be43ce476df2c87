//! The rules, grouped by subject.

pub(super) mod around;
mod finished;
pub(super) mod history;
mod keda;
pub(super) mod limits;
pub(super) mod metrics;
mod named;
pub(super) mod pods;
pub(super) mod replicas;
pub(super) mod requests;
pub(super) mod scaling;
pub(super) mod spec;
pub(super) mod target;
pub(super) mod writers;

use std::borrow::Cow;

use super::finding::MOST_EVIDENCE;
use super::rule::Rule;

/// All rules, beginning with those about what stops an HPA.
pub fn rules() -> &'static [Rule] {
    static RULES: [Rule; 36] = [
        target::TARGET_MISSING,
        target::SCALE_WRITE_FAILED,
        metrics::METRICS_UNAVAILABLE,
        metrics::METRICS_PARTIAL,
        target::NEVER_RECONCILED,
        target::DUPLICATE_TARGET,
        target::SELECTOR_OVERLAP,
        replicas::MAXED_OUT,
        replicas::ABOVE_MAX,
        replicas::ABOVE_TARGET,
        replicas::AT_MAX_SATISFIED,
        replicas::SCALE_UP_THROTTLED,
        target::SCALED_TO_ZERO,
        pods::NOT_READY,
        pods::UNSCHEDULABLE,
        pods::ROLLOUT_STUCK,
        pods::ROLLOUT_PAUSED,
        pods::CRASH_OOM,
        scaling::DESIRED_STUCK,
        scaling::NOT_SCALING,
        requests::MISSING_REQUESTS,
        limits::CONTAINER_MISSING,
        limits::TARGET_OVER_LIMIT,
        spec::MIN_EQ_MAX,
        spec::LOW_MIN,
        around::PDB_BLOCKS,
        around::BURST_OVER_QUOTA,
        writers::REPLICAS_FIGHT,
        history::FLAPPING,
        around::VPA_CONFLICT,
        keda::KEDA_MANAGED,
        spec::DIRECTION_DISABLED,
        spec::WINDOW_ZERO,
        spec::MEMORY_ONLY,
        scaling::UNDERUSED,
        history::CONFIG_DRIFT,
    ];
    &RULES
}

/// For example `1 pod`, `3 pods`.
fn count(number: usize, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {one}{s}")
}

/// For example `1 replica`, `3 replicas`.
fn replicas_of(number: impl Into<i64>) -> String {
    match number.into() {
        1 => "1 replica".to_owned(),
        number => format!("{number} replicas"),
    }
}

/// The first names of a longer list, for example `a, b, c and 4 more`.
fn some<T: AsRef<str>>(names: &[T]) -> String {
    let first: Vec<&str> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    and_more(&first.join(", "), names.len())
}

/// The maximum number of names in a message.
const MOST_NAMES: usize = 3;

/// The first of `all` names, followed by the number of the others.
fn and_more(first: &str, all: usize) -> String {
    match all.saturating_sub(MOST_NAMES) {
        0 => first.to_owned(),
        rest => format!("{first} and {rest} more"),
    }
}

/// The first ten names, which are enough as evidence.
fn few(names: Vec<&str>) -> Vec<&str> {
    names.into_iter().take(MOST_EVIDENCE).collect()
}

/// The controller's message without its full stop and without the part that repeats its reason.
fn cause(message: &str) -> Cow<'_, str> {
    const SAID: [&str; 3] = [
        "the HPA controller was unable to get the target's current scale: ",
        "the HPA controller was unable to update the target scale: ",
        "the HPA was unable to compute the replica count: ",
    ];
    let rest = SAID.iter().find_map(|said| message.strip_prefix(said)).unwrap_or(message);
    let rest = rest.trim_end().trim_end_matches('.');
    if rest.is_empty() { Cow::Borrowed("the controller gives no reason") } else { rest.into() }
}

/// An integral floating-point number as an integer, to print it as such.
#[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and the rest saturates")]
fn whole(number: f64) -> i64 {
    number as i64
}
