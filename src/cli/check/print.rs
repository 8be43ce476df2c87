//! Prints the report of a check in the requested format.

use crate::check::Report;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::hpa_args::{CheckFormat, Explain, GroupBy, HpaCheckArgs};
use crate::cli::print::{print, print_document};
use crate::cli::setup::Setup;
use crate::output::findings::{self as output, By, View};
use crate::term::{shown, stdout};

/// More HPAs with findings than these are worth a note in a pipe too, where all are printed one by one.
const MANY_HPAS: usize = 20;

/// The most HPAs with findings that a terminal shows one by one unless asked for.
const MOST_HPAS: usize = 5;

pub(in crate::cli) fn explain(global: &Global, explain: &Explain) -> Result<Exit, CommandError> {
    let setup = Setup::without_config(global);
    let width = stdout::terminal_width();
    match explain {
        Explain::One(rule) => print(output::explain(rule, setup.style, width).as_bytes())?,
        Explain::Several(rules) => {
            setup.print_table(&output::catalogue(rules.iter().copied(), setup.style, width))?;
        }
    }
    Ok(Exit::Done)
}

pub(super) fn report(
    setup: &Setup,
    global: &Global,
    args: &HpaCheckArgs,
    report: &Report<'_>,
) -> Result<(), CommandError> {
    if let Some(sentence) = output::not_shown(report)
        && args.output != CheckFormat::Table
        && report.hidden.fails
    {
        let mut sentence = sentence.trim_end_matches('.').to_owned();
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        setup.messages.note(&sentence);
    }
    match args.output {
        CheckFormat::Table => {
            let view = view(setup, global, args, report);
            print(output::text(report, &view).as_bytes())?;
            let hit = output::hit(report);
            if view.width.is_none() && args.by.is_none() && hit > MANY_HPAS {
                setup.messages.note(&format!(
                    "{hit} HPAs are printed one by one: --by finding groups them, -o wide prints a line for each finding"
                ));
            }
            if let Some(left_out) = shown::left_out().filter(|_| output::hit(report) > 0) {
                setup.messages.note(&left_out);
            }
            Ok(())
        }
        CheckFormat::Wide => {
            let (style, width) = (setup.style, stdout::terminal_width());
            if output::hit(report) > 0 {
                setup.print_table(&output::wide(report, style, width, args.no_headers))?;
            }
            setup.messages.note(&output::checked(report));
            Ok(())
        }
        CheckFormat::Json => print_document(output::json(report)),
        CheckFormat::Jsonl => {
            print_document(output::jsonl(report))?;
            if lists_undecided(global, args) {
                for sentence in output::not_evaluated(report) {
                    setup.messages.note(&format!("not evaluated: {sentence}"));
                }
            } else if let Some(line) = output::not_evaluated_line(report) {
                setup.messages.note(&line);
            }
            Ok(())
        }
        CheckFormat::Yaml => print_document(output::yaml(report)),
        CheckFormat::Csv => print_document(output::csv(report, args.no_headers)),
        CheckFormat::Name => print(output::names(report).as_bytes()),
        CheckFormat::Md => print(output::markdown(report).as_bytes()),
        CheckFormat::Junit => print(output::junit(report).as_bytes()),
        CheckFormat::Sarif => print_document(output::sarif(report)),
        CheckFormat::Github => {
            print(output::github(report, lists_undecided(global, args)).as_bytes())
        }
    }
}

/// How the report is shown: whole and by HPA in a pipe, by finding on a terminal where HPA by HPA
/// would say the same again and again.
fn view(setup: &Setup, global: &Global, args: &HpaCheckArgs, report: &Report<'_>) -> View {
    let width = stdout::terminal_width();
    let by = match args.by {
        Some(GroupBy::Finding) => By::Finding,
        Some(GroupBy::Cluster) => By::Cluster,
        None if width.is_some() && output::hit(report) > MOST_HPAS => By::Finding,
        Some(GroupBy::Hpa) | None => By::Hpa,
    };
    View {
        by,
        all: args.all || width.is_none(),
        not_evaluated: lists_undecided(global, args),
        style: setup.style,
        width,
    }
}

fn lists_undecided(global: &Global, args: &HpaCheckArgs) -> bool {
    args.not_evaluated || global.verbose > 0
}
