use super::*;

fn file(path: &str, text: String) -> File {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    File { path: path.into(), directory: directory.to_owned(), text: Ok(text) }
}

fn request() -> Request {
    Request {
        scope: Scope::default(),
        names: HpaNames::default(),
        annotation_prefix: "watchdog.dev".to_owned(),
    }
}

fn app(name: &str) -> String {
    format!(
        "kind: HorizontalPodAutoscaler
apiVersion: autoscaling/v2
metadata: {{name: {name}, namespace: shop}}
spec: {{maxReplicas: 5, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}}}
---
kind: Deployment
apiVersion: apps/v1
metadata: {{name: {name}, namespace: shop}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}, tier: web}}}}
    spec: {{containers: [{{name: app}}]}}
---
kind: PodDisruptionBudget
apiVersion: policy/v1
metadata: {{name: {name}, namespace: shop}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: {name}}}}}}}
---
kind: VerticalPodAutoscaler
apiVersion: autoscaling.k8s.io/v1
metadata: {{name: {name}, namespace: shop}}
spec: {{targetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}}}
"
    )
}

/// The numbers of HPAs, workloads, pods, budgets and VPAs in each file's world.
fn sizes(files: &[File]) -> Vec<[usize; 5]> {
    let read = Manifests::read(files, &request());
    let size = |it: &ClusterWorld| {
        let world = &it.world;
        let pods = world.pods.as_ref().map_or(0, Vec::len);
        let budgets = world.budgets.as_ref().map_or(0, Vec::len);
        let vertical = world.vertical.as_ref().map_or(0, Vec::len);
        [world.hpas.len(), world.workloads.len(), pods, budgets, vertical]
    };
    read.worlds.iter().map(size).collect()
}

#[test]
fn the_world_of_a_file_does_not_grow_with_its_directory() {
    let files: Vec<File> = (0..40)
        .map(|number| file(&format!("apps/{number}.yaml"), app(&format!("app-{number}"))))
        .collect();
    assert_eq!(sizes(&files), vec![[1, 1, 2, 1, 1]; 40]);
}

#[test]
fn what_the_rules_read_of_others_is_in_the_world() {
    let budget = "kind: PodDisruptionBudget\napiVersion: policy/v1\n\
                  metadata: {name: all, namespace: shop}\n\
                  spec: {minAvailable: 3, selector: {matchLabels: {tier: web}}}\n";
    let rival = app("b").replace("Deployment, name: b}", "Deployment, name: a}");
    let files = [
        file("apps/a.yaml", app("a")),
        file("apps/b.yaml", rival),
        file("apps/c.yaml", app("c")),
        file("apps/all.yaml", budget.to_owned()),
        file("other/d.yaml", app("d")),
    ];
    // The pods of the directory that the common budget covers, and the HPA of the same target.
    assert_eq!(sizes(&files), [[2, 3, 6, 2, 2], [2, 3, 6, 2, 2], [1, 3, 6, 2, 1], [1, 1, 2, 1, 1]]);
}

#[test]
fn annotations_of_v1_are_read_as_an_api_server_does() {
    let text = r#"apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata:
  name: web
  annotations:
    autoscaling.alpha.kubernetes.io/metrics: '[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10"}},
      {"type":"Resource","resource":{"name":"memory","targetAverageUtilization":70}},
      {"type":"Object","object":{"target":{"kind":"Ingress","name":"main"},"metricName":"hits","averageValue":"5"}}]'
    autoscaling.alpha.kubernetes.io/behavior: '{"ScaleUp":{"StabilizationWindowSeconds":30},"ScaleDown":null}'
spec: {maxReplicas: 5, targetCPUUtilizationPercentage: 65, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"#;
    let read = Manifests::read(&[file("a.yaml", text.to_owned())], &request());
    assert_eq!(read.problems, []);
    let hpa = &read.worlds[0].world.hpas[0];
    let metrics: Vec<_> =
        hpa.metrics.iter().map(|it| (&*it.name, it.target.value.as_deref())).collect();
    let expected =
        [("rps", "10"), ("memory", "70"), ("hits", "5"), ("cpu", "65")].map(|(a, b)| (a, Some(b)));
    assert_eq!(metrics, expected);
    let behavior = hpa.behavior.as_ref().unwrap();
    assert_eq!(behavior.scale_up.as_ref().unwrap().stabilization_window_seconds, Some(30));
    let lines = read.places.values().next().unwrap();
    assert_eq!((lines.metrics, lines.behavior), (6, 9));
}
