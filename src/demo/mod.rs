//! Embedded demo clusters: the part of the Kubernetes API that kubectl needs, served on loopback by
//! this process, with workloads and HPAs in all relevant states.
//!
//! Used only by `watchdog demo`, `watchdog doctor --prove` and the tests: no other room may use it, and it uses no other
//! room. It is read-only; kubectl reads it like any cluster.
//!
//! - `world/` defines the objects, as builder functions over compact descriptions; `given` holds
//!   objects that a test provides instead;
//! - `list` and `selector/` store and select objects, `table`, `scale` and `discovery` present them;
//! - `api` turns a request into an answer, `fault` changes it, `cluster` owns the socket;
//! - `forward` serves port-forward to listeners of this process, in the frames of `spdy`;
//! - `monitoring` is each cluster's Prometheus and Alertmanager, with `promql` to evaluate queries over the series
//!   of `world/history/`.
//!
//! The namespace `default` of every cluster has Services to forward to: `echo`, `bulk` (80 sends
//! zeros without end, 81 reads everything), `hangup` and `reset`; and some that cannot be forwarded
//! to: `pending`, `no-pods`, `external-database` (no selector), `misnamed-port`, `udp-only`.

use std::{fmt::Write as _, io, net::Ipv4Addr};

use tokio::net::TcpListener;

mod api;
mod body;
mod cluster;
mod discovery;
mod fault;
mod forward;
mod given;
mod list;
mod monitoring;
mod promql;
mod resources;
mod route;
mod scale;
mod selector;
mod spdy;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod world;

pub use cluster::Cluster;
pub use fault::Fault;
pub use forward::{ForwardCounts, ForwardFault, Runtime};
pub use given::Given;
pub use route::{InvalidRoute, PodRoute};

use api::Api;
use cluster::Front;
use world::World;

/// What to serve.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The number of healthy clusters; by default two (production and staging).
    pub clusters: Option<usize>,
    /// The number of HPAs in each cluster; by default a full catalogue in production and a small
    /// one elsewhere. Beyond the catalogue, generated services are added.
    pub hpas: Option<usize>,
    /// Adds three clusters that cannot be read: `down` (nothing listens), `silent` (never answers)
    /// and `forbidden` (403 for every object).
    pub broken: bool,
    /// Serves all clusters behind one port, each below this path (`/k8s/clusters`) and its name, as
    /// Rancher does; all other paths are answered by a separate cluster with HPAs of its own.
    pub path_prefix: Option<String>,
    /// The container runtime of all clusters; see [`Cluster::set_runtime`].
    pub runtime: Option<Runtime>,
    /// Ports of pods that lead to listeners of this machine, in every cluster; see
    /// [`Cluster::forward_target`].
    pub routes: Vec<PodRoute>,
    /// Clusters of given objects, instead of the embedded ones.
    pub given: Option<Vec<Given>>,
}

/// Running demo clusters. Dropping it closes every listener and connection.
#[derive(Debug)]
pub struct Demo {
    clusters: Vec<Cluster>,
    front: Option<Front>,
}

/// Names of the clusters after production and staging, like cloud regions.
const REGIONS: [&str; 8] = [
    "eu-west-1",
    "us-east-1",
    "ap-south-1",
    "eu-central-1",
    "us-west-2",
    "ap-northeast-1",
    "sa-east-1",
    "ca-central-1",
];

impl Demo {
    /// Binds each cluster to a free port of 127.0.0.1, or all to one port, and serves it on the
    /// current tokio runtime. Writes nothing to disk. Fails if no port can be bound, or if a name
    /// or the path prefix cannot be part of a URL.
    pub async fn start(options: &Options) -> io::Result<Demo> {
        let now = jiff::Timestamp::now().as_second();
        let place = Place::of(options.path_prefix.as_deref()).await?;
        let mut clusters = Vec::new();
        match &options.given {
            Some(given) => {
                for given in given.clone() {
                    let name = given.name.clone();
                    let api = |address| Api::of_given(address, given);
                    clusters.push(place.serve(&name, "of given objects", api).await?);
                }
            }
            None => {
                for index in 0..options.clusters.unwrap_or(2) {
                    let name = healthy_name(index);
                    let (world, description) = if index == 0 {
                        let world = World::production(&name, now, options.hpas);
                        (world, "busy, with HPAs in trouble")
                    } else {
                        (World::staging(&name, now, options.hpas), "small, mostly healthy")
                    };
                    let api = |address| Api::of_world(address, world);
                    clusters.push(place.serve(&name, description, api).await?);
                }
            }
        }
        if options.broken {
            let down = "nothing listens on its port";
            clusters.push(Cluster::down("down", down, place.path("down")?)?);
            let api = |address| Api::of_world(address, World::staging("broken", now, Some(0)));
            let silent = place.serve("silent", "accepts connections, never answers", api).await?;
            silent.set_fault(Some(Fault::Hang));
            clusters.push(silent);
            let forbidden = place.serve("forbidden", "403 for every object", api).await?;
            forbidden.set_fault(Some(Fault::Forbid("*".to_owned())));
            clusters.push(forbidden);
        }
        for cluster in &clusters {
            cluster.set_runtime(options.runtime);
            for PodRoute { namespace, name, port, to } in &options.routes {
                cluster.forward_target(namespace, name, *port, *to);
            }
        }
        let front = place.listen(&clusters, now);
        Ok(Demo { clusters, front })
    }

    /// The clusters, production first, the broken ones last.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.name() == name)
    }

    /// With a path prefix, the cluster that answers all other paths.
    pub fn root(&self) -> Option<&Cluster> {
        self.front.as_ref().map(Front::root)
    }

    /// A kubeconfig with one context per cluster, which has the cluster's name; the first one is
    /// current.
    pub fn kubeconfig(&self) -> String {
        let mut yaml = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
        for cluster in &self.clusters {
            let (name, url) = (cluster.name(), cluster.url());
            let _ = writeln!(yaml, "- name: \"{name}\"\n  cluster:\n    server: \"{url}\"");
        }
        yaml.push_str("contexts:\n");
        for cluster in &self.clusters {
            let (name, context) = (cluster.name(), cluster.context());
            let _ = writeln!(
                yaml,
                "- name: \"{context}\"\n  context:\n    cluster: \"{name}\"\n    user: demo"
            );
        }
        let current = self.clusters.first().map_or("", Cluster::context);
        let _ = writeln!(yaml, "current-context: \"{current}\"");
        yaml.push_str("preferences: {}\nusers:\n- name: demo\n  user: {}\n");
        yaml
    }
}

/// Where clusters are served.
struct Place {
    /// One port for all and the path prefix; otherwise each has its own port.
    shared: Option<(TcpListener, String)>,
}

impl Place {
    async fn of(prefix: Option<&str>) -> io::Result<Place> {
        let Some(prefix) = prefix else { return Ok(Place { shared: None }) };
        let prefix = format!("/{}", prefix.trim_matches('/'));
        if prefix == "/" || !prefix.split('/').skip(1).all(is_plain) {
            return Err(invalid("a path prefix is like /k8s/clusters", &prefix));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Place { shared: Some((listener, prefix)) })
    }

    /// The path of a cluster.
    fn path(&self, name: &str) -> io::Result<String> {
        if !is_plain(name) {
            return Err(invalid("a cluster's name is letters, digits, '-', '_' and '.'", name));
        }
        Ok(match &self.shared {
            Some((_, prefix)) => format!("{prefix}/{name}"),
            None => String::new(),
        })
    }

    async fn serve(
        &self,
        name: &str,
        description: &'static str,
        api: impl FnOnce(String) -> Api,
    ) -> io::Result<Cluster> {
        let path = self.path(name)?;
        match &self.shared {
            Some((listener, _)) => {
                Ok(Cluster::behind(name, description, listener.local_addr()?, path, api))
            }
            None => Cluster::serve(name, description, api).await,
        }
    }

    /// Starts to serve the shared port.
    fn listen(self, clusters: &[Cluster], now: i64) -> Option<Front> {
        let (listener, _) = self.shared?;
        let address = listener.local_addr().ok()?;
        let world = World::manager("manager", now);
        let api = |address| Api::of_world(address, world);
        let description = "answers for every other path";
        let root = Cluster::behind("manager", description, address, String::new(), api);
        Front::serve(listener, clusters, root)
    }
}

/// Whether the name can be a segment of a URL's path and an unquoted word in a kubeconfig.
fn is_plain(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.chars().all(letters) && name.chars().any(|c| c != '.')
}

fn invalid(what: &str, found: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{what}, not {found:?}"))
}

/// The name of healthy cluster number `index`, counted from 0.
fn healthy_name(index: usize) -> String {
    match index {
        0 => "production".to_owned(),
        1 => "staging".to_owned(),
        _ => match REGIONS.get(index - 2) {
            Some(region) => (*region).to_owned(),
            None => format!("edge-{:02}", index - 1 - REGIONS.len()),
        },
    }
}
