//! The recent events of an HPA and of its target.

use super::Collector;
use super::detail::{bad_response, name};
use crate::hpa::Hpa;
use crate::kube::Event;
use crate::kubectl::{Cluster, Error, ListQuery, Resource};

/// How many events the server is asked for at once: one object seldom has more than a few.
const LIMIT: u32 = 500;

/// Reads the events of the HPA and of its target, the newest first. Often both have the same name:
/// then one call serves both.
pub(super) async fn read_events(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
) -> Result<Vec<Event>, Error> {
    let mut events = of_name(collector, cluster, hpa, &hpa.name).await?;
    if hpa.target.name != hpa.name {
        events.extend(of_name(collector, cluster, hpa, &hpa.target.name).await?);
    }
    let is_about = |event: &Event, kind: &str, name: &str| {
        event.object_kind == kind && event.object_name == name
    };
    events.retain(|event| {
        is_about(event, "HorizontalPodAutoscaler", &hpa.name)
            || is_about(event, &hpa.target.kind, &hpa.target.name)
    });
    events.sort_by_key(|event| std::cmp::Reverse(event.last_at));
    Ok(events)
}

async fn of_name(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
    object: &str,
) -> Result<Vec<Event>, Error> {
    // A valid name, which cannot add another term to the selector.
    let object = name(object)?;
    let query = ListQuery {
        field_selector: Some(format!("involvedObject.name={object}")),
        limit: Some(LIMIT),
        ..ListQuery::default()
    };
    let read = collector.list(Resource::Events, Some(&name(&hpa.namespace)?), query);
    let json = collector.kubectl.read(cluster.target(), &read).await?;
    Event::parse_list(&json).map_err(bad_response)
}
