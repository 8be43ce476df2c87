//! The progress of starting forwards, on standard error: on a terminal one line that is rewritten,
//! else a line for each cause of a delay.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::args::ForwardArgs;
use crate::cli::error::CommandError;
use crate::cli::setup::Setup;
use crate::kubectl::Kubectl;
use crate::output::forwards::{missing, starting, starting_line};
use crate::supervisor::{
    HoldError, NoPod, Spec, StartProgress, Starting, StartingChange, StartingForward,
};
use crate::term::wait::WaitLine;

type Changed = Box<dyn Fn(&[StartingForward], StartingChange)>;

/// Forwards that are starting, and the line about them.
pub(super) struct Waiting {
    starting: Starting<Changed>,
    line: Rc<RefCell<Option<WaitLine>>>,
    /// Whether causes are shown on the line, and so vanish when it is cleared.
    has_line: bool,
    configured: Vec<String>,
}

impl Waiting {
    /// Shows at once which forwards are being started.
    pub(super) fn new(setup: &Setup, kubectl: Kubectl, specs: &[Spec]) -> Self {
        let messages = setup.messages;
        let line = Rc::new(RefCell::new(WaitLine::on_stderr(messages.is_quiet())));
        let has_line = line.borrow().is_some();
        let shown = Rc::clone(&line);
        let changed: Changed = Box::new(move |forwards, change| match (&*shown.borrow(), change) {
            (Some(line), _) => show(line, forwards),
            (None, StartingChange::Cause(index)) => {
                if let Some(StartingForward { spec, cause: Some(cause), .. }) = forwards.get(index)
                {
                    messages.note(&format!("{}: not ready yet: {cause}", spec.title()));
                }
            }
            (None, StartingChange::Slow(index)) => {
                forwards.get(index).into_iter().for_each(|it| messages.note(&starting(&it.spec)));
            }
            (None, StartingChange::Ready(_)) => {}
        });
        let starting = Starting::new(kubectl, specs, changed);
        if let Some(line) = &*line.borrow() {
            show(line, &starting.forwards());
        }
        let configured = setup.config.forwards.iter().map(|it| it.name.clone()).collect();
        Self { starting, line, has_line, configured }
    }

    /// Records a step of the start.
    pub(super) fn progress(&self, step: StartProgress<'_>) {
        self.starting.progress(step);
    }

    /// Runs the start while showing the causes of delays, and then clears the line.
    pub(super) async fn during<T>(&self, start: impl Future<Output = T>) -> T {
        let started = tokio::select! {
            started = start => started,
            never = self.starting.explain() => match never {},
        };
        self.clear();
        started
    }

    /// With `--wait`, waits for the pods before any forward is started. Returns how much of
    /// `--ready-timeout` is left.
    pub(super) async fn wait_first(&self, args: &ForwardArgs) -> Result<Duration, CommandError> {
        if args.wait.is_none() {
            return Ok(args.ready_timeout);
        }
        let began = Instant::now();
        let waited = self.starting.wait_for_pods(args.ready_timeout).await;
        let Err(NoPod { spec, why }) = waited else {
            return Ok(args.ready_timeout.saturating_sub(began.elapsed()));
        };
        let error = CommandError::failed(format!("{}: {why}", spec.title()));
        let error = self.advised(error, &spec, &why).await;
        self.clear();
        Err(error)
    }

    /// The error of a start, with what to do, and a note for each forward that is not ready and whose cause the
    /// line showed.
    pub(super) async fn explained(&self, error: HoldError) -> CommandError {
        let refused = match &error {
            HoldError::Refused { spec, refusal } => Some((spec.clone(), refusal.to_string())),
            _ => None,
        };
        let error = CommandError::from(error);
        let error = match refused {
            Some((spec, why)) => self.advised(error, &spec, &why).await,
            None => error,
        };
        let forwards = self.starting.forwards();
        let left = forwards.iter().filter(|forward| self.has_line && !forward.is_ready);
        let causes = left.filter_map(|it| Some(format!("{}: {}", it.short(), it.cause.as_ref()?)));
        causes.fold(error, CommandError::note)
    }

    /// If the target does not exist, adds where it was searched for, and what may be meant.
    async fn advised(&self, error: CommandError, spec: &Spec, why: &str) -> CommandError {
        if !why.contains("(NotFound)") {
            return error;
        }
        let services = self.starting.services(spec).await;
        let configured: Vec<&str> = self.configured.iter().map(String::as_str).collect();
        let notes = missing(spec, services.as_deref(), &configured);
        notes.into_iter().fold(error, CommandError::note)
    }

    fn clear(&self) {
        if let Some(line) = self.line.borrow_mut().take() {
            line.clear();
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.clear();
    }
}

fn show(line: &WaitLine, forwards: &[StartingForward]) {
    if let Some(text) = starting_line(forwards) {
        line.set(&text);
    }
}
