//! `watchdog doctor --prove`

use jiff::Timestamp;

use super::doctor::DoctorArgs;
use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::print::print_and_go_on;
use super::setup::Setup;
use crate::doctor::Proof;
use crate::output::Document;
use crate::output::doctor::{Check, Verdict, line};
use crate::process::Interrupt;
use crate::term::stdout;

/// The width of the longest step name, in columns.
const WIDTH: usize = 18;

/// Handles signals itself, so that all processes it started are ended in any case.
pub(super) async fn run(global: &Global, args: DoctorArgs) -> Result<Exit, CommandError> {
    let setup = Setup::without_config(global);
    let cannot = |why: String| CommandError::failed(format!("cannot prove anything: {why}"));
    let kubectl = setup.kubectl(global).map_err(|error| cannot(error.to_string()))?;
    // Listen before the proof is prepared: a signal must not leave anything behind.
    let mut interrupt = Interrupt::listen().map_err(|error| cannot(error.to_string()))?;
    let proof = Proof::prepare(kubectl.program().to_owned()).await.map_err(cannot)?;

    let mut checks = Vec::new();
    // Text is printed line by line as checks finish; a document is printed at the end.
    let live = args.output == Description::Text;
    let mut report = |check: Check| {
        if live {
            print_and_go_on(line(&check, WIDTH, setup.style, stdout::terminal_width()).as_bytes())?;
        }
        checks.push(check);
        Ok::<(), CommandError>(())
    };
    let result = tokio::select! {
        biased;
        signal = interrupt.next() => Err(signal),
        result = proof.run(&mut report) => Ok(result),
    };
    let left = proof.end().await;
    match result {
        Err(signal) => return Ok(Exit::Interrupted(signal)),
        Ok(result) => result?,
    }
    left.into_iter().try_for_each(&mut report)?;
    let document = Document {
        kind: "Proof",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "checks",
        items: &checks,
    };
    emit_text(args.output, &document, String::new)?;
    let failed = checks.iter().any(|check| check.verdict == Verdict::Error);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}
