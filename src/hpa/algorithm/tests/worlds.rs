//! The worlds of the vectors: what the real controller decided.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use super::super::{
    Amount, Behavior, Load, Metric, Policy, Resource, Select, Share, Simulation, Source, Span,
    Spec, Target, Time, WrittenRules, approximate,
};
use flate2::read::GzDecoder;
use serde_json::Value;

const WORLDS: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/worlds.jsonl.gz"));

/// A world, with its readings in the order of the spec's metrics.
pub struct World {
    pub name: String,
    pub spec: Spec,
    replicas: i32,
    startup: Span,
    period: Span,
    loads: Vec<(Vec<Option<i64>>, Option<i64>)>,
    set_replicas: Vec<(usize, i32)>,
    pub ready: Vec<i64>,
    pub current: Vec<i64>,
    pub desired: Vec<i64>,
    pub conditions: [Condition; 3],
    /// The world as it is written.
    pub json: Value,
}

/// A condition after each sync.
pub struct Condition {
    pub kind: &'static str,
    names: Vec<String>,
    at: Vec<usize>,
}

impl Condition {
    pub fn at(&self, tick: usize) -> &str {
        &self.names[self.at[tick]]
    }
}

/// The worlds, or those of another file of the same kind that `HPA_WORLDS` names.
pub fn worlds() -> Vec<World> {
    let file = std::env::var_os("HPA_WORLDS").map(|path| std::fs::read(path).unwrap());
    let bytes = file.as_deref().unwrap_or(WORLDS);
    let lines = BufReader::new(GzDecoder::new(bytes)).lines();
    lines.map(|line| World::new(serde_json::from_str(&line.unwrap()).unwrap())).collect()
}

impl World {
    fn new(json: Value) -> Self {
        let spec = spec(&json["spec"]);
        let requests = &json["requests"];
        let metrics = json["spec"]["metrics"].as_array().unwrap();
        let loads = metrics.iter().map(|metric| {
            let name = name(metric);
            let values = json["readings"][name].as_array().unwrap();
            (values.iter().map(Value::as_i64).collect(), requests[name].as_i64())
        });
        let numbers = |value: &Value| {
            value.as_array().unwrap().iter().map(|it| it.as_i64().unwrap()).collect::<Vec<_>>()
        };
        let sets: BTreeMap<usize, i32> = json["setReplicas"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(tick, replicas)| (tick.parse().unwrap(), number(replicas)))
            .collect();
        let decisions = &json["decisions"];
        let condition = |kind: &'static str| Condition {
            kind,
            names: decisions[kind]["names"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it.as_str().unwrap().to_owned())
                .collect(),
            at: numbers(&decisions[kind]["at"])
                .into_iter()
                .map(|it| usize::try_from(it).unwrap())
                .collect(),
        };
        Self {
            name: json["name"].as_str().unwrap().to_owned(),
            replicas: number(&json["replicas"]),
            startup: Span::from_seconds(json["startupSeconds"].as_i64().unwrap()),
            period: Span::from_seconds(json["syncSeconds"].as_i64().unwrap()),
            loads: loads.collect(),
            set_replicas: sets.into_iter().collect(),
            ready: numbers(&decisions["ready"]),
            current: numbers(&decisions["current"]),
            desired: numbers(&decisions["desired"]),
            conditions: ["ableToScale", "scalingActive", "scalingLimited"].map(condition),
            spec,
            json,
        }
    }

    pub fn loads(&self) -> Vec<Load<'_>> {
        self.loads
            .iter()
            .map(|(values, request)| Load { values, request: *request, share: Share::OfTotal })
            .collect()
    }

    pub fn simulation<'a>(&'a self, loads: &'a [Load<'a>]) -> Simulation<'a> {
        Simulation {
            loads,
            syncs: self.ready.len(),
            start: Time::from_seconds(0),
            period: self.period,
            replicas: self.replicas,
            set_replicas: &self.set_replicas,
            startup: self.startup,
            sample_window: self.period,
        }
    }
}

fn number(value: &Value) -> i32 {
    i32::try_from(value.as_i64().unwrap()).unwrap()
}

/// The part of a metric's spec that its type names.
fn source(metric: &Value) -> &Value {
    metric.as_object().unwrap().iter().find(|(key, _)| *key != "type").unwrap().1
}

fn name(metric: &Value) -> &str {
    let source = source(metric);
    source["metric"]["name"].as_str().or(source["name"].as_str()).unwrap()
}

fn spec(json: &Value) -> Spec {
    let metrics = json["metrics"].as_array().unwrap().iter().map(|metric| {
        let resource = if name(metric) == "cpu" { Resource::Cpu } else { Resource::Other };
        let target = &source(metric)["target"];
        Metric {
            source: match metric["type"].as_str().unwrap() {
                "Resource" => Source::Resource(resource),
                "ContainerResource" => Source::ContainerResource(resource),
                "Pods" => Source::Pods,
                "Object" => Source::Object,
                "External" => Source::External,
                _ => Source::Unknown,
            },
            target: match target["type"].as_str().unwrap() {
                "Utilization" => Target::Utilization(number(&target["averageUtilization"])),
                "AverageValue" => Target::AverageValue(thousandths(&target["averageValue"])),
                _ => Target::Value(thousandths(&target["value"])),
            },
        }
    });
    Spec {
        min_replicas: json["minReplicas"].as_i64().map_or(1, |it| i32::try_from(it).unwrap()),
        max_replicas: number(&json["maxReplicas"]),
        metrics: metrics.collect(),
        behavior: json["behavior"].as_object().map(|behavior| {
            Behavior::from_written(
                behavior.get("scaleUp").map(rules),
                behavior.get("scaleDown").map(rules),
            )
        }),
    }
}

fn rules(json: &Value) -> WrittenRules {
    let policies = json["policies"].as_array().into_iter().flatten().map(|policy| Policy {
        amount: match policy["type"].as_str().unwrap() {
            "Pods" => Amount::Pods(number(&policy["value"])),
            _ => Amount::Percent(number(&policy["value"])),
        },
        period: Span::from_seconds(policy["periodSeconds"].as_i64().unwrap()),
    });
    WrittenRules {
        window_seconds: json["stabilizationWindowSeconds"]
            .as_i64()
            .map(|it| it.try_into().unwrap()),
        select: json["selectPolicy"].as_str().map(|select| match select {
            "Min" => Select::Min,
            "Disabled" => Select::Disabled,
            _ => Select::Max,
        }),
        policies: policies.collect(),
        tolerance: json["tolerance"].as_str().map(|text| {
            let (digits, power) = quantity(text);
            approximate(digits.try_into().unwrap(), power)
        }),
    }
}

/// Digits and power of ten of a quantity.
fn quantity(text: &str) -> (i128, i32) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let (factor, power) = match suffix {
        "m" => (1, -3),
        "" => (1, 0),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        other => panic!("suffix {other} of {text}"),
    };
    (digits * factor, power - i32::try_from(fraction.len()).unwrap())
}

/// A quantity in thousandths, rounded up.
fn thousandths(json: &Value) -> i64 {
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    let (digits, power) = quantity(&text);
    let power = power + 3;
    let factor = 10_i128.pow(power.unsigned_abs());
    let value = if power >= 0 { digits * factor } else { (digits + factor - 1) / factor };
    value.try_into().unwrap()
}
