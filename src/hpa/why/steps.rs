//! What follows from proposals: what bounds, windows and policies make of them, and when replicas may change.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::{Evidence, PodNumbers, blocked, reading, target, time};
use crate::hpa::algorithm::{
    Controller, Decision, Grounds, Reading, Recommendation, Select, Selector, Settings, Span, Spec,
};
use crate::hpa::record::Hpa;

/// Two snapshots at most so far apart leave out no more than a few syncs, whose readings were between theirs.
const DENSE: SignedDuration = SignedDuration::from_secs(90);

/// What is known of the recommendations that the controller remembers.
pub(super) struct Remembered {
    /// Whether the times that were seen cover the windows without a gap.
    pub(super) is_whole: bool,
    /// The first time that was seen.
    since: Option<Timestamp>,
}

impl Remembered {
    /// Runs the controller over what was seen, so that it remembers that.
    pub(super) fn of(
        controller: &mut Controller<'_>,
        spec: &Spec,
        settings: &Settings,
        evidence: &Evidence<'_>,
    ) -> Self {
        let window = seconds(longest_window(spec, settings));
        let from = evidence.now.saturating_sub(SignedDuration::from_secs(window));
        let from = from.unwrap_or(Timestamp::MIN);
        let past: Vec<_> = (evidence.past.iter())
            .filter(|(at, _)| {
                *at < evidence.now && at.saturating_add(DENSE).is_ok_and(|it| it >= from)
            })
            .collect();
        for (at, hpa) in &past {
            let replicas = hpa.current_replicas;
            let pods = PodNumbers::all_ready(replicas);
            let readings: Vec<Reading<'_>> =
                hpa.metrics.iter().map(|metric| reading(metric, pods, replicas)).collect();
            controller.sync(time(*at), &target(replicas, pods), &readings);
        }
        let times = || past.iter().map(|(at, _)| *at).chain([evidence.now]);
        let is_dense =
            times().zip(times().skip(1)).all(|(one, next)| next.duration_since(one) <= DENSE);
        let since = past.first().map(|(at, _)| *at);
        let is_whole = is_dense && since.is_some_and(|since| since <= from) || window == 0;
        Self { is_whole, since }
    }
}

fn seconds(span: Span) -> i64 {
    span.as_millis() / 1000
}

fn down_window(spec: &Spec, settings: &Settings) -> Span {
    let rules = spec.behavior.as_ref().and_then(|it| it.down.window);
    rules.unwrap_or(settings.downscale_stabilization)
}

fn up_window(spec: &Spec) -> Span {
    spec.behavior.as_ref().and_then(|it| it.up.window).unwrap_or(Span::ZERO)
}

fn longest_window(spec: &Spec, settings: &Settings) -> Span {
    down_window(spec, settings).max(up_window(spec))
}

/// Whether the last change is recent enough for a policy to count it. Without behavior none counts anything.
pub(super) fn has_scaled_within_periods(hpa: &Hpa, spec: &Spec, now: Timestamp) -> bool {
    let (Some(behavior), Some(last)) = (&spec.behavior, hpa.last_scale_time) else { return false };
    let period = behavior.up.longest_period().max(behavior.down.longest_period());
    now.duration_since(last) < SignedDuration::from_secs(seconds(period))
}

/// `14:32:10 UTC`.
fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S UTC").to_string()
}

fn timestamp(at: crate::hpa::algorithm::Time) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.as_millis()).ok()
}

/// A decision that is explained.
pub(super) struct Change<'a> {
    pub(super) hpa: &'a Hpa,
    pub(super) spec: &'a Spec,
    pub(super) settings: &'a Settings,
    pub(super) decision: &'a Decision,
    pub(super) evidence: &'a Evidence<'a>,
}

/// What follows from a condition FailedUpdateScale.
const REFUSED: &str = "the write will probably be refused, as the last one was (FailedUpdateScale)";

/// A decision in sentences.
#[derive(Default)]
pub(super) struct Explained {
    pub(super) steps: Vec<String>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) at_the_latest: Option<Timestamp>,
}

impl Explained {
    fn say(&mut self, step: impl Into<String>) {
        self.steps.push(step.into());
    }
}

impl Change<'_> {
    pub(super) fn explain(
        &self,
        controller: &Controller<'_>,
        remembered: &Remembered,
    ) -> Explained {
        let mut explained = Explained::default();
        let current = self.decision.current;
        if current != self.hpa.current_replicas {
            let old = self.hpa.current_replicas;
            explained.say(format!(
                "the target has {current} replicas now, and the HPA's status still {old}"
            ));
        }
        let is_refused = blocked::is_write_refused(self.hpa);
        let (wanted, limited) = match self.decision.grounds {
            Grounds::Metrics { wanted, limited, .. } => (wanted, limited.replicas),
            other => {
                explained.say(self.without_metrics(other));
                if is_refused && self.decision.desired != current {
                    explained.say(REFUSED);
                }
                return explained;
            }
        };
        let bounded = self.bounded().unwrap_or(current);
        if bounded < wanted {
            explained.say(format!("at most {bounded} are allowed (maxReplicas)"));
        } else if bounded > wanted {
            explained.say(format!("at least {bounded} are required (minReplicas)"));
        }
        match bounded.cmp(&current) {
            Ordering::Equal => explained.say(format!("stays at {current}")),
            _ if is_refused => {
                let wants = if limited > current { limited } else { bounded };
                explained.say(format!("wants {wants}"));
                explained.say(REFUSED);
            }
            Ordering::Greater => {
                self.rise(&mut explained, controller, remembered, bounded, limited);
            }
            Ordering::Less => self.fall(&mut explained, controller, remembered, bounded),
        }
        let held = self.hpa.condition("AbleToScale").map(|condition| &*condition.reason);
        match held {
            Some("ScaleDownStabilized") => {
                explained.say("at its last sync the controller held a decrease back");
            }
            Some("ScaleUpStabilized") => {
                explained.say("at its last sync the controller held an increase back");
            }
            _ => {}
        }
        if let Some(reason) = blocked::without_metrics(self.hpa) {
            explained.say(format!(
                "this holds if the controller can read its metrics again: at its last sync it could not ({reason})"
            ));
        }
        explained
    }

    /// What the metrics want, within minReplicas and maxReplicas; `None` if they want nothing.
    pub(super) fn bounded(&self) -> Option<i32> {
        let Grounds::Metrics { wanted, .. } = self.decision.grounds else { return None };
        let spec = self.spec;
        Some(wanted.clamp(spec.min_replicas.min(spec.max_replicas), spec.max_replicas))
    }

    /// The window for scaling up, in seconds.
    pub(super) fn up_seconds(&self) -> i64 {
        seconds(up_window(self.spec))
    }

    /// The window for scaling down, in seconds.
    pub(super) fn down_seconds(&self) -> i64 {
        seconds(down_window(self.spec, self.settings))
    }

    fn without_metrics(&self, grounds: Grounds) -> String {
        let desired = self.decision.desired;
        match grounds {
            Grounds::Disabled => {
                "the target has 0 replicas, and the controller leaves it so".to_owned()
            }
            Grounds::AboveMaximum => {
                format!("there are more replicas than maxReplicas: {desired} at once")
            }
            Grounds::BelowMinimum => {
                format!("there are fewer replicas than minReplicas: {desired} at once")
            }
            Grounds::Selector(Selector::Ambiguous) => {
                "nothing is decided: several HPAs act on the same pods, and the controller acts for none of them (AmbiguousSelector)".to_owned()
            }
            Grounds::Selector(_) => {
                "nothing is decided: the controller cannot use the target's selector (InvalidSelector)".to_owned()
            }
            Grounds::Failed { others: Some(winner), .. } => format!(
                "the others propose {}, which is fewer than now: while a metric fails nothing is removed",
                winner.replicas
            ),
            Grounds::Failed { .. } | Grounds::Metrics { .. } => {
                "no metric proposes anything: nothing changes".to_owned()
            }
        }
    }

    fn rise(
        &self,
        explained: &mut Explained,
        controller: &Controller<'_>,
        remembered: &Remembered,
        bounded: i32,
        limited: i32,
    ) {
        let current = self.decision.current;
        let rules = self.spec.behavior.as_ref().map(|it| &it.up);
        if rules.is_some_and(|it| it.select == Select::Disabled) {
            explained.say("nothing is added (selectPolicy is Disabled)");
            return;
        }
        let window = up_window(self.spec);
        if seconds(window) > 0 {
            let by = controller.recommendations().lowest().filter(|it| it.replicas < bounded);
            // Anything above the present replicas is an increase.
            let at = controller.recommendations().may_rise_at(current.saturating_add(1));
            self.held(
                explained,
                remembered,
                by,
                at.and_then(timestamp),
                window,
                ("rise above", current),
            );
            return;
        }
        explained.not_before = Some(self.evidence.now);
        if limited > current && limited < bounded {
            let by = match self.spec.behavior {
                Some(_) => "policies allow no more at once",
                None => "at most twice the replicas or 4, whichever is more, are allowed at once",
            };
            explained.say(format!("may rise to {limited} at the next sync: {by}"));
        } else {
            explained.say(format!("may rise to {bounded} at the next sync"));
        }
    }

    fn fall(
        &self,
        explained: &mut Explained,
        controller: &Controller<'_>,
        remembered: &Remembered,
        bounded: i32,
    ) {
        let rules = self.spec.behavior.as_ref().map(|it| &it.down);
        if rules.is_some_and(|it| it.select == Select::Disabled) {
            explained.say("nothing is removed (selectPolicy is Disabled)");
            return;
        }
        let window = down_window(self.spec, self.settings);
        if seconds(window) == 0 {
            explained.not_before = Some(self.evidence.now);
            explained
                .say(format!("may fall to {bounded} at the next sync, as fast as policies allow"));
            return;
        }
        let by = controller.recommendations().highest().filter(|it| it.replicas > bounded);
        let at = controller.recommendations().may_fall_at(bounded);
        self.held(explained, remembered, by, at.and_then(timestamp), window, ("fall to", bounded));
    }

    /// That a window holds a change back, until when, and how far that is known.
    fn held(
        &self,
        explained: &mut Explained,
        remembered: &Remembered,
        by: Option<Recommendation>,
        until: Option<Timestamp>,
        window: Span,
        (change, replicas): (&str, i32),
    ) {
        let now = self.evidence.now;
        let latest = now.saturating_add(SignedDuration::from_secs(seconds(window)));
        let latest = latest.unwrap_or(Timestamp::MAX);
        // Without anything seen before, all that is held is what the controller starts with.
        let known = remembered.since.and(by).and_then(|by| Some((by, timestamp(by.at)?)));
        if let Some((by, at)) = known {
            explained.say(format!(
                "held at {} by a recommendation of {} at {} ({} s ago)",
                self.decision.current,
                by.replicas,
                clock(at),
                now.duration_since(at).as_secs()
            ));
        }
        if remembered.is_whole {
            let at = until.filter(|at| *at > now).unwrap_or(now);
            explained.not_before = Some(at);
            explained.at_the_latest = Some(at);
            let when =
                if at == now { "at the next sync".to_owned() } else { format!("at {}", clock(at)) };
            explained.say(format!("may {change} {replicas} {when}, as fast as policies allow"));
            return;
        }
        let not_before = until.filter(|_| known.is_some());
        explained.not_before = not_before;
        explained.at_the_latest = Some(latest);
        let earliest =
            not_before.map_or_else(String::new, |at| format!("not before {}, ", clock(at)));
        explained.say(format!(
            "may {change} {replicas} {earliest}at the latest at {}, {} s from now, if the readings stay, as fast as policies allow",
            clock(latest),
            seconds(window)
        ));
    }
}
