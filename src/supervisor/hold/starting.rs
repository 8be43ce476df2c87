//! Forwards during their start, for a user who waits: which are ready, and why the others are not.

use std::cell::{Ref, RefCell};
use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::StartProgress;
use crate::kubectl::{Error, Kubectl, ListQuery, Outlook, Read, Resource, ServerPath, Target};
use crate::prometheus::{Service, parse_services};
use crate::supervisor::protocol::{Event, Spec};

/// If a start takes longer, it is reported as slow.
const QUICK: Duration = Duration::from_secs(1);
/// How much longer it may take until the cluster is queried for the reason: kubectl waits for a pod
/// silently.
const PATIENCE: Duration = Duration::from_millis(500);
/// If the API server takes longer to answer, that is the reason.
const ANSWER: Duration = Duration::from_millis(1500);
/// How long the Services may be read for a suggestion.
const SERVICES: Duration = Duration::from_secs(3);
/// The interval between two queries for the reason.
const AGAIN: Duration = Duration::from_secs(3);
/// The interval between two queries while waiting for a pod before anything is started.
const AGAIN_POD: Duration = Duration::from_millis(500);

/// A forward that is being started.
#[derive(Clone, Debug)]
pub struct StartingForward {
    /// The specification.
    pub spec: Spec,
    /// Why it is not ready, if known.
    pub cause: Option<String>,
    /// Whether it is ready.
    pub is_ready: bool,
    is_requested: bool,
    /// Whether the cause was reported, not inferred.
    is_certain: bool,
}

/// A change of a starting forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingChange {
    /// The forward at this position became ready.
    Ready(usize),
    /// The cause why the forward at this position is not ready has changed.
    Cause(usize),
    /// The forward at this position is not ready yet, for no known cause.
    Slow(usize),
}

/// No pod of a forward's target is ready.
#[derive(Clone, Debug)]
pub struct NoPod {
    /// The forward.
    pub spec: Spec,
    /// The reason.
    pub why: String,
}

/// Forwards that are starting. Receives the progress of the start, and queries the cluster about
/// forwards that take long.
pub struct Starting<F> {
    kubectl: Kubectl,
    forwards: RefCell<Vec<StartingForward>>,
    changed: F,
}

impl<F: Fn(&[StartingForward], StartingChange)> Starting<F> {
    /// Begins with no forward ready. `changed` is called after each change.
    pub fn new(kubectl: Kubectl, specs: &[Spec], changed: F) -> Self {
        let forward = |spec: &Spec| StartingForward {
            spec: spec.clone(),
            cause: None,
            is_ready: false,
            is_requested: false,
            is_certain: false,
        };
        Self { kubectl, forwards: RefCell::new(specs.iter().map(forward).collect()), changed }
    }

    /// The current states of the forwards.
    pub fn forwards(&self) -> Ref<'_, [StartingForward]> {
        Ref::map(self.forwards.borrow(), Vec::as_slice)
    }

    /// Records a step of the start.
    pub fn progress(&self, step: StartProgress<'_>) {
        let at = |index| self.forwards.borrow_mut().get_mut(index).is_some();
        match step {
            StartProgress::Requested(index) if at(index) => {
                self.forwards.borrow_mut()[index].is_requested = true;
            }
            StartProgress::Ready(index) if at(index) => {
                self.forwards.borrow_mut()[index].is_ready = true;
                (self.changed)(&self.forwards.borrow(), StartingChange::Ready(index));
            }
            StartProgress::Requested(_) | StartProgress::Ready(_) => {}
            StartProgress::Event(event) => {
                if let Some(index) = self.position(event) {
                    self.set_cause(index, &event.message);
                }
            }
        }
    }

    /// The position of an event's forward. A forward without a requested name may have got a
    /// numbered name; so if only one forward is not ready, the event belongs to it.
    fn position(&self, event: &Event) -> Option<usize> {
        let forwards = self.forwards.borrow();
        let waiting = forwards.iter().enumerate().filter(|(_, forward)| !forward.is_ready);
        let name = |spec: &Spec| spec.name.as_deref() == Some(&event.name);
        let unnamed = |spec: &Spec| spec.name.is_none() && spec.resource.name() == event.name;
        let (first, _) = waiting.clone().next()?;
        let named = waiting.clone().find(|(_, it)| name(&it.spec) || unnamed(&it.spec));
        named.map(|(index, _)| index).or_else(|| (waiting.count() == 1).then_some(first))
    }

    /// Sets the cause why a forward is not ready.
    fn set_cause(&self, index: usize, cause: &str) {
        {
            let mut forwards = self.forwards.borrow_mut();
            let Some(forward) = forwards.get_mut(index) else { return };
            forward.is_certain = true;
            if forward.is_ready || forward.cause.as_deref() == Some(cause) {
                return;
            }
            forward.cause = Some(cause.to_owned());
        }
        (self.changed)(&self.forwards.borrow(), StartingChange::Cause(index));
    }

    /// Sets an inferred cause, unless one was reported.
    fn suggest_cause(&self, index: usize, cause: &str) {
        let is_certain = self.forwards.borrow().get(index).is_some_and(|it| it.is_certain);
        if !is_certain {
            self.set_cause(index, cause);
            if let Some(forward) = self.forwards.borrow_mut().get_mut(index) {
                forward.is_certain = false;
            }
        }
    }

    /// Queries the cluster periodically, while polled, for what slow forwards wait for.
    pub async fn explain(&self) -> Infallible {
        sleep(QUICK).await;
        for (index, _) in self.waiting() {
            let is_known = self.forwards.borrow()[index].cause.is_some();
            if !is_known {
                (self.changed)(&self.forwards.borrow(), StartingChange::Slow(index));
            }
        }
        sleep(PATIENCE).await;
        loop {
            for (index, spec) in self.waiting() {
                let mut read = Box::pin(missing_pod(&self.kubectl, &spec));
                let read = if let Ok(read) = timeout(ANSWER, &mut read).await {
                    read
                } else {
                    self.suggest_cause(index, "the API server has not answered yet");
                    read.await
                };
                match read {
                    Ok(Some(cause)) => self.set_cause(index, &cause),
                    Ok(None) => {
                        self.suggest_cause(index, "a pod is ready; kubectl has not connected yet");
                    }
                    Err(error) if error.is_lasting() => {
                        self.suggest_cause(index, "kubectl has not connected yet");
                    }
                    Err(error) => self.suggest_cause(index, &error.message),
                }
            }
            sleep(AGAIN).await;
        }
    }

    /// The forwards that are requested and not ready.
    fn waiting(&self) -> Vec<(usize, Spec)> {
        let forwards = self.forwards.borrow();
        let waiting = forwards.iter().enumerate();
        let waiting = waiting.filter(|(_, it)| it.is_requested && !it.is_ready);
        waiting.map(|(index, it)| (index, it.spec.clone())).collect()
    }

    /// The Services of all namespaces of the forward's cluster, if they can be read in a short time.
    pub async fn services(&self, spec: &Spec) -> Option<Vec<Service>> {
        let query = ListQuery::default();
        let list = Read::List { resource: Resource::Services, namespace: None, query };
        let path = ServerPath::default();
        let read = self.kubectl.read_once(target(spec, &path), &list);
        parse_services(&timeout(SERVICES, read).await.ok()?.ok()?).ok()
    }

    /// Waits until each target has a ready pod. A Service without a selector has no pods: kubectl
    /// reports that itself. Returns the reason on failure.
    pub async fn wait_for_pods(&self, within: Duration) -> Result<(), NoPod> {
        let deadline = Instant::now() + within;
        let specs: Vec<Spec> = self.forwards.borrow().iter().map(|it| it.spec.clone()).collect();
        for (index, spec) in specs.iter().enumerate() {
            loop {
                let read = timeout_at(deadline, missing_pod(&self.kubectl, spec)).await;
                let cause = match read {
                    Ok(Ok(None)) => break,
                    Ok(Ok(Some(cause))) => cause,
                    Err(_) => {
                        let known =
                            self.forwards.borrow().get(index).and_then(|it| it.cause.clone());
                        known.unwrap_or_else(|| "the API server has not answered yet".to_owned())
                    }
                    Ok(Err(error))
                        if Outlook::of(&error.message) == Outlook::Hopeless
                            || error.is_lasting()
                            || error.needs_login() =>
                    {
                        return Err(NoPod { spec: spec.clone(), why: error.to_string() });
                    }
                    Ok(Err(error)) => error.message,
                };
                self.set_cause(index, &cause);
                if Instant::now() + AGAIN_POD >= deadline {
                    let why = format!("no pod was ready in time: {cause}");
                    return Err(NoPod { spec: spec.clone(), why });
                }
                sleep(AGAIN_POD).await;
            }
        }
        Ok(())
    }
}

impl StartingForward {
    /// The forward's name, or else its target in short.
    pub fn short(&self) -> String {
        self.spec.name.clone().unwrap_or_else(|| self.spec.resource.short())
    }
}

/// A sentence that explains why no pod of the forward's target is ready; `None` if one is.
async fn missing_pod(kubectl: &Kubectl, spec: &Spec) -> Result<Option<String>, Error> {
    let path = ServerPath::default();
    let backing = kubectl.backing(target(spec, &path), &spec.namespace, &spec.resource).await?;
    Ok(backing.and_then(|backing| backing.why_not()))
}

fn target<'a>(spec: &'a Spec, path: &'a ServerPath) -> Target<'a> {
    match &spec.context {
        Some(name) => Target::Context { name, path },
        None => Target::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::spec;
    use super::*;
    use crate::kubectl::Settings;
    use crate::supervisor::protocol::ForwardState;

    #[test]
    fn an_event_is_the_cause_of_the_forward_that_it_names() {
        let kubectl = Kubectl::new(Settings {
            program: "/nowhere/kubectl".into(),
            kubeconfig: None,
            impersonation: crate::config::Impersonation::default(),
            timeout: Duration::ZERO,
            retries: 0,
            versions: None,
            go_is_tuned: false,
        });
        let changes = RefCell::new(Vec::new());
        let specs = [spec("a"), Spec { name: None, ..spec("") }];
        let starting =
            Starting::new(kubectl, &specs, |_, change| changes.borrow_mut().push(change));
        let event = |name: &str, message: &str| Event {
            name: name.to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            state: ForwardState::Starting,
            message: message.to_owned(),
        };
        let hears = |name: &str, message: &str| {
            starting.progress(StartProgress::Event(&event(name, message)));
            changes.take()
        };
        assert_eq!(hears("a", "no pod"), [StartingChange::Cause(0)]);
        assert_eq!(hears("a", "no pod"), [], "that is known");
        assert_eq!(hears("web", "slow"), [StartingChange::Cause(1)], "by its target's name");
        assert_eq!(hears("web-2", "slower"), [], "it may be either");
        starting.progress(StartProgress::Requested(0));
        starting.progress(StartProgress::Ready(0));
        starting.progress(StartProgress::Ready(7));
        assert_eq!(changes.take(), [StartingChange::Ready(0)]);
        assert_eq!(hears("web-2", "slower"), [StartingChange::Cause(1)], "it is the only one left");
        let causes: Vec<_> = starting.forwards().iter().map(|it| it.cause.clone()).collect();
        assert_eq!(causes, [Some("no pod".to_owned()), Some("slower".to_owned())]);
        assert_eq!(starting.forwards()[1].short(), "svc/web");
    }
}
