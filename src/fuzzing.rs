//! Fuzz targets: a function for each kind of external input. No bytes may cause a panic or an
//! endless loop. The targets in `fuzz/` call these functions, and the tests below fuzz each one
//! briefly.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::config;
use crate::hpa;
use crate::kube::{
    self, DisruptionBudget, Pod, PodMetrics, Quota, ScaledObject, VerticalAutoscaler, Workload,
};
use crate::kubectl::{KubeConfig, Sources, check_selector, redact};
use crate::{history, prometheus, supervisor};

/// Reads a kubeconfig file, and kubectl's view of a kubeconfig.
pub fn kubeconfig(bytes: &[u8]) {
    let Ok(file) = tempfile::NamedTempFile::new() else { return };
    if fs::write(file.path(), bytes).is_ok() {
        let _ = KubeConfig::from_files(&Sources::from_env(Some(file.path().to_owned())));
    }
    let _ = KubeConfig::from_view(bytes, Vec::new());
}

/// Reads a configuration file.
pub fn configuration(bytes: &[u8]) {
    let _ = config::parse(bytes, Path::new("watchdog.yaml"));
}

/// Reads a list of HPAs or one HPA, explains each HPA, and writes it as JSON.
pub fn hpas(bytes: &[u8]) {
    let cluster: Arc<str> = Arc::from("c");
    let listed = hpa::parse_list(&cluster, &cluster, bytes).map(|list| list.hpas);
    let one = hpa::parse_one(&cluster, &cluster, bytes);
    for hpa in listed.into_iter().flatten().chain(one) {
        let _ = (hpa.targets(), hpa::explain(&hpa));
        let _ = serde_json::to_vec(&hpa);
    }
}

/// Reads the other objects: pods, workloads, budgets, quotas, autoscalers and Services.
pub fn objects(bytes: &[u8]) {
    let _ = Workload::parse(bytes);
    let workloads = Workload::parse_list(bytes).map(|(workloads, _)| workloads);
    if let Ok((pods, _)) = Pod::parse_list(bytes) {
        for workload in workloads.iter().flatten() {
            let _ = kube::summarize(kube::owned_by(&pods, workload));
        }
        let _ = kube::summarize(&pods);
    }
    let _ = DisruptionBudget::parse_list(bytes);
    let _ = Quota::parse_list(bytes);
    let _ = VerticalAutoscaler::parse_list(bytes);
    let _ = ScaledObject::parse_list(bytes);
    if let Ok((pods, _)) = PodMetrics::parse_list(bytes) {
        for pod in &pods {
            let _ = (pod.cpu(), pod.memory());
        }
    }
    let _ = prometheus::parse_services(bytes);
}

/// Reads messages of the supervisor's socket, as server and as client.
pub fn frames(bytes: &[u8]) {
    supervisor::fuzz(bytes);
}

/// Reads rows of a history database, and a snapshot file.
pub fn chunks(bytes: &[u8]) {
    history::fuzz(bytes);
    let _ = history::Snapshot::from_json(bytes);
}

/// Sanitizes and redacts any text, and parses a label selector.
pub fn redaction(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = redact(&text);
    let _ = check_selector(&text);
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    macro_rules! recording {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name))
        };
    }

    /// The time limit for one input, on a machine that is busy with other work.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How long each target is fuzzed. `WATCHDOG_FUZZ_SECONDS` overrides it.
    const MOMENT: Duration = Duration::from_millis(1500);

    struct Random(u64);

    impl Random {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(self.0 >> 33).unwrap() % end.max(1)
        }
    }

    /// Fragments with a meaning in YAML, JSON or numbers, and inputs that caused faults elsewhere.
    const WORDS: &[&[u8]] = &[
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b":",
        b"- ",
        b"\n",
        b"  ",
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!binary ",
        b"|\n",
        b"null",
        b"~",
        b"-1",
        b"9223372036854775808",
        b"1e400",
        b"\\u0000",
        b"\xff",
        b"\xfe\xff",
        b"{a: {a: {a: {a: ",
        b"[[[[[[[[",
        b"items",
        b"metadata",
        b"status",
        b"\x80\x80\x80\x80\x80",
        b"token: ",
        b"password=",
        b"eyJhbGciOi",
        b"-----BEGIN ",
        b"https://u:p@h/",
        b"Bearer ",
        b"://",
        b"secret/",
        b"u:p@h ",
    ];

    fn mutate(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len() + 1);
            let to = (at + random.below(64)).min(bytes.len());
            match random.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
                1 => drop(bytes.drain(at..to)),
                2 => {
                    let copy = bytes[at..to].repeat(1 + random.below(40));
                    bytes.splice(at..at, copy);
                }
                3 => drop(bytes.splice(at..at, WORDS[random.below(WORDS.len())].iter().copied())),
                4 => {
                    let word = WORDS[random.below(WORDS.len())];
                    bytes.splice(at..at, word.repeat(1 + random.below(2000)));
                }
                5 => bytes.truncate(at),
                _ => {
                    let from = random.below(other.len());
                    let end = (from + random.below(400)).min(other.len());
                    bytes.splice(at..to, other[from..end].iter().copied());
                }
            }
        }
        bytes.truncate(256 << 10);
        bytes
    }

    fn run(target: fn(&[u8]), seeds: &[&[u8]]) {
        let seconds = std::env::var("WATCHDOG_FUZZ_SECONDS").ok().and_then(|it| it.parse().ok());
        let end = Instant::now() + seconds.map_or(MOMENT, Duration::from_secs);
        let mut random = Random(42);
        let mut count = 0;
        let mut slowest = Duration::ZERO;
        while Instant::now() < end {
            let seed = seeds[random.below(seeds.len())];
            let other = seeds[random.below(seeds.len())];
            let bytes = if count < seeds.len() {
                seeds[count].to_vec()
            } else {
                mutate(seed, other, &mut random)
            };
            let start = Instant::now();
            target(&bytes);
            let took = start.elapsed();
            slowest = slowest.max(took);
            if took > PATIENCE {
                let text = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
                panic!("{took:?} for {} bytes: {text}", bytes.len());
            }
            count += 1;
        }
        println!("{count} inputs, the slowest {slowest:?}");
        assert!(count > seeds.len());
    }

    const KUBECONFIG: &[u8] = b"apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters:\n\
        - {name: c, cluster: {server: \"https://127.0.0.1:6443\"}}\ncontexts:\n- name: a\n  context: \
        {cluster: c, user: u, namespace: n}\nusers:\n- name: u\n  user:\n    exec: {apiVersion: \
        client.authentication.k8s.io/v1, command: aws, args: [eks, get-token], env: null}\n";

    #[test]
    fn kubeconfigs() {
        run(kubeconfig, &[KUBECONFIG, recording!("config-view.json")]);
    }

    #[test]
    fn configurations() {
        let example = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/watchdog.yaml"));
        run(
            configuration,
            &[example, b"history: {path: /x, keep: 30d}\nclusters: {exclude: [a*]}\n"],
        );
    }

    #[test]
    fn lists_of_hpas() {
        let single = br#"{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{"name":"a","namespace":"b"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"a"}}}"#;
        run(hpas, &[recording!("hpas-shop.json"), recording!("hpas-shop.table.json"), single]);
    }

    const POD_METRICS: &[u8] = br#"{"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{},"items":[{"metadata":{"name":"web","namespace":"shop"},"timestamp":"2026-11-27T10:00:00Z","window":"15.013s","containers":[{"name":"app","usage":{"cpu":"184912345n","memory":"93112Ki"}}]}]}"#;

    #[test]
    fn lists_of_objects() {
        let seeds: &[&[u8]] = &[
            recording!("pods-shop.json"),
            recording!("deployments-shop.json"),
            recording!("statefulsets-shop.json"),
            recording!("rollouts-shop.json"),
            recording!("namespaces.json"),
            POD_METRICS,
        ];
        run(objects, seeds);
    }

    #[test]
    fn what_a_socket_brings() {
        let frame = |json: &str| {
            let mut frame = u32::try_from(json.len()).unwrap().to_be_bytes().to_vec();
            frame.extend_from_slice(json.as_bytes());
            frame
        };
        let (list, stop) = (frame(r#"{"list":{"names":[]}}"#), frame(r#"{"shutdown":{}}"#));
        run(frames, &[&list, &stop, b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}"]);
    }

    #[test]
    fn rows_of_a_history() {
        run(
            chunks,
            &[b"\x01\x7f\x02\x01\x10\x05\x06\x01\x02", b"\x01\x80\x01\x02\x01", &[0x81; 40]],
        );
    }

    #[test]
    fn texts() {
        let line = b"error: Get https://u:p@h/api?token=x: Bearer eyJhbGciOi.eyJzdWIi.c2ln password=\"a b\"";
        run(redaction, &[line, b"app in (a,b),!c", KUBECONFIG]);
    }
}
