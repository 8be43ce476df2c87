//! HPAs for this room's tests.

use std::sync::Arc;

use super::{Hpa, parse_list, parse_one};

/// HPAs whose status was written by a real controller.
pub(super) const SHOP: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));

pub(super) fn names() -> (Arc<str>, Arc<str>) {
    (Arc::from("prod"), Arc::from("prod-admin"))
}

pub(super) fn shop() -> Vec<Hpa> {
    let (cluster, context) = names();
    parse_list(&cluster, &context, SHOP.as_bytes()).unwrap().hpas
}

pub(super) fn shop_hpa(name: &str) -> Hpa {
    shop().into_iter().find(|hpa| hpa.name == name).unwrap()
}

/// An HPA from parts of its JSON; kind, apiVersion and a name are filled in.
pub(super) fn hpa(json: &str) -> Hpa {
    let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
    value["apiVersion"] = "autoscaling/v2".into();
    value["kind"] = "HorizontalPodAutoscaler".into();
    if value["metadata"].is_null() {
        value["metadata"] = serde_json::json!({"name": "x", "namespace": "shop"});
    }
    let (cluster, context) = names();
    parse_one(&cluster, &context, value.to_string().as_bytes()).unwrap()
}
