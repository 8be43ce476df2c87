//! Makes the plan of a session from flags and configuration.

use std::sync::Arc;
use std::time::Duration;

use super::alerts::AlertWatchPlan;
use super::args::MonitorArgs;
use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::forward::launch;
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Parts, Purpose, WorldRequest};
use crate::config::EndpointForwards;
use crate::findings::Selection;
use crate::hpa::HpaNames;
use crate::session::{AlertingPlan, EndpointPlan, HistoryPlan, NotifyPlan, Plan};
use crate::supervisor::{Environment, HoldOptions, KubectlRun};

/// How long a forward may take to become ready.
const READY: Duration = Duration::from_secs(30);

/// The plan of a session, and the setup that the plan was made with.
pub(super) struct Planned {
    pub(super) setup: Setup,
    pub(super) reading: Arc<Reading>,
    pub(super) plan: Plan,
    /// What is sent for events.
    pub(super) notify: NotifyPlan,
    /// Where findings are sent as alerts, if they are.
    pub(super) alerting: Option<AlertingPlan>,
    /// How alerts are read, if they are.
    pub(super) alerts: Option<AlertWatchPlan>,
}

impl Planned {
    /// Reads configuration and kubeconfig.
    pub(super) async fn new(global: &Global, args: &MonitorArgs) -> Result<Self, CommandError> {
        // No progress display: it would be drawn between lines that stay.
        let quiet = Global { quiet: true, ..global.clone() };
        let reading = Reading::with(&quiet, Setup::new(global)?).await?;
        let setup = &reading.setup;
        let history = if args.no_store {
            None
        } else {
            let (path, keep) = (super::super::database::path(setup)?, setup.config.history.keep);
            Some(HistoryPlan { path, keep })
        };
        let aliases = reading.aliases();
        let ignored: Vec<_> =
            args.ignore.iter().map(|it| it.clone().with_aliases(&aliases)).collect();
        let selection = Selection::all().without(&ignored);
        let request = WorldRequest {
            scope: reading.scope().with_selector(args.selector.clone()),
            names: HpaNames::default(),
            parts: Parts::for_rules(&selection),
            purpose: Purpose::Judge,
        };
        let interval = args.interval.unwrap_or_else(|| setup.config.monitoring.scan_interval());
        let plan = Plan {
            request,
            selection,
            interval: (!args.once).then_some(interval),
            history,
            endpoints: endpoints(global, args, &reading, interval)?,
            ..Plan::new(reading.clusters.clone(), Arc::new(reading.collector.clone()))
        };
        let notify = super::notify::plan(&setup.config.monitoring)?;
        let what: Vec<String> = args.ignore.iter().map(ToString::to_string).collect();
        let scope = &plan.request.scope;
        let alerting = crate::cli::sending::plan(setup, &reading.clusters, scope, &what)?;
        let alerting = alerting.filter(|_| !args.once);
        let setup = setup.clone();
        let reading = Arc::new(reading);
        let monitoring = &setup.config.monitoring;
        let may_forward =
            !args.no_forwards && monitoring.prometheus.enabled != EndpointForwards::Never;
        let alerts = if (args.alerts || monitoring.alertmanager.read) && !args.once {
            Some(AlertWatchPlan {
                reader: crate::cli::alerts::reader(&quiet, &reading, may_forward)?,
                request: crate::cli::alerts::request(&reading, args.selector.as_ref()),
                reading: Arc::clone(&reading),
                every: interval,
            })
        } else {
            None
        };
        Ok(Self { setup, reading, plan, notify, alerting, alerts })
    }
}

/// Which forwards are held; none if they are disabled.
fn endpoints(
    global: &Global,
    args: &MonitorArgs,
    reading: &Reading,
    interval: Duration,
) -> Result<Option<EndpointPlan>, CommandError> {
    let setup = &reading.setup;
    let services = &setup.config.monitoring.prometheus;
    let any = services.auto_discover || services.service.is_some();
    if args.no_forwards || args.once || services.enabled == EndpointForwards::Never || !any {
        return Ok(None);
    }
    endpoint_plan(global, reading, interval).map(Some)
}

/// How forwards to Prometheus and Alertmanager are found and held.
pub(in crate::cli) fn endpoint_plan(
    global: &Global,
    reading: &Reading,
    interval: Duration,
) -> Result<EndpointPlan, CommandError> {
    let setup = &reading.setup;
    let services = &setup.config.monitoring.prometheus;
    let forward = &setup.config.forward;
    let run = KubectlRun {
        kubectl: reading.collector.kubectl.program().to_owned(),
        kubeconfig: global.kubeconfig.clone(),
        impersonation: global.impersonation(),
        directory: std::env::current_dir().unwrap_or_else(|_| "/".into()),
        environment: Environment::current(),
    };
    let launch = launch(setup)?;
    let heartbeat = forward.heartbeat_interval();
    Ok(EndpointPlan {
        services: services.clone(),
        forward: forward.clone(),
        run,
        probe_interval: interval,
        hold: HoldOptions { launch, heartbeat, ready_timeout: READY },
        supervisor: None,
    })
}
