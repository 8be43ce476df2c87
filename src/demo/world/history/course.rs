//! What became of a workload over the weeks: how many replicas it had at each time, and what they used.

use std::collections::VecDeque;

use super::{
    super::{
        World,
        controller::judge,
        names::{DAY, MINUTE},
        pod,
        spec::{Goal, Hpa, Metric, Outcome, Pods, Source, Workload},
    },
    load::{Load, Shape},
};

/// How far back there is a history.
pub(super) const DEPTH: i64 = 21 * DAY;
/// How often the controller looks at an HPA.
const SYNC: i64 = 15;

/// How the controller decides.
#[derive(Debug, Clone, Copy)]
struct Rules {
    min: i64,
    max: i64,
    /// Pods that the load asks for at present, if none is rounded.
    wanted: f64,
    /// The time for which a higher recommendation is remembered, in seconds.
    window: i64,
    /// Relative deviations that are no reason to scale, up and down.
    tolerance: (f64, f64),
    /// Whether the controller's algorithm decides at each sync; otherwise the replicas simply follow the load.
    is_exact: bool,
}

/// The plan of a workload's history: what its course is computed from.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    load: Load,
    /// Replicas at present.
    replicas: i64,
    rules: Option<Rules>,
    /// From when on the replicas are those of the present, and what they were before.
    rescaled: Option<(i64, i64)>,
    now: i64,
    /// When the workload was created, or the history begins.
    pub(super) start: i64,
    step: i64,
}

/// The HPAs whose history shows a mistake in their settings, by namespace and name.
fn shape(hpa: &Hpa) -> Option<Shape> {
    match (hpa.namespace.as_str(), hpa.name.as_str(), hpa.max) {
        // It was not enough for a week, and is not enough now.
        ("shop", "catalog", 6) => Some(Shape::Campaigns { ago: hpa.since }),
        // It has no window, so that it follows each pulse.
        ("platform", "scheduler", _) => Some(Shape::Pulses),
        // For most of the day its minimum is idle.
        ("payments", "ledger", 7) => Some(Shape::Peaks),
        // Its target is low.
        ("kube-system", "coredns", 12) | ("shop", "cart" | "checkout", _) => Some(Shape::Natural),
        _ => None,
    }
}

impl Plan {
    /// The plan of a workload that these HPAs scale.
    pub(super) fn new(world: &World, workload: &Workload, hpas: &[&Hpa]) -> Plan {
        let now = world.now;
        let hpa = hpas.first().filter(|_| hpas.len() == 1).copied();
        let scaled = hpa.and_then(|hpa| rules(hpa, workload).map(|rules| (hpa, rules)));
        let special = scaled.and_then(|(hpa, _)| shape(hpa));
        let shape = match (special, scaled, workload.pods) {
            (Some(shape), ..) => shape,
            (None, Some(_), _) => Shape::Natural,
            (None, None, Pods::Ready) if hpas.is_empty() => Shape::Natural,
            _ => Shape::Flat,
        };
        let step = if special.is_some() {
            SYNC
        } else if workload.name.starts_with("svc-") {
            15 * MINUTE
        } else {
            MINUTE
        };
        let load = Load::new(shape, now, [&world.cluster, &workload.namespace, &workload.name]);
        let length = DEPTH.min(workload.age - 2).max(0);
        let start = now - length / step * step;
        let rules = scaled.map(|(_, rules)| Rules { is_exact: special.is_some(), ..rules });
        let rescaled = hpa.and_then(|hpa| {
            let (from, at) = (hpa.rescaled_from?, now - hpa.last_scale?);
            // No pod is in the last scrape that the API does not have any more.
            Some((if from > workload.replicas { at - 3 * MINUTE } else { at }, from))
        });
        Plan { load, replicas: workload.replicas, rules, rescaled, now, start, step }
    }

    /// The whole course.
    pub(super) fn course(&self) -> Course {
        self.course_from(self.start)
    }

    /// When the replicas last rose to more than each of these numbers, within the last day; `None` for
    /// those that were never below it.
    pub(super) fn last_rises(&self) -> Vec<Option<i64>> {
        let count = usize::try_from(self.replicas).unwrap_or(0);
        if self.rules.is_none() && self.rescaled.is_none() {
            return vec![None; count];
        }
        let course = self.last_day();
        let rise = |index: usize| {
            let last = course.replicas.iter().rposition(|replicas| usize::from(*replicas) <= index);
            last.map(|place| course.time(place + 1))
        };
        (0..count).map(rise).collect()
    }

    /// When the replicas last changed, within the last day. Of an HPA that has just scaled the time is given.
    pub(super) fn last_scaling(&self) -> Option<i64> {
        if self.rules.is_none() || self.rescaled.is_some() {
            return None;
        }
        let course = self.last_day();
        // The last two steps are the present, whatever the controller would have done.
        let past = course.replicas.get(..course.replicas.len().saturating_sub(3))?;
        let place = past.windows(2).rposition(|pair| pair.first() != pair.last())?;
        Some(course.time(place + 1))
    }

    /// The course of the last day, and of a night before: at its end the controller has forgotten what was before.
    fn last_day(&self) -> Course {
        self.course_from((self.now - (26 * 3600) / self.step * self.step).max(self.start))
    }

    fn course_from(&self, start: i64) -> Course {
        let count = usize::try_from((self.now - start) / self.step).unwrap_or(0) + 1;
        let mut course = Course {
            start,
            step: self.step,
            present: number(self.rescaled.map_or(self.replicas, |(_, before)| before)),
            present_from: self.rescaled.map_or(self.now, |(since, _)| since),
            level: Vec::with_capacity(count),
            replicas: Vec::with_capacity(count),
            used: Vec::with_capacity(count),
        };
        let mut controller = self.rules.map(|rules| Controller::new(rules, self.step));
        let mut used = 0.0;
        for index in 0..count {
            let at = course.time(index);
            let level = self.load.level(at);
            let replicas = match &mut controller {
                Some(controller) => controller.sync(level),
                None => self.replicas,
            };
            let replicas = match self.rescaled {
                Some((since, _)) if at >= since => self.replicas,
                Some((since, before)) if at >= since - 30 * MINUTE => before,
                _ if at >= self.now - 2 * self.step => self.replicas,
                _ => replicas,
            };
            let replicas = u16::try_from(replicas).unwrap_or(0);
            #[expect(clippy::cast_possible_truncation, reason = "a few digits are enough")]
            course.level.push(level as f32);
            course.replicas.push(replicas);
            course.used.push(used);
            used += course.each(index) * number(self.step);
        }
        course
    }
}

/// What the controller follows; `None` if it cannot, or does nothing.
fn rules(hpa: &Hpa, workload: &Workload) -> Option<Rules> {
    let follows = matches!(hpa.outcome, Outcome::Evaluated);
    if !follows || workload.replicas == 0 || workload.ready() == 0 {
        return None;
    }
    let unready = workload.replicas - workload.ready();
    let is_starting = matches!(workload.pods, Pods::Starting(_));
    if unready > 0 && !is_starting {
        return None;
    }
    let ratios = hpa.metrics.iter().filter_map(|metric| ratio(metric, workload));
    let ratio = ratios
        .fold(None, |most: Option<f64>, ratio| Some(most.map_or(ratio, |most| most.max(ratio))))?;
    let replicas = number(hpa.rescaled_from.unwrap_or(workload.replicas));
    let is_within = (ratio - 1.0).abs() <= 0.1;
    // Above the middle between two numbers of pods, so that it stays at this one.
    let wanted = if is_within { replicas * ratio.min(1.0) } else { replicas * ratio };
    let direction = |name: &str, field: &str| {
        hpa.behavior.as_ref().and_then(|behavior| behavior.get(name)?.get(field).cloned())
    };
    let is_disabled = direction("scaleDown", "selectPolicy").is_some_and(|it| it == "Disabled");
    if is_disabled {
        return None;
    }
    let window = direction("scaleDown", "stabilizationWindowSeconds");
    let up = direction("scaleUp", "tolerance").map_or(0.1, |_| 0.05);
    Some(Rules {
        min: hpa.min,
        max: hpa.max,
        wanted,
        window: window.and_then(|it| it.as_i64()).unwrap_or(300),
        tolerance: (up, 0.1),
        is_exact: false,
    })
}

/// A metric's reading as a multiple of its target; `None` if it is not read, or does not fall as pods are added.
fn ratio(metric: &Metric, workload: &Workload) -> Option<f64> {
    let reading = metric.reading?;
    let request = |container: Option<&str>| -> i64 {
        let all = workload.containers.iter();
        let all = all.filter(|it| container.is_none_or(|name| it.name == name));
        all.filter_map(|it| it.cpu).sum()
    };
    let goal = match (&metric.source, metric.goal) {
        // Memory does not follow the load.
        (Source::Resource("memory") | Source::Container { resource: "memory", .. }, _) => {
            return None;
        }
        (Source::Resource(_), Goal::Utilization(percent)) => {
            number(request(None)) * number(percent) / 100.0
        }
        (Source::Container { container, .. }, Goal::Utilization(percent)) => {
            number(request(Some(container))) * number(percent) / 100.0
        }
        (_, Goal::Utilization(_)) => return None,
        (_, Goal::Average(goal) | Goal::Value(goal)) => number(goal),
    };
    (goal > 0.0).then(|| number(reading) / goal)
}

/// The replicas as the controller would have set them.
struct Controller {
    rules: Rules,
    replicas: i64,
    /// Recent recommendations: the highest of the window comes first.
    recent: VecDeque<(i64, i64)>,
    at: i64,
    step: i64,
}

impl Controller {
    fn new(rules: Rules, step: i64) -> Controller {
        Controller { rules, replicas: rules.min.max(1), recent: VecDeque::new(), at: 0, step }
    }

    /// Decides at a load that is this multiple of the present one.
    fn sync(&mut self, level: f64) -> i64 {
        let Rules { min, max, wanted, window, tolerance: (up, down), is_exact } = self.rules;
        let wanted = wanted * level;
        self.at += self.step;
        if !is_exact {
            // Rounded up, with some tolerance.
            self.replicas = whole((wanted - 0.07 * wanted).ceil()).clamp(min, max);
            return self.replicas;
        }
        let ratio = wanted / number(self.replicas);
        let proposal = if (1.0 - down..=1.0 + up).contains(&ratio) {
            self.replicas
        } else {
            whole(wanted.ceil())
        };
        while self.recent.back().is_some_and(|(_, last)| *last <= proposal) {
            self.recent.pop_back();
        }
        self.recent.push_back((self.at, proposal));
        while self.recent.front().is_some_and(|(at, _)| *at < self.at - window) {
            self.recent.pop_front();
        }
        let held = self.recent.front().map_or(proposal, |(_, highest)| *highest);
        let stable = if proposal < self.replicas { held.min(self.replicas) } else { proposal };
        let rate = (2 * self.replicas).max(4);
        self.replicas = stable.min(rate).clamp(min, max);
        self.replicas
    }
}

/// The course of a workload, in steps of the same length up to the present; what was true then stays so.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) start: i64,
    pub(super) step: i64,
    /// The replicas by which the present usage was measured.
    present: f64,
    /// From when on each pod uses what it uses at present.
    present_from: i64,
    level: Vec<f32>,
    pub(super) replicas: Vec<u16>,
    /// What each pod has used until the beginning of a step, in seconds of its present usage.
    used: Vec<f64>,
}

impl Course {
    /// When a step begins.
    pub(super) fn time(&self, index: usize) -> i64 {
        self.start + self.step * i64::try_from(index).unwrap_or(0)
    }

    fn index(&self, at: i64) -> usize {
        let index = usize::try_from((at - self.start).div_euclid(self.step)).unwrap_or(0);
        index.min(self.replicas.len().saturating_sub(1))
    }

    /// Replicas at a time.
    pub(super) fn replicas(&self, at: i64) -> i64 {
        self.replicas.get(self.index(at)).copied().map_or(0, i64::from)
    }

    /// The load at a time as a multiple of the present load.
    pub(super) fn level(&self, at: i64) -> f64 {
        self.level.get(self.index(at)).copied().map_or(1.0, f64::from)
    }

    /// What each pod uses at a time, as a multiple of what it uses at present.
    pub(super) fn usage(&self, at: i64) -> f64 {
        self.each(self.index(at))
    }

    fn each(&self, index: usize) -> f64 {
        if self.time(index) >= self.present_from {
            return 1.0;
        }
        let level = self.level.get(index).copied().map_or(1.0, f64::from);
        let replicas = self.replicas.get(index).copied().map_or(0.0, f64::from);
        if replicas > 0.0 { level * self.present / replicas } else { 0.0 }
    }

    /// What each pod has used until a time, since the beginning.
    pub(super) fn used(&self, at: i64) -> f64 {
        let index = self.index(at);
        let before = self.used.get(index).copied().unwrap_or(0.0);
        before + self.each(index) * number((at - self.time(index)).max(0))
    }

    /// The lives of all pods that there ever were.
    pub(super) fn lives(&self) -> Vec<Life> {
        let mut lives: Vec<Life> = Vec::new();
        // The places of those that live.
        let mut open: Vec<usize> = Vec::new();
        for (place, replicas) in self.replicas.iter().enumerate() {
            let at = self.time(place);
            while open.len() > usize::from(*replicas) {
                if let Some(life) = open.pop().and_then(|place| lives.get_mut(place)) {
                    life.until = Some(at);
                }
            }
            while open.len() < usize::from(*replicas) {
                let index = i64::try_from(open.len()).unwrap_or(0);
                open.push(lives.len());
                lives.push(Life { index, from: at, until: None });
            }
        }
        lives
    }
}

/// The life of a pod; it has not ended if there is no `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) index: i64,
    pub(super) from: i64,
    pub(super) until: Option<i64>,
}

/// What the status of an HPA says at present.
pub(super) fn status(hpa: &Hpa, workload: Option<&Workload>) -> (Option<i64>, i64) {
    let verdict = judge(hpa, workload);
    (verdict.current, verdict.desired)
}

/// The number of pods of a workload at present.
pub(super) fn present(workload: &Workload) -> i64 {
    pod::count(workload)
}

#[expect(clippy::cast_precision_loss, reason = "a small number")]
pub(super) fn number(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a small number")]
fn whole(number: f64) -> i64 {
    number as i64
}
