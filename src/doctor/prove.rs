//! `watchdog doctor --prove`: runs a scratch supervisor on the embedded demo cluster, kills its
//! processes one after the other, with and without traffic, and reports the result of each step.
//! The user's own supervisor, kubeconfig and clusters are not involved.

use std::path::PathBuf;
use std::time::Instant;

use tempfile::TempDir;

use super::scratch::{
    PROMETHEUS, Scratch, healthy, identity, ms, pids, served, wait_for, wait_for_end, who,
};
use super::traffic;
use crate::demo::{self, Demo};
use crate::output::doctor::{Check, Verdict};
use crate::supervisor::{
    Client, ForwardState, ForwardStatus, LocalPort, MARK, RUNTIME_DIR_VARIABLE,
};

/// A demo cluster and a supervisor to be killed. [`Proof::end`] ends all started processes,
/// whatever has happened.
pub struct Proof {
    demo: Demo,
    scratch: Scratch,
    directory: TempDir,
}

impl Proof {
    /// Serves the cluster. No process is started yet.
    pub async fn prepare(kubectl: PathBuf) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let options = demo::Options { clusters: Some(1), ..demo::Options::default() };
        let demo = Demo::start(&options).await.map_err(text)?;
        let directory = tempfile::Builder::new().prefix("watchdog-prove-").tempdir();
        let directory = directory.map_err(text)?;
        let scratch = Scratch::new(directory.path(), kubectl, &demo)?;
        Ok(Self { demo, scratch, directory })
    }

    /// Runs the steps in order and passes the result of each to `report`. Stops after the first
    /// step that fails, or when `report` fails.
    pub async fn run<E>(&self, report: &mut impl FnMut(Check) -> Result<(), E>) -> Result<(), E> {
        let mut reporter = Report { report };
        match steps(&self.scratch, &self.demo, &mut reporter).await {
            Ok(()) => Ok(()),
            Err(Failed::Report(error)) => Err(error),
            Err(Failed::Step(name, why)) => report(Check::new(name, Verdict::Error, why)),
        }
    }

    /// Ends the started processes. Returns checks for what could not be ended or removed.
    pub async fn end(self) -> Vec<Check> {
        let left = self.scratch.end().await;
        drop(self.demo);
        let mut checks = Vec::new();
        if let Err(error) = self.directory.close() {
            checks.push(Check::new("scratch directory", Verdict::Error, error.to_string()));
        }
        if !left.is_empty() {
            let text = format!("could not be ended: {}", pids(&left));
            checks.push(Check::new("processes", Verdict::Error, text));
        }
        checks
    }
}

/// Why not all steps were run.
enum Failed<E> {
    /// The name of the failed step, and the reason.
    Step(&'static str, String),
    /// The result could not be reported.
    Report(E),
}

struct Report<'a, T> {
    report: &'a mut T,
}

impl<T: FnMut(Check) -> Result<(), E>, E> Report<'_, T> {
    /// Reports a step. If it failed, the remaining steps are skipped.
    fn step(
        &mut self,
        name: &'static str,
        result: Result<String, String>,
    ) -> Result<(), Failed<E>> {
        let text = result.map_err(|why| Failed::Step(name, why))?;
        (self.report)(Check::new(name, Verdict::Ok, text)).map_err(Failed::Report)
    }
}

async fn steps<E>(
    scratch: &Scratch,
    demo: &Demo,
    report: &mut Report<'_, impl FnMut(Check) -> Result<(), E>>,
) -> Result<(), Failed<E>> {
    let failed = |name| move |why: String| Failed::Step(name, why);
    let name = "supervisor";
    let began = Instant::now();
    let mut client = scratch.connect().await.map_err(failed(name))?;
    let text = format!("ready after {}: {}", ms(began), who(&client));
    report.step(name, Ok(text))?;

    let name = "forward";
    let began = Instant::now();
    let forward =
        scratch.start(&mut client, PROMETHEUS, LocalPort::Exact(0)).await.map_err(failed(name))?;
    let pid = forward.pid.unwrap_or_default();
    let text = format!("ready after {}: {}, kubectl pid {pid}", ms(began), forward.endpoint);
    report.step(name, Ok(text))?;

    let port = forward.local_port;
    report.step("connection", served(port).await)?;
    report.step("SIGKILL client", scratch.kill_client(&mut client).await)?;
    report.step("SIGKILL kubectl", kill_kubectl(&mut client, &forward).await)?;

    report.step("SIGSTOP kubectl", traffic::recovery(&mut client, &forward).await)?;
    if let Some(cluster) = demo.clusters().first() {
        let result = traffic::at_most_once(scratch, cluster, &mut client).await;
        report.step("at most once", result)?;
        report.step("isolation", traffic::isolation(scratch, cluster, &mut client).await)?;
    }

    let name = "SIGKILL supervisor";
    let supervisor = identity(client.info().pid).map_err(failed(name))?;
    report.step(name, scratch.kill_all(&[supervisor], port).await)?;

    let name = "again";
    let began = Instant::now();
    let mut client = scratch.connect().await.map_err(failed(name))?;
    let forward = scratch
        .start(&mut client, PROMETHEUS, LocalPort::Exact(port))
        .await
        .map_err(failed(name))?;
    let again = served(forward.local_port).await.map_err(failed(name))?;
    let text = format!("the same port after {}, {again}: {}", ms(began), who(&client));
    report.step(name, Ok(text))?;

    let name = "SIGKILL both";
    let both = [Some(client.info().pid), client.info().guard_pid];
    let both: Result<Vec<_>, _> = both.into_iter().flatten().map(identity).collect();
    report.step(name, scratch.kill_all(&both.map_err(failed(name))?, port).await)?;

    let marked = scratch.marked();
    let nothing = if !marked.is_empty() {
        Err(format!("still there: {}", pids(&marked)))
    } else if cfg!(target_os = "linux") {
        Ok(format!("no process with {MARK} or {RUNTIME_DIR_VARIABLE} of this run"))
    } else {
        Ok("no process of those above; others cannot be identified on this system".to_owned())
    };
    report.step("left behind", nothing)
}

/// Kills kubectl while a client connects. The client must be served at the same port by a new
/// kubectl.
async fn kill_kubectl(client: &mut Client, forward: &ForwardStatus) -> Result<String, String> {
    let pid = forward.pid.ok_or("it has no kubectl")?;
    let old = identity(pid)?;
    let began = Instant::now();
    old.kill();
    wait_for_end(std::slice::from_ref(&old)).await?;
    let answer = healthy(forward.local_port).await?;
    let took = ms(began);
    let back = |now: &ForwardStatus| now.state == ForwardState::Ready && now.pid != Some(pid);
    let now = wait_for(client, &forward.name, |now| now.is_some_and(back)).await?;
    let now = now.ok_or("the forward is gone")?;
    if now.local_port != forward.local_port {
        return Err(format!("it came back on another port: {}", now.local_port));
    }
    let new = now.pid.unwrap_or_default();
    Ok(format!(
        "pid {pid} killed: the next request served ({answer}) after {took} at the same port, by pid {new}"
    ))
}
