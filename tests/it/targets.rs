//! Targets of custom kinds, and HPAs that were not selected: with a kubectl that answers some calls
//! itself and leaves the rest to the real one.

use serde_json::{Value, json};

use crate::support::{Clusters, Output, kubectl};

/// An HPA that the controller scales, or does not because its target is missing.
fn hpa(namespace: &str, name: &str, target: (&str, &str, &str), is_scaled: bool) -> Value {
    let (api_version, kind, of) = target;
    let reason = if is_scaled { "SucceededGetScale" } else { "FailedGetScale" };
    let condition = |kind: &str, reason: &str| json!({"type": kind, "status": if is_scaled { "True" } else { "False" }, "reason": reason, "message": "m"});
    json!({
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"scaleTargetRef": {"apiVersion": api_version, "kind": kind, "name": of}, "minReplicas": 2, "maxReplicas": 9},
        "status": {"desiredReplicas": 3, "conditions": [condition("AbleToScale", reason), condition("ScalingActive", "ValidMetricFound")]},
    })
}

/// Runs a check of a production cluster with these HPAs, whose kubectl runs `body` first: `case`
/// branches over all its arguments as one text.
fn check(hpas: &[Value], body: &str, args: &str) -> (Clusters, Output) {
    let clusters = Clusters::new();
    let list = json!({"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2", "items": hpas});
    let file = clusters.sandbox.write("hpas.json", list.to_string());
    let log = clusters.sandbox.path("files/log");
    let script = format!(
        "echo \"$*\" >>{log}\ncase \"$*\" in\n{body}\n*/horizontalpodautoscalers*) exec cat {file} ;;\nesac\nexec {real} \"$@\"",
        log = log.display(),
        file = file.display(),
        real = kubectl().display(),
    );
    let script = clusters.sandbox.script("kubectl", &script);
    let run = clusters.watchdog(["hpa", "check", "--cluster", "production", "-o", "json"]);
    let run = run.args(["--kubectl", script.to_str().unwrap(), "--fail-on", "never"]);
    let output = run.args(args.split_whitespace()).run();
    (clusters, output)
}

/// Id and HPA of each finding.
fn found(output: &Output) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let json = output.json();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(&finding["id"]), text(&finding["hpa"]))).collect()
}

const VPA: &str = "VerticalPodAutoscaler";
const V1: &str = "autoscaling.k8s.io/v1";
const V9: &str = "autoscaling.k8s.io/v9";

/// The controller looks up group and kind: an unknown version does not make a target missing, least
/// of all for another HPA.
#[test]
fn a_wrong_api_version_does_not_hide_a_target() {
    let hpas = [
        hpa("a", "typo", (V9, VPA, "gone"), false),
        hpa("payments", "good", (V1, VPA, "payments-api"), true),
    ];
    let (_, output) = check(&hpas, "", "--only target-missing");
    assert_eq!(found(&output.code(0)), [("target-missing".to_owned(), "typo".to_owned())]);
    // Nor if all HPAs have the wrong version, whether one or several.
    let wrong = hpa("payments", "wrong", (V9, VPA, "payments-api"), true);
    let (_, output) = check(std::slice::from_ref(&wrong), "", "--only target-missing");
    assert_eq!(found(&output.code(0).quiet()), []);
    let (_, output) = check(&[hpas[0].clone(), wrong], "", "--only target-missing");
    assert_eq!(found(&output.code(0).quiet()), [("target-missing".to_owned(), "typo".to_owned())]);
}

#[test]
fn a_kind_that_is_scaled_exists_even_if_it_cannot_be_listed() {
    let of = |name, is_scaled| hpa("a", name, ("farm.io/v1", "Farm", name), is_scaled);
    let only = "--only target-missing --only replicas-fight";
    let (_, output) = check(&[of("one", true), of("two", true)], "", only);
    let output = output
        .code(3)
        .says("replicas-fight could not be evaluated for any HPA in at least one cluster");
    assert_eq!(found(&output), []);
    let not_evaluated = output.json()["notEvaluated"].to_string();
    assert!(
        not_evaluated.contains("replicas-fight") && not_evaluated.contains("resource type"),
        "{not_evaluated}"
    );
    // If no HPA scales a target of the kind, it does not exist.
    let (_, output) = check(&[of("one", false), of("two", false)], "", only);
    assert_eq!(found(&output.code(0).quiet()).len(), 2);
}

/// kubectl omits managed fields unless a flag requests them; an old kubectl does not know the flag.
#[test]
fn writers_of_replicas_are_found_whatever_kubectl_prints() {
    let farm = |name: &str| {
        let fields = json!([{"manager": "helm", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]);
        json!({"apiVersion": "farm.io/v1", "kind": "Farm", "spec": {"replicas": 3},
            "metadata": {"namespace": "a", "name": name, "managedFields": fields}})
    };
    let hpas = ["one", "two"].map(|name| hpa("a", name, ("farm.io/v1", "Farm", name), true));
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [farm("one"), farm("two")]});
    let known = format!(
        "*--show-managed-fields=true*Farm*) echo '{list}'; exit ;;\n\
         *Farm*) echo '{{\"kind\": \"List\", \"items\": []}}'; exit ;;"
    );
    let old = format!(
        "*--show-managed-fields*) echo 'Error: unknown flag: --show-managed-fields' >&2; exit 1 ;;\n\
         *Farm*) echo '{list}'; exit ;;"
    );
    for script in [known, old] {
        let (_, output) = check(&hpas, &script, "--only replicas-fight");
        assert_eq!(found(&output.code(0).quiet()).len(), 2, "{script}");
    }
}

/// Of thousands of Deployments only the targets are kept, from all pages.
#[test]
fn targets_are_read_in_pages() {
    let hpas =
        ["one", "two", "gone"].map(|name| hpa("a", name, ("apps/v1", "Deployment", name), true));
    let page = |token: &str, names: [&str; 2]| {
        let item =
            |name| json!({"metadata": {"namespace": "a", "name": name}, "spec": {"paused": true}});
        json!({"kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {"continue": token}, "items": names.map(item)})
    };
    let script = format!(
        "*deployments?limit=2000*continue=more*) echo '{}'; exit ;;\n\
         *deployments?limit=2000*) echo '{}'; exit ;;",
        page("", ["other", "two"]),
        page("more", ["one", "none"]),
    );
    let (_, output) = check(&hpas, &script, "--only rollout-paused --only target-missing");
    let expected =
        [("target-missing", "gone"), ("rollout-paused", "one"), ("rollout-paused", "two")];
    let expected = expected.map(|(id, name)| (id.to_owned(), name.to_owned()));
    assert_eq!(found(&output.code(0).quiet()), expected);
}

/// Users who create HPAs may invent kinds, but cannot cause an unlimited number of kubectls.
#[test]
fn invented_kinds_cause_a_limited_number_of_calls() {
    let hpas: Vec<Value> = (0..40)
        .map(|i| hpa("a", &format!("h{i}"), ("x.io/v1", &format!("Kind{i}"), "x"), i == 39))
        .collect();
    let script = "*Kind*) echo \"error: the server doesn't have a resource type\" >&2; exit 1 ;;";
    let (clusters, output) = check(&hpas, script, "--only replicas-fight");
    let json = output.code(3).json();
    let count: u64 = json["notEvaluated"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["reason"].as_str().unwrap().contains("only 16 custom target kinds"))
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    assert_eq!(count, 24);
    let log = std::fs::read_to_string(clusters.sandbox.path("files/log")).unwrap();
    let asked = log.lines().filter(|line| line.contains("Kind")).count();
    assert!(asked <= 32, "{asked}");
    assert!(log.contains("Kind39"), "what is scaled comes first");
}

/// A custom resource whose selector is only in its `/scale`.
fn connect(name: &str, selector: Option<&str>) -> Value {
    json!({"apiVersion": "kafka.strimzi.io/v1beta2", "kind": "KafkaConnect",
        "metadata": {"namespace": "shop", "name": name}, "spec": {"replicas": 2}, "status": {"replicas": 2, "selector": selector}})
}

/// This many HPAs, each with a KafkaConnect; the script answers with their list.
fn connects(count: usize, selector: Option<&str>, scale: &str) -> (Vec<Value>, String) {
    let name = |i: usize| format!("c{i}");
    let hpas = (0..count)
        .map(|i| {
            hpa("shop", &name(i), ("kafka.strimzi.io/v1beta2", "KafkaConnect", &name(i)), true)
        })
        .collect();
    let items: Vec<Value> = (0..count).map(|i| connect(&name(i), selector)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let script = format!("*subresource=scale*) {scale} ;;\n*KafkaConnect*) echo '{list}'; exit ;;");
    (hpas, script)
}

fn scales_asked(clusters: &Clusters) -> usize {
    let log = std::fs::read_to_string(clusters.sandbox.path("files/log")).unwrap();
    log.lines().filter(|line| line.contains("subresource=scale")).count()
}

#[test]
fn a_forbidden_scale_gives_no_verdict() {
    let refuse = "echo 'Error from server (Forbidden): kafkaconnects.kafka.strimzi.io \"c0\" is forbidden: no' >&2; exit 1";
    let (hpas, script) = connects(3, None, refuse);
    let (clusters, output) = check(&hpas, &script, "--only crash-oom");
    let output =
        output.code(3).says("crash-oom could not be evaluated for any HPA in at least one cluster");
    let not_evaluated = output.json()["notEvaluated"].clone();
    assert_eq!(not_evaluated[0]["count"], 3, "{not_evaluated}");
    let reason = not_evaluated[0]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the /scale of kafka.strimzi.io/KafkaConnect: ")
            && reason.contains("forbidden"),
        "{reason}"
    );
    assert_eq!(output.json()["clusters"][0]["outcome"], "ok", "it is somebody's decision");
    assert_eq!(scales_asked(&clusters), 1, "what is forbidden for one is so for all of the kind");
}

/// A transient failure gives no verdict either, and the read is incomplete, for one HPA as for all.
#[test]
fn a_failed_scale_is_an_error_of_its_cluster() {
    let fail = "echo 'Error from server (InternalError): no' >&2; exit 1";
    let (hpas, script) = connects(1, None, fail);
    let list = connect("c0", None);
    let script = format!(
        "*KafkaConnect*c0*--subresource=scale*|*--subresource=scale*KafkaConnect*) {fail} ;;\n*KafkaConnect*) echo '{list}'; exit ;;\n{script}"
    );
    let (clusters, output) = check(&hpas, &script, "--only crash-oom");
    let output = output.code(3);
    assert_eq!(output.json()["clusters"][0]["outcome"], "error", "{output}");
    let run = clusters.watchdog(["hpa", "get", "c0", "-n", "shop", "--cluster", "production"]);
    let kubectl = clusters.sandbox.path("files/kubectl");
    let output = run.args(["--kubectl", kubectl.to_str().unwrap()]).run();
    output.code(3).says("scale of shop/c0").says("InternalError");
    let refuse = "echo 'Error from server (Forbidden): no' >&2; exit 1";
    let (_, output) = check(&hpas, &script.replace(fail, refuse), "--only crash-oom");
    assert_eq!(output.code(3).json()["clusters"][0]["outcome"], "ok", "it is somebody's decision");
}

#[test]
fn no_more_than_sixteen_scales_are_read() {
    let scale = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": 2}, "status": {"replicas": 2, "selector": "app=none"}});
    let (hpas, script) = connects(20, None, &format!("echo '{scale}'; exit"));
    let (clusters, output) = check(&hpas, &script, "--only crash-oom");
    let not_evaluated = output.code(0).json()["notEvaluated"].clone();
    assert_eq!(not_evaluated[0]["count"], 4, "{not_evaluated}");
    assert!(
        not_evaluated[0]["reason"]
            .as_str()
            .unwrap()
            .ends_with("no more than 16 are read of a cluster")
    );
    assert_eq!(scales_asked(&clusters), 16);
    // The scale is not read if the object shows its selector, or if no pods are needed.
    let (hpas, script) = connects(2, Some("app=none"), "exit 1");
    let (clusters, output) = check(&hpas, &script, "--only crash-oom");
    output.code(0);
    assert_eq!(scales_asked(&clusters), 0);
    let (hpas, script) = connects(2, None, "exit 1");
    let (clusters, output) = check(&hpas, &script, "--only target-missing");
    output.code(0);
    assert_eq!(scales_asked(&clusters), 0);
}

/// A label selector applies to the HPAs that were read, even if others could not be.
#[test]
fn a_selector_applies_even_if_a_namespace_cannot_be_read() {
    let target = ("apps/v1", "Deployment", "x");
    let all = [hpa("a", "mine", target, true), hpa("a", "other", target, true)];
    let (mine, other) = (all[0].to_string(), all[1].to_string());
    let refuse = "echo 'Error from server (Forbidden): no' >&2; exit 1";
    let list = r#"{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","items":["#;
    let script = format!(
        "*v2/namespaces/a/horizontalpodautoscalers?labelSelector*) echo '{list}{mine}]}}' ; exit ;;\n\
         *v2/namespaces/a/horizontalpodautoscalers*) echo '{list}{mine},{other}]}}' ; exit ;;\n\
         */horizontalpodautoscalers*) {refuse} ;;"
    );
    let (_, output) = check(&[], &script, "-n a -n b -l app=mine --only duplicate-target");
    let output = output.code(3);
    assert_eq!(output.json()["hpas"], 1, "{output}");
    assert_eq!(found(&output), [("duplicate-target".to_owned(), "mine".to_owned())]);
    // If the selector could not be evaluated at all, no HPA is known to match.
    let script = script.replacen(
        &format!("echo '{list}{mine}]}}' ; exit"),
        "echo 'Error from server (InternalError): no' >&2; exit 1",
        1,
    );
    let (_, output) = check(&[], &script, "-n a -l app=mine --only duplicate-target");
    assert_eq!(output.code(3).json()["hpas"], 0);
}
