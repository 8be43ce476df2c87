use super::super::yaml::documents;
use super::*;

const HEAD: &str =
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n";
const TARGET: &str = "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n";

/// What is wrong with an HPA of autoscaling/v2 with a target, whose spec goes on like this from
/// line 6.
fn of_spec(spec: &str) -> Vec<String> {
    of(&format!("{HEAD}spec:\n{TARGET}{spec}"))
}

fn of(text: &str) -> Vec<String> {
    let documents = documents(text);
    let root = documents[0].root.as_ref().unwrap();
    let (version, kind) = (root.text("apiVersion"), root.text("kind"));
    let refused = match misnamed(root, version, kind) {
        Some(refused) => vec![refused],
        None => match Annotated::of(root, version) {
            Ok(annotated) => refusals(root, version, &annotated),
            Err(refused) => refused,
        },
    };
    refused.iter().map(|it| format!("{}: {}", it.line, it.message)).collect()
}

#[test]
fn what_the_api_server_takes_is_not_refused() {
    let spec = "  minReplicas: 2\n  maxReplicas: 10.0\n  metrics:\n\
        \x20 - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}\n\
        \x20 - {type: ContainerResource, containerResource: {name: memory, container: app, target: {type: AverageValue, averageValue: 1Gi}}}\n\
        \x20 - {type: Pods, pods: {metric: {name: rps, selector: {matchLabels: {a: b}}}, target: {type: AverageValue, averageValue: 10}}}\n\
        \x20 - {type: Object, object: {describedObject: {kind: Ingress, name: main}, metric: {name: hits}, target: {type: Value, value: 2k}}}\n\
        \x20 - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: \"30\"}}}\n\
        \x20 behavior:\n    scaleUp: {stabilizationWindowSeconds: 0, selectPolicy: Max, tolerance: 0.05, policies: [{type: Pods, value: 4, periodSeconds: 60}]}\n\
        \x20   scaleDown: {stabilizationWindowSeconds: 3600, selectPolicy: Disabled, policies: null}\n";
    assert_eq!(of_spec(spec), [""; 0]);
    assert_eq!(of_spec("  minReplicas: null\n  maxReplicas: 3\n"), [""; 0]);
    let v1 = of(&format!(
        "{}spec:\n{TARGET}  maxReplicas: 3\n  targetCPUUtilizationPercentage: 80\n",
        HEAD.replace("/v2", "/v1")
    ));
    assert_eq!(v1, [""; 0]);
    let beta = of(&format!(
        "{}spec:\n{TARGET}  maxReplicas: 3\n  metrics: [{{type: Resource, resource: {{name: cpu, targetAverageUtilization: 80}}}}, \
         {{type: Object, object: {{target: {{kind: Ingress, name: main}}, metricName: hits, targetValue: 5}}}}]\n",
        HEAD.replace("/v2", "/v2beta1")
    ));
    assert_eq!(beta, [""; 0]);
}

#[test]
fn numbers_are_numbers_within_their_limits() {
    assert_eq!(
        of_spec("  minReplicas: \"20\"\n  maxReplicas: 10\n"),
        ["6: spec.minReplicas is \"20\", not a whole number from 0"]
    );
    assert_eq!(
        of_spec("  minReplicas: -2\n  maxReplicas: 99999999999\n"),
        [
            "6: spec.minReplicas is -2, not a whole number from 0",
            "7: spec.maxReplicas is 99999999999, not a whole number from 1",
        ]
    );
    assert_eq!(
        of_spec("  minReplicas: ${MIN}\n  maxReplicas: 2.5\n"),
        [
            "6: spec.minReplicas is \"${MIN}\", not a whole number from 0",
            "7: spec.maxReplicas is 2.5, not a whole number from 1",
        ]
    );
    assert_eq!(
        of_spec("  minReplicas: {{ .Values.min }}\n  maxReplicas: [1]\n"),
        [
            "6: spec.minReplicas is a map, not a whole number from 0",
            "7: spec.maxReplicas is a list, not a whole number from 1",
        ]
    );
    assert_eq!(
        of_spec("  minReplicas: 9\n  maxReplicas: 3\n"),
        ["6: spec.minReplicas (9) is more than spec.maxReplicas (3)"]
    );
    assert_eq!(
        of_spec("  minReplicas: 0\n  maxReplicas: 3\n"),
        ["6: spec.minReplicas is 0, which needs an Object or External metric"]
    );
    assert_eq!(
        of_spec("  maxReplicas: 0\n"),
        ["6: spec.maxReplicas is 0, not a whole number from 1"]
    );
}

#[test]
fn fields_that_do_not_exist_are_refused_with_the_nearest_name() {
    assert_eq!(
        of_spec(
            "  minReplica: 3\n  maxReplicas: 5\n  behaviour: {}\n  targetCPUUtilizationPercentage: 70\n"
        ),
        [
            "6: spec has no field minReplica; did you mean minReplicas?",
            "8: spec has no field behaviour; did you mean behavior?",
            "9: spec has no field targetCPUUtilizationPercentage",
        ]
    );
    assert_eq!(
        of_spec(
            "  maxReplicas: 5\n  metrics:\n  - type: Resourcee\n    resource: {name: cpu, target: {type: Utilization, averageUtilizaton: 70}}\n"
        ),
        [
            "8: spec.metrics[0].type is \"Resourcee\", not one of Resource, ContainerResource, Pods, Object, External",
            "9: spec.metrics[0].resource.target has no field averageUtilizaton; did you mean averageUtilization?",
        ]
    );
    assert_eq!(
        of(&format!("{HEAD}Spec:\n{TARGET}  maxReplicas: 1\n")),
        ["1: spec is missing", "4: HorizontalPodAutoscaler has no field Spec; did you mean spec?"]
    );
    assert_eq!(
        of_spec("  minReplicas: 1\n  maxReplicas: 5\n  minReplicas: 3\n"),
        ["8: spec.minReplicas is there twice, also on line 6"]
    );
}

#[test]
fn metrics_have_the_source_and_the_target_of_their_type() {
    let metric = |text: &str| of_spec(&format!("  maxReplicas: 5\n  metrics:\n  - {text}\n"));
    let utilization = |value: &str| {
        metric(&format!(
            "{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: {value}}}}}}}"
        ))
    };
    for (value, described) in [("70%", "\"70%\""), ("0", "0"), ("\"70\"", "\"70\"")] {
        assert_eq!(
            utilization(value),
            [format!(
                "8: spec.metrics[0].resource.target.averageUtilization is {described}, not a whole number from 1"
            )]
        );
    }
    assert_eq!(
        metric(
            "{type: Pods, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}"
        ),
        [
            "8: spec.metrics[0] is of type Pods, but spec.metrics[0].pods is missing",
            "8: spec.metrics[0].resource is in a metric of type Pods",
        ]
    );
    assert_eq!(
        metric("{type: External, external: {metric: {name: q}, target: {type: Value, value: 0}}}"),
        ["8: spec.metrics[0].external.target.value is 0, not positive"]
    );
    assert_eq!(
        metric("{type: External, external: {metric: {name: q}, target: {type: Value, value: 5x}}}"),
        ["8: spec.metrics[0].external.target.value is \"5x\", not a quantity such as 500m or 1Gi"]
    );
    assert_eq!(
        metric("{type: Resource, resource: {name: cpu, target: {type: Utilization}}}"),
        ["8: spec.metrics[0].resource.target has no averageUtilization or averageValue"]
    );
    assert_eq!(
        metric("{type: Pods, pods: {metric: {name: rps}, target: {type: Value, value: 5}}}"),
        ["8: spec.metrics[0].pods.target.value is not for metrics of type Pods: averageValue"]
    );
}

#[test]
fn behavior_is_within_its_limits_and_the_target_is_named() {
    assert_eq!(
        of_spec(
            "  maxReplicas: 5\n  behavior:\n    scaleDown:\n      stabilizationWindowSeconds: 9000\n      policies: []\n    scaleUp: {selectPolicy: max, policies: [{type: Percent, value: 0, periodSeconds: 3600}]}\n"
        ),
        [
            "9: spec.behavior.scaleDown.stabilizationWindowSeconds is 9000, not a whole number from 0 to 3600",
            "10: spec.behavior.scaleDown.policies is empty; leave it out for the defaults",
            "11: spec.behavior.scaleUp.selectPolicy is \"max\", not one of Max, Min, Disabled",
            "11: spec.behavior.scaleUp.policies[0].value is 0, not a whole number from 1",
            "11: spec.behavior.scaleUp.policies[0].periodSeconds is 3600, not a whole number from 1 to 1800",
        ]
    );
    assert_eq!(
        of(&format!("{HEAD}spec:\n  maxReplicas: 5\n")),
        ["4: spec.scaleTargetRef is missing"]
    );
    assert_eq!(of(HEAD), ["1: spec is missing"]);
}

#[test]
fn versions_and_kinds_that_do_not_exist_are_refused() {
    let named = |version: &str, kind: &str| {
        of(&format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n"))
    };
    assert_eq!(
        named("autoscaling/v2", "HorizontalPodAutoScaler"),
        [
            "2: there is no kind HorizontalPodAutoScaler of autoscaling/v2; did you mean HorizontalPodAutoscaler?"
        ]
    );
    assert_eq!(
        named("autoscaling/v2beta3", "HorizontalPodAutoscaler"),
        [
            "1: there is no HorizontalPodAutoscaler of autoscaling/v2beta3; did you mean autoscaling/v2?"
        ]
    );
    assert_eq!(
        named("apps/v1", "HorizontalPodAutoscaler"),
        ["1: there is no HorizontalPodAutoscaler of apps/v1; did you mean autoscaling/v2?"]
    );
    assert_eq!(named("apps/v1", "Deployment"), [""; 0]);
    assert_eq!(named("keda.sh/v1alpha1", "ScaledObject"), [""; 0]);
    assert_eq!(named("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"), [""; 0]);
}

#[test]
fn annotations_of_v1_are_metrics_and_behavior() {
    let of = |metrics: &str, behavior: &str| {
        of(&format!(
            "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\n  annotations:\n\
             \x20   autoscaling.alpha.kubernetes.io/metrics: '{metrics}'\n\
             \x20   autoscaling.alpha.kubernetes.io/behavior: '{behavior}'\n\
             spec:\n{TARGET}  minReplicas: 0\n  maxReplicas: 3\n"
        ))
    };
    let external = r#"[{"type":"External","external":{"metricName":"queue","targetValue":"3"}}]"#;
    let behavior = r#"{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":60}],"Tolerance":null},"scaleDown":null}"#;
    assert_eq!(of(external, behavior), [""; 0]);
    let metrics = "the annotation autoscaling.alpha.kubernetes.io/metrics";
    let behavior = "the annotation autoscaling.alpha.kubernetes.io/behavior";
    assert_eq!(
        of(r#"[{"type":"External","external":{"metricNam":"x"}}]"#, "{}"),
        [
            format!(
                "6: {metrics}: metrics[0].external has no field metricNam; did you mean metricName?"
            ),
            format!("6: {metrics}: metrics[0].external.metricName is missing"),
        ]
    );
    let refused = of("[", r#"{"ScaleDown":{"Policies":[]}}"#);
    assert!(refused[0].starts_with(&format!("6: {metrics} is no JSON: EOF")), "{refused:?}");
    assert_eq!(
        of(external, r#"{"ScaleDown":{"Policies":[]}}"#),
        [format!(
            "7: {behavior}: behavior.scaleDown.policies is empty; leave it out for the defaults"
        )]
    );
    assert_eq!(of("{}", "{}")[0], format!("6: {metrics}: metrics is a map, not a list"));
}
