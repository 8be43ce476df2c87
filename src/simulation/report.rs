//! Several settings over one load, side by side.

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::load::Load;
use super::recorded::Recorded;
use super::run::{Conditions, Phases, Requests, Runner, Setting, SettingError, Synced};
use crate::hpa::Hpa;
use crate::hpa::algorithm;

/// Settings with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The name.
    pub name: String,
    /// The HPA with these settings.
    pub hpa: Hpa,
}

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The load.
    pub load: &'a Load,
    /// What is the same for all cases.
    pub conditions: Conditions,
    /// The requests of each pod.
    pub requests: &'a Requests,
    /// The settings as they are, and then others.
    pub cases: &'a [Case],
    /// The price of a pod for an hour.
    pub pod_hour_cost: Option<f64>,
}

/// What came of a case.
#[derive(Debug, Clone)]
pub struct Simulated<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its measures.
    pub phases: Phases,
    /// Every decision in the first phase.
    pub decisions: Vec<Decision>,
}

/// What came of all.
#[derive(Debug, Clone)]
pub struct Simulation<'a> {
    /// The course as it was, if the load has it.
    pub recorded: Option<Recorded>,
    /// The cases.
    pub cases: Vec<Simulated<'a>>,
}

/// One decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Milliseconds since the first row.
    pub at: i64,
    /// Ready pods before the sync.
    pub ready: i32,
    /// Replicas before the sync.
    pub current: i32,
    /// Replicas after it.
    pub desired: i32,
    /// The conditions after it.
    pub conditions: algorithm::Conditions,
}

impl Request<'_> {
    /// Simulates all cases.
    ///
    /// # Errors
    /// With the name of the case, if one cannot be simulated over the load.
    pub fn simulate(&self) -> Result<Simulation<'_>, (&str, SettingError)> {
        let settings = self.cases.iter().map(|case| {
            let setting = Setting::new(&case.hpa, self.load, self.requests);
            setting.map_err(|error| (case.name.as_str(), error))
        });
        let settings = settings.collect::<Result<Vec<_>, _>>()?;
        let mut runner = Runner::new(self.load, self.conditions);
        let mut cases = Vec::with_capacity(settings.len());
        for (case, setting) in self.cases.iter().zip(&settings) {
            let phases = runner.measure_phases(setting);
            let phases = self.pod_hour_cost.map_or(phases.clone(), |cost| phases.priced(cost));
            runner.enter(0);
            let mut decisions = Vec::with_capacity(runner.clock(0).syncs(self.load.end()));
            runner.run(setting, |synced| decisions.push(Decision::of(&synced)));
            cases.push(Simulated { case, phases, decisions });
        }
        runner.enter(0);
        let recorded = settings.first().and_then(|setting| Recorded::of(&runner, setting));
        let recorded = recorded.map(|mut recorded| {
            if let Some(cost) = self.pod_hour_cost {
                recorded.measures = recorded.measures.priced(cost);
            }
            recorded
        });
        Ok(Simulation { recorded, cases })
    }
}

impl Simulation<'_> {
    /// Whether a part of the demand was cut off, so that measures of unmet demand are least values.
    pub fn is_censored(&self) -> bool {
        self.recorded.as_ref().is_some_and(|recorded| recorded.censored_minutes > 0.0)
    }
}

impl Decision {
    fn of(synced: &Synced<'_>) -> Self {
        let decision = synced.tick.decision;
        Self {
            at: synced.tick.now.as_millis(),
            ready: synced.tick.pods.ready,
            current: decision.current,
            desired: decision.desired,
            conditions: decision.conditions,
        }
    }

    /// The time in seconds since the first row.
    pub fn seconds(&self) -> Seconds {
        Seconds(self.at)
    }

    /// Status and reason of `AbleToScale`, `ScalingActive` and `ScalingLimited`; empty where the controller has not set
    /// the condition yet.
    pub fn conditions(&self) -> [String; 3] {
        let conditions = &self.conditions;
        [
            conditions.able_to_scale.map(|it| it.to_string()),
            conditions.scaling_active.map(|it| it.to_string()),
            conditions.scaling_limited.map(|it| it.to_string()),
        ]
        .map(Option::unwrap_or_default)
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let [able, active, limited] = self.conditions();
        let mut fields = to.serialize_struct("Decision", 7)?;
        fields.serialize_field("t", &self.seconds())?;
        fields.serialize_field("ready", &self.ready)?;
        fields.serialize_field("current", &self.current)?;
        fields.serialize_field("desired", &self.desired)?;
        fields.serialize_field("ableToScale", &able)?;
        fields.serialize_field("scalingActive", &active)?;
        fields.serialize_field("scalingLimited", &limited)?;
        fields.end()
    }
}

/// Milliseconds that are shown as seconds: whole ones without a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub i64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, millis) = (self.0 / 1000, (self.0 % 1000).abs());
        if millis == 0 {
            return write!(f, "{seconds}");
        }
        let sign = if self.0 < 0 && seconds == 0 { "-" } else { "" };
        write!(f, "{sign}{}", format!("{seconds}.{millis:03}").trim_end_matches('0'))
    }
}

impl Serialize for Seconds {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            to.serialize_i64(self.0 / 1000)
        } else {
            to.serialize_f64(self.0 as f64 / 1000.0)
        }
    }
}
