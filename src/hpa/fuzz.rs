//! Any JSON is read without a panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fixtures::{SHOP, names};
use super::{Hpa, Status, parse_list, parse_one};
use crate::kube::{Pod, Workload, owned_by, summarize};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        // Words that have a meaning in some field.
        prop::sample::select(vec!["True", "False", "", "Resource", "External", "1Ki", "Percent"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        prop::sample::select(vec![
            "kind",
            "apiVersion",
            "metadata",
            "items",
            "spec",
            "status",
            "metrics",
            "conditions",
            "currentMetrics",
            "type",
            "name",
            "replicas",
            "selector",
            "template",
            "containers",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Replaces or (with `None`) removes value number `index` of a document, counted depth first.
fn mutate(value: &mut Value, index: &mut usize, replacement: Option<&Value>) -> bool {
    fn step(index: &mut usize) -> bool {
        let found = *index == 0;
        *index = index.wrapping_sub(1);
        found
    }
    match value {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            for key in keys {
                if step(index) {
                    match replacement {
                        Some(new) => map.insert(key, new.clone()),
                        None => map.remove(&key),
                    };
                    return true;
                }
                if mutate(map.get_mut(&key).unwrap(), index, replacement) {
                    return true;
                }
            }
        }
        Value::Array(items) => {
            for i in 0..items.len() {
                if step(index) {
                    match replacement {
                        Some(new) if !new.is_null() => items[i] = new.clone(),
                        // The API has no nulls inside lists.
                        _ => drop(items.remove(i)),
                    }
                    return true;
                }
                if mutate(&mut items[i], index, replacement) {
                    return true;
                }
            }
        }
        _ => {}
    }
    false
}

fn use_hpa(hpa: &Hpa) {
    let now = "2026-11-23T05:05:00Z".parse().unwrap();
    let _ = (hpa.targets(), hpa.reference(), hpa.age(now), hpa.is_stale());
    let _ = Status::of(hpa, now).is_problem();
    let _ = super::explain(hpa);
    let json = serde_json::to_string(hpa).unwrap();
    assert_eq!(&serde_json::from_str::<Hpa>(&json).unwrap(), hpa);
}

fn read_everything(json: &[u8]) {
    let (cluster, context) = names();
    if let Ok(page) = parse_list(&cluster, &context, json) {
        page.hpas.iter().for_each(use_hpa);
    }
    if let Ok(hpa) = parse_one(&cluster, &context, json) {
        use_hpa(&hpa);
    }
    let pods = Pod::parse_list(json).map(|(pods, _)| pods).unwrap_or_default();
    let _ = summarize(&pods);
    let mut workloads = Workload::parse_list(json).map(|(all, _)| all).unwrap_or_default();
    workloads.extend(Workload::parse(json));
    for workload in &workloads {
        let _ = owned_by(&pods, workload);
        let json = serde_json::to_string(workload).unwrap();
        assert_eq!(&serde_json::from_str::<Workload>(&json).unwrap(), workload);
    }
}

fn items(json: &str) -> Vec<Value> {
    let list: Value = serde_json::from_str(json).unwrap();
    list["items"].as_array().unwrap().clone()
}

fn recorded(index: usize) -> Value {
    static HPAS: LazyLock<Vec<Value>> = LazyLock::new(|| items(SHOP));
    let items = &*HPAS;
    let mut item = items[index % items.len()].clone();
    item["metadata"].as_object_mut().unwrap().remove("managedFields");
    item["kind"] = "HorizontalPodAutoscaler".into();
    item["apiVersion"] = "autoscaling/v2".into();
    item
}

fn recorded_pod_and_workload(index: usize) -> (Value, Value) {
    static PODS: LazyLock<Vec<Value>> = LazyLock::new(|| {
        items(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/pods-shop.json")))
    });
    static DEPLOYMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
        items(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/deployments-shop.json"
        )))
    });
    let pick = |items: &[Value]| items[index % items.len()].clone();
    (pick(&PODS), pick(&DEPLOYMENTS))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>()) {
        read_everything(&bytes);
    }

    #[test]
    fn any_document_is_read_without_a_panic(json in any_json()) {
        read_everything(json.to_string().as_bytes());
    }

    #[test]
    fn any_parts_of_an_hpa_are_read_without_a_panic(metadata in any_json(), spec in any_json(), status in any_json()) {
        let item = json!({"kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v2",
            "metadata": metadata, "spec": spec, "status": status});
        read_everything(item.to_string().as_bytes());
        let list = json!({"kind": "List", "items": [item]});
        read_everything(list.to_string().as_bytes());
    }

    #[test]
    fn a_mutated_hpa_is_read_without_a_panic(
        which in 0_usize..29,
        mutations in prop::collection::vec((0_usize..90, prop::option::of(any_json())), 1..6),
    ) {
        let mut item = recorded(which);
        for (index, replacement) in mutations {
            mutate(&mut item, &mut index.clone(), replacement.as_ref());
        }
        read_everything(item.to_string().as_bytes());
    }

    /// Missing or null fields are never an error, except kind, version and name.
    #[test]
    fn an_hpa_with_missing_fields_is_read(
        which in 0_usize..29,
        holes in prop::collection::vec((0_usize..90, any::<bool>()), 1..6),
    ) {
        let mut item = recorded(which);
        for (index, null) in holes {
            let null = null.then_some(Value::Null);
            mutate(&mut item, &mut index.clone(), null.as_ref());
        }
        item["kind"] = "HorizontalPodAutoscaler".into();
        item["apiVersion"] = "autoscaling/v2".into();
        if item["metadata"].is_null() {
            item["metadata"] = json!({});
        }
        item["metadata"]["name"] = "x".into();
        let (cluster, context) = names();
        let hpa = parse_one(&cluster, &context, item.to_string().as_bytes());
        prop_assert!(hpa.is_ok(), "{:?} of {item}", hpa.unwrap_err());
        use_hpa(&hpa.unwrap());
    }

    #[test]
    fn mutated_pods_and_workloads_are_read_without_a_panic(
        which in 0_usize..64,
        mutations in prop::collection::vec((0_usize..120, prop::option::of(any_json())), 1..6),
    ) {
        let (mut pod, mut deployment) = recorded_pod_and_workload(which);
        for (index, replacement) in mutations {
            mutate(&mut pod, &mut index.clone(), replacement.as_ref());
            mutate(&mut deployment, &mut index.clone(), replacement.as_ref());
        }
        let pods = json!({"kind": "PodList", "items": [pod]});
        read_everything(pods.to_string().as_bytes());
        let (pods, _) = Pod::parse_list(pods.to_string().as_bytes()).unwrap_or_default();
        let list = json!({"kind": "DeploymentList", "apiVersion": "apps/v1", "items": [deployment]});
        read_everything(list.to_string().as_bytes());
        if let Ok((workloads, _)) = Workload::parse_list(list.to_string().as_bytes()) {
            for workload in &workloads {
                let _ = summarize(owned_by(&pods, workload));
            }
        }
    }
}
