//! `behavior`: the rules for scaling, with the API's defaults, and the controller's own settings.

use super::time::Span;

/// The rules for both directions, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Behavior {
    /// Rules for scaling up.
    pub up: Rules,
    /// Rules for scaling down.
    pub down: Rules,
}

/// The rules for one direction, complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// How long recommendations are remembered; `None` for scaling down leaves it to
    /// [`Settings::downscale_stabilization`].
    pub window: Option<Span>,
    /// Which policy counts.
    pub select: Select,
    /// The limits on the speed of scaling.
    pub policies: Vec<Policy>,
    /// The deviation from the target up to which nothing happens; `None` leaves it to
    /// [`Settings::tolerance`].
    pub tolerance: Option<f64>,
}

/// The rules for one direction as a person writes them: what is absent gets the API's default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WrittenRules {
    /// `stabilizationWindowSeconds`.
    pub window_seconds: Option<i32>,
    /// `selectPolicy`.
    pub select: Option<Select>,
    /// `policies`; empty is absent.
    pub policies: Vec<Policy>,
    /// `tolerance`, as [`approximate`](super::approximate) makes a number of it.
    pub tolerance: Option<f64>,
}

/// Which of several policies counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Select {
    /// The one that allows the largest change.
    #[default]
    Max,
    /// The one that allows the smallest change.
    Min,
    /// None: no scaling in this direction.
    Disabled,
}

/// A limit on the speed of scaling: within `period` at most `amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How much.
    pub amount: Amount,
    /// The period.
    pub period: Span,
}

/// How many replicas a policy allows to add or to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many pods.
    Pods(i32),
    /// So many percent of the replicas at the beginning of the period.
    Percent(i32),
}

/// The settings of the controller that are the same for all HPAs: its flags and feature gates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// `--horizontal-pod-autoscaler-tolerance`.
    pub tolerance: f64,
    /// `--horizontal-pod-autoscaler-downscale-stabilization`.
    pub downscale_stabilization: Span,
    /// `--horizontal-pod-autoscaler-cpu-initialization-period`.
    pub cpu_initialization: Span,
    /// `--horizontal-pod-autoscaler-initial-readiness-delay`.
    pub initial_readiness_delay: Span,
    /// The gate HPAConfigurableTolerance: whether the tolerances of an HPA count.
    pub configurable_tolerance: bool,
    /// The gate HPAScaleToZero: whether 0 replicas may be wanted.
    pub scale_to_zero: bool,
}

impl Default for Settings {
    /// Those of Kubernetes 1.36, where HPAScaleToZero is off.
    fn default() -> Self {
        Self {
            tolerance: 0.1,
            downscale_stabilization: Span::from_seconds(300),
            cpu_initialization: Span::from_seconds(300),
            initial_readiness_delay: Span::from_seconds(30),
            configurable_tolerance: true,
            scale_to_zero: false,
        }
    }
}

impl Behavior {
    /// A `behavior` with all that it leaves out.
    pub fn from_written(up: Option<WrittenRules>, down: Option<WrittenRules>) -> Self {
        Self { up: Rules::up(up.unwrap_or_default()), down: Rules::down(down.unwrap_or_default()) }
    }
}

impl Rules {
    /// Rules for scaling up: by default at once, by 4 pods or 100 % every 15 s.
    pub fn up(written: WrittenRules) -> Self {
        let pods = Policy { amount: Amount::Pods(4), period: Span::from_seconds(15) };
        Self { window: written.window().or(Some(Span::ZERO)), ..written.or(&[pods, DOUBLING]) }
    }

    /// Rules for scaling down: by default after the controller's window, by 100 % every 15 s.
    pub fn down(written: WrittenRules) -> Self {
        Self { window: written.window(), ..written.or(&[DOUBLING]) }
    }

    /// The longest period of its policies.
    pub fn longest_period(&self) -> Span {
        self.policies.iter().map(|policy| policy.period).max().unwrap_or_default().max(Span::ZERO)
    }
}

/// All that there is, or as much again, every 15 s.
const DOUBLING: Policy = Policy { amount: Amount::Percent(100), period: Span::from_seconds(15) };

impl WrittenRules {
    fn window(&self) -> Option<Span> {
        self.window_seconds.map(|seconds| Span::from_seconds(i64::from(seconds)))
    }

    fn or(self, policies: &[Policy]) -> Rules {
        let written = self.policies;
        Rules {
            window: None,
            select: self.select.unwrap_or_default(),
            policies: if written.is_empty() { policies.to_vec() } else { written },
            tolerance: self.tolerance,
        }
    }
}

/// The ratios of usage to target at which nothing happens, limits included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tolerated {
    lowest: f64,
    highest: f64,
}

impl Tolerated {
    pub(super) fn new(behavior: Option<&Behavior>, settings: &Settings) -> Self {
        let of = |rules: Option<&Rules>| {
            let own = rules.and_then(|it| it.tolerance).filter(|_| settings.configurable_tolerance);
            own.unwrap_or(settings.tolerance)
        };
        Self {
            lowest: 1.0 - of(behavior.map(|it| &it.down)),
            highest: 1.0 + of(behavior.map(|it| &it.up)),
        }
    }

    /// Whether nothing happens at that ratio.
    pub(super) fn contains(self, ratio: f64) -> bool {
        self.lowest <= ratio && ratio <= self.highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_gets_the_defaults_of_the_api() {
        let all = Behavior::from_written(None, None);
        assert_eq!(all.up.window, Some(Span::ZERO));
        assert_eq!(all.up.policies.len(), 2);
        assert_eq!(all.down.window, None);
        assert_eq!(all.down.policies, [DOUBLING]);
        assert_eq!((all.up.select, all.down.select), (Select::Max, Select::Max));
        let written = WrittenRules { window_seconds: Some(60), ..WrittenRules::default() };
        let one = Behavior::from_written(None, Some(written));
        assert_eq!(one.up, all.up);
        assert_eq!(one.down, Rules { window: Some(Span::from_seconds(60)), ..all.down });
    }

    #[test]
    fn tolerances_go_by_direction_and_gate() {
        let up = WrittenRules { tolerance: Some(0.5), ..WrittenRules::default() };
        let behavior = Behavior::from_written(Some(up), None);
        let on = Settings::default();
        let off = Settings { configurable_tolerance: false, ..on };
        let tolerated = |settings| Tolerated::new(Some(&behavior), settings);
        assert!(tolerated(&on).contains(1.5) && !tolerated(&on).contains(1.51));
        assert!(tolerated(&on).contains(0.9) && !tolerated(&on).contains(0.899));
        assert!(!tolerated(&off).contains(1.5));
        assert!(!tolerated(&on).contains(f64::NAN));
    }
}
