//! Advice on the HPAs of clusters, over what their Prometheus has recorded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};

use super::args::{AdviceFormat, HpaAdviseArgs};
use super::{Case, interrupted, show};
use crate::advice::{Effort, Refusal};
use crate::check::NoHpa;
use crate::cli::absent::Named;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::past::{self, Limits, Printed, Question};
use crate::cli::print::print_and_go_on;
use crate::cli::setup::{Reading, Setup};
use crate::cli::simulate::cluster::{of_keda, startup};
use crate::collect::{ClusterWorld, Parts, Purpose, Stop, WorldRequest, collect_worlds};
use crate::findings::Unknown;
use crate::hpa::Hpa;
use crate::kubectl::Outcome;
use crate::output::advice::{self as output, Advised};
use crate::prometheus::Range;
use crate::stores::{ClusterPast, HpaPast, PastParts, RecordedLoad};
use crate::term::wait::WaitLine;

/// The time that is asked about, where none is given.
pub(super) const SINCE: Duration = Duration::from_hours(14 * 24);
/// Up to this number of HPAs are searched fully.
const FEW: usize = 3;
/// The most points that are asked for in all, where no other number is given: 3,000 HPAs over 14 days are fewer.
const MAX_POINTS: u64 = 10 * past::MAX_POINTS;
/// So many HPAs of a cluster are read at a time: their points are in memory together.
const AT_A_TIME: usize = 8;

/// An HPA with how long its pods took until they were ready.
pub(in crate::cli) struct Found {
    pub(in crate::cli) hpa: Hpa,
    startup: Option<Duration>,
}

pub(super) async fn run(
    global: &Global,
    args: &HpaAdviseArgs,
    stop: Stop,
) -> Result<Exit, CommandError> {
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let reading = reading.attended(stop.clone());
    let request = request(&reading, args);
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    let taken = Timestamp::now();
    let found: Vec<Found> = worlds.iter().flat_map(hpas).collect();
    let clusters: Vec<Outcome> = worlds.into_iter().map(|world| world.outcome).collect();
    let found_hpas: Vec<&Hpa> = found.iter().map(|it| &it.hpa).collect();
    let namespaces = found_hpas.iter().map(|hpa| hpa.namespace.as_str());
    let namespaces = reading.named_namespaces(&request.scope, namespaces, &clusters).await;
    let fleet = Fleet { global, args, reading: &reading, stop: &stop };
    let (mut all, is_whole) = fleet.advise(&found).await?;
    output::rank(&mut all);
    if !all.is_empty() || args.output != AdviceFormat::Table {
        show(&reading.setup, args, &all, Some((taken, &clusters)))?;
    }
    if found.is_empty()
        && args.names.is_empty()
        && !matches!(namespaces, Named::Missing(_))
        && clusters.iter().any(|cluster| cluster.error.is_none())
    {
        let none = NoHpa { name: None, scope: &request.scope };
        reading.setup.messages.note(&none.to_string());
    }
    if all.len() < found.len() {
        reading.setup.messages.note(&interrupted(all.len(), found.len()));
    }
    let exit = match reading.report_outcomes(&clusters) {
        Exit::Done if !is_whole => Exit::Incomplete,
        exit => exit,
    };
    Ok(namespaces.conclude(&reading, &request.scope, &found_hpas, exit).await)
}

fn request(reading: &Reading, args: &HpaAdviseArgs) -> WorldRequest {
    WorldRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: reading.names.clone(),
        parts: Parts { metrics: false, ..Parts::for_usage() },
        purpose: Purpose::Record,
    }
}

/// The requested HPAs of a cluster.
pub(in crate::cli) fn hpas(world: &ClusterWorld) -> Vec<Found> {
    let subjects = world.world.subjects(Timestamp::now(), &|_| Err(Unknown::NotRequested));
    let chosen = subjects.iter().filter(|subject| world.is_chosen(subject.hpa));
    chosen
        .map(|subject| Found {
            hpa: subject.hpa.clone(),
            startup: subject.pods.as_ref().ok().and_then(|pods| startup(pods.iter().copied())),
        })
        .collect()
}

struct Fleet<'a> {
    global: &'a Global,
    args: &'a HpaAdviseArgs,
    reading: &'a Reading,
    stop: &'a Stop,
}

impl Fleet<'_> {
    /// Reads and searches, some HPAs of a cluster at a time. What was searched when the run is interrupted stays.
    async fn advise(&self, found: &[Found]) -> Result<(Vec<Advised>, bool), CommandError> {
        let since = self.args.since.unwrap_or(SINCE);
        let range = Range::before(Timestamp::now(), since, self.args.past.step());
        let read_parts =
            PastParts { usage: true, metrics: true, conditions: false, throttling: false };
        let question = Question {
            global: self.global,
            reading: self.reading,
            args: Limits {
                max_points: self.args.past.max_points.or(Some(MAX_POINTS)),
                ..self.args.past
            },
            range,
            parts: read_parts,
            stop: self.stop,
        };
        let opener = question.open(found.iter().map(|it| &it.hpa))?;
        let effort =
            if self.args.full || found.len() <= FEW { Effort::Full } else { Effort::Coarse };
        let mut shown = Shown {
            wait: WaitLine::on_stderr(self.global.quiet),
            has_lines: self.args.output == AdviceFormat::Jsonl,
            of: found.len(),
            judged: 0,
            proposed: 0,
            saved: 0.0,
        };
        let (mut all, mut is_whole, mut printed) = (Vec::new(), true, Printed::new());
        for group in groups(found) {
            if self.stop.is_stopped() {
                break;
            }
            if let Some(first) = group.first() {
                shown
                    .progress(&format!("reading {} of {}", first.hpa.namespace, first.hpa.cluster));
            }
            let hpas = group.iter().map(|it| &it.hpa);
            let (mut pasts, whole) = question.pasts_by(&opener, hpas, &mut printed).await;
            is_whole &= whole;
            if self.stop.is_stopped() {
                // What was not read to its end cannot be judged.
                break;
            }
            all.extend(self.searched(&group, &mut pasts, effort, &mut shown).await?);
        }
        Ok((all, is_whole))
    }

    /// The advice on HPAs that were read, each shown as soon as it is there. An interruption ends those that are searched.
    async fn searched(
        &self,
        group: &[&Found],
        pasts: &mut BTreeMap<String, ClusterPast<HpaPast>>,
        effort: Effort,
        shown: &mut Shown,
    ) -> Result<Vec<Advised>, CommandError> {
        let mut tasks: JoinSet<Result<Option<Advised>, JoinError>> = JoinSet::new();
        let mut results: Vec<Advised> = Vec::new();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let slots = Arc::new(tokio::sync::Semaphore::new(threads));
        let given = Given { startup: self.args.startup, requests: self.args.request.clone() };
        let fixed = self.args.fixed(effort);
        for found in group {
            match load(found, pasts.get_mut(&*found.hpa.cluster), &given) {
                Err((source, why)) => {
                    let advised = Advised {
                        hpa: found.hpa.clone(),
                        source,
                        notes: Vec::new(),
                        advice: Err(Refusal::Load(why)),
                        is_of_file: false,
                        effort,
                    };
                    shown.add(&advised)?;
                    results.push(advised);
                }
                Ok(case) => {
                    let (slots, stop) = (Arc::clone(&slots), self.stop.clone());
                    tasks.spawn(async move {
                        let _slot = slots.acquire().await;
                        if stop.is_stopped() {
                            return Ok(None);
                        }
                        let search = move || case.advise(fixed, &stop);
                        let advised = tokio::task::spawn_blocking(search).await?;
                        let is_judged = !matches!(advised.advice, Err(Refusal::Interrupted));
                        Ok(is_judged.then_some(advised))
                    });
                }
            }
        }
        shown.progress("searching");
        while let Some(done) = tasks.join_next().await {
            let advised = done.map_err(CommandError::failed)?.map_err(CommandError::failed)?;
            if let Some(advised) = advised {
                shown.add(&advised)?;
                shown.progress("searching");
                results.push(advised);
            }
        }
        Ok(results)
    }
}

/// What is seen while HPAs are judged: a line on a terminal, and with -o jsonl each HPA.
struct Shown {
    wait: Option<WaitLine>,
    has_lines: bool,
    of: usize,
    judged: usize,
    proposed: usize,
    /// Pod-hours a day.
    saved: f64,
}

impl Shown {
    fn progress(&self, what: &str) {
        if let Some(wait) = &self.wait {
            let gain =
                format!("{} with proposals, {:.1} pod-hours a day", self.proposed, self.saved);
            wait.set(&format!("judged {}/{} ({gain}): {what}", self.judged, self.of));
        }
    }

    fn add(&mut self, advised: &Advised) -> Result<(), CommandError> {
        self.judged += 1;
        if let (Ok(advice), Some(best)) = (&advised.advice, advised.proposal(None)) {
            self.proposed += 1;
            self.saved += advice.saves(best);
        }
        if !self.has_lines {
            return Ok(());
        }
        let line = output::jsonl(advised).map_err(CommandError::failed)?;
        match &self.wait {
            Some(wait) => wait.suspend(|| print_and_go_on(&line)),
            None => print_and_go_on(&line),
        }
    }
}

/// HPAs of one cluster and of few namespaces.
pub(in crate::cli) fn groups(found: &[Found]) -> Vec<Vec<&Found>> {
    let mut groups: Vec<Vec<&Found>> = Vec::new();
    for one in found {
        match groups.last_mut() {
            Some(group)
                if group.len() < AT_A_TIME
                    && group.first().is_some_and(|it| it.hpa.cluster == one.hpa.cluster) =>
            {
                group.push(one);
            }
            _ => groups.push(vec![one]),
        }
    }
    groups
}

/// What is given by hand instead of read.
#[derive(Default)]
pub(in crate::cli) struct Given {
    pub(in crate::cli) startup: Option<Duration>,
    pub(in crate::cli) requests: Vec<(String, i64)>,
}

/// An HPA with the load that was read, or where it was asked for and why there is none.
pub(in crate::cli) fn load(
    found: &Found,
    past: Option<&mut ClusterPast<HpaPast>>,
    given: &Given,
) -> Result<Case, (String, String)> {
    let hpa = &found.hpa;
    let origin = past.as_ref().and_then(|it| it.origin.as_ref());
    let source = origin.map_or_else(|| "Prometheus".to_owned(), |it| format!("Prometheus, {it}"));
    let recorded = match &past {
        None => Err("it was not read".to_owned()),
        Some(past) => {
            let past = past.of(&hpa.namespace, &hpa.name).map_err(str::to_owned);
            past.and_then(|past| RecordedLoad::new(hpa, past))
        }
    };
    if let Some(past) = past {
        past.hpas.remove(&(hpa.namespace.clone(), hpa.name.clone()));
    }
    let RecordedLoad { load, requests, mut notes, mut doubts } =
        recorded.map_err(|why| (source.clone(), format!("nothing is known of its load: {why}")))?;
    doubts.splice(0..0, of_keda(hpa));
    let startup = given.startup.or(found.startup);
    if startup.is_none() {
        notes.push("how long a new pod takes until it is ready is not known: --startup".to_owned());
    }
    Ok(Case {
        hpa: hpa.clone(),
        load,
        requests: requests.into_iter().chain(given.requests.iter().cloned()).collect(),
        startup: startup.unwrap_or_default(),
        source,
        notes,
        doubts,
        is_of_file: false,
    })
}
