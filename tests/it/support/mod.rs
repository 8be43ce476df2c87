//! What the tests share: a home for each test, running programs with a deadline, demo clusters,
//! terminals, kubectls.

mod clusters;
mod forwards;
mod kubectl;
mod processes;
mod pty;
mod run;
mod sandbox;

pub use clusters::{Clusters, hpas};
pub use forwards::{
    Forwards, PROMETHEUS, SHORT, between, connect, echo, free, healthy, number, port_of,
    prometheus, request, sigkill, text, wrapped,
};
pub use kubectl::{WRAPPER, kubectl, kubectl_json, kubectls};
pub use pty::{Terminal, plain};
pub use run::{Output, Run, Running, until};
pub use sandbox::Sandbox;
