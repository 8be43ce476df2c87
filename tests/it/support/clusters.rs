//! Demo clusters served by the test itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::sync::oneshot;
use watchdog::demo::{Cluster, Demo, Options};

use super::run::{Output, Run};
use super::sandbox::Sandbox;

/// Demo clusters, and a sandbox whose `~/.kube/config` refers to them.
pub struct Clusters {
    /// The home of the test.
    pub sandbox: Sandbox,
    demo: Option<Arc<Demo>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Clusters {
    /// Production and staging.
    pub fn new() -> Self {
        Self::start(Options::default())
    }

    /// Production, staging, and three clusters that cannot be read.
    pub fn broken() -> Self {
        Self::start(Options { broken: true, ..Options::default() })
    }

    /// This many small healthy clusters.
    pub fn small(clusters: usize, hpas: usize) -> Self {
        let (clusters, hpas) = (Some(clusters), Some(hpas));
        Self::start(Options { clusters, hpas, ..Options::default() })
    }

    /// Production and staging behind one port, below paths, with another cluster at the root.
    pub fn behind_paths() -> Self {
        let path_prefix = Some("/k8s/clusters".to_owned());
        Self::start(Options { path_prefix, ..Options::default() })
    }

    /// The HPAs of a cluster as served by its API, without kubectl.
    pub fn served(&self, cluster: &str) -> Value {
        let url = self.cluster(cluster).url();
        let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let path = format!("/{path}/apis/autoscaling/v2/horizontalpodautoscalers");
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "Accept: application/json\r\nConnection: close";
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{head}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Clusters with any options.
    pub fn start(options: Options) -> Self {
        let (started, running) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let demo = Demo::start(&options).await.map(Arc::new);
                let _ = started.send(demo);
                let _ = stopped.await;
            });
        });
        let demo = running.recv().unwrap().expect("demo clusters start");
        let sandbox = Sandbox::new();
        sandbox.kubeconfig(&demo.kubeconfig());
        let (demo, stop, thread) = (Some(demo), Some(stop), Some(thread));
        Self { sandbox, demo, stop, thread }
    }

    /// The demo.
    pub fn demo(&self) -> &Demo {
        self.demo.as_ref().expect("it runs until the end of the test")
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> &Cluster {
        self.demo().cluster(name).unwrap_or_else(|| panic!("no demo cluster is named {name}"))
    }

    /// The names of the clusters, in the order of the output.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.demo().clusters().iter().map(Cluster::name).collect();
        names.sort_unstable();
        names
    }

    /// The program under test.
    pub fn watchdog<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Run {
        self.sandbox.watchdog(args)
    }

    /// Runs a command line without quotes.
    pub fn run(&self, line: &str) -> Output {
        self.watchdog(line.split_whitespace()).run()
    }

    /// The number of requests for HPAs that a cluster has received.
    pub fn hpa_requests(&self, cluster: &str) -> usize {
        let requests = self.cluster(cluster).requests();
        requests.iter().filter(|line| line.contains("/horizontalpodautoscalers")).count()
    }
}

impl Drop for Clusters {
    fn drop(&mut self) {
        self.demo = None;
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A list of HPAs in the namespace `shop`, by name and replicas; their targets do not exist.
pub fn hpas(hpas: &[(&str, u32)]) -> String {
    let item = |(name, replicas): &(&str, u32)| {
        serde_json::json!({
            "metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {"minReplicas": 1, "maxReplicas": 9, "scaleTargetRef":
                {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}},
            "status": {"currentReplicas": replicas, "desiredReplicas": replicas,
                "conditions": [{"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}]},
        })
    };
    let items: Vec<Value> = hpas.iter().map(item).collect();
    serde_json::json!({
        "kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
        "metadata": {}, "items": items,
    })
    .to_string()
}
