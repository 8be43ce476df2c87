//! The setting that would have prevented a finding.

use serde::Serialize;

use super::question::Question;
use super::refusal::Refusal;
use super::search::unbounded;
use crate::config::duration;
use crate::hpa::Hpa;
use crate::hpa::algorithm::Span;
use crate::hpa::algorithm::{Behavior, Spec};
use crate::simulation::{Measure, Phases, Recorded, Runner, Setting};

/// The findings that a setting may prevent.
pub const REMEDIED: [&str; 5] = ["maxed-out", "underused", "flapping", "window-zero", "low-min"];

/// The windows that are tried against flapping, in seconds.
const WINDOWS: [i32; 7] = [60, 120, 300, 600, 900, 1800, 3600];
/// The share of the changes of direction that a longer window may leave.
const CALM: f64 = 0.25;

/// The setting that would have prevented a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remedy {
    /// Its path, as `hpa simulate --set` takes it.
    pub path: String,
    /// Its value.
    pub value: serde_json::Value,
    /// What it would have done.
    #[serde(skip)]
    pub sentence: String,
    /// Over how many minutes it was simulated.
    pub simulated_minutes: i64,
    /// By how many pods the replay of the present settings differs from what was.
    pub mean_error_pods: f64,
    /// How long demand was cut off at the maximum, in minutes: more may have been needed.
    pub censored_minutes: f64,
}

/// Settings to try, in the controller's terms.
struct Bench<'a> {
    hpa: &'a Hpa,
    setting: Setting,
    runner: Runner<'a>,
}

impl Bench<'_> {
    fn phases(&mut self, change: impl FnOnce(&mut Spec)) -> Phases {
        let changed = self.setting.with_spec(change);
        self.runner.measure_phases(&changed)
    }
}

impl Question<'_> {
    /// The setting that would have prevented a finding of this id; none if no setting would.
    ///
    /// # Errors
    /// If the HPA cannot be judged.
    pub fn remedy(&self, finding: &str) -> Result<Option<Remedy>, Refusal> {
        if finding == "underused" {
            return self.cheaper();
        }
        let recorded = self.admit()?.1;
        let counts_scalings = matches!(finding, "flapping" | "window-zero");
        if counts_scalings && !recorded.trust.holds_for_scalings() {
            return Err(Refusal::Scalings(recorded.trust));
        }
        let setting = Setting::new(self.hpa, self.load, self.requests).map_err(Refusal::Setting)?;
        let runner = Runner::new(self.load, self.conditions);
        let mut bench = Bench { hpa: self.hpa, setting, runner };
        let found = match finding {
            "maxed-out" => sufficient_max(&mut bench, recorded.censored_minutes > 0.0),
            "flapping" | "window-zero" => calm_window(&mut bench),
            "low-min" => Some(redundancy(&mut bench, self.days())),
            _ => None,
        };
        Ok(found.map(|(path, value, what)| self.made(path, value.into(), &what, &recorded)))
    }

    fn days(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let days = self.load.end() as f64 / 86_400_000.0;
        days
    }

    /// The first change of what is advised.
    fn cheaper(&self) -> Result<Option<Remedy>, Refusal> {
        let advice = self.answer()?;
        let Some(best) = advice.best() else { return Ok(None) };
        let Some(first) = super::changes(self.hpa, &best.hpa).into_iter().next() else {
            return Ok(None);
        };
        if advice.saves(best) <= 0.0 {
            return Ok(None);
        }
        let what = format!(
            "what hpa advise proposes ({} {}, …) would have saved {:.0} % of the pod-hours",
            first.path,
            first.to,
            advice.saves_percent(best)
        );
        Ok(Some(self.made(first.path, first.to, &what, &advice.recorded)))
    }

    fn made(
        &self,
        path: impl Into<String>,
        value: serde_json::Value,
        what: &str,
        recorded: &Recorded,
    ) -> Remedy {
        let minutes = self.load.end() / 60_000;
        let hours = u64::try_from((minutes + 30) / 60).unwrap_or(0);
        let long = duration::format(std::time::Duration::from_hours(hours));
        let error = recorded.trust.mean_error_pods;
        Remedy {
            path: path.into(),
            value,
            sentence: format!("{what} over the last {long} (simulated; error {error:.1} pods)"),
            simulated_minutes: minutes,
            mean_error_pods: error,
            censored_minutes: recorded.censored_minutes,
        }
    }
}

type Found = Option<(&'static str, i32, String)>;

/// The highest replicas that the load asks for.
fn sufficient_max(bench: &mut Bench<'_>, is_censored: bool) -> Found {
    let present = bench.hpa.max_replicas;
    let free = bench.phases(|spec| spec.max_replicas = unbounded(present));
    #[expect(clippy::cast_possible_truncation, reason = "a number of replicas")]
    let highest = free.range(Measure::HighestReplicas)?.1 as i32;
    let is_known = highest > present && highest < unbounded(present);
    is_known.then(|| {
        let what = if is_censored {
            format!("maxReplicas of at least {highest} would have been needed")
        } else {
            format!("maxReplicas {highest} would have sufficed")
        };
        ("maxReplicas", highest, what)
    })
}

/// The shortest longer window with which most changes of direction are gone.
fn calm_window(bench: &mut Bench<'_>) -> Found {
    let changes = |phases: &Phases| phases.first.get(Measure::DirectionChanges);
    let now = changes(&bench.phases(|_| {}))?;
    let present = super::candidate::Side::Down.window(bench.hpa);
    if now < 1.0 {
        return None;
    }
    WINDOWS.into_iter().filter(|window| *window > present).find_map(|window| {
        let calm = bench.phases(|spec| {
            let behavior =
                spec.behavior.get_or_insert_with(|| Behavior::from_written(None, None));
            behavior.down.window = Some(Span::from_seconds(window.into()));
        });
        let left = changes(&calm)?;
        (left <= now * CALM).then(|| {
            let what = format!(
                "a scale-down window of {window} s would have left {left:.0} of {now:.0} changes of direction"
            );
            ("behavior.scaleDown.stabilizationWindowSeconds", window, what)
        })
    })
}

/// What a second pod at the minimum costs.
fn redundancy(bench: &mut Bench<'_>, days: f64) -> (&'static str, i32, String) {
    let hours = |phases: &Phases| phases.first.get(Measure::PodHours).unwrap_or(0.0) / days;
    let now = hours(&bench.phases(|_| {}));
    let more = (hours(&bench.phases(|spec| spec.min_replicas = 2)) - now).max(0.0);
    let what =
        format!("minReplicas 2 would have cost {more:.1} more pod-hours a day ({now:.1} now)");
    ("minReplicas", 2, what)
}
