//! Limits: minimum, maximum, and the speed of scaling.

use super::arithmetic::{ceiling, truncated};
use super::events::Events;
use super::rules::{Amount, Behavior, Rules, Select};
use super::spec::Spec;
use super::stabilize::Direction;
use super::time::Time;

/// A stabilized recommendation after the limits: what the target gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// The number of replicas.
    pub replicas: i32,
    /// What limited it.
    pub limit: Limit,
    /// The policy that did, by its place, where one did.
    pub policy: Option<usize>,
}

/// What limits a number of replicas: the reasons of the condition `ScalingLimited`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Nothing.
    DesiredWithinRange,
    /// The speed of scaling up.
    ScaleUpLimit,
    /// The maximum.
    TooManyReplicas,
    /// The speed of scaling down.
    ScaleDownLimit,
    /// The minimum.
    TooFewReplicas,
}

/// The most replicas, or the fewest, that policies allow, and which of them does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// The number.
    pub replicas: i32,
    /// The policy, by its place; `None` if scaling is disabled in this direction.
    pub policy: Option<usize>,
}

impl Limited {
    fn by(replicas: i32, limit: Limit) -> Self {
        Self { replicas, limit, policy: None }
    }
}

/// With rules.
#[inline]
pub(super) fn with_behavior(
    wanted: i32,
    current: i32,
    spec: &Spec,
    behavior: &Behavior,
    events: &Events,
    now: Time,
) -> Limited {
    if wanted > current {
        let allowed = allowed(Direction::Up, current, behavior, events, now);
        let replicas = allowed.replicas.max(current);
        if spec.max_replicas > replicas {
            if wanted > replicas {
                let limit = Limit::ScaleUpLimit;
                return Limited { replicas, limit, policy: allowed.policy };
            }
        } else if wanted > spec.max_replicas {
            return Limited::by(spec.max_replicas, Limit::TooManyReplicas);
        }
    } else if wanted < current {
        let allowed = allowed(Direction::Down, current, behavior, events, now);
        let replicas = allowed.replicas.min(current);
        if spec.min_replicas < replicas {
            if wanted < replicas {
                let limit = Limit::ScaleDownLimit;
                return Limited { replicas, limit, policy: allowed.policy };
            }
        } else if wanted < spec.min_replicas {
            return Limited::by(spec.min_replicas, Limit::TooFewReplicas);
        }
    }
    Limited::by(wanted, Limit::DesiredWithinRange)
}

/// Without rules: at most twice as many, or 4.
#[inline]
pub(super) fn without_behavior(wanted: i32, current: i32, spec: &Spec) -> Limited {
    let at_once = truncated((2.0 * f64::from(current)).max(4.0));
    let (most, limit) = if spec.max_replicas > at_once {
        (at_once, Limit::ScaleUpLimit)
    } else {
        (spec.max_replicas, Limit::TooManyReplicas)
    };
    if wanted < spec.min_replicas {
        Limited::by(spec.min_replicas, Limit::TooFewReplicas)
    } else if wanted > most {
        Limited::by(most, limit)
    } else {
        Limited::by(wanted, Limit::DesiredWithinRange)
    }
}

/// How far the policies of a direction allow to go from `current`; it may be less than nothing.
pub fn allowed(
    direction: Direction,
    current: i32,
    behavior: &Behavior,
    events: &Events,
    now: Time,
) -> Allowed {
    let rules: &Rules = match direction {
        Direction::Up => &behavior.up,
        Direction::Down => &behavior.down,
    };
    // The largest change is the most replicas when scaling up, the fewest when scaling down.
    let takes_most = match (rules.select, direction) {
        (Select::Disabled, _) => return Allowed { replicas: current, policy: None },
        (Select::Max, Direction::Up) | (Select::Min, Direction::Down) => true,
        (Select::Max, Direction::Down) | (Select::Min, Direction::Up) => false,
    };
    let none = if takes_most { i32::MIN } else { i32::MAX };
    let mut best = Allowed { replicas: none, policy: None };
    for (place, policy) in rules.policies.iter().enumerate() {
        let start = events.replicas_before(current, policy.period, now);
        let replicas = moved(direction, start, policy.amount);
        let is_better =
            if takes_most { replicas > best.replicas } else { replicas < best.replicas };
        if is_better || best.policy.is_none() {
            best = Allowed { replicas, policy: Some(place) };
        }
    }
    best
}

/// How far one policy allows to go from the replicas at the beginning of its period.
fn moved(direction: Direction, start: i32, amount: Amount) -> i32 {
    let part = |percent: i32| f64::from(percent) / 100.0;
    match (direction, amount) {
        (Direction::Up, Amount::Pods(pods)) => start.wrapping_add(pods),
        (Direction::Down, Amount::Pods(pods)) => start.wrapping_sub(pods),
        // Rounded up, so that one pod can grow.
        (Direction::Up, Amount::Percent(percent)) => {
            ceiling(f64::from(start) * (1.0 + part(percent)))
        }
        (Direction::Down, Amount::Percent(percent)) => {
            truncated(f64::from(start) * (1.0 - part(percent)))
        }
    }
}
