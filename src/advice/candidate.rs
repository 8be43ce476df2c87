//! Settings that are tried.

use crate::hpa::{Behavior, Hpa, MetricType, Policy, ScalingRules, TargetType};
use crate::kube::Quantity;

/// Settings that differ from the present ones in what is not `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Candidate {
    pub min: i32,
    /// The targets of the metrics, in their order: in percent, or in thousandths.
    pub targets: Vec<Option<i64>>,
    pub up: Direction,
    pub down: Direction,
}

/// The rules of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Direction {
    /// The stabilization window in seconds.
    pub window: Option<i32>,
    pub pace: Pace,
}

/// How fast it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Pace {
    /// As it does now.
    #[default]
    Present,
    /// A tenth of the pods a minute.
    Slow,
    /// As the API's default: all that there are, or as many again (or 4) every 15 s.
    Default,
    /// Three times as many again, or 10 pods, every 15 s.
    Fast,
}

/// Which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Up,
    Down,
}

/// The window of the API's default, in seconds.
const DOWN_WINDOW: i32 = 300;

impl Candidate {
    /// The present settings.
    pub fn present(hpa: &Hpa) -> Self {
        Self {
            min: hpa.min_replicas,
            targets: vec![None; hpa.metrics.len()],
            up: Direction::default(),
            down: Direction::default(),
        }
    }

    /// How many settings differ from the present ones.
    pub fn changes(&self, hpa: &Hpa) -> u32 {
        let direction =
            |it: Direction| u32::from(it.window.is_some()) + u32::from(it.pace != Pace::Present);
        let targets: u32 = self.targets.iter().map(|target| u32::from(target.is_some())).sum();
        u32::from(self.min != hpa.min_replicas)
            + targets
            + direction(self.up)
            + direction(self.down)
    }

    /// The same with one setting less that differs from the present ones, for each of them.
    pub fn simpler(&self, hpa: &Hpa) -> Vec<Self> {
        let mut all = vec![Self { min: hpa.min_replicas, ..self.clone() }];
        for place in 0..self.targets.len() {
            let mut simpler = self.clone();
            if let Some(target) = simpler.targets.get_mut(place) {
                *target = None;
            }
            all.push(simpler);
        }
        let of = |direction: Direction| {
            [
                Direction { window: None, ..direction },
                Direction { pace: Pace::Present, ..direction },
            ]
        };
        all.extend(of(self.up).map(|up| Self { up, ..self.clone() }));
        all.extend(of(self.down).map(|down| Self { down, ..self.clone() }));
        all.retain(|it| it != self);
        all
    }

    /// The HPA with these settings and this maximum.
    pub fn apply(&self, hpa: &Hpa, max: i32) -> Hpa {
        let mut changed = Hpa { min_replicas: self.min, max_replicas: max, ..hpa.clone() };
        for (metric, target) in changed.metrics.iter_mut().zip(&self.targets) {
            if let Some(target) = target {
                metric.target.value = Some(written(&metric.target.kind, *target));
            }
        }
        let sides = [(Side::Up, self.up), (Side::Down, self.down)];
        for (side, direction) in sides {
            if direction != Direction::default() {
                let behavior = changed.behavior.get_or_insert_with(Behavior::default);
                direction.apply(side, side.rules_mut(behavior));
            }
        }
        changed
    }
}

impl Direction {
    fn apply(self, side: Side, rules: &mut ScalingRules) {
        if let Some(window) = self.window {
            rules.stabilization_window_seconds = Some(window);
        }
        if let Some(policies) = self.pace.policies(side) {
            rules.policies = policies;
            // Without one the largest change counts, as it should.
            if rules.select_policy.as_deref().is_some_and(|it| it != "Max") {
                rules.select_policy = Some("Max".to_owned());
            }
        }
    }
}

impl Side {
    fn rules_mut(self, behavior: &mut Behavior) -> &mut ScalingRules {
        let rules = match self {
            Self::Up => &mut behavior.scale_up,
            Self::Down => &mut behavior.scale_down,
        };
        rules.get_or_insert_with(ScalingRules::default)
    }

    /// The rules of an HPA.
    pub fn rules(self, hpa: &Hpa) -> Option<&ScalingRules> {
        let behavior = hpa.behavior.as_ref()?;
        match self {
            Self::Up => behavior.scale_up.as_ref(),
            Self::Down => behavior.scale_down.as_ref(),
        }
    }

    /// The window that is in force, in seconds.
    pub fn window(self, hpa: &Hpa) -> i32 {
        let by_default = if self == Self::Down { DOWN_WINDOW } else { 0 };
        self.rules(hpa).and_then(|rules| rules.stabilization_window_seconds).unwrap_or(by_default)
    }

    /// Whether scaling in this direction is turned off.
    pub fn is_disabled(self, hpa: &Hpa) -> bool {
        self.rules(hpa).and_then(|rules| rules.select_policy.as_deref()) == Some("Disabled")
    }
}

impl Pace {
    /// The policies; `None` for those that there are.
    pub fn policies(self, side: Side) -> Option<Vec<Policy>> {
        let policy = |kind: &str, value: i32, period_seconds: i32| Policy {
            kind: kind.to_owned(),
            value,
            period_seconds,
        };
        Some(match (self, side) {
            (Self::Present, _) => return None,
            (Self::Slow, _) => vec![policy("Percent", 10, 60)],
            (Self::Default, Side::Down) => vec![policy("Percent", 100, 15)],
            (Self::Default, Side::Up) => {
                vec![policy("Pods", 4, 15), policy("Percent", 100, 15)]
            }
            (Self::Fast, _) => vec![policy("Pods", 10, 15), policy("Percent", 300, 15)],
        })
    }

    /// Whether it is the same as what an HPA has.
    pub fn is_present(self, side: Side, hpa: &Hpa) -> bool {
        let present = side.rules(hpa).map(|rules| rules.policies.clone()).unwrap_or_default();
        let present = if present.is_empty() {
            Self::Default.policies(side).unwrap_or_default()
        } else {
            present
        };
        self.policies(side).is_none_or(|policies| policies == present)
    }
}

/// A target as a manifest has it.
fn written(kind: &TargetType, target: i64) -> String {
    match kind {
        TargetType::Utilization => target.to_string(),
        _ => Quantity::from_thousandths(target).to_string(),
    }
}

/// The present target of a metric that may be changed: in percent, or in thousandths. A memory that falls less than the
/// pods grow, a value that no pod shares, and a metric of an unknown type keep theirs.
pub(super) fn target(metric: &crate::hpa::Metric) -> Option<i64> {
    let is_resource = matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource);
    if is_resource && metric.name != "cpu" || matches!(metric.kind, MetricType::Other(_)) {
        return None;
    }
    let target = match metric.target.kind {
        TargetType::Utilization => metric.target.value.as_deref()?.parse().ok()?,
        TargetType::AverageValue => metric.target.quantity()?.thousandths()?,
        _ => return None,
    };
    (target > 0).then_some(target)
}
