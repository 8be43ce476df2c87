//! `watchdog prometheus test`

use std::sync::Arc;

use clap::Subcommand;
use jiff::Timestamp;

use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::monitor::endpoint_plan;
use super::setup::Reading;
use super::signals::ending_early;
use crate::collect::Stop;
use crate::kubectl::Name;
use crate::output::Document;
use crate::output::stores::{ClusterStore, text};
use crate::prometheus::{Limits, OnAnswer};
use crate::stores::{Examined, Opener, StoreError, TokenCommands, Turns, each};
use crate::term::shown::shown;
use crate::term::stdout;

/// `watchdog prometheus …`
#[derive(Debug, Subcommand)]
pub enum PrometheusCommand {
    /// Check each cluster's Prometheus: how it is reached, which labels its series have, which series there are
    Test {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Description::Text)]
        output: Description,
    },
}

pub(super) async fn run(global: &Global, command: PrometheusCommand) -> Result<Exit, CommandError> {
    let PrometheusCommand::Test { output } = command;
    ending_early(|stop| test(global, output, stop)).await
}

/// What the stores of clusters are opened with, and the answers of which may have so many points.
pub(super) fn opener(
    global: &Global,
    reading: &Reading,
    max_points: u64,
) -> Result<Opener, CommandError> {
    let interval = reading.setup.config.monitoring.scan_interval();
    let limits = Limits { within: reading.setup.config.kubectl.timeout(), ..Limits::default() };
    let limits = Limits { within: global.timeout.unwrap_or(limits.within), ..limits };
    Ok(Opener {
        plan: endpoint_plan(global, reading, interval)?,
        collector: reading.collector.clone(),
        limits,
        max_points,
        turns: Turns::default(),
        tokens: TokenCommands::default(),
        may_forward: true,
        on_answer: OnAnswer::default(),
    })
}

/// Prints what is missing from a cluster's store, the first few.
pub(super) fn report_problems(reading: &Reading, cluster: &str, problems: &[String]) {
    const MOST: usize = 5;
    let messages = reading.setup.messages;
    let name = shown(cluster);
    for problem in problems.iter().take(MOST) {
        messages.error(&format!("{name}: Prometheus: {problem}"));
    }
    if problems.len() > MOST {
        let more = problems.len() - MOST;
        messages.note(&format!("{name}: Prometheus: {more} more of this kind"));
    }
}

/// What was not examined before a signal came is interrupted.
async fn test(global: &Global, format: Description, stop: Stop) -> Result<Exit, CommandError> {
    let reading = Reading::new(global).await?.attended(stop.clone());
    let opener = Arc::new(opener(global, &reading, u64::MAX)?);
    let scope = reading.scope();
    let namespace = scope.namespaces.first().and_then(|only| Name::parse(only.as_str()).ok());
    let parallel = reading.setup.config.clusters.max_parallel;
    let reports = each(reading.clusters.clone(), parallel, |cluster| {
        let (opener, namespace) = (Arc::clone(&opener), namespace.clone());
        let stop = stop.clone();
        async move {
            let examined = tokio::select! {
                biased;
                () = stop.stopped() => {
                    Examined { origin: None, result: Err(StoreError::Interrupted) }
                }
                examined = opener.examine(&cluster, namespace.as_ref(), Timestamp::now) => examined,
            };
            (cluster.name, examined)
        }
    });
    let reports = reports.await;
    reading.done();
    let items: Vec<_> =
        reports.iter().map(|(name, examined)| ClusterStore::new(name, examined)).collect();
    let document = Document {
        kind: "PrometheusTest",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "stores",
        items: &items,
    };
    emit_text(format, &document, || {
        let (style, width) = (reading.setup.style, stdout::terminal_width());
        let one = |(name, examined): &(Arc<str>, _)| text(name, examined, style, width);
        reports.iter().map(one).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if items.iter().all(ClusterStore::is_complete) { Exit::Done } else { Exit::Incomplete })
}
