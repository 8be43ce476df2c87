//! Pasts and alerts for tests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{AlertSource, HpaPast, ReadAlerts, ServerKind, StoreOrigin};
use crate::alerts::Server;
use crate::collect::ClusterWorld;
use crate::findings::World;
use crate::hpa::parse_list;
use crate::kubectl::{Cluster, ServerPath};
use crate::prometheus::Alert;
use crate::usage::{CourseSummary, Grid, Line, NoFigure, ReplicaLines, ResourceLines};

/// The past of an HPA of which only replicas are known, a point a minute.
pub(super) fn past(replicas: ReplicaLines) -> HpaPast {
    let nothing = || NoFigure::Other(String::new());
    HpaPast {
        grid: Grid { start: 1_769_860_800, step: 60, count: replicas.current.len() },
        replicas,
        cpu: ResourceLines::default(),
        cpu_window: Duration::ZERO,
        memory: ResourceLines::default(),
        metrics: Vec::new(),
        throttled: Err(nothing()),
        generation: Line::new(),
        conditions: Vec::new(),
        summary: CourseSummary {
            replicas: Err(nothing()),
            at_max: Err(nothing()),
            cpu: Err(nothing()),
            memory: Err(nothing()),
        },
    }
}

/// A cluster with HPAs `NAMESPACE/NAME` and no other objects.
pub(crate) fn world(name: &str, hpas: &[&str]) -> ClusterWorld {
    let item = |hpa: &&str| {
        let (namespace, name) = hpa.split_once('/').unwrap();
        serde_json::json!({
            "metadata": {"name": name, "namespace": namespace, "uid": hpa},
            "spec": {"maxReplicas": 9, "scaleTargetRef": {"kind": "Deployment", "name": name}},
        })
    };
    let items: Vec<_> = hpas.iter().map(item).collect();
    let list = serde_json::json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscalerList", "items": items,
    });
    let cluster = Cluster {
        name: name.into(),
        context: name.into(),
        user: "".into(),
        entry: name.into(),
        server: String::new(),
        path: ServerPath::default(),
        namespace: None,
        current: true,
        in_cluster: false,
        tags: Arc::default(),
    };
    let read = parse_list(&cluster.name, &cluster.context, list.to_string().as_bytes()).unwrap();
    ClusterWorld::complete(&cluster, Duration::ZERO, World::of(read.hpas))
}

/// What a cluster's own Alertmanager has.
pub(crate) fn read_alerts(alerts: &[Alert]) -> ReadAlerts {
    let origin = StoreOrigin::Url("http://am".to_owned());
    ReadAlerts {
        source: AlertSource { kind: ServerKind::Alertmanager, origin, server: Server::Own },
        alerts: alerts.into(),
        configured: BTreeMap::new(),
        failed: Vec::new(),
    }
}
