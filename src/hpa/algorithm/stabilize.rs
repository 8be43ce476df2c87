//! Stabilization: what recommendations of the past hold back.

use super::recommendations::{Recommendation, Recommendations};
use super::time::Time;

/// A recommendation after stabilization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stabilized {
    /// The number of replicas.
    pub replicas: i32,
    /// What was held back; `None` if the number is what was wanted.
    pub held: Option<Held>,
}

/// That a change was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which change.
    pub direction: Direction,
    /// The recommendation that held it back.
    pub by: Option<Recommendation>,
}

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More replicas.
    Up,
    /// Fewer replicas.
    Down,
}

/// With rules: the change is the smallest that anything recommended within the window of its
/// direction asks for. What was `wanted` is recorded.
#[inline]
pub(super) fn with_behavior(
    recommendations: &mut Recommendations,
    wanted: i32,
    current: i32,
    now: Time,
) -> Stabilized {
    recommendations.forget(now);
    let lowest = recommendations.lowest().filter(|it| it.replicas < wanted);
    let highest = recommendations.highest().filter(|it| it.replicas > wanted);
    let or_wanted = |limit: Option<Recommendation>| limit.map_or(wanted, |it| it.replicas);
    let replicas = current.max(or_wanted(lowest)).min(or_wanted(highest));
    recommendations.record(Recommendation { replicas: wanted, at: now });
    let (direction, by) =
        if wanted >= current { (Direction::Up, lowest) } else { (Direction::Down, highest) };
    let held = (replicas != wanted).then_some(Held { direction, by });
    Stabilized { replicas, held }
}

/// Without rules: the largest recommendation within the controller's window. What was `wanted` is
/// recorded.
#[inline]
pub(super) fn without_behavior(
    recommendations: &mut Recommendations,
    wanted: i32,
    now: Time,
) -> Stabilized {
    recommendations.forget(now);
    let highest = recommendations.highest().filter(|it| it.replicas > wanted);
    recommendations.record(Recommendation { replicas: wanted, at: now });
    Stabilized {
        replicas: highest.map_or(wanted, |it| it.replicas),
        held: highest.map(|it| Held { direction: Direction::Down, by: Some(it) }),
    }
}
