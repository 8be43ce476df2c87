//! `hpa simulate`: other settings over a recorded load, without a cluster.

mod cluster;
mod files;
mod replay;
mod scraped;
mod worlds;

use crate::support::{Output, Run, Sandbox};

/// A run without kubectl, a kubeconfig or a cluster.
fn watchdog(sandbox: &Sandbox, line: &str) -> Run {
    sandbox.watchdog(line.split_whitespace()).env("PATH", "").env("KUBECONFIG", "/nowhere")
}

fn run(sandbox: &Sandbox, line: &str) -> Output {
    watchdog(sandbox, line).run()
}
