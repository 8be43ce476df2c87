//! Why an HPA cannot be judged.

use std::time::Duration;

use crate::config::duration;
use crate::simulation::{SettingError, Trust};

/// Why there is no advice on an HPA.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// It scales on memory alone.
    MemoryOnly,
    /// No metric tells how many pods the load needs.
    ValuesOnly,
    /// The load is too short.
    TooShort(Duration),
    /// Too little of it, or of this part of it, is known, in percent.
    TooFewPoints(&'static str, u32),
    /// There is nothing to compare the replay with.
    NoTrust,
    /// The replay is not as it was.
    PoorTrust(Trust),
    /// The replay scales much more often, or much less often, than was recorded.
    Scalings(Trust),
    /// It does not scale: the minimum is the maximum.
    Fixed(i32),
    /// The settings cannot be run over the load.
    Setting(SettingError),
    /// The load could not be read.
    Load(String),
    /// The search was interrupted.
    Interrupted,
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::Setting(error)
    }
}

impl Refusal {
    /// Its id in JSON, by which refusals are counted.
    pub fn id(&self) -> &'static str {
        match self {
            Self::MemoryOnly => "memory-only",
            Self::ValuesOnly => "no-demand",
            Self::TooShort(_) => "too-short",
            Self::TooFewPoints(..) => "too-few-points",
            Self::NoTrust => "trust-not-measured",
            Self::PoorTrust(_) => "poor-trust",
            Self::Scalings(_) => "scalings-differ",
            Self::Fixed(_) => "fixed",
            Self::Setting(_) => "metric-unknown",
            Self::Load(_) => "no-load",
            Self::Interrupted => "interrupted",
        }
    }

    /// What all HPAs have in common that are refused for this reason.
    pub fn title(&self) -> &'static str {
        match self {
            Self::MemoryOnly => "scaling on memory alone, which does not fall when pods are added",
            Self::ValuesOnly => "no metric tells how many pods a load needs",
            Self::TooShort(_) => "less than 7 days with the present settings are known",
            Self::TooFewPoints(..) => "less than 25 % of the load is known",
            Self::NoTrust => {
                "the replicas as they were are not known, so the replay cannot be verified"
            }
            Self::PoorTrust(_) => {
                "the replay of the present settings differs too much from what was"
            }
            Self::Scalings(_) => "the replay scales at other times than was recorded",
            Self::Fixed(_) => "minReplicas equals maxReplicas",
            Self::Setting(_) => "the load of a metric is not known",
            Self::Load(_) => "its load is not known",
            Self::Interrupted => "the search was interrupted",
        }
    }

    /// The sentence for this HPA.
    pub fn sentence(&self) -> String {
        match self {
            Self::MemoryOnly => {
                "it scales on memory alone, and memory does not fall when pods are added: what other settings would have \
                 done cannot be told"
                    .to_owned()
            }
            Self::ValuesOnly => {
                "its metrics have targets of type Value, or targets that the controller refuses: how many pods a load \
                 needs cannot be told from them"
                    .to_owned()
            }
            Self::TooShort(length) => format!(
                "only {} of the load with the present settings are known, and 7d are needed",
                duration::format(Duration::from_mins(length.as_secs() / 60))
            ),
            Self::TooFewPoints(what, percent) => {
                format!("{what} is known for {percent} % of the time, and 25 % are needed")
            }
            Self::NoTrust => {
                "the replicas as they were are not known (the load has no column replicas): whether the replay holds \
                 cannot be verified"
                    .to_owned()
            }
            Self::PoorTrust(trust) => {
                let mut sentence = format!(
                    "the replay of the present settings is off by {:.1} pods (of {:.1} on average), more than a tenth",
                    trust.mean_error_pods, trust.mean_replicas
                );
                if trust.reasons.is_empty() {
                    sentence += "; nothing known explains it";
                } else {
                    sentence += &format!("; maybe because {}", trust.reasons.join(", or because "));
                }
                sentence
            }
            Self::Scalings(trust) => format!(
                "the replay of the present settings has {} scalings where {} were recorded: what other settings would have \
                 changed of that cannot be told",
                trust.replayed_scalings, trust.recorded_scalings
            ),
            Self::Fixed(replicas) => format!(
                "minReplicas and maxReplicas are both {replicas}: it does not scale, so the load says nothing of its \
                 other settings"
            ),
            Self::Setting(error) => error.to_string(),
            Self::Load(reason) => reason.clone(),
            Self::Interrupted => "the search was interrupted".to_owned(),
        }
    }
}
