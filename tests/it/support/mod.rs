//! What the tests share: a home for each test, running programs with a deadline, demo clusters,
//! terminals, kubectls.

mod clusters;
mod kubectl;
mod processes;
mod pty;
mod run;
mod sandbox;

pub use clusters::Clusters;
pub use kubectl::{WRAPPER, kubectl, kubectl_json, kubectls};
pub use pty::{Terminal, plain};
pub use run::{Output, Run, Running, until};
pub use sandbox::Sandbox;
