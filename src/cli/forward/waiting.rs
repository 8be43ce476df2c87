//! What a person sees while forwards start: what is done, and why it takes so long. On a terminal
//! one line that is rewritten, else a line for each cause; on standard error.

use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::args::ForwardArgs;
use crate::cli::error::CommandError;
use crate::cli::setup::Setup;
use crate::kubectl::{Error, Kubectl, Outlook, ServerPath, Target};
use crate::output::waiting::WaitLine;
use crate::supervisor::{Event, Spec};
use crate::term::messages::Messages;

/// A start that takes longer is asked about: what kubectl waits for in silence is a pod.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often it is asked about again.
const AGAIN: Duration = Duration::from_secs(3);
/// How often, where a pod is waited for before anything is started.
const AGAIN_POD: Duration = Duration::from_millis(500);

/// The starts that are waited for.
pub(in crate::cli) struct Waiting {
    messages: Messages,
    kubectl: Kubectl,
    /// Causes stand on the line, and are gone with it.
    has_line: bool,
    state: RefCell<State>,
}

struct State {
    starts: Vec<Start>,
    line: Option<WaitLine>,
}

struct Start {
    spec: Spec,
    title: String,
    cause: Option<String>,
    /// The supervisor has been asked for it.
    begun: bool,
    ready: bool,
}

impl Waiting {
    /// Shows at once what is started.
    pub(in crate::cli) fn new(setup: &Setup, kubectl: Kubectl, specs: &[Spec]) -> Self {
        let start = |spec: &Spec| Start {
            spec: spec.clone(),
            title: spec.title(),
            cause: None,
            begun: false,
            ready: false,
        };
        let state = State {
            starts: specs.iter().map(start).collect(),
            line: WaitLine::on_stderr(setup.messages.is_quiet()),
        };
        let waiting = Self {
            messages: setup.messages,
            kubectl,
            has_line: state.line.is_some(),
            state: RefCell::new(state),
        };
        waiting.state.borrow().show();
        waiting
    }

    /// The supervisor says why one of them is not ready.
    pub(in crate::cli) fn heard(&self, event: &Event) {
        let index = {
            let state = self.state.borrow();
            let of = |start: &Start| {
                let name = start.spec.name.as_deref();
                name.unwrap_or_else(|| start.spec.resource.name()) == event.name
            };
            state.starts.iter().position(|start| !start.ready && of(start))
        };
        // One without a name may have got a number; that it is the only one tells it as well.
        let index = index.or_else(|| self.only());
        if let Some(index) = index {
            self.caused(index, &event.message);
        }
    }

    /// One of them is asked for now.
    pub(in crate::cli) fn begun(&self, index: usize) {
        if let Some(start) = self.state.borrow_mut().starts.get_mut(index) {
            start.begun = true;
        }
    }

    /// One of them is ready.
    pub(in crate::cli) fn ready(&self, index: usize) {
        let mut state = self.state.borrow_mut();
        if let Some(start) = state.starts.get_mut(index) {
            start.ready = true;
        }
        state.show();
    }

    /// The line goes before anything else is written.
    pub(in crate::cli) fn done(&self) {
        if let Some(line) = self.state.borrow_mut().line.take() {
            line.clear();
        }
    }

    /// What the line showed of those that are not ready, to be said for good where they fail.
    pub(in crate::cli) fn causes(&self) -> Vec<String> {
        let state = self.state.borrow();
        let left = state.starts.iter().filter(|start| self.has_line && !start.ready);
        left.filter_map(|it| Some(format!("{}: {}", short(&it.spec), it.cause.as_ref()?))).collect()
    }

    /// Asks the cluster, while this is polled, what those that take long wait for.
    pub(in crate::cli) async fn explain(&self) -> Infallible {
        sleep(PATIENCE).await;
        loop {
            let waiting: Vec<(usize, Spec)> = {
                let state = self.state.borrow();
                let all = state.starts.iter().enumerate();
                all.filter(|(_, it)| it.begun && !it.ready)
                    .map(|(at, it)| (at, it.spec.clone()))
                    .collect()
            };
            for (index, spec) in waiting {
                match self.why(&spec).await {
                    Ok(Some(why)) => self.caused(index, &why),
                    Ok(None) => self.silent(index, "a pod is ready; kubectl has not connected yet"),
                    Err(error) if error.is_lasting() => {
                        self.silent(index, "kubectl has not connected yet");
                    }
                    Err(error) => self.silent(index, &error.message),
                }
            }
            sleep(AGAIN).await;
        }
    }

    /// Waits until each target has a ready pod. What has none to wait for, a Service without a
    /// selector, is left to kubectl, which says so.
    pub(in crate::cli) async fn pods(&self, within: Duration) -> Result<(), String> {
        let deadline = Instant::now() + within;
        let count = self.state.borrow().starts.len();
        for index in 0..count {
            let Some(spec) = self.state.borrow().starts.get(index).map(|it| it.spec.clone()) else {
                continue;
            };
            loop {
                let why = match self.why(&spec).await {
                    Ok(None) => break,
                    Ok(Some(why)) => why,
                    Err(error) if Outlook::of(&error.message) == Outlook::Hopeless => {
                        return Err(format!("{}: {error}", spec.title()));
                    }
                    Err(error) if error.is_lasting() || error.needs_login() => {
                        return Err(format!("{}: {error}", spec.title()));
                    }
                    Err(error) => error.message,
                };
                self.caused(index, &why);
                if Instant::now() + AGAIN_POD >= deadline {
                    return Err(format!("{}: no pod was ready in time: {why}", spec.title()));
                }
                sleep(AGAIN_POD).await;
            }
        }
        Ok(())
    }

    /// Why no pod serves, in a sentence; nothing where one does.
    async fn why(&self, spec: &Spec) -> Result<Option<String>, Error> {
        let path = ServerPath::default();
        let target = match &spec.context {
            Some(name) => Target::Context { name, path: &path },
            None => Target::Default,
        };
        let backing = self.kubectl.backing(target, &spec.namespace, &spec.resource).await?;
        Ok(backing.and_then(|backing| backing.why_not()))
    }

    /// Said only where nothing else was heard.
    fn silent(&self, index: usize, cause: &str) {
        let heard = self.state.borrow().starts.get(index).is_some_and(|it| it.cause.is_some());
        if !heard {
            self.caused(index, cause);
        }
    }

    fn caused(&self, index: usize, cause: &str) {
        let mut state = self.state.borrow_mut();
        let Some(start) = state.starts.get_mut(index) else { return };
        if start.ready || start.cause.as_deref() == Some(cause) {
            return;
        }
        start.cause = Some(cause.to_owned());
        if state.line.is_none() {
            let title = &state.starts[index].title;
            self.messages.note(&format!("{title}: not ready yet: {cause}"));
        }
        state.show();
    }

    fn only(&self) -> Option<usize> {
        let state = self.state.borrow();
        let mut waiting = state.starts.iter().enumerate().filter(|(_, start)| !start.ready);
        let first = waiting.next().map(|(index, _)| index);
        first.filter(|_| waiting.next().is_none())
    }
}

impl State {
    /// Writes the line, where there is one.
    fn show(&self) {
        let Some(line) = &self.line else { return };
        let waiting: Vec<&Start> = self.starts.iter().filter(|start| !start.ready).collect();
        let text = match waiting.as_slice() {
            [] => return,
            [start] => match &start.cause {
                None => format!("starting {}", start.title),
                Some(cause) => format!("waiting for {}: {cause}", short(&start.spec)),
            },
            several => {
                let words = |start: &&Start| match &start.cause {
                    None => short(&start.spec),
                    Some(cause) => format!("{} ({cause})", short(&start.spec)),
                };
                let all: Vec<String> = several.iter().map(words).collect();
                format!("waiting for {} forwards: {}", several.len(), all.join(", "))
            }
        };
        line.set(&text);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.done();
    }
}

/// Waits for what `--wait` names before anything is started, and returns how much of the time is
/// left.
pub(super) async fn awaited(
    args: &ForwardArgs,
    waiting: &Waiting,
) -> Result<Duration, CommandError> {
    if args.wait.is_none() {
        return Ok(args.ready_timeout);
    }
    let began = Instant::now();
    if let Err(why) = waiting.pods(args.ready_timeout).await {
        waiting.done();
        return Err(CommandError::failed(why));
    }
    Ok(args.ready_timeout.saturating_sub(began.elapsed()))
}

fn short(spec: &Spec) -> String {
    spec.name.clone().unwrap_or_else(|| spec.resource.short())
}
