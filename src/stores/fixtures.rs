//! A past for tests.

use std::time::Duration;

use super::HpaPast;
use crate::usage::{CourseSummary, Grid, Line, NoFigure, ReplicaLines, ResourceLines};

/// The past of an HPA of which only replicas are known, a point a minute.
pub(super) fn past(replicas: ReplicaLines) -> HpaPast {
    let nothing = || NoFigure::Other(String::new());
    HpaPast {
        grid: Grid { start: 1_769_860_800, step: 60, count: replicas.current.len() },
        replicas,
        cpu: ResourceLines::default(),
        cpu_window: Duration::ZERO,
        memory: ResourceLines::default(),
        metrics: Vec::new(),
        throttled: Err(nothing()),
        generation: Line::new(),
        conditions: Vec::new(),
        summary: CourseSummary {
            replicas: Err(nothing()),
            at_max: Err(nothing()),
            cpu: Err(nothing()),
            memory: Err(nothing()),
        },
    }
}
