//! What pods use, or why that is not known.

use super::world::unknown;
use crate::findings::{Known, Unknown};
use crate::kube::PodMetrics;
use crate::kubectl::{Error, ErrorKind, Failure, Outcome};

/// How to find out about the server of metrics.k8s.io.
const LOOK: &str = "kubectl get apiservice v1beta1.metrics.k8s.io";

/// What pods use. That a cluster does not serve it is an answer; any other failure leaves the cluster
/// incompletely read.
pub(super) fn usage(
    outcome: &mut Outcome,
    read: Result<Vec<PodMetrics>, Error>,
) -> Known<Vec<PodMetrics>> {
    let error = match read {
        Ok(metrics) => return Ok(metrics),
        Err(error) => error,
    };
    let failure = explained(&error);
    if error.kind == ErrorKind::NotFound {
        return Err(Unknown::Undetermined(failure.message.into()));
    }
    let why = unknown(error.kind, &failure.message);
    outcome.fail(failure);
    Err(why)
}

/// The failure with what it means and what to do.
pub(super) fn explained(error: &Error) -> Failure {
    let message = match error.kind {
        ErrorKind::NotFound => {
            format!(
                "this cluster does not serve metrics.k8s.io (metrics-server is not installed; {LOOK})"
            )
        }
        ErrorKind::Forbidden => format!("usage of pods: {}", error.message),
        _ => format!("usage of pods: {} ({LOOK})", error.message),
    };
    Failure { kind: error.kind, message }
}
