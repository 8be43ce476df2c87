//! Shared by all tests: a home for each test, running programs with a deadline, demo clusters,
//! terminals, kubectls.

mod application;
mod clusters;
mod forwards;
mod kubectl;
mod path;
mod processes;
mod pty;
mod run;
mod sandbox;

/// The manifest of an HPA of the Deployment `web`, without a namespace.
pub const HPA: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
";

pub use application::{
    Application, Download, GREETING, Payments, answers_after, greets, postgres, resets_unanswered,
    works_for,
};
pub use clusters::{Clusters, hpas};
pub use forwards::{
    ECHO, Forwards, PROMETHEUS, SHORT, ask, between, connect, echo, free, healthy, number, port_of,
    prometheus, request, session, sigkill, text, wrapped,
};
pub use kubectl::{WRAPPER, kubectl, kubectl_json, kubectls};
pub use path::ApiPath;
pub use processes::Marked;
pub use pty::{Screen, Terminal, plain};
pub use run::{Output, Run, Running, until};
pub use sandbox::Sandbox;
