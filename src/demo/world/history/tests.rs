use std::collections::BTreeSet;

use super::super::{
    controller::judge,
    names::{DAY, HOUR, MINUTE},
};
use super::*;
use crate::demo::{
    promql::{Query, Row, Steps, Value},
    resources::embedded,
};

const NOW: i64 = 1_795_411_200;

struct Past {
    world: World,
    courses: Courses,
}

impl Past {
    fn new(world: World) -> Past {
        Past { world, courses: Courses::default() }
    }

    fn at(&self, query: &str, second: i64) -> Vec<Row> {
        let series = Series::new(&self.world, &self.courses, NOW);
        match Query::parse(query).unwrap().at(&series, second * 1000).unwrap() {
            Value::Vector(rows) => rows,
            other => panic!("{query}: {other:?}"),
        }
    }

    fn number(&self, query: &str, second: i64) -> f64 {
        let rows = self.at(query, second);
        assert_eq!(rows.len(), 1, "{query}");
        rows[0].values[0].unwrap()
    }

    /// The values of the only series, hour by hour.
    fn hourly(&self, query: &str, days: std::ops::Range<i64>) -> Vec<f64> {
        let series = Series::new(&self.world, &self.courses, NOW);
        let count = usize::try_from((days.end - days.start) * 24).unwrap();
        let start = (NOW - days.end * DAY) * 1000;
        let steps = Steps { start, step: HOUR * 1000, count };
        let rows = Query::parse(query).unwrap().over(&series, steps).unwrap();
        assert_eq!(rows.len(), 1, "{query}");
        rows[0].values.iter().flatten().copied().collect()
    }
}

fn production() -> Past {
    Past::new(World::production("production", NOW, None))
}

const CURRENT: &str = "kube_horizontalpodautoscaler_status_current_replicas";

#[test]
fn the_end_of_the_history_is_the_present() {
    let past = production();
    for hpa in &past.world.hpas {
        let verdict = judge(hpa, past.world.target(hpa));
        let own =
            format!("{{namespace=\"{}\",horizontalpodautoscaler=\"{}\"}}", hpa.namespace, hpa.name);
        let expected = course::number(verdict.current.unwrap_or(0));
        let found = past.number(&format!("{CURRENT}{own}"), NOW);
        assert!((found - expected).abs() < 1e-9, "{own}: {found}, not {expected}");
        // The readings that the API has.
        let read = format!("kube_horizontalpodautoscaler_status_target_metric{own}");
        let readings = past.at(&read, NOW).len();
        let status = verdict.metrics.unwrap_or_default();
        let is_read = |metric: &&serde_json::Value| metric["type"] != "";
        assert_eq!(readings > 0, status.iter().filter(is_read).count() > 0, "{own}");
        for metric in &status {
            let current = &metric["resource"]["current"]["averageUtilization"];
            let Some(percent) = current.as_i64() else { continue };
            let name = metric["resource"]["name"].as_str().unwrap();
            let query = format!(
                "{read} and on (metric_target_type, metric_name) \
                 label_replace(label_replace(vector(1), \"metric_name\", \"{name}\", \"\", \"\"), \
                 \"metric_target_type\", \"utilization\", \"\", \"\")"
            );
            let found = past.number(&query, NOW);
            assert!((found - course::number(percent)).abs() < 1e-9, "{own}: {found}");
        }
    }
}

#[test]
fn the_present_pods_are_those_of_the_api() {
    let past = production();
    let pods = past.world.objects(&embedded("", "v1", "pods"));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let api: BTreeSet<(String, String, i64)> = pods
        .iter()
        .map(|pod| {
            let created = text(&pod["metadata"]["creationTimestamp"]);
            let created = created.parse::<jiff::Timestamp>().unwrap().as_second();
            (text(&pod["metadata"]["uid"]), text(&pod["metadata"]["name"]), created)
        })
        .collect();
    let created = past.at("kube_pod_created", NOW);
    let series: BTreeSet<(String, String, i64)> = created
        .iter()
        .map(|row| {
            #[expect(clippy::cast_possible_truncation, reason = "a time")]
            let created = row.values[0].unwrap() as i64;
            (row.labels.get("uid").to_owned(), row.labels.get("pod").to_owned(), created)
        })
        .collect();
    assert_eq!(series, api);
}

#[test]
fn counters_grow_by_what_is_used() {
    let past = production();
    let metrics = past.world.pod_metrics(NOW);
    let mut compared = 0;
    for row in past.at("rate(container_cpu_usage_seconds_total{container!=\"\"}[10m])", NOW) {
        let (pod, container) = (row.labels.get("pod"), row.labels.get("container"));
        let Some(metrics) = metrics.iter().find(|it| it["metadata"]["name"] == pod) else {
            continue;
        };
        let all = metrics["containers"].as_array().unwrap();
        let usage = &all.iter().find(|it| it["name"] == container).unwrap()["usage"]["cpu"];
        let nanocores: f64 = usage.as_str().unwrap().trim_end_matches('n').parse().unwrap();
        let (used, expected) = (row.values[0].unwrap(), nanocores / 1e9);
        assert!((used - expected).abs() <= expected * 0.01, "{pod}: {used}, not {expected}");
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn nothing_was_scraped_during_the_outage() {
    let past = production();
    let seen = |ago: i64| past.at("count(up)", NOW - ago).len();
    assert_eq!([198 * HOUR, 195 * HOUR, 192 * HOUR].map(seen), [1, 0, 1]);
    assert_eq!(seen(22 * DAY), 0);
}

#[test]
fn a_maximum_that_was_too_low() {
    let past = production();
    let own = "{namespace=\"shop\",horizontalpodautoscaler=\"catalog\"}";
    let at_max = |days: std::ops::Range<i64>| {
        let all = past.hourly(&format!("{CURRENT}{own}"), days);
        let most = all.iter().filter(|replicas| **replicas >= 6.0).count();
        most * 100 / all.len()
    };
    // A campaign of a week, of which four hours were not scraped.
    assert!(at_max(7..14) > 90, "{}", at_max(7..14));
    assert!(at_max(1..7) < 10 && at_max(14..20) < 10);
    let reading = "max(kube_horizontalpodautoscaler_status_target_metric{namespace=\"shop\",\
                   horizontalpodautoscaler=\"catalog\",metric_target_type=\"utilization\"})";
    let readings = past.hourly(reading, 8..13);
    assert!(readings.iter().filter(|it| **it > 90.0).count() > readings.len() / 2, "{readings:?}");
}

#[test]
fn a_window_that_is_too_short_lets_replicas_flap() {
    let past = production();
    let query = |name: &str| {
        let own = format!("{{namespace=\"platform\",horizontalpodautoscaler=\"{name}\"}}");
        past.number(&format!("changes({CURRENT}{own}[1d])"), NOW - 2 * HOUR)
    };
    assert!(query("scheduler") > 80.0, "{}", query("scheduler"));
    assert!(query("session-cache") < 60.0, "{}", query("session-cache"));
}

#[test]
fn a_minimum_that_is_idle_for_most_of_the_day() {
    let past = production();
    let own = "namespace=\"payments\",horizontalpodautoscaler=\"ledger\"";
    let replicas = past.hourly(&format!("{CURRENT}{{{own}}}"), 0..7);
    assert!(replicas.iter().all(|replicas| (replicas - 3.0).abs() < 1e-9), "{replicas:?}");
    let reading = format!(
        "kube_horizontalpodautoscaler_status_target_metric{{{own},metric_target_type=\"utilization\"}}"
    );
    let readings = past.hourly(&reading, 0..7);
    let idle = readings.iter().filter(|reading| **reading < 30.0).count();
    assert!(idle * 3 > readings.len() * 2, "{readings:?}");
}

#[test]
fn three_thousand_hpas_are_held_within_bounds() {
    let past = Past::new(World::production("production", NOW, Some(3000)));
    let namespaces = past.at("count by (namespace) (kube_pod_info)", NOW - MINUTE);
    assert!(namespaces.len() > 40, "{}", namespaces.len());
    let held = lock(&past.courses.0);
    assert!(held.0.len() <= MAX_COURSES && held.0.len() == held.1.len());
}
