//! A simulation as JSON and CSV.

use std::borrow::Cow;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Value;

use super::Report;
use crate::simulation::{Decision, Measure, Measures, Number, Phases, Seconds, Trust};
use crate::term::csv as term_csv;
use crate::term::json::{self, SCHEMA_VERSION};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: &'static str,
    kind: &'static str,
    hpa: Named<'a>,
    load: Loaded<'a>,
    trust: Trusted<'a>,
    as_it_was: Option<Recorded<'a>>,
    cases: Vec<Case<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thresholds: Vec<Judged<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    cluster: &'a str,
    namespace: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Loaded<'a> {
    source: &'a str,
    rows: usize,
    notes: &'a [String],
    start: Option<Timestamp>,
    sync_period_seconds: Seconds,
    startup_seconds: Seconds,
    syncs: usize,
    /// For how much of the time it is known how many pods the load needs.
    demand_known_percent: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trusted<'a> {
    measured: bool,
    #[serde(flatten)]
    trust: Option<&'a Trust>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded<'a> {
    summary: &'a Measures,
    /// Measures that are at least so much, because a part of the demand was cut off.
    at_least: Vec<&'static str>,
    censored_minutes: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Case<'a> {
    name: &'a str,
    spec: Value,
    summary: &'a Measures,
    /// Measures that are at least so much, because a part of the demand was cut off.
    at_least: Vec<&'static str>,
    phases: Ranges<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<&'a [Decision]>,
}

struct Ranges<'a>(&'a Phases);

#[derive(Serialize)]
struct MinMax {
    min: Number,
    max: Number,
}

impl Serialize for Ranges<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("count", &self.0.count)?;
        for measure in Measure::ALL {
            let of = |value: f64| Number::of(measure, value);
            let range =
                self.0.range(measure).map(|(min, max)| MinMax { min: of(min), max: of(max) });
            if range.is_some() || measure != Measure::Cost {
                map.serialize_entry(measure.name(), &range)?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Judged<'a> {
    case: &'a str,
    threshold: String,
    crossed: Option<bool>,
}

/// The document.
pub fn json(report: &Report<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let simulation = report.simulation;
    let recorded = simulation.recorded.as_ref();
    let document = Document {
        schema_version: SCHEMA_VERSION,
        kind: "HpaSimulation",
        hpa: Named {
            cluster: &report.hpa.cluster,
            namespace: &report.hpa.namespace,
            name: &report.hpa.name,
        },
        load: Loaded {
            source: report.source,
            rows: report.load.times.len(),
            notes: report.notes,
            start: report.load.start,
            sync_period_seconds: Seconds(report.conditions.period),
            startup_seconds: Seconds(report.conditions.startup.as_millis()),
            syncs: simulation.cases.first().map_or(0, |case| case.decisions.len()),
            demand_known_percent: (simulation.cases.first())
                .and_then(|case| case.phases.first.demand_share())
                .map(|share| (share * 100_000.0).round() / 1000.0),
        },
        trust: Trusted {
            measured: recorded.is_some(),
            trust: recorded.map(|recorded| &recorded.trust),
            reason: recorded.is_none().then(|| report.why_not_compared()),
        },
        as_it_was: recorded.map(|recorded| Recorded {
            summary: &recorded.measures,
            at_least: least(report, |it| {
                report.simulation.is_censored() && it.is_least_as_it_was()
            }),
            censored_minutes: recorded.censored_minutes,
        }),
        cases: (simulation.cases.iter())
            .map(|simulated| Case {
                name: &simulated.case.name,
                spec: simulated.case.hpa.spec_json(),
                summary: &simulated.phases.first,
                at_least: least(report, |it| report.is_least_of_case(simulated, it)),
                phases: Ranges(&simulated.phases),
                decisions: report.decisions.then_some(&*simulated.decisions),
            })
            .collect(),
        thresholds: (report.verdicts().into_iter())
            .map(|verdict| Judged {
                case: &verdict.case.case.name,
                threshold: verdict.threshold.to_string(),
                crossed: verdict.is_crossed(),
            })
            .collect(),
    };
    json::pretty(&document)
}

/// The names of the measures that are least values, where a part of the demand was cut off.
fn least(report: &Report<'_>, is_least: impl Fn(Measure) -> bool) -> Vec<&'static str> {
    let all = Measure::ALL.into_iter().filter(|it| is_least(*it));
    all.filter(|it| report.shows(*it)).map(Measure::name).collect()
}

/// Comma-separated values: a row for each case, or for each decision of each case.
pub fn csv(report: &Report<'_>) -> Result<Vec<u8>> {
    let cases = &report.simulation.cases;
    if report.decisions {
        let header = [
            "case",
            "t",
            "ready",
            "current",
            "desired",
            "ableToScale",
            "scalingActive",
            "scalingLimited",
        ];
        let rows = cases.iter().flat_map(|case| {
            case.decisions.iter().map(|decision| {
                let [able, active, limited] = decision.conditions();
                let numbers =
                    [decision.ready, decision.current, decision.desired].map(|it| it.to_string());
                let [ready, current, desired] = numbers;
                let cells = [
                    case.case.name.clone(),
                    decision.seconds().to_string(),
                    ready,
                    current,
                    desired,
                    able,
                    active,
                    limited,
                ];
                cells.map(Cow::Owned)
            })
        });
        return term_csv::document(&header, rows);
    }
    let mut header: Vec<&str> =
        ["case"].into_iter().chain(Measure::ALL.map(Measure::name)).collect();
    header.push("atLeast");
    let recorded = report.simulation.recorded.as_ref();
    let recorded = recorded.map(|it| {
        (
            "as it was",
            &it.measures,
            least(report, |it| report.simulation.is_censored() && it.is_least_as_it_was()),
        )
    });
    let cases = cases.iter().map(|case| {
        let least = least(report, |it| report.is_least_of_case(case, it));
        (case.case.name.as_str(), &case.phases.first, least)
    });
    let rows = recorded.into_iter().chain(cases).map(|(name, measures, least)| {
        let value = |measure: Measure| match measures.get(measure).map(|it| Number::of(measure, it))
        {
            None => String::new(),
            Some(Number::Count(count)) => count.to_string(),
            Some(Number::Amount(amount)) => amount.to_string(),
        };
        let cells = [name.to_owned()].into_iter().chain(Measure::ALL.map(value));
        let cells = cells.chain([least.join(" ")]);
        cells.map(Cow::Owned).collect::<Vec<_>>()
    });
    term_csv::document(&header, rows)
}
