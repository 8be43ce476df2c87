//! How a demo cluster can misbehave, for tests.

use std::time::Duration;

/// A misbehaviour of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Every answer comes this much later.
    Latency(Duration),
    /// Answers with this HTTP status and a `Status` object, as the API server words it; 429 comes
    /// with `Retry-After: 1`, which makes kubectl itself try again, up to ten times.
    Status(u16),
    /// The same, for the next so many requests only; then all is well.
    StatusTimes(u16, usize),
    /// Takes the request and never answers.
    Hang,
    /// Breaks the connection in the middle of the body.
    CutConnection,
    /// A complete HTTP answer whose JSON ends in the middle.
    TruncateBody,
    /// A proxy's HTML page, with status 200.
    Html,
    /// 403 for the objects of one resource type (its plural, such as `pods`), for a subresource
    /// (`deployments/scale`), or for all with `*`;
    /// discovery and `/version` stay open, as RBAC leaves them by default.
    Forbid(String),
}

/// A fault, and the paths it concerns.
#[derive(Debug)]
struct Rule {
    prefix: String,
    fault: Fault,
}

/// The faults of one cluster. The first that concerns a request decides, save that latencies add.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Rule>);

/// What a request meets: a delay, and perhaps something worse after it.
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

    /// What a request for `path`, which names objects of `resource` if of any, meets. Counts down
    /// [`Fault::StatusTimes`].
    pub(super) fn meet(&mut self, path: &str, resource: Option<&str>) -> Encounter {
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
    fn a_fault_keeps_to_its_prefix_resource_and_count() {
        let mut faults = Faults::default();
        faults.add("/", Fault::Latency(Duration::from_millis(5)));
        faults.add("/apis/autoscaling", Fault::StatusTimes(500, 1));
        faults.add("", Fault::Forbid("pods".to_owned()));
        let met = faults.meet("/apis/autoscaling/v2", None);
        assert_eq!(met.fault, Some(Fault::Status(500)));
        assert_eq!(met.delay, Duration::from_millis(5));
        assert_eq!(faults.meet("/apis/autoscaling/v2", None).fault, None);
        assert_eq!(faults.meet("/api/v1", None).fault, None);
        assert!(faults.meet("/api/v1/pods", Some("pods")).fault.is_some());
        assert_eq!(faults.meet("/api/v1/services", Some("services")).fault, None);
    }
}
