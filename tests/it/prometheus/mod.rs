//! A real Prometheus with a world that is known, in the forms in which it is scraped and kept: what is learnt of its
//! labels, and whether each expression gives what is true.

mod command;
mod demo;
mod hanging;
mod labels;
mod past;
mod scrape;
mod since;
mod stand_in;
mod usage;
mod world;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use nix::sys::signal::Signal;
use watchdog::prometheus::promql::{one_pod_of_each_target, pod_info, pod_usage};
use watchdog::prometheus::{
    Client, HttpTransport, Labels, LearnError, Limits, Pod, Tiers, learn, no_strangers, tiers,
};

use crate::support::{Running, Sandbox, request, until};
use world::{Cluster, END, Variant};

/// A Prometheus with a variant of the world.
struct Stored {
    client: Client,
    clusters: Vec<Cluster>,
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    #[expect(dead_code, reason = "its drop fails the test if a process is left")]
    sandbox: Sandbox,
}

/// Starts Debian's Prometheus with the series of an OpenMetrics text; it has to be ended by SIGTERM. `None` where the
/// programs are not installed.
pub fn serve(sandbox: &Sandbox, text: &str) -> Option<(Running, SocketAddr)> {
    let (Ok(promtool), Ok(prometheus)) = (which::which("promtool"), which::which("prometheus"))
    else {
        eprintln!("not run: a test of expressions (no prometheus or promtool on PATH)");
        return None;
    };
    let text = sandbox.write("world.txt", text);
    let data = sandbox.path("data/prometheus");
    let blocks = sandbox.command(promtool).args(["tsdb", "create-blocks-from", "openmetrics"]);
    blocks.arg("--quiet").arg(&text).arg(&data).run().code(0);
    // Free a moment ago; if another process takes it meanwhile, Prometheus ends and the test fails.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let config = sandbox.write("prometheus.yml", "global: {}\n");
    let running = sandbox
        .command(prometheus)
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", data.display()))
        .arg("--storage.tsdb.retention.time=100y")
        .arg(format!("--web.listen-address={address}"))
        .start();
    until("Prometheus is ready", || {
        request(address.port(), "/-/ready").ok().filter(|answer| answer.contains(" 200 "))
    });
    Some((running, address))
}

impl Stored {
    /// Fills and starts one; `None` where the programs are not installed.
    fn new(variant: &Variant) -> Option<Self> {
        Self::of(variant, &scrape::text(variant))
    }

    /// The same with another text of the variant.
    fn of(variant: &Variant, text: &str) -> Option<Self> {
        let sandbox = Sandbox::new();
        let (running, address) = serve(&sandbox, text)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("http://{address}/");
        let transport = HttpTransport::new(&url, "", None, Limits::default()).unwrap();
        let client = Client::new(Arc::new(transport));
        let clusters = world::clusters(variant);
        Some(Self { client, clusters, runtime, running: Some(running), sandbox })
    }

    /// Learns the labels of a cluster from a pod of which each cluster has one by this name, and checks that there are
    /// no other clusters' series.
    fn learn(&self, cluster: &Cluster) -> Result<Labels, LearnError> {
        let pod = pod(cluster);
        let ask = |promql: String| {
            let answer = self.client.query(&promql, Some(at(END)));
            self.runtime.block_on(answer).unwrap().items
        };
        let labels = learn(&ask(pod_info(&pod.uid)), &ask(pod_usage(&pod.name)), &pod)?;
        let pods = labels.pods_of_targets(&ask(one_pod_of_each_target(&labels)));
        assert!(!pods.is_empty());
        no_strangers(&pods, |pod| {
            let mut own = cluster.workloads.iter().flat_map(|workload| &workload.pods);
            own.any(|own| own.uid == pod.uid)
        })?;
        Ok(labels)
    }

    fn tiers(&self, cluster: &Cluster, labels: &Labels) -> Tiers {
        let pod = pod(cluster);
        let tiers = tiers(&self.client, labels, &pod, Some(at(END)));
        self.runtime.block_on(tiers).unwrap()
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.signal(Signal::SIGTERM);
            running.wait();
        }
    }
}

fn pod(cluster: &Cluster) -> Pod {
    let pod = &cluster.workload("shop", "StatefulSet", "db").pods[0];
    Pod { uid: pod.uid.clone(), namespace: pod.namespace.to_owned(), name: pod.name.clone() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// One minute.
const STEP: Duration = Duration::from_mins(1);
