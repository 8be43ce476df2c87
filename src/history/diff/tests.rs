use super::super::tests::{minute, outcome, shop, snapshot};
use super::*;
use crate::findings::PastTarget;
use crate::hpa::MetricCurrent;

fn names(places: &[Place]) -> Vec<&str> {
    places.iter().map(|place| place.name.as_str()).collect()
}

#[test]
fn a_snapshot_does_not_differ_from_itself() {
    let one = snapshot(minute(0), shop());
    let same = diff(&one, &snapshot(minute(5), shop()));
    assert!(same.is_empty() && same.unknown.is_empty());
    assert_eq!(same.unchanged, shop().len());
}

#[test]
fn added_removed_and_changed_field_by_field() {
    let mut hpas = shop();
    let before = snapshot(minute(0), hpas[..3].to_vec());
    hpas.truncate(4);
    let gone = hpas.remove(0);
    hpas[0].max_replicas += 5;
    hpas[0].labels.insert("team".into(), "x".into());
    hpas[0].uid = "other".into();
    let name = hpas[0].name.clone();
    let after = snapshot(minute(1), hpas.clone());
    let found = diff(&before, &after);
    assert_eq!(names(&found.removed), [gone.name]);
    assert_eq!(names(&found.added), [hpas[2].name.as_str()]);
    let [change] = &found.changed[..] else { panic!("{found:?}") };
    assert_eq!((change.place.name.as_str(), found.unchanged), (name.as_str(), 1));
    let fields: Vec<&str> = change.fields.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["uid", "labels.team", "maxReplicas"]);
    assert_eq!(change.fields[1].before, Value::Null);
    assert_eq!(change.fields[1].after, "x");
}

#[test]
fn quantities_by_value_and_metrics_by_identity() {
    let two = || shop().into_iter().find(|hpa| hpa.metrics.len() > 1).unwrap();
    let (mut old, mut new) = (two(), two());
    let current = |value: &str| {
        Some(MetricCurrent { value: Some(value.into()), average_value: None, utilization: None })
    };
    old.metrics[0].target.value = Some("1k".into());
    new.metrics[0].target.value = Some("1000".into());
    old.metrics[0].current = current("1500m");
    new.metrics[0].current = current("1.5");
    new.metrics.reverse();
    let compare = |old: &crate::hpa::Hpa, new: &crate::hpa::Hpa| {
        diff(&snapshot(minute(0), vec![old.clone()]), &snapshot(minute(1), vec![new.clone()]))
    };
    assert!(compare(&old, &new).is_empty());
    new.metrics[1].current = current("2");
    let found = compare(&old, &new);
    assert_eq!(found.changed[0].fields.len(), 1);
    assert_eq!(found.changed[0].fields[0].part, Part::Status);
    assert!(found.clone().only(Part::Spec).is_empty());
    assert_eq!(found.only(Part::Spec).unchanged, 1);
    let gone = new.metrics.remove(0);
    let found = compare(&old, &new).only(Part::Spec);
    let field = &found.changed[0].fields[0];
    assert!(field.field.contains(&gone.name) && field.after.is_null(), "{field:?}");
    // Two of one kind and name, told apart by nothing.
    new.metrics = vec![gone.clone(), gone];
    let mut other = new.clone();
    other.metrics[1].target.value = Some("9".into());
    let found = compare(&new, &other);
    assert!(found.changed[0].fields[0].field.contains("#2"), "{found:?}");
}

#[test]
fn conditions_by_type() {
    let old = shop().into_iter().find(|hpa| hpa.conditions.len() > 1).unwrap();
    let mut new = old.clone();
    new.conditions.reverse();
    let compare = |new: &crate::hpa::Hpa| {
        diff(&snapshot(minute(0), vec![old.clone()]), &snapshot(minute(1), vec![new.clone()]))
    };
    assert!(compare(&new).is_empty());
    new.conditions[0].reason = "Other".into();
    let found = compare(&new);
    let kind = new.conditions[0].kind.as_str();
    assert_eq!(found.changed[0].fields[0].field, format!("conditions[{kind}].reason"));
}

#[test]
fn what_is_not_known_is_neither_gone_nor_new() {
    let before = snapshot(minute(0), shop());
    let mut down = snapshot(minute(1), Vec::new());
    down.clusters = vec![outcome("prod", Some("refused"))];
    for (before, after) in [(&before, &down), (&down, &before)] {
        let found = diff(before, after);
        assert!(found.is_empty());
        assert_eq!(found.unknown.len(), shop().len() + 1);
    }
    let mut elsewhere = snapshot(minute(1), Vec::new());
    elsewhere.clusters = vec![outcome("other", None)];
    assert!(diff(&before, &elsewhere).is_empty());
    let mut narrow = snapshot(minute(1), Vec::new());
    narrow.scope.namespaces.push(crate::config::Pattern::exact("no-such"));
    let found = diff(&before, &narrow);
    assert!(found.is_empty() && found.unknown[0].reason.contains("does not cover it"));
    // And a scope that does cover it says that it is gone.
    narrow.scope = crate::config::Scope::default();
    assert_eq!(diff(&before, &narrow).removed.len(), shop().len());
}

/// Every k3s names its cluster `default`.
#[test]
fn another_cluster_of_the_same_name_is_not_compared() {
    let before = snapshot(minute(0), shop());
    let mut other = snapshot(minute(1), shop());
    other.clusters[0].server = "https://other.example:6443".into();
    // It has only moved.
    assert_eq!(diff(&before, &other).unchanged, shop().len());
    for recorded in &mut other.hpas {
        recorded.hpa.uid = format!("other-{}", recorded.hpa.uid);
    }
    other.hpas[0].hpa.name = "only-there".into();
    let found = diff(&before, &other);
    assert!(found.is_empty() && found.unchanged == 0);
    assert_eq!(found.unknown.len(), shop().len() + 1);
    for unknown in &found.unknown {
        let reason = "another server: https://prod.example:6443, then https://other.example:6443";
        assert_eq!(unknown.reason, reason);
    }
    // On one server they were all made anew.
    other.clusters.clone_from(&before.clusters);
    assert!(!diff(&before, &other).is_empty());
}

#[test]
fn requests_of_the_target_are_of_its_spec() {
    let target = |cpu: &str, ready| PastTarget {
        replicas: Some(2),
        ready: Some(ready),
        requests: [("cpu".to_owned(), cpu.parse().unwrap())].into(),
        limits: Resources::new(),
    };
    let mut before = snapshot(minute(0), shop()[..1].to_vec());
    let mut after = before.clone();
    before.hpas[0].workload = Some(target("1000m", 1));
    assert!(diff(&before, &after).is_empty(), "not read is not known");
    after.hpas[0].workload_missing = true;
    let found = diff(&before, &after).only(Part::Spec);
    let [field] = &found.changed[0].fields[..] else { panic!("{found:?}") };
    assert_eq!(
        (field.field.as_str(), &field.before, &field.after),
        ("workload", &"exists".into(), &Value::Null)
    );
    assert_eq!(diff(&after, &before).changed[0].fields[0].after, "exists");
    after.hpas[0].workload_missing = false;
    after.hpas[0].workload = Some(target("1", 1));
    assert!(diff(&before, &after).is_empty());
    after.hpas[0].workload = Some(target("2", 2));
    let found = diff(&before, &after);
    let fields: Vec<(&str, Part)> =
        found.changed[0].fields.iter().map(|it| (it.field.as_str(), it.part)).collect();
    assert_eq!(fields, [("workload.requests.cpu", Part::Spec), ("workload.ready", Part::Status)]);
}
