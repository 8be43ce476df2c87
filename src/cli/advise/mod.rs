//! `watchdog hpa advise`

mod args;
pub(super) mod fleet;

use std::time::Duration;

use jiff::Timestamp;

use args::AdviceFormat;
pub use args::HpaAdviseArgs;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::{print, print_document};
use super::setup::Setup;
use super::simulate::args::{once, unused_requests};
use super::simulate::files;
use crate::advice::{Effort, Interrupt, Limits, Question, Refusal};
use crate::collect::Stop;
use crate::hpa::Hpa;
use crate::hpa::algorithm::Span;
use crate::kubectl::Outcome;
use crate::output::advice::{self as output, Advised};
use crate::simulation::{Conditions, Load};
use crate::term::{Messages, stdout};

pub(super) async fn run(
    global: &Global,
    args: &HpaAdviseArgs,
    stop: Stop,
) -> Result<Exit, CommandError> {
    once(&args.request)?;
    match (&args.file, &args.load) {
        (Some(_), Some(_)) => args.past.unused("leave it out with --load")?,
        _ => args.past.check(args.since.unwrap_or(fleet::SINCE))?,
    }
    match (&args.file, &args.load) {
        (Some(file), Some(load)) => from_files(global, args, file, load, stop).await,
        _ => fleet::run(global, args, stop).await,
    }
}

/// Without a cluster.
async fn from_files(
    global: &Global,
    args: &HpaAdviseArgs,
    file: &std::path::PathBuf,
    path: &std::path::Path,
    stop: Stop,
) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    if args.names.len() > 1 {
        return Err(CommandError::usage("with --file one HPA is advised on: name only one"));
    }
    let text = files::text(path, Some(file))?;
    let source = files::shown(path);
    let load =
        Load::parse(&text).map_err(|error| CommandError::failed(format!("{source}{error}")))?;
    drop(text);
    if let Some(error) = load.too_many_syncs(millis(args.sync_period)) {
        return Err(CommandError::failed(format!("{source}: {error}")));
    }
    let hpa = files::Hpas::new(setup, global).one(file, args.names.first())?;
    for note in unused_requests(&args.request, std::iter::once(&hpa)) {
        setup.messages.note(&note);
    }
    let case = Case {
        hpa,
        load,
        requests: args.request.clone(),
        startup: args.startup.unwrap_or_default(),
        source,
        notes: Vec::new(),
        doubts: Vec::new(),
        is_of_file: true,
    };
    let fixed = args.fixed(Effort::Full);
    let advised = [tokio::task::spawn_blocking(move || case.advise(fixed, &stop))
        .await
        .map_err(CommandError::failed)?];
    match &advised[0].advice {
        Err(Refusal::Interrupted) => {
            setup.messages.note(&interrupted(0, 1));
            return Ok(Exit::Done);
        }
        // A file that does not say what is needed is a mistake, as for hpa simulate.
        Err(refusal @ Refusal::Setting(_)) => {
            return Err(CommandError::failed(refusal.sentence()));
        }
        _ => {}
    }
    show(setup, args, &advised, None)?;
    Ok(Exit::Done)
}

/// How many HPAs were judged until Ctrl-C.
fn interrupted(judged: usize, all: usize) -> String {
    format!("interrupted: {judged} of {all} HPAs were judged")
}

impl Interrupt for Stop {
    fn is_interrupted(&self) -> bool {
        self.is_stopped()
    }
}

/// An HPA with its load.
pub(super) struct Case {
    hpa: Hpa,
    load: Load,
    requests: Vec<(String, i64)>,
    startup: Duration,
    source: String,
    notes: Vec<String>,
    /// What may explain that the replay is not as it was.
    doubts: Vec<String>,
    is_of_file: bool,
}

/// What is the same for all HPAs.
#[derive(Clone, Copy)]
pub(super) struct Fixed {
    limits: Limits,
    period: i64,
    effort: Effort,
}

impl Default for Fixed {
    fn default() -> Self {
        Self { limits: Limits::default(), period: 15_000, effort: Effort::Coarse }
    }
}

impl HpaAdviseArgs {
    fn fixed(&self, effort: Effort) -> Fixed {
        Fixed { limits: self.promise.limits(), period: millis(self.sync_period), effort }
    }
}

impl Case {
    /// What is asked about it.
    pub(super) fn question<'a>(&'a self, fixed: &Fixed, stop: &'a Stop) -> Question<'a> {
        let recorded =
            self.load.replicas.as_ref().and_then(|it| it.iter().copied().flatten().next());
        Question {
            hpa: &self.hpa,
            load: &self.load,
            conditions: Conditions {
                // Without replicas there is no advice, whatever they were at the beginning.
                replicas: recorded.unwrap_or(self.hpa.min_replicas),
                startup: Span::from_millis(millis(self.startup)),
                period: fixed.period,
            },
            requests: &self.requests,
            limits: fixed.limits,
            effort: fixed.effort,
            interrupt: Some(stop),
        }
    }

    /// Searches, which takes long.
    fn advise(self, fixed: Fixed, stop: &Stop) -> Advised {
        let mut advice = self.question(&fixed, stop).answer();
        let Self { hpa, source, notes, doubts, is_of_file, .. } = self;
        match &mut advice {
            Ok(advice) => advice.recorded.trust.explain(doubts),
            Err(Refusal::PoorTrust(trust)) => trust.explain(doubts),
            Err(_) => {}
        }
        Advised { hpa, source, notes, advice, is_of_file, effort: fixed.effort }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Prints everything that is not printed as it comes.
fn show(
    setup: &Setup,
    args: &HpaAdviseArgs,
    all: &[Advised],
    read: Option<(Timestamp, &[Outcome])>,
) -> Result<(), CommandError> {
    let width = stdout::terminal_width();
    match args.output {
        AdviceFormat::Table => match all {
            [only] => print(output::page(only, setup.style, width).as_bytes()),
            _ => setup.print_table(&output::ranking(all, setup.style, width)),
        },
        AdviceFormat::Json => print_document(output::json(all, read)),
        AdviceFormat::Jsonl => match all {
            [only] if only.is_of_file => print_document(output::jsonl(only)),
            _ => Ok(()),
        },
        AdviceFormat::Csv => print_document(output::csv(all)),
        AdviceFormat::Yaml => {
            note_without(setup.messages, args, all);
            print_document(output::manifests(all, args.proposal))
        }
        AdviceFormat::Patch => {
            note_without(setup.messages, args, all);
            print(output::patches(all, args.proposal).as_bytes())
        }
    }
}

/// Says of one HPA why there is no proposal to print, and of several how many there are.
fn note_without(messages: Messages, args: &HpaAdviseArgs, all: &[Advised]) {
    let without: Vec<&Advised> =
        all.iter().filter(|it| it.proposal(args.proposal).is_none()).collect();
    match (without.as_slice(), all.len()) {
        ([], _) => {}
        ([only], 1) => messages.note(&output::why_nothing(only)),
        (some, all) => messages.note(&format!(
            "{} of {all} HPAs have no proposal to print; without -o the reasons are listed",
            some.len()
        )),
    }
}
