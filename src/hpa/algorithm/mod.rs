//! The algorithm of Kubernetes' HPA controller, and its simulation: pure functions over numbers,
//! without a clock, without names, and without allocations once a simulation has warmed up.
//!
//! [`Controller::sync`] is one sync of the controller: from the scale and a reading of each metric
//! to the number of replicas, with everything that led to it. [`simulate()`] runs it in a closed loop
//! over a load. Whatever the numbers are, nothing panics: integers overflow and floating-point
//! numbers are rounded as the controller's do, which is Go on amd64.
//!
//! What a simulation does at each sync is marked `#[inline]`: across the units that a release is
//! compiled in it would otherwise take half as long again.
//!
//! | file | what it does |
//! |---|---|
//! | `spec`, `rules` | what an HPA asks for, with the API's defaults; the controller's settings |
//! | `target`, `pods` | the scale, and which pods count for a metric |
//! | `metric`, `proposals` | what one metric proposes, and all of them together |
//! | `recommendations`, `stabilize` | what the past holds back |
//! | `events`, `limits` | how fast it may go, and how far |
//! | `conditions` | the conditions and their reasons |
//! | `controller` | one sync, in the controller's order |
//! | `cohorts`, `simulate` | pods of different age; the closed loop |
//! | `arithmetic`, `time` | Go's conversions; times as numbers |

mod arithmetic;
mod cohorts;
mod conditions;
mod controller;
mod events;
mod limits;
mod metric;
mod pods;
mod proposals;
mod recommendations;
mod rules;
mod simulate;
mod spec;
mod stabilize;
mod target;
mod time;

pub use arithmetic::approximate;
pub use conditions::{AbleToScale, Conditions, ScaledToZero, ScalingActive};
pub use controller::{Controller, Decision, Grounds};
pub use events::{Event, Events};
pub use limits::{Allowed, Limit, Limited, allowed};
pub use metric::{Cause, Failure, Proposal, Proposed, Reading};
pub use pods::{Phase, Pod, PodCounts, PodSums, Readiness, Sample};
pub use proposals::Winner;
pub use recommendations::{Recommendation, Recommendations};
pub use rules::{Amount, Behavior, Policy, Rules, Select, Settings, WrittenRules};
pub use simulate::{Load, ReadyUntilNext, Share, Simulation, Tick, simulate};
pub use spec::{Metric, Resource, Source, Spec, Target};
pub use stabilize::{Direction, Held, Stabilized};
pub use target::{ScaleTarget, Selector};
pub use time::{Span, Time};

#[cfg(test)]
mod tests;
