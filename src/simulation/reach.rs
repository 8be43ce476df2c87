//! How far a controller can go in a time.

use crate::hpa::algorithm::{Amount, Rules, Select, Spec};

/// How far the controller can have gone in a time: at least that far, whatever the events before.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The time, in seconds.
    pub seconds: i64,
    /// The time between two syncs, in seconds.
    pub period: i64,
    /// Replicas before.
    pub from: f64,
}

impl Reach {
    /// Whether the policies of a spec allow so many replicas after the time.
    pub fn allows(&self, to: f64, spec: &Spec) -> bool {
        if to > self.from { to <= self.up(spec) + 0.5 } else { to >= self.down(spec) - 0.5 }
    }

    fn up(&self, spec: &Spec) -> f64 {
        match &spec.behavior {
            Some(behavior) => self.by(&behavior.up, 1.0),
            None => (0..=self.seconds / self.period.max(1))
                .take(40)
                .fold(self.from, |it, _| (it * 2.0).max(4.0).min(f64::from(i32::MAX))),
        }
    }

    fn down(&self, spec: &Spec) -> f64 {
        spec.behavior.as_ref().map_or(0.0, |behavior| self.by(&behavior.down, -1.0))
    }

    fn by(&self, rules: &Rules, sign: f64) -> f64 {
        if rules.select == Select::Disabled {
            return self.from;
        }
        let shortest = rules.policies.iter().map(|it| it.period.as_millis() / 1000).min();
        let times = self.seconds / shortest.unwrap_or(self.period).max(1) + 1;
        let mut reached = self.from;
        for _ in 0..times {
            let change = |amount: Amount| match amount {
                Amount::Pods(pods) => f64::from(pods),
                Amount::Percent(percent) => (reached * f64::from(percent) / 100.0).ceil(),
            };
            let largest = rules.policies.iter().map(|it| change(it.amount)).fold(0.0, f64::max);
            reached = (reached + sign * largest).clamp(0.0, f64::from(i32::MAX));
        }
        reached
    }
}
