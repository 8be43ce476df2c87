//! Faults of a demo cluster, for tests.

use std::time::Duration;

/// A fault of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Delays every answer by this time.
    Latency(Duration),
    /// Answers with this HTTP status and a `Status` object worded like the API server's; 429
    /// includes `Retry-After: 1`, on which kubectl itself retries up to ten times.
    Status(u16),
    /// The same for only this many requests.
    StatusTimes(u16, usize),
    /// Accepts the request and never answers.
    Hang,
    /// Cuts the connection in the middle of the body.
    CutConnection,
    /// A complete HTTP answer with truncated JSON.
    TruncateBody,
    /// A proxy's HTML page, with status 200.
    Html,
    /// 403 for the objects of one resource type (its plural, such as `pods`; what pods use is
    /// `pods.metrics.k8s.io`), for a subresource (`deployments/scale`), or for all with `*`; discovery and `/version` are still allowed, as
    /// by RBAC's defaults.
    Forbid(String),
}

/// A fault and the paths to which it applies.
#[derive(Debug)]
struct Rule {
    prefix: String,
    fault: Fault,
}

/// The faults of one cluster. The first one that applies to a request counts, except that latencies
/// add up.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Rule>);

/// The effect on a request: a delay, and possibly a fault after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Encounter {
    pub(super) delay: Duration,
    pub(super) fault: Option<Fault>,
}

impl Faults {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn add(&mut self, prefix: &str, fault: Fault) {
        self.0.push(Rule { prefix: prefix.to_owned(), fault });
    }

    pub(super) fn list(&self) -> Vec<Fault> {
        self.0.iter().map(|rule| rule.fault.clone()).collect()
    }

    /// The effect of the faults on a request for `path`, with the type of the requested objects, if
    /// any. Counts down [`Fault::StatusTimes`].
    pub(super) fn effect_on(&mut self, path: &str, resource: Option<&str>) -> Encounter {
        let mut encounter = Encounter::default();
        for rule in &mut self.0 {
            if !path.starts_with(&rule.prefix) {
                continue;
            }
            match &mut rule.fault {
                Fault::Latency(delay) => {
                    encounter.delay += *delay;
                    continue;
                }
                Fault::StatusTimes(_, 0) => continue,
                Fault::StatusTimes(code, times) => {
                    *times -= 1;
                    encounter.fault = Some(Fault::Status(*code));
                }
                Fault::Forbid(pattern) => {
                    if !resource.is_some_and(|resource| pattern == "*" || pattern == resource) {
                        continue;
                    }
                    encounter.fault = Some(rule.fault.clone());
                }
                fault => encounter.fault = Some(fault.clone()),
            }
            break;
        }
        encounter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_only_to_its_prefix_resource_and_count() {
        let mut faults = Faults::default();
        faults.add("/", Fault::Latency(Duration::from_millis(5)));
        faults.add("/apis/autoscaling", Fault::StatusTimes(500, 1));
        faults.add("", Fault::Forbid("pods".to_owned()));
        let effect = faults.effect_on("/apis/autoscaling/v2", None);
        assert_eq!(effect.fault, Some(Fault::Status(500)));
        assert_eq!(effect.delay, Duration::from_millis(5));
        assert_eq!(faults.effect_on("/apis/autoscaling/v2", None).fault, None);
        assert_eq!(faults.effect_on("/api/v1", None).fault, None);
        assert!(faults.effect_on("/api/v1/pods", Some("pods")).fault.is_some());
        assert_eq!(faults.effect_on("/api/v1/services", Some("services")).fault, None);
    }
}
