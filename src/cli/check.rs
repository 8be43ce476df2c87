//! `watchdog hpa check`

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use super::database::report_losses;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::{CheckFormat, FailOn, HpaCheckArgs};
use super::pasts::{self, Pasts, unreadable};
use super::print::{print, print_document, write_file};
use super::rows::none_found;
use super::setup::{Reading, Setup};
use crate::collect::{ClusterWorld, Parts, Purpose, WorldRequest, collect_worlds};
use crate::config::Scope;
use crate::findings::{Baseline, Evaluation, Known, Selection, Severity, Subject, evaluate};
use crate::history::{self, Store};
use crate::kubectl::{Name, Outcome};
use crate::output::findings::{self as output, ClusterReport, Report};
use crate::term::stdout;

pub(super) async fn check(global: &Global, args: &HpaCheckArgs) -> Result<Exit, CommandError> {
    if let Some(rule) = args.explain {
        let setup = Setup::without_config(global);
        print(output::explain(rule, setup.style, stdout::terminal_width()).as_bytes())?;
        return Ok(Exit::Done);
    }
    let reading = Reading::new(global).await?;
    let setup = &reading.setup;
    // Before any cluster is asked: a slip in a file's name should not cost a minute.
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let selection = selection(args);
    let request = WorldRequest {
        scope: match reading.scope(&args.namespaces) {
            given if args.name.is_some() => given.without_exclusions(),
            given => given,
        }
        .with_selector(args.selector.clone()),
        name: args.name.clone(),
        parts: Parts::for_rules(&selection),
        purpose: Purpose::Judge,
    };
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    reading.note_twins(worlds.iter().flat_map(|world| &world.world.hpas));
    let now = Timestamp::now();

    let store = pasts::open(setup, &selection);
    let (mut accepted, mut open) = (0, BTreeSet::new());
    let clusters: Vec<ClusterReport<'_>> = worlds
        .iter()
        .map(|world| {
            let Evaluation { mut findings, not_evaluated, undecided, open: unanswered } =
                judge(world, &selection, &store, now);
            open.extend(unanswered);
            let before = findings.len();
            if let Some(baseline) = &baseline {
                findings.retain(|finding| !baseline.contains(finding));
            }
            accepted += before - findings.len();
            let hpas = world.judged().collect();
            let skipped = skipped(&undecided, selection.rules().count());
            ClusterReport { outcome: &world.outcome, hpas, findings, not_evaluated, skipped }
        })
        .collect();
    let damaged = store.as_ref().is_ok_and(|store| report_losses(setup, store) != Exit::Done);
    // On a full disk a reader keeps others out, who must not wait for whoever reads what is printed.
    drop(store);
    let report = Report {
        taken_at: now,
        clusters,
        accepted: baseline.as_ref().map(|_| accepted),
        fail_on: fail_on(args),
    };
    let outcomes: Vec<_> = worlds.iter().map(|world| &world.outcome).collect();

    if let Some(baseline) = &baseline {
        note_a_strange(setup, baseline, &outcomes);
    }

    let looked_at_any = report.clusters.iter().any(|cluster| !cluster.hpas.is_empty());
    if let Some(file) = &args.write_baseline {
        let exit = reading.report_outcomes(outcomes);
        if exit != Exit::Done {
            let text = "baseline not written: some clusters were not read completely";
            setup.messages.note(text);
            return Ok(exit);
        }
        if let Some(name) = args.name.as_ref().filter(|_| !looked_at_any) {
            return Err(nobody(name, &request.scope));
        }
        let known: Baseline = report.findings().collect();
        write_baseline(setup, file, &known)?;
        return Ok(Exit::Done);
    }

    print_report(setup, args.output, &report)?;
    if args.name.is_none()
        && !looked_at_any
        && outcomes.iter().any(|outcome| outcome.error.is_none())
    {
        let text = none_found(&request.scope);
        setup.messages.note(&text);
    }
    if matches!(args.output, CheckFormat::Jsonl) {
        for sentence in output::not_evaluated(&report) {
            setup.messages.note(&format!("not evaluated: {sentence}"));
        }
    }
    Ok(match reading.report_outcomes(outcomes) {
        Exit::Done if let Some(name) = args.name.as_ref().filter(|_| !looked_at_any) => {
            return Err(nobody(name, &request.scope));
        }
        Exit::Done if is_unanswered(setup, args, &open) || damaged => Exit::Incomplete,
        Exit::Done if report.fails() => Exit::Findings,
        exit => exit,
    })
}

/// The HPAs, by position, for which none of so many rules could be decided.
fn skipped(undecided: &[(usize, &str)], rules: usize) -> BTreeSet<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (position, _) in undecided {
        *counts.entry(*position).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count == rules).map(|(position, _)| position).collect()
}

/// Whether something was asked for by its id that is `open`: that is not clean.
fn is_unanswered(setup: &Setup, args: &HpaCheckArgs, open: &BTreeSet<&str>) -> bool {
    let asked = args.only.iter().map(|rule| rule.id);
    let open: Vec<&str> = asked.filter(|id| open.contains(id)).collect();
    if !open.is_empty() {
        let ids = open.join(", ");
        setup
            .messages
            .error(&format!("{ids} could not be evaluated for any HPA in at least one cluster"));
    }
    !open.is_empty()
}

/// A name that is nobody's is a slip of the pen, and not a clean bill.
fn nobody(name: &Name, scope: &Scope) -> CommandError {
    let (place, labels) = (scope.in_namespaces(), scope.with_labels());
    CommandError::failed(format!(
        "no HPA is named {name}{place}{labels} (watchdog hpa list shows all)"
    ))
}

/// Says so where a baseline can accept nothing.
fn note_a_strange(setup: &Setup, baseline: &Baseline, outcomes: &[&Outcome]) {
    let is_read = |cluster: &str| outcomes.iter().any(|outcome| &*outcome.name == cluster);
    let Some(first) = baseline.iter().next() else { return };
    if !baseline.iter().any(|accepted| is_read(&accepted.cluster)) {
        let names: Vec<&str> = outcomes.iter().map(|outcome| &*outcome.name).collect();
        let (theirs, ours) = (&first.cluster, names.join(", "));
        setup.messages.note(&format!(
            "the baseline was written for other clusters ({theirs}; this run read {ours}): \
             entries match on the kubeconfig's cluster name"
        ));
    }
}

fn print_report(
    setup: &Setup,
    format: CheckFormat,
    report: &Report<'_>,
) -> Result<(), CommandError> {
    match format {
        CheckFormat::Table => {
            let text = output::text(report, setup.style, stdout::terminal_width());
            print(text.as_bytes())
        }
        CheckFormat::Json => print_document(output::json(report)),
        CheckFormat::Jsonl => print_document(output::jsonl(report)),
        CheckFormat::Junit => print(output::junit(report).as_bytes()),
        CheckFormat::Sarif => print_document(output::sarif(report)),
        CheckFormat::Github => print(output::github(report).as_bytes()),
    }
}

fn selection(args: &HpaCheckArgs) -> Selection {
    let selected = if args.only.is_empty() {
        Selection::all()
    } else {
        // Each is the id of a rule: the arguments were read by that.
        Selection::only(args.only.iter().map(|rule| rule.id)).unwrap_or_default()
    };
    selected.without(&args.ignore)
}

fn fail_on(args: &HpaCheckArgs) -> Option<Severity> {
    match args.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    }
}

/// The findings of one cluster.
fn judge(
    world: &ClusterWorld,
    selection: &Selection,
    store: &Known<Store>,
    now: Timestamp,
) -> Evaluation {
    let mut kept = history::Pasts::default();
    let pasts = match store {
        Ok(store) => Pasts::read(&mut kept, store, world, selection, now)
            .unwrap_or_else(|error| Pasts::none(unreadable(&error))),
        Err(why) => Pasts::none(why.clone()),
    };
    let mut subjects: Vec<Subject<'_>> = world.world.subjects(now, &|hpa| pasts.of(hpa));
    subjects.retain(|subject| world.is_chosen(subject.hpa));
    evaluate(&subjects, selection)
}

fn read_baseline(file: &Path) -> Result<Baseline, CommandError> {
    let failed = |why: &dyn std::fmt::Display| {
        CommandError::failed(format!("cannot read the baseline {}: {why}", file.display()))
    };
    let json = std::fs::read(file).map_err(|error| failed(&error))?;
    Baseline::parse(&json).map_err(|error| failed(&error))
}

/// Writes the file whole, or leaves what was there.
fn write_baseline(setup: &Setup, file: &Path, baseline: &Baseline) -> Result<(), CommandError> {
    let json = baseline.to_json().map_err(|error| {
        CommandError::failed(format!("cannot write {}: {error}", file.display()))
    })?;
    write_file(file, &json)?;
    let count = baseline.iter().count();
    setup.messages.note(&format!("{count} findings accepted in {}", file.display()));
    Ok(())
}
