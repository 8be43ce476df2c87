//! Embedded demo clusters: the part of the Kubernetes API that kubectl needs, served on loopback by
//! this process, with a world of workloads and HPAs in every state worth telling apart.
//!
//! Used by `watchdog demo` and by the tests, and by nothing else: no other room may know of it, and
//! it knows none of them. What it serves is read-only; kubectl reads it as it reads any cluster.
//!
//! - `world/` says what exists, as builder functions over compact descriptions;
//! - `list` and `selector/` keep and pick objects, `table` and `discovery` present them;
//! - `api` turns a request into an answer, `fault` spoils it, `cluster` owns the socket;
//! - `forward` serves port-forward into listeners of this process, in the frames of `spdy`.
//!
//! In the namespace `default` of every cluster there are Services to forward to: `echo`, `bulk` (80
//! sends zeros without end, 81 takes everything), `hangup` and `reset`; and some that cannot be:
//! `pending`, `no-pods`, `external-database` (no selector), `misnamed-port`, `udp-only`.

use std::{fmt::Write as _, io};

mod api;
mod body;
mod cluster;
mod discovery;
mod fault;
mod forward;
mod list;
mod resources;
mod selector;
mod spdy;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod world;

pub use cluster::Cluster;
pub use fault::Fault;
pub use forward::{ForwardCounts, ForwardFault};

use world::World;

/// What to serve.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How many healthy clusters: two (production and staging) unless set.
    pub clusters: Option<usize>,
    /// How many HPAs in each cluster: a full catalogue in production, a small one elsewhere, unless
    /// set. A number above the catalogue's is filled up with generated services.
    pub hpas: Option<usize>,
    /// Adds three clusters that cannot be read: `down` (nothing listens), `silent` (never answers)
    /// and `forbidden` (403 for every object).
    pub broken: bool,
}

/// Running demo clusters. Dropping it ends every listener and connection.
#[derive(Debug)]
pub struct Demo {
    clusters: Vec<Cluster>,
}

/// Names of the clusters beyond production and staging, as clouds name their regions.
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
    /// Binds each cluster to a free port of 127.0.0.1 and serves it on the current tokio runtime.
    /// Writes nothing to disk. Fails where no port can be bound.
    pub async fn start(options: &Options) -> io::Result<Demo> {
        let now = jiff::Timestamp::now().as_second();
        let mut clusters = Vec::new();
        for index in 0..options.clusters.unwrap_or(2) {
            let name = healthy_name(index);
            let (world, description) = if index == 0 {
                (World::production(&name, now, options.hpas), "busy, with HPAs in trouble")
            } else {
                (World::staging(&name, now, options.hpas), "small, mostly healthy")
            };
            clusters.push(Cluster::serve(&name, description, world).await?);
        }
        if options.broken {
            clusters.push(Cluster::down("down", "nothing listens on its port")?);
            let world = || World::staging("broken", now, Some(0));
            let silent = Cluster::serve("silent", "accepts connections, never answers", world());
            let silent = silent.await?;
            silent.set_fault(Some(Fault::Hang));
            clusters.push(silent);
            let forbidden = Cluster::serve("forbidden", "403 for every object", world()).await?;
            forbidden.set_fault(Some(Fault::Forbid("*".to_owned())));
            clusters.push(forbidden);
        }
        Ok(Demo { clusters })
    }

    /// The clusters, production first, the broken ones last.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.name() == name)
    }

    /// A kubeconfig with one context per cluster, named as the cluster; the first is current.
    pub fn kubeconfig(&self) -> String {
        let mut yaml = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
        for cluster in &self.clusters {
            let (name, url) = (cluster.name(), cluster.url());
            let _ = writeln!(yaml, "- name: {name}\n  cluster:\n    server: {url}");
        }
        yaml.push_str("contexts:\n");
        for cluster in &self.clusters {
            let (name, context) = (cluster.name(), cluster.context());
            let _ = writeln!(
                yaml,
                "- name: {context}\n  context:\n    cluster: {name}\n    user: demo"
            );
        }
        let current = self.clusters.first().map_or("\"\"", Cluster::context);
        let _ = writeln!(yaml, "current-context: {current}");
        yaml.push_str("preferences: {}\nusers:\n- name: demo\n  user: {}\n");
        yaml
    }
}

/// The name of the n-th healthy cluster, counted from 0.
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
