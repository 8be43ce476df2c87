use super::super::fixtures::{SHOP, hpa, names, shop, shop_hpa};
use super::*;
use crate::kube::InternedStr;

fn list(json: impl AsRef<[u8]>) -> Result<Page, ParseError> {
    let (cluster, context) = names();
    parse_list(&cluster, &context, json.as_ref())
}

fn one(json: impl AsRef<[u8]>) -> Result<Hpa, ParseError> {
    let (cluster, context) = names();
    parse_one(&cluster, &context, json.as_ref())
}

macro_rules! recording {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name))
    };
}

#[test]
fn json_follows_the_contract() {
    let json = serde_json::to_string(&shop_hpa("external")).unwrap();
    let expected = concat!(
        r#"{"cluster":"prod","context":"prod-admin","namespace":"shop","name":"external","#,
        r#""uid":"2e20fd92-aceb-4cf8-ae2c-cff19953d321","createdAt":"2026-11-23T04:59:47Z","#,
        r#""labels":{},"target":{"apiVersion":"apps/v1","kind":"Deployment","name":"external"},"#,
        r#""minReplicas":2,"maxReplicas":10,"currentReplicas":3,"desiredReplicas":3,"#,
        r#""lastScaleTime":"2026-11-23T04:59:52Z","metrics":[{"type":"External","#,
        r#""name":"queue_depth","selector":"queue=orders","#,
        r#""target":{"type":"AverageValue","value":"50"},"#,
        r#""current":{"value":"40","averageValue":"40"}}],"conditions":[{"#,
        r#""type":"AbleToScale","status":"True","reason":"ReadyForNewScale","#,
        r#""message":"recommended size matches current size","#,
        r#""lastTransitionTime":"2026-11-23T04:59:52Z"},"#,
    );
    assert!(json.starts_with(expected), "{json}");
    assert!(json.ends_with(r#"}],"scalingActive":true,"ableToScale":true}"#), "{json}");
}

#[test]
fn absent_values_are_null_or_omitted() {
    let json = serde_json::to_string(&hpa("{}")).unwrap();
    let expected = concat!(
        r#"{"cluster":"prod","context":"prod-admin","namespace":"shop","name":"x","uid":"","#,
        r#""createdAt":null,"labels":{},"target":{"apiVersion":"","kind":"","name":""},"#,
        r#""minReplicas":1,"maxReplicas":0,"currentReplicas":0,"desiredReplicas":0,"#,
        r#""lastScaleTime":null,"metrics":[{"type":"Resource","name":"cpu","#,
        r#""target":{"type":"Utilization","value":"80"},"current":null}],"conditions":[],"#,
        r#""scalingActive":null,"ableToScale":null}"#,
    );
    assert_eq!(json, expected);
}

#[test]
fn behavior_is_written_as_by_the_api() {
    let json = serde_json::to_value(shop_hpa("behavior")).unwrap();
    let theirs: serde_json::Value = serde_json::from_str(SHOP).unwrap();
    let theirs = theirs["items"].as_array().unwrap();
    let theirs = theirs.iter().find(|i| i["metadata"]["name"] == "behavior").unwrap();
    assert_eq!(json["behavior"], theirs["spec"]["behavior"]);

    let with_tolerance =
        hpa(r#"{"spec":{"behavior":{"scaleDown":{"tolerance":0.05},"scaleUp":null}}}"#);
    assert_eq!(
        serde_json::to_string(&with_tolerance.behavior).unwrap(),
        r#"{"scaleDown":{"tolerance":"0.05"}}"#
    );
}

#[test]
fn raw_and_kubectl_lists_agree() {
    let raw = list(SHOP).unwrap();
    let kubectl = list(recording!("hpas-shop.kubectl-o-json.json")).unwrap();
    assert_eq!((raw.hpas.len(), kubectl.hpas.len()), (29, 29));
    assert_eq!((raw.continue_token, kubectl.continue_token), (None, None));
    for (mut raw, mut kubectl) in raw.hpas.into_iter().zip(kubectl.hpas) {
        if raw.name == "norequests" {
            // Recorded one round apart: the controller named different pods.
            raw.conditions[1].message = InternedStr::default();
            kubectl.conditions[1].message = InternedStr::default();
        }
        assert_eq!(raw, kubectl);
    }
}

/// Field by field against the API's own JSON, parsed without our types.
#[test]
fn records_agree_with_the_api() {
    let theirs: serde_json::Value = serde_json::from_str(SHOP).unwrap();
    for (ours, theirs) in shop().iter().zip(theirs["items"].as_array().unwrap()) {
        let (meta, spec, status) = (&theirs["metadata"], &theirs["spec"], &theirs["status"]);
        let name = meta["name"].as_str().unwrap();
        let ours = serde_json::to_value(ours).unwrap();
        assert_eq!(ours["name"], meta["name"]);
        assert_eq!(ours["createdAt"], meta["creationTimestamp"], "{name}");
        assert_eq!(ours["target"], spec["scaleTargetRef"], "{name}");
        assert_eq!(ours["minReplicas"], spec["minReplicas"], "{name}");
        assert_eq!(ours["maxReplicas"], spec["maxReplicas"], "{name}");
        let current = status["currentReplicas"].as_i64().unwrap_or(0);
        assert_eq!(ours["currentReplicas"], current, "{name}");
        assert_eq!(ours["desiredReplicas"], status["desiredReplicas"], "{name}");
        assert_eq!(ours["lastScaleTime"], status["lastScaleTime"], "{name}");
        assert_eq!(ours["conditions"], status["conditions"], "{name}");
        let metrics = spec["metrics"].as_array().unwrap();
        assert_eq!(ours["metrics"].as_array().unwrap().len(), metrics.len(), "{name}");
        for (ours, theirs) in ours["metrics"].as_array().unwrap().iter().zip(metrics) {
            assert_eq!(ours["type"], theirs["type"], "{name}");
        }
    }
}

#[test]
fn snapshots_are_parsed_unchanged() {
    for hpa in shop() {
        let json = serde_json::to_string(&hpa).unwrap();
        assert_eq!(serde_json::from_str::<Hpa>(&json).unwrap(), hpa);
    }
}

#[test]
fn readings_are_matched_by_their_identity() {
    let hpa = hpa(r#"{"spec":{"metrics":[
        {"type":"Resource","resource":{"name":"memory","target":{"type":"Utilization","averageUtilization":"80"}}},
        {"type":"ContainerResource","containerResource":{"name":"cpu","container":"a","target":{"type":"Utilization","averageUtilization":50}}},
        {"type":"ContainerResource","containerResource":{"name":"cpu","container":"b","target":{"type":"Utilization","averageUtilization":50}}},
        {"type":"External","external":{"metric":{"name":"q","selector":{"matchLabels":{"n":"1"}}},"target":{"type":"Value","value":10}}},
        {"type":"External","external":{"metric":{"name":"q","selector":{"matchLabels":{"n":"2"}}},"target":{"type":"Value","value":"10"}}},
        {"type":"Object","object":{"describedObject":{"kind":"Service","name":"s"},"metric":{"name":"r"},"target":{"type":"AverageValue","averageValue":"5"}}}
      ]},"status":{"currentMetrics":[
        {"type":""},
        {"type":"Object","object":{"describedObject":{"kind":"Service","name":"s"},"metric":{"name":"r"},"current":{"averageValue":"4"}}},
        {"type":"External","external":{"metric":{"name":"q","selector":{"matchLabels":{"n":"2"}}},"current":{"value":"22"}}},
        {"type":"ContainerResource","containerResource":{"name":"cpu","container":"b","current":{"averageUtilization":33,"averageValue":"33m"}}},
        {"type":"Resource","resource":{"name":"memory","current":{"averageUtilization":44,"averageValue":"1Mi"}}}
      ]}}"#);
    let values: Vec<_> =
        hpa.metrics.iter().map(|m| m.current.as_ref().and_then(|c| c.value.as_deref())).collect();
    assert_eq!(values, [Some("44"), None, Some("33"), None, Some("22"), Some("4")]);
    assert_eq!(hpa.metrics[0].target.value.as_deref(), Some("80"));
    assert_eq!(hpa.metrics[3].target.value.as_deref(), Some("10"));
    assert!((hpa.metrics[4].ratio().unwrap() - 2.2).abs() < 1e-12);
    assert_eq!(hpa.metrics[1].ratio(), None);
}

#[test]
fn an_invalid_time_is_absent() {
    let hpa = hpa(r#"{"metadata":{"name":"x","creationTimestamp":"yesterday","labels":null},
            "status":{"lastScaleTime":7,"conditions":[{"type":"AbleToScale","status":"Unknown","lastTransitionTime":null}]}}"#);
    assert_eq!((hpa.created_at, hpa.last_scale_time), (None, None));
    assert_eq!(hpa.conditions[0].last_transition_time, None);
    assert_eq!(hpa.able_to_scale, None);
    let mut json = serde_json::to_value(&hpa).unwrap();
    json["createdAt"] = "tomorrow".into();
    assert_eq!(serde_json::from_value::<Hpa>(json).unwrap().created_at, None);
}

#[test]
fn the_continue_token_of_a_page_is_parsed() {
    let page = list(
        r#"{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","metadata":{"continue":"abc","remainingItemCount":7},"items":[]}"#,
    )
    .unwrap();
    assert_eq!(page.continue_token.as_deref(), Some("abc"));
    for empty in [
        r#"{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","metadata":{"continue":""},"items":null}"#,
        r#"{"kind":"List","apiVersion":"v1","items":[],"metadata":null}"#,
    ] {
        assert_eq!(list(empty).unwrap(), Page { hpas: vec![], continue_token: None });
    }
}

#[test]
fn other_documents_are_named_in_the_error() {
    let says = |json: &str| list(json).unwrap_err().to_string();
    assert_eq!(list(" \n").unwrap_err(), ParseError::Empty);
    assert_eq!(list("").unwrap_err(), ParseError::Empty);
    assert_eq!(says("<!doctype html>\n<html>"), "the answer is not JSON: it is an HTML page");
    assert_eq!(
        says("error: \u{1b}[31mno\u{7} such thing, and a good deal more to be said about it\nx"),
        "the answer is not JSON: it begins with \"error:  [31mno  such thing, and a good d…\""
    );
    assert_eq!(
        says("{\"kind\":\"List\",\n \"items\":[}"),
        "the answer is not JSON: it goes wrong at line 2, column 11"
    );
    assert_eq!(
        list(b"{\"a\":\"\xff\"}").unwrap_err().to_string(),
        "the answer is not JSON: it is not UTF-8 text"
    );
    assert_eq!(
        says(recording!("status-403.json")),
        "the API server answered Forbidden (403): horizontalpodautoscalers.autoscaling is \
         forbidden: User \"reader\" cannot list resource \"horizontalpodautoscalers\" in API \
         group \"autoscaling\" at the cluster scope"
    );
    for (json, code) in [
        (recording!("status-400.json"), 400),
        (recording!("status-401.json"), 401),
        (recording!("status-404.json"), 404),
    ] {
        assert!(matches!(list(json), Err(ParseError::Status { code: c, .. }) if c == code));
        assert!(matches!(one(json), Err(ParseError::Status { code: c, .. }) if c == code));
    }
    let wanted = |found: &str| format!("the answer is {found}, not HorizontalPodAutoscalerList");
    assert_eq!(says(recording!("deployments-shop.json")), wanted("DeploymentList"));
    assert_eq!(says(recording!("pods-shop.json")), wanted("PodList"));
    assert_eq!(says(recording!("hpas-shop.table.json")), wanted("Table"));
    assert_eq!(says("{}"), wanted("a JSON object without a kind"));
    for (json, found) in [
        ("[1]", "a JSON array"),
        ("null", "null"),
        ("7", "a JSON number"),
        ("\"x\"", "a JSON string"),
        ("true", "a JSON boolean"),
    ] {
        assert_eq!(says(json), format!("the answer is {found}, not a Kubernetes object"));
    }
    assert_eq!(
        one(SHOP).unwrap_err().to_string(),
        "the answer is HorizontalPodAutoscalerList, not HorizontalPodAutoscaler"
    );
    assert!(
        says(&SHOP.replacen("\"conditions\":[", "\"conditions\":7,\"x\":[", 1))
            .starts_with("the answer is malformed: ")
    );
    assert!(matches!(list(SHOP.to_owned() + "{}"), Err(ParseError::NotJson { .. })));
}

#[test]
fn other_versions_are_not_misread() {
    let v1 = SHOP.replace("autoscaling/v2", "autoscaling/v1");
    assert_eq!(
        list(v1).unwrap_err().to_string(),
        "the answer is HorizontalPodAutoscaler autoscaling/v1, not HorizontalPodAutoscaler autoscaling/v2"
    );
    let mixed = r#"{"kind":"List","items":[{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d"}}]}"#;
    assert_eq!(
        list(mixed).unwrap_err().to_string(),
        "the answer is Deployment, not HorizontalPodAutoscaler"
    );
}

#[test]
fn a_list_cut_anywhere_is_reported_as_truncated() {
    let json = recording!("hpas-shop.kubectl-o-json.json");
    for end in (1..json.trim_end().len()).step_by(97) {
        assert_eq!(list(&json[..end]).unwrap_err(), ParseError::Truncated, "at {end}");
    }
    assert_eq!(list(b"{\"kind\":\"Li\xc3").unwrap_err(), ParseError::Truncated);
}
