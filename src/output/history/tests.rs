use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::config::Scope;
use crate::history::{Recorded, Snapshot, Store, TrackQuery};
use crate::hpa::{MetricCurrent, parse_list};
use crate::kubectl::{ErrorKind, Failure, Outcome};

/// Four hours of one HPA that follows its load, with an outage.
fn tracks() -> (Vec<Track>, Timestamp, Timestamp) {
    let json =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
    let cluster: Arc<str> = Arc::from("production");
    let hpas = parse_list(&cluster, &cluster, json).unwrap().hpas;
    let mut hpa = hpas.into_iter().find(|hpa| hpa.name == "healthy").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(&dir.path().join("history.db")).unwrap();
    let start: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
    for step in 0..48_i32 {
        let load = 40 + (step * step * 7) % 50;
        hpa.current_replicas = 2 + (step / 6) % 7;
        hpa.desired_replicas = if step > 40 { 9 } else { hpa.current_replicas };
        hpa.metrics[0].current = Some(MetricCurrent {
            value: Some(load.to_string()),
            average_value: None,
            utilization: Some(load),
        });
        let down = (20..24).contains(&step);
        let error =
            down.then(|| Failure { kind: ErrorKind::Unreachable, message: "refused".to_owned() });
        let recorded = (!down).then(|| Recorded::new(hpa.clone(), None));
        let outcome = Outcome {
            name: Arc::clone(&cluster),
            context: Arc::clone(&cluster),
            user: Arc::default(),
            server: String::new(),
            tags: Arc::default(),
            error,
            duration: Duration::ZERO,
        };
        let snapshot = Snapshot {
            taken_at: start + SignedDuration::from_mins(5 * i64::from(step)),
            scope: Scope::default(),
            clusters: vec![outcome],
            hpas: recorded.into_iter().collect(),
        };
        store.store(&snapshot).unwrap();
    }
    let end = start + SignedDuration::from_hours(4);
    (store.tracks(&TrackQuery::default(), start, end).unwrap(), start, end)
}

#[test]
fn what_a_person_sees() {
    let (tracks, since, until) = tracks();
    let view = |width, charset| View { since, until, width, charset, style: Style::PLAIN };
    insta::assert_snapshot!("charts_80", charts(&tracks[0], view(80, Charset::Unicode)));
    insta::assert_snapshot!("charts_80_ascii", charts(&tracks[0], view(80, Charset::Ascii)));
    let view = view(80, Charset::Unicode);
    insta::assert_snapshot!("overview", overview(&tracks, view, Some(80)).text);
}

#[test]
fn amounts_for_people() {
    let (tracks, ..) = tracks();
    let mut metric = tracks[0].metrics()[0].clone();
    assert_eq!(amount(&metric, 68.4), "68%");
    metric.target.kind = TargetType::AverageValue;
    assert_eq!(amount(&metric, 0.25), "250m");
    metric.name = "memory".to_owned();
    assert_eq!(amount(&metric, 209_715_200.0), "200Mi");
    metric.kind = MetricType::External;
    assert_eq!(amount(&metric, 1500.0), "1.5k");
    assert_eq!(amount(&metric, 0.0), "0");
}
